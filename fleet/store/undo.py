# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what an undo would undo, and what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from fleet.model.events import Event
from fleet.model.kinds import Undone
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events

# Acts about who we are and whom we trust are corrected by acts of their own, never undone.
_NOT_UNDONE = frozenset(
    {"OperatorAdded", "ReplicaEnrolled", "ReplicaTrusted", "ReplicaRevoked", "ReplicaRehomed"}
)
_LOOK_BACK = 500


def last_act(connection: Connection, replica: str, author: str) -> list[Event]:
    """Return the events of an author's last act on this replica that still counts."""
    query = (
        SELECT_EVENTS.where(events.c.replica == replica, events.c.author == author)
        .order_by(events.c.seq.desc())
        .limit(_LOOK_BACK)
    )
    undone: set[str] = set()
    for event in map(event_of, connection.execute(query)):
        if event.kind == "Undone" and event.body is not None:
            undone.update(msgspec.json.decode(event.body, type=Undone).events)
        elif event.kind not in _NOT_UNDONE and event.header.id not in undone:
            return _whole_act(connection, event)
    return []


def later_acts(connection: Connection, act: Sequence[Event]) -> list[str]:
    """Return the kinds of events that came after this act on its subjects and still count."""
    ids = {event.header.id for event in act}
    subjects = sorted({event.subject for event in act})
    last = max(event.stamp for event in act)
    query = SELECT_EVENTS.where(events.c.subject.in_(subjects), events.c.lamport >= last.lamport)
    found = [e for e in map(event_of, connection.execute(query)) if e.header.id not in ids]
    undone = {
        name
        for event in found
        if event.kind == "Undone" and event.body is not None
        for name in msgspec.json.decode(event.body, type=Undone).events
    }
    return sorted({e.kind for e in found if e.kind != "Undone" and e.header.id not in undone})


def _whole_act(connection: Connection, event: Event) -> list[Event]:
    query = SELECT_EVENTS.where(
        events.c.replica == event.header.replica,
        events.c.seq <= event.header.seq,
        events.c.act == event.header.act,
    ).order_by(events.c.seq)
    return [e for e in map(event_of, connection.execute(query)) if e.kind != "Undone"]
