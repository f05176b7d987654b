# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines are there, and on which shall I act? The whole fleet as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Select, Static
from textual.worker import get_current_worker

from fleet.i18n import _, day_name, ngettext
from fleet.model.lifecycle import is_out
from fleet.model.state import State
from fleet.output.words import kind_name, state_name, states
from fleet.services import records
from fleet.services.acts import ActReport
from fleet.services.browse import SORTABLE, MachineFilter
from fleet.services.fleet_pages import FleetRow, MachinePages, Order
from tui.acting import choose_and_act
from tui.marks import state_mark
from tui.screens.base import TownScreen
from tui.widgets.columns import Column, Tone
from tui.widgets.table_messages import (
    Counted,
    ReadFailed,
    RowChosen,
    SelectAllAsked,
    SelectionChanged,
    SortAsked,
)
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_

# From these widths of the table, the serial, the state's day and the purchase have room.
WIDE, WIDER, WIDEST = 105, 117, 130
_WITH_ISSUES = "with issues"
_TONES: dict[str, Tone] = {
    "in_repair": "attention", "lost": "bad", "ready": "good", "given": "good", "recycled": "dim",
}  # fmt: skip


def _state(row: FleetRow) -> str:
    return f"{state_mark(row.line.state)} {state_name(row.line.state)}"


def _proof(row: FleetRow) -> str:
    line = row.line
    if not line.disks or is_out(State(line.state)):
        return ""
    return f"{line.disks - line.unproven_disks}/{line.disks}"


def _proof_tone(row: FleetRow) -> Tone:
    return "" if row.line.unproven_disks else "dim"


def _column(
    key: str, title: str, width: int, attribute: str = "", from_width: int = 0, share: int = 0
) -> Column[FleetRow]:
    """Return the column of one field of the machine, as it is written."""
    name = attribute or key
    return Column(
        key=key,
        title=title,
        width=width,
        text=lambda row: str(getattr(row.line, name) or ""),
        share=share,
        from_width=from_width,
        sortable=key in SORTABLE,
    )


COLUMNS: tuple[Column[FleetRow], ...] = (
    _column("tag", N_("Tag"), 11),
    Column(key="kind", title=N_("Kind"), width=8, share=1, sortable=True,
           text=lambda row: kind_name(row.line.kind)),
    _column("model", N_("Model"), 16, share=3),
    Column(key="state", title=N_("State"), width=15, share=1, sortable=True, text=_state,
           tone=lambda row: _TONES.get(row.line.state, "")),
    Column(key="site", title=N_("Place"), width=12, share=4, sortable=True,
           text=lambda row: row.place),
    _column("serial", N_("Serial"), 12, from_width=WIDE, share=1),
    Column(key="since", title=N_("Since"), width=10, from_width=WIDER, sortable=True,
           text=lambda row: day_name(row.line.since)),
    Column(key="purchased_on", title=N_("Bought on"), width=11, from_width=WIDEST, sortable=True,
           text=lambda row: day_name(row.line.purchased_on)),
    Column(key="disks", title=N_("Wiped"), width=8, right=True, from_width=WIDE, text=_proof,
           tone=_proof_tone),
    Column(key="issues", title=N_("Inbox"), width=9, right=True, from_width=WIDE,
           text=lambda row: str(row.line.issues or ""), tone=lambda row: "attention"),
)  # fmt: skip


@dataclass
class SitesRead(Message):
    """The sites, as (name, id)."""

    sites: Sequence[tuple[str, str]]


@dataclass
class PlaceKept(Message):
    """The machine that was on row ``before`` stands on row ``now`` of the list as it is."""

    before: int
    now: int | None


@dataclass
class TagsRead(Message):
    """The tags of every machine that the filter keeps."""

    tags: Sequence[str]


class FleetTable(VirtualTable[FleetRow]):
    """The fleet; what is typed here goes to the filter, so that filtering needs no key before."""

    def on_key(self, event: Key) -> None:
        """Put a letter, a digit or Backspace in the filter."""
        field = self.screen.query_one("#text", Input)
        if event.key == "backspace" and field.value:
            field.value = field.value[:-1]
        elif event.is_printable and event.character and event.character != " ":
            field.value += event.character
        else:
            return
        field.cursor_position = len(field.value)
        event.stop()


