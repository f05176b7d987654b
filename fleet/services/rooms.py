# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites and rooms with what stands in them, a room's seats, and putting a machine on a seat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.places import IN_PLACE, seat_name, seat_position
from fleet.model.state import State
from fleet.model.text import fold
from fleet.services import acts
from fleet.services.acts import ActReport
from fleet.services.town import Town
from fleet.store import listings, queries
from fleet.store.queries import MachineFilter, MachineLine, Record

_WHOLE_ROOM = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLine:
    """A room in the list: its site, its grid, and how many machines of each state it holds."""

    site: Record
    room: Record
    counts: Mapping[str, int]

    @property
    def machines(self) -> int:
        """How many machines stand there."""
        return sum(self.counts.values())

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of seats."""
        return _grid(self.room)

    @property
    def seats(self) -> int:
        """How many seats the grid has."""
        rows, columns = self.grid
        return rows * columns


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site with its rooms; ``elsewhere`` counts its machines that stand in no room."""

    site: Record
    rooms: tuple[RoomLine, ...]
    elsewhere: int

    @property
    def machines(self) -> int:
        """How many machines stand on the site."""
        return self.elsewhere + sum(room.machines for room in self.rooms)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPlan:
    """A room's seats. ``seated`` holds machines by (row, column) from 0, ``loose`` the others."""

    site: Record
    room: Record
    rows: int
    columns: int
    seated: Mapping[tuple[int, int], MachineLine]
    loose: tuple[MachineLine, ...]


def overview(town: Town) -> list[SiteLine]:
    """Return every site with its rooms, by name."""
    with town.journal.read() as connection:
        sites = _by_name(queries.list_records(connection, "site"))
        rooms = _by_name(queries.list_records(connection, "room"))
        counts = listings.room_counts(connection, IN_PLACE)
    by_room: dict[str | None, Counter[str]] = {room.id: Counter() for room in rooms}
    nowhere: Counter[str | None] = Counter()
    for count in counts:
        if count.room in by_room:
            by_room[count.room][count.state] += count.machines
        else:
            nowhere[count.site] += count.machines
    return [
        SiteLine(site=site, rooms=_rooms_of(site, rooms, by_room), elsewhere=nowhere[site.id])
        for site in sites
    ]


def _by_name(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda record: fold(record.name))


def _rooms_of(
    site: Record, rooms: Iterable[Record], counts: Mapping[str | None, Counter[str]]
) -> tuple[RoomLine, ...]:
    return tuple(
        RoomLine(site=site, room=room, counts=counts[room.id])
        for room in rooms
        if room.body["site"] == site.id
    )


def plan_of(town: Town, room: str) -> RoomPlan:
    """Return a room's seats. Raises NotFound for an unknown room id."""
    wanted = MachineFilter(room=room, states=IN_PLACE)
    with town.journal.read() as connection:
        found = queries.get_record(connection, room)
        if found is None:
            raise NotFound(_("This room is not there any more."))
        site = queries.get_record(connection, str(found.body["site"]))
        lines = queries.page_machines(connection, wanted, limit=_WHOLE_ROOM)
    rows, columns = _grid(found)
    seated, loose = _seat(lines, rows, columns)
    return RoomPlan(
        site=site or found, room=found, rows=rows, columns=columns, seated=seated, loose=loose
    )


def put_on_seat(
    town: Town, tag: str, plan: RoomPlan, seat: tuple[int, int] | None, *, install: bool = False
) -> ActReport:
    """Put a machine on a seat of a room (None: in the room, on no seat).

    ``install`` puts it in service there, not installed by us; otherwise it keeps its state.
    Raises UsageError when another machine sits there, NotFound for an unknown tag.
    """
    sitting = plan.seated.get(seat) if seat else None
    if sitting is not None and sitting.tag != tag:
        raise UsageError(
            _("{tag} already sits on {seat}.").format(tag=sitting.tag, seat=seat_name(*seat or ())),
            hint=_("Choose a free seat, or take that machine off its seat first."),
        )
    name = seat_name(*seat) if seat else None
    kind = k.Installed if install else k.Moved
    return acts.transition(town, [tag], kind(site=plan.site.id, room=plan.room.id, seat=name))


def may_be_installed(line: MachineLine) -> bool:
    """Tell whether putting this machine on a seat may also put it in service."""
    return line.state in (State.IN_STOCK, State.IN_REPAIR)


def _grid(room: Record) -> tuple[int, int]:
    """A body leaves its defaults out."""
    return int(room.body.get("rows", 1)), int(room.body.get("columns", 1))


def _seat(
    lines: Iterable[MachineLine], rows: int, columns: int
) -> tuple[dict[tuple[int, int], MachineLine], tuple[MachineLine, ...]]:
    """Two machines on one seat, and seats outside the grid, leave a machine without a seat."""
    seated: dict[tuple[int, int], MachineLine] = {}
    loose = []
    for line in lines:
        position = seat_position(line.seat or "")
        inside = position is not None and position[0] < rows and position[1] < columns
        if position is None or not inside or position in seated:
            loose.append(line)
        else:
            seated[position] = line
    return seated, tuple(loose)
