# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is this machine, and which room shall be counted? Scan, type a tag, or choose a room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from fleet.i18n import _
from fleet.services import rooms
from fleet.services.rooms import RoomLine
from fleet.services.stocktaking import StockTaking
from tui.screens.base import TownScreen
from tui.screens.stock import StockScreen
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.table_messages import ReadFailed, RowChosen
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A room that may be counted, with the count under way."""

    line: RoomLine
    taking: StockTaking | None


def _progress(row: CountRow) -> str:
    if row.taking is None:
        return ""
    return _("under way: {seen} seen, {missing} missing").format(
        seen=len(row.taking.seen), missing=len(row.taking.missing)
    )


COLUMNS: tuple[Column[CountRow], ...] = (
    Column(key="room", title=N_("Room to count"), width=22, share=1,
           text=lambda row: row.line.room.name),
    Column(key="site", title=N_("Site"), width=18, share=1, text=lambda row: row.line.site.name),
    Column(key="machines", title=N_("Machines"), width=9, right=True,
           text=lambda row: str(row.line.machines)),
    Column(key="progress", title=N_("Stock-taking"), width=20, share=1, text=_progress),
)  # fmt: skip


class ScanScreen(TownScreen):
    """A field for a tag, and the rooms. Counts under way are kept until the console is left."""

    PLACE = "scan"
    CSS_PATH = "scan.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", N_("Tag or rooms"), key_display="Tab"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.takings: dict[str, StockTaking] = {}

    def contents(self) -> ComposeResult:
        yield Static(
            _("Scan a label at any time, anywhere: its machine opens. Or type its tag:"),
            id="scan-how",
            markup=False,
        )
        yield Input(placeholder=_("Tag, then Enter"), id="tag")
        yield Static(
            _("To count a room, choose it and press Enter, then scan what stands there."),
            classes="how",
            markup=False,
        )
        yield VirtualTable(
            COLUMNS,
            lambda row: row.line.room.id,
            empty=N_("No room yet: parclibre room add."),
            multi=False,
            id="countable",
        )

    def reload(self) -> None:
        """Read the rooms again."""
        self.query_one("#countable", VirtualTable).show(Listed(self._rows), keep_cursor=True)

    def _rows(self) -> list[CountRow]:
        return [
            CountRow(line=line, taking=self.takings.get(line.room.id))
            for site in rooms.overview(self.town)
            for line in site.rooms
        ]

    @on(Input.Submitted, "#tag")
    def _typed(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self.console.tag_scanned(message.value)
            message.input.clear()

    @on(RowChosen, "#countable")
    def _chosen(self, message: RowChosen) -> None:
        self.take_stock(message.row.line.room.id)

    @on(ReadFailed)
    def _failed(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)

    def take_stock(self, room: str) -> None:
        """Count a room, from where its count was left."""
        self.app.push_screen(StockScreen(room, self.takings))

    def on_screen_resume(self) -> None:
        """Show how far the counts are."""
        super().on_screen_resume()
        self.reload()