class FleetScreen(TownScreen):
    """All machines; type to filter, Enter opens one, F8 acts on the selection."""

    PLACE = "fleet"
    CSS_PATH = "fleet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "act", N_("Act"), key_display="F8"),
        Binding("ctrl+f", "filter", N_("Filter")),
        Binding("insert", "register", N_("New machine"), key_display="Ins"),
        Binding("f9", "clear", N_("Show all"), key_display="F9"),
        Binding("tab", "app.focus_next", N_("Filters or list"), key_display="Tab", show=False),
        Binding("escape,down", "to_list", N_("List"), show=False),
    ]

    def contents(self) -> ComposeResult:
        choices = [(f"{state_mark(code)} {name}", code) for code, name in states().items()]
        choices.append((_("With an inbox entry"), _WITH_ISSUES))
        with Horizontal(id="filters"):
            yield Input(placeholder=_("Type to filter: tag, model, serial"), id="text",
                        compact=True)  # fmt: skip
            yield Select(choices, prompt=_("Any state"), id="state", compact=True)
            yield Select([], prompt=_("Any site"), id="site", compact=True)
        yield FleetTable(
            COLUMNS,
            lambda row: row.tag,
            sort="tag",
            empty=N_("No machine matches. F9 shows all, Ins registers one."),
            id="fleet",
        )
        yield Static(id="figures", markup=False)

    @property
    def table(self) -> FleetTable:
        """The table of machines."""
        return self.query_one("#fleet", FleetTable)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.table.focus()

    # --- reading ------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list and the sites again; the cursor stays on its machine."""
        row = self.table.row
        if row is None or not self.table.cursor:
            self._show(keep_cursor=True)
        else:
            self._find(self._pages(), row.line.id, self.table.cursor)
        self._read_sites()

    @work(thread=True, exclusive=True, group="cursor")
    def _find(self, pages: MachinePages, machine: str, before: int) -> None:
        now = pages.row_number(machine)
        if not get_current_worker().is_cancelled:
            self.post_message(PlaceKept(before, now))

    @on(PlaceKept)
    def _keep_place(self, message: PlaceKept) -> None:
        table = self.table
        if message.now is not None and table.cursor == message.before:
            table.cursor = message.now
        self._show(keep_cursor=True)

    @work(thread=True, exclusive=True, group="sites")
    def _read_sites(self) -> None:
        sites = [(site.name, site.id) for site in records.listing(self.town, "site")]
        self.post_message(SitesRead(sites))

    @on(SitesRead)
    def _offer_sites(self, message: SitesRead) -> None:
        select = self.query_one("#site", Select)
        chosen = select.value
        with self.prevent(Select.Changed):
            select.set_options(message.sites)
            if chosen in [id_ for _name, id_ in message.sites]:
                select.value = chosen

    @on(Input.Changed, "#text")
    @on(Select.Changed)
    @on(SortAsked, "#fleet")
    def _filter(self) -> None:
        self._show(keep_cursor=False)

    def _show(self, *, keep_cursor: bool) -> None:
        self.table.show(self._pages(), keep_cursor=keep_cursor)

    def _pages(self) -> MachinePages:
        table = self.table
        order = Order(key=table.sort_key, descending=table.descending)
        return MachinePages(self.town, self.wanted, order)

    @property
    def wanted(self) -> MachineFilter:
        """What the filters say."""
        state, site = (self.query_one(name, Select).value for name in ("#state", "#site"))
        wanted = MachineFilter(
            text=self.query_one("#text", Input).value,
            site=site if isinstance(site, str) else None,
        )
        if state == _WITH_ISSUES:
            return replace(wanted, with_issues=True)
        return replace(wanted, states=(state,)) if isinstance(state, str) else wanted

    @on(ReadFailed)
    def _failed(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)

    # --- figures and selection ----------------------------------------------------------------

    @on(Counted, "#fleet")
    @on(SelectionChanged, "#fleet")
    def _figures(self) -> None:
        table = self.table
        machines = ngettext("{n} machine", "{n} machines", table.total).format(n=table.total)
        chosen = len(table.selected)
        text = ngettext("{machines}, {n} selected", "{machines}, {n} selected", chosen)
        self.query_one("#figures", Static).update(
            text.format(machines=machines, n=chosen) if chosen else machines
        )

    @on(SelectAllAsked, "#fleet")
    def _select_all(self) -> None:
        self._read_tags(self._pages())

    @work(thread=True, exclusive=True, group="tags")
    def _read_tags(self, pages: MachinePages) -> None:
        self.post_message(TagsRead(pages.tags()))

    @on(TagsRead)
    def _tags_read(self, message: TagsRead) -> None:
        self.table.select(message.tags)

    # --- acting -------------------------------------------------------------------------------

    @on(RowChosen, "#fleet")
    def _open(self, message: RowChosen) -> None:
        self.console.open_machine(message.row.tag)

    def action_act(self) -> None:
        """Act on the selected machines, or on the one under the cursor."""
        table = self.table
        tags = sorted(table.selected) or ([table.row.tag] if table.row else [])
        if tags:
            choose_and_act(self.console, tags, self._acted)

    def _acted(self, report: ActReport) -> None:
        """Keep those that were refused selected: they ask for something else first."""
        if self.table.selected:
            self.table.select(refusal.tag for refusal in report.refused)

    def action_register(self) -> None:
        """Register a machine by hand."""
        self.console.add_record("machine")

    def action_filter(self) -> None:
        """Go to the filter's text."""
        self.query_one("#text", Input).focus()

    @on(Input.Submitted, "#text")
    def action_to_list(self) -> None:
        """Go back to the list."""
        self.table.focus()

    def action_clear(self) -> None:
        """Take every filter away."""
        with self.prevent(Input.Changed, Select.Changed):
            self.query_one("#text", Input).clear()
            for select in self.query(Select):
                select.clear()
        self._show(keep_cursor=False)
        self.table.focus()
