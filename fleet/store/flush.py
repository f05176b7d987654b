# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what a transaction changed into the projections, in bulk, only differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, delete, select, update

from fleet.model.state import Attachment, DiskState, MachineState
from fleet.model.views import MachineView
from fleet.store.machine_rows import (
    Written,
    attachment_rows,
    disk_evidence,
    disk_row,
    evidence_rows,
    interval_rows,
    issue_rows,
    machine_row,
    written_of,
)
from fleet.store.schema import attachments, disks, evidence, intervals, issues, machines
from fleet.store.sql import Row, fetch_all, upsert, write_rows

_HOLDERS = select(attachments.c.machine).where(attachments.c.disk == bindparam("disk"))
_GONE_MACHINE = delete(machines).where(machines.c.id == bindparam("machine"))
_GONE_DISK = delete(disks).where(disks.c.id == bindparam("disk"))
_GONE_STAY = delete(attachments).where(
    attachments.c.machine == bindparam("machine"), attachments.c.disk == bindparam("disk")
)
_GONE_INTERVALS = delete(intervals).where(
    intervals.c.machine == bindparam("machine"), intervals.c.n >= bindparam("n")
)
_GONE_EVIDENCE = delete(evidence).where(
    evidence.c.machine == bindparam("machine"),
    evidence.c.kind == bindparam("kind"),
    evidence.c.value == bindparam("value"),
)
_GONE_ISSUES = delete(issues).where(issues.c.subject == bindparam("machine"))
_NEW_ISSUES = issues.insert()

Holders = dict[str, set[str]]


def holders_of(connection: Connection, wanted: Iterable[str]) -> Holders:
    """Return the machines that hold or held each of these disks."""
    return {
        disk: {row[0] for row in fetch_all(connection, _HOLDERS, {"disk": disk})} for disk in wanted
    }


def write_disks(connection: Connection, changed: Iterable[DiskState]) -> None:
    """Write disk rows and the reports that measured them; a disk whose events are all undone
    has no row.
    """
    states = list(changed)
    known = [state for state in states if state.is_known]
    write_rows(connection, _GONE_DISK, [{"disk": s.id} for s in states if not s.is_known])
    upsert(connection, disks, ("id",), [disk_row(state) for state in known])
    seen = [row for state in states for row in disk_evidence(state)]
    upsert(connection, evidence, ("kind", "value", "machine"), seen)


def drop_measures(connection: Connection, disk: str, reports: Iterable[str]) -> None:
    """Forget reports that measured a disk and were undone, so that they can be taken in again."""
    write_rows(connection, _GONE_EVIDENCE, [*evidence_rows(disk, (("report", r) for r in reports))])


def write_stays(
    connection: Connection,
    states: Mapping[str, MachineState | None],
    written: Mapping[str, Written],
) -> None:
    """Write which disks sit in which machines, before anything is looked at across machines."""
    rows: list[Row] = []
    gone: list[Row] = []
    for machine, state in states.items():
        rows += attachment_rows(machine, state, written)
        left = written.get(machine, Written()).stays.keys() - (state.disks if state else {}).keys()
        gone += [{"machine": machine, "disk": disk} for disk in left]
    write_rows(connection, _GONE_STAY, gone)
    upsert(connection, attachments, ("machine", "disk"), rows)


def write_views(
    connection: Connection,
    views: Mapping[str, MachineView | None],
    written: dict[str, Written],
) -> None:
    """Write machines, intervals, evidence and inbox rows; note what the store now holds."""
    kept = [view for view in views.values() if view is not None]
    gone = [{"machine": machine} for machine, view in views.items() if view is None]
    write_rows(connection, _GONE_MACHINE, gone)
    rows = {view.machine.id: machine_row(view) for view in kept}
    _write_machines(connection, rows, written)
    intervals_new = [r for v in kept for r in interval_rows(v.machine, written)]
    upsert(connection, intervals, ("machine", "n"), intervals_new)
    _write_issues(connection, views, written)
    now = {m: written_of(v.machine if v else None, rows.get(m)) for m, v in views.items()}
    _write_evidence(connection, now, written)
    for machine, one in now.items():
        lost = len(one.intervals) < len(written.get(machine, Written()).intervals)
        rows_lost: list[Row] = [{"machine": machine, "n": len(one.intervals)}] if lost else []
        write_rows(connection, _GONE_INTERVALS, rows_lost)
    written.update(now)


def _write_evidence(
    connection: Connection, now: Mapping[str, Written], written: Mapping[str, Written]
) -> None:
    new: list[Row] = []
    gone: list[Row] = []
    for machine, one in now.items():
        before = written.get(machine, Written()).evidence
        new += evidence_rows(machine, one.evidence - before)
        gone += evidence_rows(machine, before - one.evidence)
    write_rows(connection, _GONE_EVIDENCE, gone)
    upsert(connection, evidence, ("kind", "value", "machine"), new)


def _write_issues(
    connection: Connection,
    views: Mapping[str, MachineView | None],
    written: Mapping[str, Written],
) -> None:
    had = [m for m in views if (row := written.get(m, Written()).row) and row["issues"]]
    write_rows(connection, _GONE_ISSUES, [{"machine": machine} for machine in had])
    rows = [row for view in views.values() if view is not None for row in issue_rows(view)]
    write_rows(connection, _NEW_ISSUES, rows)


def _write_machines(
    connection: Connection, rows: Mapping[str, Row], written: Mapping[str, Written]
) -> None:
    """Write new rows whole and known rows by their changed columns: each column that is set
    costs its index, and machines have nine.
    """
    by_change: dict[tuple[str, ...], list[Row]] = {}
    new = []
    for machine, row in rows.items():
        before = written.get(machine, Written()).row
        if before is None:
            new.append(row)
            continue
        changed = tuple(name for name, value in row.items() if before[name] != value)
        if changed:
            picked = {f"new_{name}": row[name] for name in changed}
            by_change.setdefault(changed, []).append(picked | {"machine": machine})
    upsert(connection, machines, ("id",), new)
    for changed, some in by_change.items():
        write_rows(connection, _update_of(changed), some)


@cache
def _update_of(changed: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changed}
    return update(machines).where(machines.c.id == bindparam("machine")).values(values)


def stays_elsewhere(
    state: MachineState, holders: Holders, machines_in_hand: Mapping[str, MachineState | None]
) -> dict[str, list[Attachment]]:
    """Return the stays of a machine's disks in other machines."""
    found: dict[str, list[Attachment]] = {}
    for disk in state.disks:
        for machine in sorted(holders.get(disk, ())):
            other = machines_in_hand.get(machine) if machine != state.id else None
            if other is not None and disk in other.disks:
                found.setdefault(disk, []).append(other.disks[disk])
    return found
