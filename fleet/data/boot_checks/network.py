# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check of the first check-in: the machine tells the town's server that it is there."""

from __future__ import annotations

from pathlib import Path

from .tools import Answer, Check, Settings, fail, judged, not_applicable, run, wait_for

_PROGRAM = Path("/usr/lib/parclibre/check-in")
_UNIT = "parclibre-check-in.service"


def check_in(settings: Settings) -> Answer:
    """The service of the check-in ends well; the receiver says whether it heard."""
    if not _PROGRAM.exists():
        return not_applicable("this image does not check in")
    if not wait_for(_has_route, settings["limits"]["network"]):
        return fail(f"no network: {run(['ip', '-brief', 'address']).output}")
    # The timer waits for minutes, at random, so that a town's machines do not speak at once.
    started = run(["systemctl", "start", _UNIT], timeout_s=settings["limits"]["network"])
    said = run(["journalctl", "--boot", "--no-pager", "--output=cat", f"--unit={_UNIT}"]).output
    result = run(["systemctl", "show", "--property=ExecMainStatus", "--value", _UNIT]).output
    right = started.status == 0 and result.strip() == "0"
    return judged(right, f"status {result.strip()}; {said.strip()[-300:] or started.output}")


def _has_route() -> bool:
    return bool(run(["ip", "-4", "address", "show", "scope", "global"]).output.strip())


CHECKS: dict[str, Check] = {"check_in": check_in}
