# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines are behind this figure of the audit? Enter opens one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from fleet.i18n import day_name
from fleet.output.words import Names, kind_name, state_name
from tui.marks import state_mark
from tui.screens.base import TownScreen
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.table_messages import ReadFailed, RowChosen
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_

if TYPE_CHECKING:
    from fleet.model.audit_life import Life
    from fleet.services.audit import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindRow:
    """A machine, with the name of its site."""

    life: Life
    site: str


def _state(row: BehindRow) -> str:
    state = row.life.now.state
    return f"{state_mark(state.value)} {state_name(state)}"


COLUMNS: tuple[Column[BehindRow], ...] = (
    Column(key="tag", title=N_("Tag"), width=11, text=lambda row: row.life.tag),
    Column(key="kind", title=N_("Kind"), width=8, share=1, from_width=90,
           text=lambda row: kind_name(row.life.kind)),
    Column(key="model", title=N_("Model"), width=16, share=3,
           text=lambda row: row.life.model_name),
    Column(key="site", title=N_("Site"), width=16, share=3, text=lambda row: row.site),
    Column(key="state", title=N_("State"), width=16, share=1, text=_state),
    Column(key="since", title=N_("Since"), width=10, from_width=78,
           text=lambda row: day_name(row.life.now.from_on)),
    Column(key="purchased", title=N_("Bought on"), width=11, from_width=105,
           text=lambda row: day_name(row.life.purchased_on)),
)  # fmt: skip


class BehindScreen(TownScreen):
    """The machines behind one figure, as they stood on the audit's day."""

    PLACE = "audit"
    CSS_PATH = "audit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", N_("Back")),
        Binding("f1", "app.help", N_("Help")),
    ]

    def __init__(self, title: str, report: Report, key: str, names: Names) -> None:
        super().__init__()
        self.heading = title
        self.report = report
        self.key = key
        self.names = names

    def contents(self) -> ComposeResult:
        yield Static(self.heading, classes="audit-title", markup=False)
        yield VirtualTable(COLUMNS, lambda row: row.life.tag, multi=False, id="behind")

    def reload(self) -> None:
        """Show the machines; an audit that was computed does not change."""
        table = self.query_one("#behind", VirtualTable)
        table.show(Listed(self._rows), keep_cursor=True)
        table.focus()

    def _rows(self) -> list[BehindRow]:
        from fleet.services import audit

        lives = audit.listed(self.report, self.key)
        return [BehindRow(life=life, site=self.names(life.site or "") or "") for life in lives]

    @on(RowChosen, "#behind")
    def _open(self, message: RowChosen) -> None:
        self.console.open_machine(message.row.life.tag)

    @on(ReadFailed)
    def _failed(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)
