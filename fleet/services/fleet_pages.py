# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet as a person pages through it: machines with the names of their places."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.services import browse
from fleet.services.browse import MachineFilter, MachineLine
from fleet.services.town import Town
from fleet.store import listings, queries


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRow:
    """A machine in the fleet table; ``place`` is its site, room and seat in words."""

    line: MachineLine
    place: str

    @property
    def tag(self) -> str:
        """What an act takes: the tag, or the id of a machine that bears none."""
        return self.line.tag or self.line.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How the fleet is sorted; ``key`` is one of ``browse.SORTABLE``."""

    key: str = "tag"
    descending: bool = False


class MachinePages:
    """The machines that a filter keeps, in some order, page by page."""

    def __init__(self, town: Town, wanted: MachineFilter, order: Order | None = None) -> None:
        self._town = town
        self._wanted = wanted
        self._order = order or Order()

    def count(self) -> int:
        """Return how many machines match."""
        return browse.count(self._town, self._wanted)

    def page(self, offset: int, limit: int) -> list[FleetRow]:
        """Return the matching machines from a row number."""
        with self._town.journal.read() as connection:
            lines = queries.page_machines(
                connection,
                self._wanted,
                sort=self._order.key,
                descending=self._order.descending,
                offset=offset,
                limit=limit,
            )
            places = {place for line in lines for place in (line.site, line.room) if place}
            names = listings.names_of(connection, places)
        return [FleetRow(line=line, place=_place(line, names)) for line in lines]

    def row_number(self, machine: str) -> int | None:
        """Return the row on which a machine stands, None when the filter leaves it out."""
        return browse.row_number(
            self._town,
            self._wanted,
            machine,
            sort=self._order.key,
            descending=self._order.descending,
        )

    def tags(self) -> list[str]:
        """Return what acts take for every matching machine."""
        return [tag for tag in browse.selected_tags(self._town, self._wanted) if tag]


def _place(line: MachineLine, names: dict[str, str]) -> str:
    parts = (names.get(line.site or ""), names.get(line.room or ""), line.seat)
    return ", ".join(part for part in parts if part)
