# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes every projection again from the journal, and the digest that two stores compare.

Subjects are read one after the other (disks before machines), folded in memory one at a time,
and written in bulk: linear in events, whatever the number of machines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from fleet.model.events import Event, subject_type
from fleet.model.fold import fold_disk, fold_machine
from fleet.model.state import DiskState, MachineState
from fleet.model.views import look
from fleet.store.engine import SEARCH_TRIGGERS, is_sqlite
from fleet.store.journal import Journal
from fleet.store.machine_rows import (
    attachment_rows,
    disk_evidence,
    disk_row,
    evidence_rows,
    interval_rows,
    issue_rows,
    machine_row,
    written_of,
)
from fleet.store.project import Projector
from fleet.store.records import refold_record
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import (
    PROJECTIONS,
    attachments,
    disks,
    events,
    evidence,
    intervals,
    issues,
    machines,
)
from fleet.store.shape import note_shape

_BATCH = 2_000
_READ = 20_000
Progress = Callable[[int, int], None]


def rebuild(journal: Journal, progress: Progress | None = None) -> int:
    """Drop and recompute all projections; returns the number of events read."""
    with journal.write() as writer:
        connection = writer.connection
        _clear(connection)
        writer.projector.forget()
        writer.projector.refold_aliases()
        task = _Rebuild(connection, writer.projector, progress)
        task.run()
        _reindex(connection)
        note_shape(connection)
        writer.projector.forget()
    return task.done


class _Rebuild:
    """One rebuild under way: rows waiting to be written, and how far it is."""

    def __init__(
        self, connection: Connection, projector: Projector, progress: Progress | None
    ) -> None:
        self.connection = connection
        self.projector = projector
        self.progress = progress
        self.total = connection.execute(select(func.count()).select_from(events)).scalar_one()
        self.done = 0
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._disks: dict[str, DiskState] = {}
        self._absorbed = set(projector.aliases())

    def run(self) -> None:
        """Fold every subject, then look again at machines that share disks."""
        for subject, found in _by_subject(self.connection):
            self._fold(subject, found)
            self.done += len(found)
            if self.progress is not None:
                self.progress(self.done, self.total)
        self._flush()
        self._share()

    def _fold(self, subject: str, found: Sequence[Event]) -> None:
        match subject_type(subject):
            case "disk":
                state = self._disks[subject] = fold_disk(subject, found)
                if state.is_known:
                    self._add(disks, disk_row(state))
                for row in disk_evidence(state):
                    self._add(evidence, row)
            case "machine":
                self._machine(subject, found)
            case _:
                refold_record(self.connection, subject, found)

    def _machine(self, subject: str, found: Sequence[Event]) -> None:
        """Machines with a merge behind them are folded by the projector, from both sides."""
        if subject in self._absorbed or self.projector.has_absorbed(subject):
            self.projector.refold(self.projector.root(subject))
            return
        state = fold_machine(subject, found, self.projector.causality)
        if state is not None:
            self._write(state)

    def _write(self, state: MachineState) -> None:
        known = {disk: self._disks.get(disk) or DiskState(id=disk) for disk in state.disks}
        view = look(state, known, {}, self.projector.world)
        self._add(machines, machine_row(view))
        for table, rows in (
            (attachments, attachment_rows(state.id, state, {})),
            (intervals, interval_rows(state, {})),
            (evidence, evidence_rows(state.id, written_of(state).evidence)),
            (issues, issue_rows(view)),
        ):
            for row in rows:
                self._add(table, row)

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        waiting = self._rows.setdefault(table, [])
        waiting.append(row)
        if len(waiting) >= _BATCH:
            self.connection.execute(table.insert(), waiting)
            waiting.clear()

    def _flush(self) -> None:
        for table, waiting in self._rows.items():
            if waiting:
                self.connection.execute(table.insert(), waiting)
        self._rows.clear()
        self.projector.flush()

    def _share(self) -> None:
        """A disk that was in two machines carries its uses from one to the other."""
        shared = (
            select(attachments.c.disk)
            .group_by(attachments.c.disk)
            .having(func.count() > 1)
            .scalar_subquery()
        )
        query = select(attachments.c.machine).where(attachments.c.disk.in_(shared)).distinct()
        for machine in list(self.connection.execute(query).scalars()):
            self.projector.touch(machine)
        self.projector.flush()


def _by_subject(connection: Connection) -> Iterator[tuple[str, list[Event]]]:
    """Yield each subject with its events; disks come before machines in subject order."""
    order = (events.c.subject, events.c.lamport, events.c.replica, events.c.seq)
    query = SELECT_EVENTS.order_by(*order).execution_options(yield_per=_READ)
    rows = connection.execute(query)
    for subject, found in groupby(rows, key=itemgetter(1)):
        yield subject, [event_of(row) for row in found]


def _clear(connection: Connection) -> None:
    if is_sqlite(connection):
        for name in ("insert", "delete", "update"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS machines_search_{name}")
    for table in PROJECTIONS:
        connection.execute(delete(table))


def _reindex(connection: Connection) -> None:
    if is_sqlite(connection):
        connection.exec_driver_sql("INSERT INTO search(search) VALUES ('rebuild')")
        for statement in SEARCH_TRIGGERS:
            connection.exec_driver_sql(statement)


def projection_digest(journal: Journal) -> str:
    """Return the SHA-256 of a canonical dump of all projections: equal on equal journals."""
    digest = hashlib.sha256()
    with journal.read() as connection:
        for table in PROJECTIONS:
            for line in _dump(connection, table):
                digest.update(line)
    return digest.hexdigest()


def _dump(connection: Connection, table: Table) -> Iterator[bytes]:
    columns = [column for column in table.columns if column.name != "no"]
    keys = [column for column in columns if column.primary_key] or [table.c.id]
    yield f"-- {table.name}\n".encode()
    for row in connection.execute(select(*columns).order_by(*keys)):
        yield repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode() + b"\n"
