# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events that still count, of some subjects or some kinds."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, or_

from fleet.model.events import Event
from fleet.model.fold import effective
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events


def events_of(connection: Connection, subject: str) -> list[Event]:
    """Return the events that count on a subject, in causal order."""
    return _counted(connection, events.c.subject == subject)


def events_of_kinds(connection: Connection, kinds: Collection[str]) -> list[Event]:
    """Return the events of some kinds that were not undone, in causal order."""
    wanted = events.c.kind.in_(sorted(kinds))
    found = _counted(connection, or_(wanted, events.c.kind == "Undone"))
    return [event for event in found if event.kind in kinds]


def _counted(connection: Connection, condition: ColumnElement[bool]) -> list[Event]:
    query = SELECT_EVENTS.where(condition)
    return effective(event_of(row) for row in connection.execute(query))
