# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sits where in this room? Its seats, and the machines without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.places import seat_name
from fleet.output.reasons import describe
from fleet.output.words import state_name
from fleet.services import browse, rooms, stocktaking
from fleet.services.acts import ActReport
from fleet.services.browse import MachineLine
from fleet.services.rooms import RoomPlan
from tui.marks import state_mark
from tui.screens.base import TownScreen
from tui.screens.questions import AskText, Choice
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.seat_map import Seat, SeatChosen, SeatGrasped, SeatMap
from tui.widgets.table_messages import RowChosen
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_

LOOSE: tuple[Column[MachineLine], ...] = (
    Column(key="tag", title=N_("On no seat"), width=14, text=lambda line: line.tag),
    Column(key="state", title=N_("State"), width=16, text=lambda line: state_name(line.state)),
    Column(key="model", title=N_("Model"), width=20, share=1, text=lambda line: line.model or ""),
    Column(
        key="seat",
        title=N_("Seat outside the grid"),
        width=22,
        text=lambda line: line.seat or "",
        from_width=90,
    ),
)


@dataclass
class PlanRead(Message):
    """The room as the store has it now."""

    plan: RoomPlan


class RoomScreen(TownScreen):
    """A room's seats, moved about with the keyboard."""

    PLACE = "rooms"
    CSS_PATH = "rooms.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "bring", N_("Bring a machine"), key_display="F8"),
        Binding("delete", "free_seat", N_("Free the seat")),
        Binding("tab", "app.focus_next", N_("Seats or list"), key_display="Tab"),
        Binding("escape", "back", N_("Back")),
    ]

    def __init__(self, room: str) -> None:
        super().__init__()
        self.room = room
        self.held: MachineLine | None = None

    def contents(self) -> ComposeResult:
        yield Static(id="room-title", markup=False)
        yield SeatMap()
        yield Static(id="legend", markup=False)
        yield VirtualTable(
            LOOSE,
            lambda line: line.id,
            empty=N_("Every machine of this room has a seat."),
            multi=False,
            id="loose",
        )

    @property
    def plan(self) -> RoomPlan | None:
        """The room, None until it is read."""
        return self.query_one(SeatMap).plan

    def reload(self) -> None:
        """Read the room again."""
        self._read()

    @work(thread=True, exclusive=True, group="plan")
    def _read(self) -> None:
        try:
            self.post_message(PlanRead(rooms.plan_of(self.town, self.room)))
        except FleetError as error:
            self.console.show_error(error)

    @on(PlanRead)
    def _show(self, message: PlanRead) -> None:
        plan = message.plan
        seats = self.query_one(SeatMap)
        seats.linear = self.console.plain
        seats.plan = plan
        self.query_one("#loose", VirtualTable).show(Listed(lambda: plan.loose), keep_cursor=True)
        self._write_title()
        self._write_legend(plan)

    def _write_title(self) -> None:
        plan = self.plan
        if plan is None:
            return
        text = _("{site}, {room}: {taken} of {seats} seats taken, {loose} on no seat").format(
            site=plan.site.name,
            room=plan.room.name,
            taken=len(plan.seated),
            seats=plan.rows * plan.columns,
            loose=len(plan.loose),
        )
        if self.held is not None:
            hand = _("In hand: {tag}. Go to a seat, then Space; Escape puts it back.")
            text = hand.format(tag=self.held.tag)
        self.query_one("#room-title", Static).update(text)

    def _write_legend(self, plan: RoomPlan) -> None:
        states = sorted({line.state for line in plan.seated.values()})
        signs = [f"{state_mark(state)} {state_name(state)}" for state in states]
        legend = self.query_one("#legend", Static)
        legend.update("   ".join(signs))
        legend.display = bool(signs) and not self.console.plain

    # --- in hand --------------------------------------------------------------------------------

    @on(RowChosen, "#loose")
    def _take_loose(self, message: RowChosen) -> None:
        self._hold(message.row)
        self.query_one(SeatMap).focus()

    @on(SeatChosen)
    def _chosen(self, message: SeatChosen) -> None:
        if self.held is None and message.line is not None:
            self.console.open_machine(message.line.tag)
        elif self.held is not None:
            self._put_down(message.seat)

    @on(SeatGrasped)
    def _grasped(self, message: SeatGrasped) -> None:
        if self.held is not None:
            self._put_down(message.seat)
        elif message.line is not None:
            self._hold(message.line)

    def _hold(self, line: MachineLine | None) -> None:
        self.held = line
        self.query_one(SeatMap).held = line.tag if line else ""
        self._write_title()

    def action_back(self) -> None:
        """Put back what is in hand, or leave the room."""
        if self.held is not None:
            self._hold(None)
        else:
            self.app.pop_screen()

    def action_bring(self) -> None:
        """Take in hand a machine from anywhere, by its tag."""
        question = _("Which machine? Type its tag, or scan it.")
        self.app.push_screen(AskText(question), self._named)

    def _named(self, typed: str | None) -> None:
        if typed:
            self._find(typed)

    @work(thread=True, exclusive=True, group="find")
    def _find(self, typed: str) -> None:
        sighting = stocktaking.recognise(self.town, typed)
        if sighting.machine is not None:
            self.app.call_from_thread(self._hold, sighting.machine)
            return
        try:
            browse.line_of(self.town, sighting.tag)
        except FleetError as error:
            self.console.show_error(error)

    # --- acts -----------------------------------------------------------------------------------

    def _put_down(self, seat: Seat) -> None:
        line, plan = self.held, self.plan
        if line is None or plan is None:
            return
        if plan.seated.get(seat, line).id != line.id or not rooms.may_be_installed(line):
            self._put(line, seat, install=False)
            return
        question = _("{tag} on seat {seat}: what happens?").format(
            tag=line.tag, seat=seat_name(*seat)
        )
        choices = [
            ("install", _("Put in service here (not installed by us)")),
            ("move", _("Only move it: it stays « {state} »").format(state=state_name(line.state))),
        ]
        self.app.push_screen(Choice(question, choices), self._answered(line, seat))

    def _answered(self, line: MachineLine, seat: Seat) -> Callable[[str | None], None]:
        def answered(choice: str | None) -> None:
            if choice is not None:
                self._put(line, seat, install=choice == "install")

        return answered

    def action_free_seat(self) -> None:
        """Take the machine under the cursor off its seat; it stays in the room."""
        plan, seats = self.plan, self.query_one(SeatMap)
        line = plan.seated.get(seats.cursor) if plan else None
        if line is not None:
            self._put(line, None, install=False)

    @work(thread=True, group="acts")
    def _put(self, line: MachineLine, seat: Seat | None, *, install: bool) -> None:
        plan = self.plan
        if plan is None:
            return
        try:
            report = rooms.put_on_seat(self.town, line.tag, plan, seat, install=install)
        except FleetError as error:
            self.console.show_error(error)
            return
        self.app.call_from_thread(self._put_done, report)

    def _put_done(self, report: ActReport) -> None:
        for refusal in report.refused:
            why = "\n".join(describe(reason, refusal.tag) for reason in refusal.reasons)
            text = _("{label}: {value}").format(label=refusal.tag, value=why)
            self.notify(text, severity="error", timeout=10, markup=False)
        if report.accepted:
            self._hold(None)
            self.reload()
