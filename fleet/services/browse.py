# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What screens and commands read: pages of machines, the board, the inbox, names for ids.

The records of ``fleet.store.queries`` are known here under their own names, so that nothing
above the services imports the store.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from fleet.errors import NotFound
from fleet.i18n import _
from fleet.model.events import Event, subject_type
from fleet.model.reasons import Reason
from fleet.services import records
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.queries import Connection
from fleet.store.queries import MachineFilter as MachineFilter
from fleet.store.queries import MachineLine as MachineLine
from fleet.store.queries import Record as Record
from fleet.store.queries import Stay as Stay
from fleet.store.schema import SORTABLE as SORTABLE

_PAGE = 5000
PEOPLE = ("operator", "holder", "donor")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """Something about a machine that asks for a decision, with every reason."""

    machine: str
    tag: str
    key: str
    kind: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinePageOf:
    """One page of a listing, and how many machines match in all."""

    lines: tuple[MachineLine, ...]
    total: int


class NameBook:
    """Names for the journal's ids, read when asked and kept; purged people have none."""

    def __init__(self, town: Town, people: Collection[str]) -> None:
        self._town = town
        self._people = people
        self._known: dict[str, str | None] = {}

    def __call__(self, id_: str) -> str | None:
        """Return the name of an operator, record, machine (its tag) or disk; None without one."""
        if id_ not in self._known:
            self._known[id_] = self._read(id_) if ":" in id_ else None
        return self._known[id_]

    def _read(self, id_: str) -> str | None:
        type_ = subject_type(id_)
        if type_ in PEOPLE and type_ not in self._people:
            return None
        with self._town.journal.read() as connection:
            match type_:
                case "operator" | "holder" | "donor":
                    return self._town.people.name_of(connection, id_)
                case "machine":
                    return _tag_of(self._town, connection, id_)
                case "disk":
                    return _disk_name(self._town, connection, id_)
                case _:
                    record = queries.get_record(connection, id_)
                    return record.name if record is not None else None


def names(town: Town) -> NameBook:
    """Return a book of names for one command or one refresh of a screen."""
    return NameBook(town, PEOPLE)


def names_for_programs(town: Town) -> NameBook:
    """Return a book that keeps holders and donors as ids: JSON goes where nobody purges it."""
    return NameBook(town, ("operator",))


def machines(
    town: Town,
    wanted: MachineFilter,
    *,
    sort: str = "tag",
    descending: bool = False,
    offset: int = 0,
    limit: int = 200,
) -> MachinePageOf:
    """Return one page of matching machines and how many match in all."""
    with town.journal.read() as connection:
        lines = queries.page_machines(
            connection, wanted, sort=sort, descending=descending, offset=offset, limit=limit
        )
        return MachinePageOf(lines=tuple(lines), total=queries.count_machines(connection, wanted))


def count(town: Town, wanted: MachineFilter) -> int:
    """Return how many machines match."""
    with town.journal.read() as connection:
        return queries.count_machines(connection, wanted)


def selected_tags(town: Town, wanted: MachineFilter) -> list[str]:
    """Return the tags of all matching machines, in order."""
    found: list[str] = []
    with town.journal.read() as connection:
        while page := queries.page_machines(connection, wanted, offset=len(found), limit=_PAGE):
            found += [line.tag for line in page]
    return found


def row_number(
    town: Town, wanted: MachineFilter, machine: str, *, sort: str, descending: bool
) -> int | None:
    """Return a machine's row number in a filtered, sorted listing; None when filtered out."""
    with town.journal.read() as connection:
        return queries.offset_of(connection, wanted, machine, sort=sort, descending=descending)


def line_of(town: Town, tag: str) -> MachineLine:
    """Return a machine's row by tag. Raises NotFound."""
    with town.journal.read() as connection:
        found = queries.find_by_tag(connection, tag)
        state = town.journal.reader(connection).machine(found) if found is not None else None
        wanted = queries.MachineFilter(tag=state.tag if state is not None else "")
        lines = queries.page_machines(connection, wanted, limit=1) if state is not None else []
    if not lines:
        raise NotFound(_("No machine bears the tag {tag}.").format(tag=tag))
    return lines[0]


def tag_exists(town: Town, tag: str) -> bool:
    """Tell whether a machine bears this tag (any case)."""
    with town.journal.read() as connection:
        return queries.find_by_tag(connection, tag) is not None


def board(town: Town) -> dict[str, int]:
    """Return how many machines stand in each state."""
    with town.journal.read() as connection:
        return queries.board_counts(connection)


def inbox(town: Town) -> list[InboxEntry]:
    """Return the inbox entries about machines, with their tags."""
    with town.journal.read() as connection:
        rows = queries.list_issues(connection)
        return [
            InboxEntry(
                machine=row.machine,
                tag=_tag_of(town, connection, row.machine) or row.machine,
                key=row.key,
                kind=row.kind,
                reasons=tuple(Reason(**detail) for detail in row.detail),
            )
            for row in rows
        ]


def recent(town: Town, *, before: int | None = None, limit: int = 200) -> list[tuple[int, Event]]:
    """Return the latest events by arrival with their position, newest first."""
    with town.journal.read() as connection:
        return queries.recent_events(connection, before_pos=before, limit=limit)


def change_token(town: Town) -> int:
    """Return a number that grows with each write of any process."""
    with town.journal.read() as connection:
        return queries.change_token(connection)


def filter_by_names(
    town: Town, wanted: MachineFilter, *, site: str | None, room: str | None, lot: str | None
) -> MachineFilter:
    """Return the filter with the site, room and lot given by name. Raises NotFound."""
    place = records.find(town, "site", site).id if site else None
    return replace(
        wanted,
        site=place,
        room=records.find_room(town, room, place).id if room else None,
        lot=records.find(town, "lot", lot).id if lot else None,
    )


def _tag_of(town: Town, connection: Connection, machine: str) -> str | None:
    projector = town.journal.reader(connection)
    state = projector.machine(projector.root(machine))
    return state.tag or None if state is not None else None


def _disk_name(town: Town, connection: Connection, disk: str) -> str | None:
    state = town.journal.reader(connection).disk(disk)
    parts = (state.model, state.serial or state.label)
    return " ".join(part for part in parts if part) or None
