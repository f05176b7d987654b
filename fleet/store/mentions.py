# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every event that an id wrote, is the subject of, or is named in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, func, or_

from fleet.model.events import Event
from fleet.store.engine import is_sqlite
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events


def mentions(connection: Connection, id_: str, kinds: Collection[str] = ()) -> Iterator[Event]:
    """Yield the events about an id, of some kinds or of all, in the order of their arrival.

    The store looks through the bodies: no index holds who is named in them, so that no list of a
    person's acts outlives what they are read from.
    """
    query = SELECT_EVENTS.where(
        or_(events.c.subject == id_, events.c.author == id_, _names(connection, id_.encode()))
    )
    if kinds:
        query = query.where(events.c.kind.in_(kinds))
    return map(event_of, connection.execute(query.order_by(events.c.pos)).all())


def _names(connection: Connection, id_: bytes) -> ColumnElement[bool]:
    place = func.instr if is_sqlite(connection) else func.pg_catalog.position
    return place(events.c.body, id_) > 0
