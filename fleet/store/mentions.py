# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every event that an id wrote, is the subject of, or is named in."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from fleet.model.events import Event
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events

_PAGE = 1000


def mentions(connection: Connection, id_: str) -> Iterator[Event]:
    """Yield the events about an id, in the order of their arrival; reads the whole journal."""
    named = id_.encode()
    query = SELECT_EVENTS.order_by(events.c.pos).execution_options(yield_per=_PAGE)
    for event in map(event_of, connection.execute(query)):
        if id_ in (event.subject, event.header.author) or named in (event.body or b""):
            yield event
