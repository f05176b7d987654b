# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paged questions to the projections: what screens and commands show. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy import Connection as Connection

from fleet.model.events import Event
from fleet.model.text import clean, fold
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import (
    SORTABLE,
    aliases,
    attachments,
    disks,
    events,
    evidence,
    intervals,
    issues,
    machines,
    records,
)
from fleet.store.search import WALK_UP_TO, count_found, is_common, text_conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFilter:
    """Which machines to show; empty fields do not filter. ``text`` is free text, any words."""

    text: str = ""
    states: tuple[str, ...] = ()
    site: str | None = None
    room: str | None = None
    model: str | None = None
    tag: str | None = None
    kind: str | None = None
    lot: str | None = None
    with_issues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLine:
    """One row of the fleet table. ``site`` and ``room`` are record ids."""

    id: str
    tag: str
    kind: str
    state: str
    since: str
    site: str | None
    room: str | None
    seat: str | None
    owner: str
    manufacturer: str | None
    model: str | None
    serial: str | None
    lot: str | None
    purchased_on: str | None
    system: str | None
    disks: int
    unproven_disks: int
    issues: int


_LINE_COLUMNS = tuple(machines.c[name] for name in MachineLine.__dataclass_fields__)
# Rows from which skipping costs more than counting.
_DEEP = 2_000
_LINE_NAMES = tuple(MachineLine.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A small record: its id, type, name, and body as written."""

    id: str
    type: str
    name: str
    body: dict[str, Any]
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """An inbox entry about a machine; ``detail`` is a list of coded reasons."""

    machine: str
    key: str
    kind: str
    detail: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Time spent in one state, by effective date; ``until_on`` None while it lasts."""

    state: str
    from_on: str
    until_on: str | None


def change_token(connection: Connection) -> int:
    """Return a number that grows with each write of any process."""
    return int(connection.execute(select(func.max(events.c.pos))).scalar_one_or_none() or 0)


def newest_at(connection: Connection) -> str | None:
    """Return the latest time that an event claims, as written; None in an empty journal."""
    return connection.execute(select(func.max(events.c.at))).scalar_one_or_none()


def count_machines(connection: Connection, wanted: MachineFilter) -> int:
    """Return how many machines match."""
    only_text = wanted == MachineFilter(text=wanted.text)
    if only_text and (found := count_found(connection, wanted.text)) is not None:
        return found
    walk = only_text and is_common(connection, wanted.text)
    query = _filtered(select(func.count()).select_from(machines), wanted, connection, walk=walk)
    return int(connection.execute(query).scalar_one())


def page_machines(
    connection: Connection,
    wanted: MachineFilter,
    *,
    sort: str = "tag",
    descending: bool = False,
    offset: int = 0,
    limit: int = 200,
) -> list[MachineLine]:
    """Return one page of matching machines, in a stable order. ``sort`` is one of SORTABLE.

    A page beyond the middle is read from the other end: skipped rows cost time too.
    """
    total = count_machines(connection, wanted) if offset >= _DEEP else 0
    if offset <= total // 2 or offset >= total:
        return _lines(connection, wanted, _order(sort, descending), offset, limit)
    taken = min(limit, total - offset)
    order = _order(sort, not descending)
    return _lines(connection, wanted, order, total - offset - taken, taken)[::-1]


def _lines(
    connection: Connection,
    wanted: MachineFilter,
    order: tuple[ColumnElement[Any], ...],
    offset: int,
    limit: int,
) -> list[MachineLine]:
    walk = offset < WALK_UP_TO and is_common(connection, wanted.text)
    query = _filtered(select(*_LINE_COLUMNS), wanted, connection, walk=walk)
    rows = connection.execute(query.order_by(*order).offset(offset).limit(limit))
    return [MachineLine(**dict(zip(_LINE_NAMES, row, strict=True))) for row in rows]


def machine_ids(connection: Connection, wanted: MachineFilter) -> list[str]:
    """Return the ids of all matching machines."""
    query = _filtered(select(machines.c.id), wanted, connection).order_by(machines.c.tag)
    return list(connection.execute(query).scalars())


def offset_of(
    connection: Connection, wanted: MachineFilter, machine: str, *, sort: str, descending: bool
) -> int | None:
    """Return a machine's row number in a filtered, sorted table; None when filtered out."""
    ranked = _filtered(
        select(machines.c.id, func.row_number().over(order_by=_order(sort, descending)).label("n")),
        wanted,
        connection,
    ).subquery()
    row = connection.execute(select(ranked.c.n).where(ranked.c.id == machine)).scalar_one_or_none()
    return None if row is None else row - 1


def _order(sort: str, descending: bool) -> tuple[ColumnElement[Any], ...]:
    name = sort if sort in SORTABLE else "tag"
    column = machines.c[name]
    rest = (machines.c.id,) if name == "tag" else (machines.c.tag, machines.c.id)
    if descending:
        return (column.desc().nulls_last(), *(c.desc() for c in rest))
    return (column.asc().nulls_first(), *(c.asc() for c in rest))


def _filtered(
    query: Select[Any], wanted: MachineFilter, connection: Connection, *, walk: bool = False
) -> Select[Any]:
    conditions = [*_equalities(wanted), *text_conditions(wanted.text, connection, walk=walk)]
    return query.where(and_(*conditions)) if conditions else query


def _equalities(wanted: MachineFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.states:
        yield machines.c.state.in_(wanted.states)
    for name in ("site", "room", "kind", "lot"):
        if (value := getattr(wanted, name)) is not None:
            yield machines.c[name] == value
    if wanted.tag is not None:
        yield machines.c.tag == wanted.tag
    if wanted.model is not None:
        yield func.lower(machines.c.model).contains(wanted.model.lower(), autoescape=True)
    if wanted.with_issues:
        yield machines.c.issues > 0


def board_counts(connection: Connection) -> dict[str, int]:
    """Return how many machines stand in each state."""
    query = select(machines.c.state, func.count()).group_by(machines.c.state)
    return dict(connection.execute(query).all())


def find_by_tag(connection: Connection, tag: str) -> str | None:
    """Return a machine that bears this tag (any case), None when there is none."""
    return next(iter(bearers_of_tag(connection, tag)), None)


def bearers_of_tag(connection: Connection, tag: str) -> list[str]:
    """Return the machines that bear this tag (any case): two, when two replicas gave it."""
    query = select(evidence.c.machine).where(
        evidence.c.kind == "tag", evidence.c.value == fold(clean(tag) or "")
    )
    return list(connection.execute(query.order_by(evidence.c.machine)).scalars())


def resolve_alias(connection: Connection, machine: str) -> str:
    """Return the machine that absorbed this one, or itself."""
    query = select(aliases.c.into).where(aliases.c.absorbed == machine)
    while (into := connection.execute(query).scalar_one_or_none()) is not None:
        machine, query = into, select(aliases.c.into).where(aliases.c.absorbed == into)
    return machine


def absorbed_by(connection: Connection, machine: str) -> list[str]:
    """Return the machines that were merged into this one, directly."""
    query = select(aliases.c.absorbed).where(aliases.c.into == machine)
    return list(connection.execute(query).scalars())


def evidence_holders(
    connection: Connection, pairs: Sequence[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """Return (kind, value, machine) for each known piece of evidence; values are folded."""
    found: list[tuple[str, str, str]] = []
    for kind, value in pairs:
        query = select(evidence.c.machine).where(
            evidence.c.kind == kind, evidence.c.value == fold(value)
        )
        found += [(kind, value, machine) for machine in connection.execute(query).scalars()]
    return found


def report_holder(connection: Connection, digest: str) -> str | None:
    """Return the machine a report was imported on, or the disk it measured; None when neither."""
    query = select(evidence.c.machine).where(
        evidence.c.kind == "report", evidence.c.value == digest
    )
    holders = sorted(connection.execute(query).scalars(), reverse=True)
    return holders[0] if holders else None


def disk_holders(connection: Connection, disk: str) -> list[tuple[str, str]]:
    """Return (machine, presence) for each machine a disk was seen in."""
    query = select(attachments.c.machine, attachments.c.status).where(attachments.c.disk == disk)
    return [(machine, status) for machine, status in connection.execute(query)]


def disks_by_serial(connection: Connection, serial: str) -> list[str]:
    """Return the disks that bear this serial."""
    query = select(disks.c.id).where(disks.c.serial == serial)
    return list(connection.execute(query).scalars())


def timeline(connection: Connection, subjects: Sequence[str]) -> list[Event]:
    """Return all events of these subjects, in causal order."""
    query = SELECT_EVENTS.where(events.c.subject.in_(list(subjects))).order_by(
        events.c.lamport, events.c.replica, events.c.seq
    )
    return [event_of(row) for row in connection.execute(query)]


def recent_events(
    connection: Connection, *, before_pos: int | None = None, limit: int = 200
) -> list[tuple[int, Event]]:
    """Return the latest events by arrival with their position, newest first; page by position."""
    query = select(events.c.pos, *SELECT_EVENTS.selected_columns)
    if before_pos is not None:
        query = query.where(events.c.pos < before_pos)
    rows = connection.execute(query.order_by(events.c.pos.desc()).limit(limit))
    return [(row[0], event_of(row[1:])) for row in rows]


def stays(connection: Connection, machine: str) -> list[Stay]:
    """Return a machine's time in each state."""
    query = (
        select(intervals.c.state, intervals.c.from_on, intervals.c.until_on)
        .where(intervals.c.machine == machine)
        .order_by(intervals.c.n)
    )
    return [Stay(state=s, from_on=f, until_on=u) for s, f, u in connection.execute(query)]


def list_records(connection: Connection, type_: str) -> list[Record]:
    """Return all records of a type (site, room, partner, lot, report...), by name."""
    query = select(records).where(records.c.type == type_).order_by(records.c.name, records.c.id)
    return [_record(row) for row in connection.execute(query)]


def get_record(connection: Connection, record: str) -> Record | None:
    """Return one record by id."""
    row = connection.execute(select(records).where(records.c.id == record)).one_or_none()
    return _record(row) if row is not None else None


def _record(row: Any) -> Record:
    return Record(
        id=row.id,
        type=row.type,
        name=row.name,
        body=msgspec.json.decode(row.body, type=dict[str, Any]),
        settled=row.settled,
    )


def list_issues(connection: Connection) -> list[IssueRow]:
    """Return the inbox entries about machines."""
    query = select(issues).order_by(issues.c.kind, issues.c.subject, issues.c.key)
    return [
        IssueRow(
            machine=row.subject, key=row.key, kind=row.kind, detail=msgspec.json.decode(row.detail)
        )
        for row in connection.execute(query)
    ]
