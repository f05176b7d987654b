# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings beside the fleet table: pages of the journal, counts by room, names of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from fleet.model.events import Event
from fleet.model.text import fold
from fleet.store import queries
from fleet.store.queries import MachineFilter, MachineLine
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import disks, events, machines, records

_MOST_NAMED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events to show; empty fields do not filter. ``text`` looks for the subject."""

    kinds: tuple[str, ...] = ()
    author: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomCount:
    """How many machines of one state stand in a room (None: in no room) of a site."""

    site: str | None
    room: str | None
    state: str
    machines: int


def page_events(
    connection: Connection,
    wanted: EventFilter,
    *,
    before_pos: int | None = None,
    skip: int = 0,
    limit: int = 200,
) -> list[tuple[int, Event]]:
    """Return matching events with their position, latest arrival first: those before a
    position, without the first ``skip`` of them.
    """
    query = select(events.c.pos, *SELECT_EVENTS.selected_columns).where(
        *_conditions(connection, wanted)
    )
    if before_pos is not None:
        query = query.where(events.c.pos < before_pos)
    rows = connection.execute(query.order_by(events.c.pos.desc()).offset(skip).limit(limit))
    return [(row[0], event_of(row[1:])) for row in rows]


def count_events(connection: Connection, wanted: EventFilter) -> int:
    """Return how many events match."""
    query = select(func.count()).select_from(events).where(*_conditions(connection, wanted))
    return connection.execute(query).scalar_one()


def _conditions(connection: Connection, wanted: EventFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.kinds:
        yield events.c.kind.in_(wanted.kinds)
    if wanted.author is not None:
        yield events.c.author == wanted.author
    if typed := fold(wanted.text).split():
        yield _about(connection, wanted.text, typed)


def _about(connection: Connection, text: str, words: Sequence[str]) -> ColumnElement[bool]:
    """Keep the events of what a text names: by a list when short, so that the index serves."""
    subject = events.c.subject
    named = [
        *_records_named(connection, words),
        *connection.execute(_disks_named(words).limit(_MOST_NAMED)).scalars(),
    ]
    found = queries.machine_ids(connection, MachineFilter(text=text))
    if len(found) <= _MOST_NAMED:
        return subject.in_([*named, *found])
    alike = and_(*(machines.c.text.contains(word, autoescape=True) for word in words))
    return or_(subject.in_(named), subject.in_(select(machines.c.id).where(alike)))


def _disks_named(words: Sequence[str]) -> Any:
    name = func.lower(func.coalesce(disks.c.model, "") + " " + func.coalesce(disks.c.serial, ""))
    return select(disks.c.id).where(*(name.contains(word, autoescape=True) for word in words))


def _records_named(connection: Connection, words: Sequence[str]) -> list[str]:
    """Small tables: names are folded here, because the store does not fold accents."""
    rows = connection.execute(select(records.c.id, records.c.name))
    return [id_ for id_, name in rows if all(word in fold(name) for word in words)][:_MOST_NAMED]


def authors(connection: Connection) -> list[str]:
    """Return the ids of everybody who wrote an event here."""
    query = select(records.c.id).where(records.c.type == "operator").order_by(records.c.id)
    return list(connection.execute(query).scalars())


def names_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return id -> tag, disk name or record name, for those that have one."""
    wanted = sorted(set(ids))
    found: dict[str, str] = {}
    for query in (
        select(machines.c.id, machines.c.tag).where(machines.c.id.in_(wanted)),
        select(records.c.id, records.c.name).where(records.c.id.in_(wanted)),
    ):
        found.update((id_, name) for id_, name in connection.execute(query))
    drives = select(disks.c.id, disks.c.model, disks.c.serial).where(disks.c.id.in_(wanted))
    for id_, *parts in connection.execute(drives):
        found[id_] = " ".join(part for part in parts if part)
    return {id_: name for id_, name in found.items() if name}


def lines_of(connection: Connection, ids: Iterable[str]) -> list[MachineLine]:
    """Return the fleet table's rows of these machines, by tag."""
    names = tuple(MachineLine.__dataclass_fields__)
    query = select(*(machines.c[name] for name in names)).where(machines.c.id.in_(list(ids)))
    rows = connection.execute(query.order_by(machines.c.tag, machines.c.id))
    return [MachineLine(**dict(zip(names, row, strict=True))) for row in rows]


def room_counts(connection: Connection, states: Sequence[str]) -> list[RoomCount]:
    """Return how many machines of these states stand in each room."""
    columns = (machines.c.site, machines.c.room, machines.c.state)
    query = (
        select(*columns, func.count()).where(machines.c.state.in_(tuple(states))).group_by(*columns)
    )
    return [
        RoomCount(site=site, room=room, state=state, machines=count)
        for site, room, state, count in connection.execute(query)
    ]
