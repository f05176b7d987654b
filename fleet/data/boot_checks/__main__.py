# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a machine under boot test and writes what it finds to the test's port.

These files are on the test disk only, never in an image. Standard library only, Python 3.9.
Each line of the port is a JSON object: ``started``, ``login``, ``check``, ``journal``, ``ended``.
"""

from __future__ import annotations

import base64
import json
import lzma
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from . import network, office, printing, safety, system
from .tools import Answer, Check, Settings, fail, run

PORT = Path("/dev/virtio-ports/org.parclibre.proof")
SETTINGS = Path(__file__).with_name("settings.json")
# The login screen first: its time is what a user waits for. Long ones last.
CHECKS: dict[str, Check] = {
    **system.CHECKS,
    **safety.CHECKS,
    **network.CHECKS,
    **printing.CHECKS,
    **office.CHECKS,
}
_JOURNAL_LINES = 6000


def main() -> int:
    """Run the chosen checks in order; the status is 0 even when some failed."""
    settings: Settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    with PORT.open("w", encoding="utf-8", buffering=1) as port:
        say(port, event="started")
        for name in settings["checks"]:
            answer, seconds = timed(name, settings)
            if name == "login_screen" and answer.result == "pass":
                say(port, event="login")
            say(
                port, event="check", id=name, result=answer.result,
                evidence=answer.evidence[:2000], seconds=seconds,
            )  # fmt: skip
        say(port, event="journal", xz=journal())
        say(port, event="ended")
    return 0


def timed(name: str, settings: Settings) -> tuple[Answer, int]:
    """Return a check's answer and its seconds; a check that breaks is a check that failed."""
    start = time.monotonic()
    try:
        answer = CHECKS[name](settings) if name in CHECKS else fail("unknown check")
    except Exception as error:  # The edge of this program: whatever broke becomes an answer.
        answer = fail(f"{type(error).__name__}: {error}")
    return answer, round(time.monotonic() - start)


def journal() -> str:
    """Return the end of this boot's journal, compressed for the way out."""
    shown = run(
        ["journalctl", "--boot", "--no-pager", f"--lines={_JOURNAL_LINES}",
         "--output=short-monotonic", "--no-hostname"],
        timeout_s=120,
    )  # fmt: skip
    return base64.b64encode(lzma.compress(shown.output.encode("utf-8"), preset=1)).decode("ascii")


def say(port: TextIO, **message: Any) -> None:
    """Write one line to the test's port, with the machine's own clock since its start."""
    uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    port.write(json.dumps({**message, "uptime": round(uptime)}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
