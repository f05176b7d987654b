# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many machines stand in each state, and which can go on? States as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, HorizontalScroll, Vertical
from textual.message import Message
from textual.widgets import Static

from fleet.i18n import _, day_name
from fleet.model.rules import RULES
from fleet.model.state import State
from fleet.output.words import state_name
from fleet.services import browse
from fleet.services.acts import ActReport
from fleet.services.browse import MachineFilter
from fleet.services.fleet_pages import FleetRow, MachinePages
from fleet.services.town import Town
from tui.acting import act_on, choose_and_act
from tui.acts import spec_of
from tui.marks import state_mark
from tui.screens.base import TownScreen
from tui.screens.questions import Choice
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.table_messages import ReadFailed, RowChosen, RowHighlighted
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_

NARROW = 110
STATES = tuple(state.value for state in State)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """A state of the narrow list, with its count."""

    state: str
    count: int


@dataclass
class StatesCounted(Message):
    """How many machines stand in each state."""

    counts: Mapping[str, int]


def _name(state: str) -> str:
    return f"{state_mark(state)} {state_name(state)}"


LIST_COLUMNS: tuple[Column[StateRow], ...] = (
    Column(key="state", title=N_("State"), width=16, share=1, text=lambda row: _name(row.state)),
    Column(key="count", title=N_("Machines"), width=8, right=True,
           text=lambda row: str(row.count or "")),
)  # fmt: skip
CARD_COLUMNS: tuple[Column[FleetRow], ...] = (
    Column(key="tag", title=N_("Tag"), width=11, text=lambda row: row.tag),
    Column(key="model", title=N_("Model"), width=8, share=1,
           text=lambda row: row.line.model or ""),
    Column(key="since", title=N_("Since"), width=10, from_width=44,
           text=lambda row: day_name(row.line.since)),
)  # fmt: skip


class StateColumn(Vertical):
    """One state: its name, its count, and its machines."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.heading = Static(_name(state), classes="state-name", markup=False)
        self.table: VirtualTable[FleetRow] = VirtualTable(
            CARD_COLUMNS, lambda row: row.tag, empty=N_("None.")
        )
        super().__init__(self.heading, self.table, id=f"column-{state}")

    def show(self, town: Town) -> None:
        """Read the machines of this state again; before it is on the screen, that can wait."""
        if self.table.is_mounted:
            pages = MachinePages(town, MachineFilter(states=(self.state,)))
            self.table.show(pages, keep_cursor=True)

    def count(self, total: int) -> None:
        """Show the name with how many machines stand here."""
        self.heading.update(f"{_name(self.state)} ({total})")


class BoardScreen(TownScreen):
    """The life cycle as columns; F8 acts on machines, F9 moves them to another state."""

    PLACE = "board"
    CSS_PATH = "board.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "act", N_("Act"), key_display="F8"),
        Binding("f9", "move", N_("Move to a state"), key_display="F9"),
        Binding("left", "neighbour(-1)", N_("State"), key_display="←→"),
        Binding("right", "neighbour(1)", show=False),
    ]

    def contents(self) -> ComposeResult:
        with Horizontal(id="board"):
            yield VirtualTable(LIST_COLUMNS, lambda row: row.state, multi=False, id="states")
            with HorizontalScroll(id="columns", can_focus=False):
                for state in STATES:
                    yield StateColumn(state)

    def on_mount(self) -> None:
        """Begin in the first state."""
        self._choose(STATES[0])
        self.reload()

    def on_resize(self, event: events.Resize) -> None:
        """One state at a time beside their list where the screen is narrow."""
        self.set_class(event.size.width < NARROW, "-narrow")

    # --- reading ------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the counts, and the machines of each state, again."""
        self._count()
        for column in self.query(StateColumn):
            column.show(self.town)

    @work(thread=True, exclusive=True, group="counts")
    def _count(self) -> None:
        self.post_message(StatesCounted(browse.board(self.town)))

    @on(StatesCounted)
    def _show_counts(self, message: StatesCounted) -> None:
        counts = message.counts
        for column in self.query(StateColumn):
            column.count(counts.get(column.state, 0))
        rows = [StateRow(state=state, count=counts.get(state, 0)) for state in STATES]
        self.query_one("#states", VirtualTable).show(Listed(lambda: rows), keep_cursor=True)

    @on(ReadFailed)
    def _failed(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)

    # --- going about --------------------------------------------------------------------------

    @property
    def column(self) -> StateColumn:
        """The state that has, or last had, the focus."""
        return self.query_one(".-chosen", StateColumn)

    def _choose(self, state: str) -> None:
        for column in self.query(StateColumn):
            column.set_class(column.state == state, "-chosen")
        self.query_one("#states", VirtualTable).cursor = STATES.index(state)
        self.column.table.focus()
        self.column.scroll_visible(animate=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The state whose machines are entered is the chosen one."""
        parent = event.widget.parent
        if isinstance(parent, StateColumn) and not parent.has_class("-chosen"):
            self._choose(parent.state)

    @on(RowHighlighted, "#states")
    def _highlighted(self, message: RowHighlighted) -> None:
        if message.row is not None and self.query_one("#states").has_focus:
            for column in self.query(StateColumn):
                column.set_class(column.state == message.row.state, "-chosen")

    @on(RowChosen, "#states")
    def _enter_state(self, message: RowChosen) -> None:
        self._choose(message.row.state)

    def action_neighbour(self, step: int) -> None:
        """Go to the state on one side."""
        place = STATES.index(self.column.state) + step
        if 0 <= place < len(STATES):
            self._choose(STATES[place])

    @on(RowChosen, "StateColumn VirtualTable")
    def _open(self, message: RowChosen) -> None:
        self.console.open_machine(message.row.tag)

    # --- acting -------------------------------------------------------------------------------

    def _tags(self) -> list[str]:
        table = self.column.table
        return sorted(table.selected) or ([table.row.tag] if table.row else [])

    def action_act(self) -> None:
        """Act on the selected machines, or on the one under the cursor."""
        if tags := self._tags():
            choose_and_act(self.console, tags, self._acted)

    def action_move(self) -> None:
        """Ask for another state, then do the act that leads there, through its guards."""
        state, tags = self.column.state, self._tags()
        ways = ways_from(state)
        if not tags or not ways:
            return
        choices = [(kind, _name(target)) for target, kind in ways.items()]

        def chosen(kind: str | None) -> None:
            if kind is not None:
                act_on(self.console, spec_of(kind), tags, self._acted)

        question = _("Move {tags} to which state?").format(tags=", ".join(tags[:4]))
        self.console.push_screen(Choice(question, choices), chosen)

    def _acted(self, report: ActReport) -> None:
        """Keep those that were refused selected: they ask for something else first."""
        table = self.column.table
        if table.selected:
            table.select(refusal.tag for refusal in report.refused)


def ways_from(state: str) -> dict[str, str]:
    """Return the states that one act leads to from here, each with the kind of that act."""
    ways = {
        rule.target.value: kind
        for kind, rule in RULES.items()
        if rule.target is not None and State(state) in rule.sources
    }
    if state == State.IN_REPAIR:
        ways[State.IN_STOCK] = "RepairClosed"
    return {target: ways[target] for target in STATES if target in ways and target != state}
