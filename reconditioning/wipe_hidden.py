# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives back the sectors that a drive hides (HPA, DCO), before anything is wiped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fleet.errors import FleetError
from fleet.model.wipe import Hidden, WipeTarget
from reconditioning.wipe_offers import hidden_of, identity_of
from reconditioning.wipe_tools import Recorder, Tools

_LIFT_S = 120
_SETTLE_S = 2.0
_I_KNOW = "--yes-i-know-what-i-am-doing"


def lift(target: WipeTarget, tools: Tools, recorder: Recorder) -> WipeTarget:
    """Return the target with nothing hidden (LIFTED), or with what remains hidden.

    For good (``p``), else until the next start, else the factory's own size (DCO) first. Some
    drives want a power cycle between two tries: then it remains, and is told.
    """
    if target.hidden is not Hidden.REMAINING or target.native_bytes is None:
        return target
    identity = identity_of(target, tools)
    sectors = target.native_bytes // (identity.sector_bytes if identity else 512)
    path = str(target.path)
    _run(recorder, "hidden sectors before", ["hdparm", "-N", path])
    found = target
    for name, command in (
        ("lift", ["hdparm", _I_KNOW, "-N", f"p{sectors}", path]),
        ("lift until the next start", ["hdparm", _I_KNOW, "-N", str(sectors), path]),
        ("restore the factory size", ["hdparm", _I_KNOW, "--dco-restore", path]),
        ("lift again", ["hdparm", _I_KNOW, "-N", f"p{sectors}", path]),
    ):
        _run(recorder, name, command)
        tools.tell_kernel(Path(f"/sys/block/{target.path.name}/device/rescan"), "1")
        tools.sleep(_SETTLE_S)
        found = _found(target, tools)
        if found.hidden is Hidden.LIFTED:
            break
    _run(recorder, "hidden sectors after", ["hdparm", "-N", path])
    return found


def _run(recorder: Recorder, name: str, command: list[str]) -> None:
    try:
        recorder.run(name, command, timeout_s=_LIFT_S)
    except FleetError as error:
        recorder.keep(name, command, -1, error.message)


def _found(target: WipeTarget, tools: Tools) -> WipeTarget:
    identity = identity_of(target, tools)
    if identity is None:
        return target
    hidden, native_bytes = hidden_of(target, identity, tools)
    return replace(
        target,
        hidden=Hidden.LIFTED if hidden is Hidden.NONE else hidden,
        native_bytes=native_bytes or target.native_bytes,
    )
