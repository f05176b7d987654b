# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A town's spreadsheet brought in: first what would happen, then, when agreed, in one act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil

from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.text import fold
from fleet.output.words import state_name
from fleet.readers.sheet import read_sheet
from fleet.readers.sheet_columns import recognise
from fleet.readers.sheet_map import SheetMap, load_map
from fleet.readers.sheet_plan import SheetMachine, plan_rows
from fleet.readers.sheet_problems import SheetProblem, describe
from fleet.services.sheet_bodies import Places, bodies_of, site_kind
from fleet.services.town import Act, Town, new_id
from fleet.store import queries

_GRID_COLUMNS, _GRID_ROWS = 6, 40
_UNDATED_WARN = frozenset({"retired", "given", "sold_or_transferred", "dismantled", "recycled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRemark:
    """What is wrong or uncertain in a row; ``line`` as the spreadsheet numbers it."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """A row about a machine that the journal has already, under ``machine_tag``."""

    line: int
    tag: str
    machine_tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetImport:
    """What an import would do. Every non-blank row is in ``new``, ``known`` or ``problems``."""

    name: str
    table: str
    encoding: str | None
    source: str
    columns: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    new: tuple[SheetMachine, ...]
    known: tuple[KnownRow, ...]
    sites: tuple[str, ...]
    rooms: tuple[tuple[str, str], ...]
    partners: tuple[str, ...]
    problems: tuple[RowRemark, ...]
    warnings: tuple[RowRemark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the journal has already of what the rows name."""

    by_tag: Mapping[str, str]
    by_serial: Mapping[str, str]
    lines: Mapping[str, queries.MachineLine]
    places: Places


def read_map(text: str, name: str) -> SheetMap:
    """Return a map file. Raises BadInput with file and line."""
    return load_map(text, name)


def plan_sheet(
    town: Town,
    data: bytes,
    name: str,
    *,
    sheet_map: SheetMap | None = None,
    table: str | None = None,
) -> SheetImport:
    """Return what importing a CSV, ODS or XLSX file would do; nothing is written.

    Raises BadInput when the file, or its header, cannot be understood.
    """
    used = sheet_map or SheetMap()
    columns = tuple(column for _field, column in used.columns)
    sheet = read_sheet(data, name, table=table, columns=columns)
    mapping = recognise(sheet.header, used)
    plan = plan_rows(sheet, mapping, today=town.now().date())
    standing = _standing(town, plan.machines)
    new, known, conflicts = _sort(plan.machines, standing)
    return SheetImport(
        name=name,
        table=sheet.table,
        encoding=sheet.encoding,
        source=mapping.source.value,
        columns=tuple(
            (field, sheet.header[position])
            for field, position in mapping.fields
            if sheet.header[position] not in mapping.personal
        ),
        ignored=(*mapping.ignored, *mapping.personal),
        new=new,
        known=known,
        sites=tuple(_new_sites(new, standing.places)),
        rooms=tuple(_new_rooms(new, standing.places)),
        partners=tuple(_new_partners(new, standing.places)),
        problems=_by_line([*map(_remark, plan.problems), *conflicts]),
        warnings=_by_line([*map(_remark, plan.warnings), *_own_warnings(new)]),
    )


def apply_sheet(town: Town, plan: SheetImport) -> int:
    """Write what a plan shows, in one act; returns how many machines came in.

    Rows that another person brought in since the plan was made are left out.
    """
    with town.act() as act:
        standing = _standing(town, plan.new)
        fresh, _known, _conflicts = _sort(plan.new, standing)
        places = _make_places(act, fresh, standing.places)
        for row in fresh:
            act.extend(new_id("machine"), list(bodies_of(row, places, plan.name)))
    return len(fresh)


def _standing(town: Town, rows: Iterable[SheetMachine]) -> _Standing:
    """Read from the store; inside an act nobody else can write meanwhile."""
    kept = tuple(rows)
    tags = [("tag", row.tag) for row in kept]
    serials = [("serial", row.serial) for row in kept if row.serial]
    with town.journal.read() as connection:
        holders = queries.evidence_holders(connection, [*tags, *serials])
        by_tag = {fold(value): machine for kind, value, machine in holders if kind == "tag"}
        by_serial = {fold(value): machine for kind, value, machine in holders if kind == "serial"}
        ids = {*by_tag.values(), *by_serial.values()}
        wanted = queries.MachineFilter()
        lines = queries.page_machines(connection, wanted, limit=10**9) if ids else []
        sites = queries.list_records(connection, "site")
        rooms = queries.list_records(connection, "room")
        partners = queries.list_records(connection, "partner")
    site_names = {site.id: fold(site.name) for site in sites}
    return _Standing(
        by_tag=by_tag,
        by_serial=by_serial,
        lines={line.id: line for line in lines if line.id in ids},
        places=Places(
            sites={name: site for site, name in site_names.items()},
            rooms={
                (site_names.get(room.body["site"], ""), fold(room.name)): room.id for room in rooms
            },
            partners={fold(partner.name): partner.id for partner in partners},
        ),
    )


def _sort(
    rows: Iterable[SheetMachine], standing: _Standing
) -> tuple[tuple[SheetMachine, ...], tuple[KnownRow, ...], list[RowRemark]]:
    """Return the new machines, the known ones, and the rows that name two machines at once."""
    new: list[SheetMachine] = []
    known: list[KnownRow] = []
    conflicts: list[RowRemark] = []
    for row in rows:
        by_tag = standing.by_tag.get(fold(row.tag))
        by_serial = standing.by_serial.get(fold(row.serial)) if row.serial else None
        machine = by_serial or by_tag
        if machine is None:
            new.append(row)
            continue
        line = standing.lines[machine]
        if (by_tag and by_serial and by_tag != by_serial) or (
            row.serial and not by_serial and line.serial
        ):
            conflicts.append(_two_machines(row, line))
        else:
            known.append(KnownRow(line=row.line, tag=row.tag, machine_tag=line.tag))
    return tuple(new), tuple(known), conflicts


def _two_machines(row: SheetMachine, known: queries.MachineLine) -> RowRemark:
    message = _(
        "Tag {tag} with serial number {serial}: the journal has tag {known_tag} with {known}."
    )
    text = message.format(
        tag=row.tag, serial=row.serial, known_tag=known.tag, known=known.serial or "?"
    )
    return RowRemark(line=row.line, column="", message=text)


def _remark(problem: SheetProblem) -> RowRemark:
    worded = tuple(
        (name, state_name(value) if name == "read_as" else value) for name, value in problem.params
    )
    message = describe(replace(problem, params=worded))
    return RowRemark(line=problem.line, column=problem.column, message=message)


def _own_warnings(rows: Iterable[SheetMachine]) -> Iterator[RowRemark]:
    for row in rows:
        if row.state_on is None and row.state in _UNDATED_WARN:
            message = _("No date for this state: the day of the import stands for it.")
            yield RowRemark(line=row.line, column="", message=message)
        if row.room and not row.site:
            message = _("A room without a site: « {room} » is kept in the note.")
            yield RowRemark(line=row.line, column="", message=message.format(room=row.room))


def _by_line(remarks: list[RowRemark]) -> tuple[RowRemark, ...]:
    return tuple(sorted(remarks, key=lambda remark: remark.line))


# --- places to create ----------------------------------------------------------------------


def _new_sites(rows: Iterable[SheetMachine], places: Places) -> Iterator[str]:
    named = {fold(row.site): row.site for row in reversed(tuple(rows)) if row.site}
    yield from sorted(name for key, name in named.items() if key not in places.sites)


def _new_rooms(rows: Iterable[SheetMachine], places: Places) -> Iterator[tuple[str, str]]:
    named = {
        (fold(row.site), fold(row.room)): (row.site, row.room)
        for row in reversed(tuple(rows))
        if row.site and row.room
    }
    yield from sorted(name for key, name in named.items() if key not in places.rooms)


def _new_partners(rows: Iterable[SheetMachine], places: Places) -> Iterator[str]:
    named = {
        fold(row.recipient): row.recipient
        for row in reversed(tuple(rows))
        if row.recipient and row.state in ("given", "sold_or_transferred")
    }
    yield from sorted(name for key, name in named.items() if key not in places.partners)


def _make_places(act: Act, rows: tuple[SheetMachine, ...], known: Places) -> Places:
    """Add what the rows name and the journal lacks; returns all ids."""
    sites, rooms, partners = dict(known.sites), dict(known.rooms), dict(known.partners)
    for name in _new_sites(rows, known):
        sites[fold(name)] = _add(act, "site", k.SiteAdded(name=name, kind=site_kind(name)))
    seats = Counter((fold(row.site or ""), fold(row.room or "")) for row in rows)
    for site, name in _new_rooms(rows, known):
        key = (fold(site), fold(name))
        rooms[key] = _add(act, "room", _room(sites[key[0]], name, seats[key]))
    for name in _new_partners(rows, known):
        partners[fold(name)] = _add(act, "partner", k.PartnerAdded(name=name))
    return Places(sites=sites, rooms=rooms, partners=partners)


def _room(site: str, name: str, machines: int) -> k.RoomAdded:
    """Return a room whose seat grid holds its machines; a person corrects it later."""
    rows = min(_GRID_ROWS, ceil(machines / _GRID_COLUMNS))
    return k.RoomAdded(site=site, name=name, rows=rows, columns=min(_GRID_COLUMNS, machines))


def _add(act: Act, type_: str, body: k.Body) -> str:
    record = new_id(type_)
    act.add(record, body)
    return record
