# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where does everything stand? Sites and their rooms, with what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fleet.i18n import _
from fleet.output.words import site_kind_name
from fleet.services import rooms
from fleet.services.rooms import RoomLine, SiteLine
from tui.screens.base import TownScreen
from tui.widgets.columns import Column, Tone
from tui.widgets.listed import Listed
from tui.widgets.table_messages import ReadFailed, RowChosen
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A line of the list: a site, or one of its rooms."""

    site: SiteLine
    room: RoomLine | None = None

    @property
    def id(self) -> str:
        """The record's id."""
        return self.room.room.id if self.room else self.site.site.id

    def count(self, *states: str) -> int:
        """Return how many machines of these states stand here."""
        places = [self.room] if self.room else self.site.rooms
        return sum(place.counts.get(state, 0) for place in places for state in states)


def _name(row: PlaceRow) -> str:
    return f"   {row.room.room.name}" if row.room else row.site.site.name


def _detail(row: PlaceRow) -> str:
    if row.room is None:
        return site_kind_name(str(row.site.site.body.get("kind", "other")))
    rows, columns = row.room.grid
    return _("{rows} × {columns} seats").format(rows=rows, columns=columns)


def _total(row: PlaceRow) -> str:
    return str(row.room.machines if row.room else row.site.machines)


def _elsewhere(row: PlaceRow) -> str:
    return "" if row.room else str(row.site.elsewhere or "")


def _tone(row: PlaceRow) -> Tone:
    return "dim" if row.room is None else ""


def _counted(key: str, title: str, *states: str, from_width: int = 0) -> Column[PlaceRow]:
    return Column(
        key=key,
        title=title,
        width=11,
        text=lambda row: str(row.count(*states) or ""),
        from_width=from_width,
        right=True,
    )


COLUMNS: tuple[Column[PlaceRow], ...] = (
    Column(key="name", title=N_("Site or room"), width=24, share=2, text=_name),
    Column(key="detail", title=N_("Seats"), width=15, share=1, text=_detail, tone=_tone),
    Column(key="machines", title=N_("Machines"), width=9, text=_total, right=True),
    _counted("in_service", N_("In service"), "in_service"),
    _counted("in_stock", N_("In stock"), "in_stock", from_width=100),
    _counted("in_repair", N_("In repair"), "in_repair", from_width=100),
    _counted("other", N_("Others"), "retired", "in_workshop", "ready", "dismantled", "to_recycle",
             from_width=100),
    Column(key="elsewhere", title=N_("In no room"), width=12, text=_elsewhere, right=True,
           from_width=120),
)  # fmt: skip


class RoomsScreen(TownScreen):
    """Every site with its rooms; Enter opens a room's seats."""

    PLACE = "rooms"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "stock_taking", N_("Stock-taking"), key_display="F8"),
        Binding("insert", "add('room')", N_("New room"), key_display="Ins"),
        Binding("f9", "add('site')", N_("New site"), key_display="F9"),
    ]

    def contents(self) -> ComposeResult:
        yield VirtualTable(
            COLUMNS,
            lambda row: row.id,
            empty=N_("No site yet. F9 adds one, then Ins its rooms."),
            multi=False,
            id="places",
        )

    def action_add(self, type_: str) -> None:
        """Add a site, or a room to one."""
        self.console.add_record(type_)

    def reload(self) -> None:
        """Read sites, rooms and counts again."""
        self.query_one(VirtualTable).show(Listed(self._rows), keep_cursor=True)

    def _rows(self) -> list[PlaceRow]:
        rows: list[PlaceRow] = []
        for site in rooms.overview(self.town):
            rows.append(PlaceRow(site=site))
            rows += [PlaceRow(site=site, room=room) for room in site.rooms]
        return rows

    @on(RowChosen, "#places")
    def _open(self, message: RowChosen) -> None:
        from tui.screens.room import RoomScreen

        if message.row.room is None:
            self.notify(_("This is a site: choose one of its rooms."), markup=False)
        else:
            self.app.push_screen(RoomScreen(message.row.id))

    @on(ReadFailed)
    def _failed(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)

    def action_stock_taking(self) -> None:
        """Count the room under the cursor."""
        from tui.screens.scan import ScanScreen

        row = self.query_one(VirtualTable).row
        if row is None or row.room is None:
            self.notify(_("Put the cursor on a room first."), severity="warning", markup=False)
            return
        self.console.go("scan")
        scan = self.app.screen
        if isinstance(scan, ScanScreen):
            scan.take_stock(row.id)
