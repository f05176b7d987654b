# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each kind of event does to a disk's state; ``fleet.model.fold`` applies it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fleet.model import kinds as k
from fleet.model.events import Clock, Event
from fleet.model.state import DiskState, Wipe

SURE_CLOCKS = (Clock.NTP, Clock.BY_HAND)


def _registered(state: DiskState, event: Event, body: k.DiskRegistered) -> None:
    for name in ("model", "serial", "wwn", "size_bytes", "label"):
        if getattr(state, name) is None:
            setattr(state, name, getattr(body, name))
    if state.kind == "unknown":
        state.kind = body.kind


def _measured(state: DiskState, event: Event, body: k.DiskMeasured) -> None:
    state.health, state.reasons = body.health, body.reasons
    state.power_on_hours = body.power_on_hours
    if body.report and body.report not in state.reports:
        state.reports.append(body.report)


def _wiped(state: DiskState, event: Event, body: k.DiskWiped) -> None:
    sure = body.on is not None or event.header.clock in SURE_CLOCKS
    state.wipes.append(
        Wipe(
            event=event.header.id,
            stamp=event.stamp,
            level=body.level,
            readback=body.readback,
            succeeded=body.succeeded,
            declared=body.declared,
            documented=bool(body.report and body.second_person),
            on=(body.on or event.header.at[:10]) if sure else "",
        )
    )


def _gone(state: DiskState, event: Event, body: Any) -> None:
    state.fate = "destroyed" if event.kind == "DiskDestroyed" else "kept"
    state.fate_stamp = event.stamp


DISK_EFFECTS: dict[str, Callable[[DiskState, Event, Any], None]] = {
    "DiskRegistered": _registered,
    "DiskMeasured": _measured,
    "DiskWiped": _wiped,
    "DiskDestroyed": _gone,
    "DiskKept": _gone,
}
