# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machine and disk views as projection rows; only rows that changed are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fleet.model.state import DiskState, Interval, MachineState
from fleet.model.text import fold
from fleet.model.views import MachineView


@dataclass(frozen=True, slots=True)
class Written:
    """What the store holds of one machine, to write only differences."""

    intervals: tuple[tuple[str, str, str], ...] = ()
    evidence: frozenset[tuple[str, str]] = frozenset()
    stays: Mapping[str, str] = field(default_factory=dict)
    row: Mapping[str, Any] | None = None


def written_of(state: MachineState | None, row: Mapping[str, Any] | None = None) -> Written:
    """Return the rows a state stands for."""
    if state is None:
        return Written()
    return Written(
        intervals=tuple((i.state.value, i.from_on, i.known_at) for i in state.intervals),
        evidence=frozenset(_evidence(state)),
        stays={disk: stay.presence.value for disk, stay in state.disks.items()},
        row=row,
    )


def _evidence(state: MachineState) -> Iterator[tuple[str, str]]:
    if state.tag:
        yield "tag", fold(state.tag)
    for tag in state.other_tags:
        yield "tag", fold(tag)
    for report in state.facts.reports:
        yield "report", report
    for kind, values in state.evidence.items():
        for value in values:
            yield kind, fold(value)


def machine_row(view: MachineView) -> dict[str, Any]:
    """Return the ``machines`` row of a view."""
    state = view.machine
    unproven = sum(1 for disk in view.disks if disk.missing)
    return {
        "id": state.id,
        "tag": state.tag,
        "kind": state.kind,
        "state": view.life.value,
        "since": state.since,
        "site": state.site,
        "room": state.room,
        "seat": state.seat,
        "owner": state.owner,
        "custody": state.custody,
        "title": state.title,
        "manufacturer": state.manufacturer,
        "model": state.model,
        "serial": state.serial,
        "lot": state.lot,
        "purchased_on": state.purchased_on,
        "system": state.system,
        "disks": len(view.disks),
        "unproven_disks": unproven,
        "issues": len(view.issues),
        "text": search_text(state),
        "fold": msgspec.json.encode(state),
    }


def search_text(state: MachineState) -> str:
    """Return what a search looks through: folded, one line."""
    parts = (
        state.tag, *state.other_tags, state.manufacturer, state.model, state.serial,
        state.facts.board_model, state.accounting_number, state.seat, state.facts.cpu,
    )  # fmt: skip
    return fold(" ".join(part for part in parts if part))


def disk_row(state: DiskState) -> dict[str, Any]:
    """Return the ``disks`` row of a state."""
    return {
        "id": state.id,
        "model": state.model,
        "serial": state.serial,
        "kind": state.kind,
        "size_bytes": state.size_bytes,
        "health": state.health,
        "fate": state.fate,
        "fold": msgspec.json.encode(state),
    }


def disk_evidence(state: DiskState) -> Iterator[dict[str, Any]]:
    """Yield the reports that measured a disk, so that none is taken in twice."""
    for report in state.reports:
        yield {"kind": "report", "value": report, "machine": state.id}


def attachment_rows(
    machine: str, state: MachineState | None, written: Mapping[str, Written]
) -> Iterator[dict[str, Any]]:
    """Yield changed ``attachments`` rows."""
    before = written.get(machine, Written()).stays
    for disk, stay in (state.disks if state else {}).items():
        if before.get(disk) != stay.presence.value:
            yield {"machine": machine, "disk": disk, "status": stay.presence.value}


def interval_rows(state: MachineState, written: Mapping[str, Written]) -> Iterator[dict[str, Any]]:
    """Yield changed ``intervals`` rows; the one before a change gets its end."""
    before = written.get(state.id, Written()).intervals
    same = 0
    for old, new in zip(before, state.intervals, strict=False):
        if old != (new.state.value, new.from_on, new.known_at):
            break
        same += 1
    first = same if same == len(state.intervals) == len(before) else max(same - 1, 0)
    for n in range(first, len(state.intervals)):
        yield _interval_row(state.id, n, state.intervals)


def _interval_row(machine: str, n: int, all_of: list[Interval]) -> dict[str, Any]:
    one = all_of[n]
    return {
        "machine": machine,
        "n": n,
        "state": one.state.value,
        "from_on": one.from_on,
        "until_on": all_of[n + 1].from_on if n + 1 < len(all_of) else None,
        "known_at": one.known_at,
    }


def evidence_rows(machine: str, pairs: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield an ``evidence`` row for each (kind, folded value)."""
    for kind, value in pairs:
        yield {"kind": kind, "value": value, "machine": machine}


def issue_rows(view: MachineView) -> Iterator[dict[str, Any]]:
    """Yield the inbox rows of a view."""
    for issue in view.issues:
        detail = [
            {"code": r.code, "guard": str(r.guard), "params": dict(r.params)} for r in issue.reasons
        ]
        yield {
            "subject": view.machine.id,
            "key": issue.key,
            "kind": issue.kind,
            "detail": msgspec.json.encode(detail, order="sorted").decode(),
        }
