# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what an undo would undo, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from fleet.model.events import Event
from fleet.model.fold import effective, undone_by
from fleet.model.rules import RULES
from fleet.store.queries import absorbed_by, disk_holders, resolve_alias
from fleet.store.records import RECORD_KINDS
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events

# Acts about who we are and whom we trust are corrected by acts of their own, never undone.
_NOT_UNDONE = frozenset(
    {
        "Undone",
        "OperatorAdded",
        "ReplicaEnrolled",
        "ReplicaTrusted",
        "ReplicaRevoked",
        "ReplicaRehomed",
    }
)
_PAGE = 500


def last_act(connection: Connection, replica: str, author: str) -> list[Event]:
    """Return the events of an author's last act on this replica that still counts."""
    query = (
        SELECT_EVENTS.where(events.c.replica == replica, events.c.author == author)
        .order_by(events.c.seq.desc())
        .execution_options(yield_per=_PAGE)
    )
    undone: set[str] = set()
    with connection.execute(query) as rows:
        for event in map(event_of, rows):
            undone.update(undone_by(event))
            if event.kind not in _NOT_UNDONE and event.header.id not in undone:
                return _whole_act(connection, event)
    return []


def later_acts(connection: Connection, act: Sequence[Event]) -> list[str]:
    """Return the kinds of events that build on this act and still count: later ones on its
    subjects, later steps of machines that hold its disks, later mentions of records it made.
    """
    ids = {event.header.id for event in act}
    last = max(event.stamp for event in act).lamport
    found = [e for e in _later(connection, act, last) if e.header.id not in ids]
    alive = effective(_on(connection, {event.subject for event in found}, last))
    counting = {event.header.id for event in alive}
    return sorted({e.kind for e in found if e.kind != "Undone" and e.header.id in counting})


def _later(connection: Connection, act: Sequence[Event], last: int) -> Iterator[Event]:
    subjects = {event.subject for event in act}
    machines = {one for subject in subjects for one in _same_machine(connection, subject)}
    yield from _on(connection, subjects | machines, last)
    holders = {
        machine for subject in subjects for machine, _status in disk_holders(connection, subject)
    }
    steps = _on(connection, holders - subjects - machines, last)
    yield from (event for event in steps if event.kind in RULES)
    made = {event.subject for event in act if event.kind in RECORD_KINDS}
    yield from _naming(connection, made, last)


def _same_machine(connection: Connection, subject: str) -> list[str]:
    root = resolve_alias(connection, subject)
    return [root, *absorbed_by(connection, root)] if root != subject else []


def _on(connection: Connection, subjects: set[str], last: int) -> list[Event]:
    query = SELECT_EVENTS.where(events.c.subject.in_(sorted(subjects)), events.c.lamport >= last)
    return [event_of(row) for row in connection.execute(query)]


def _naming(connection: Connection, made: set[str], last: int) -> Iterator[Event]:
    """Yield later events whose body names one of these records."""
    if not made:
        return
    names = [name.encode() for name in made]
    query = SELECT_EVENTS.where(events.c.lamport >= last)
    for row in connection.execute(query.execution_options(yield_per=_PAGE)):
        event = event_of(row)
        if event.body is not None and any(name in event.body for name in names):
            yield event


def _whole_act(connection: Connection, event: Event) -> list[Event]:
    query = SELECT_EVENTS.where(
        events.c.replica == event.header.replica,
        events.c.seq <= event.header.seq,
        events.c.act == event.header.act,
    ).order_by(events.c.seq)
    return [e for e in map(event_of, connection.execute(query)) if e.kind != "Undone"]
