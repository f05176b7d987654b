# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A room's seats as a grid, or one seat per line for screen readers; a cursor walks on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fleet.i18n import _
from fleet.model.places import seat_name
from fleet.output.words import state_name
from fleet.services.browse import MachineLine
from fleet.services.rooms import RoomPlan
from tui.marks import state_mark
from tui.widgets.columns import cell
from tui.wording import N_

Seat = tuple[int, int]
ROW_HEAD = 4
NARROWEST, WIDEST = 11, 18
SEAT_LINES = 3


@dataclass
class SeatChosen(Message):
    """Enter was pressed on a seat."""

    seat: Seat
    line: MachineLine | None


@dataclass
class SeatGrasped(Message):
    """Space was pressed on a seat: take its machine, or put down the one in hand."""

    seat: Seat
    line: MachineLine | None


class SeatMap(ScrollView, can_focus=True):
    """The seats of ``plan``. ``held`` is the tag in hand, shown where the cursor stands."""

    DEFAULT_CSS = """
    SeatMap {
        background: $background; color: $foreground; height: 1fr;
        & > .seat-map--head { color: $text-muted; }
        & > .seat-map--seat { background: $panel; }
        & > .seat-map--free { background: $surface; color: $text-muted; }
        & > .seat-map--cursor { background: $primary; color: $background; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "seat-map--head", "seat-map--seat", "seat-map--free", "seat-map--cursor",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Open")),
        Binding("space", "grasp", N_("Take or put down")),
        Binding("up", "step(-1, 0)", show=False),
        Binding("down", "step(1, 0)", show=False),
        Binding("left", "step(0, -1)", show=False),
        Binding("right", "step(0, 1)", show=False),
    ]
    plan: reactive[RoomPlan | None] = reactive(None)
    cursor: reactive[Seat] = reactive((0, 0))
    held: reactive[str] = reactive("")
    linear: reactive[bool] = reactive(False)

    def watch_plan(self) -> None:
        """Fit the scrolled size and keep the cursor inside the grid."""
        if self.plan is not None:
            row, column = self.cursor
            self.cursor = (min(row, self.plan.rows - 1), min(column, self.plan.columns - 1))
        self._fit()

    def watch_linear(self) -> None:
        """Fit the scrolled size."""
        self._fit()

    def on_resize(self) -> None:
        """Fit the scrolled size."""
        self._fit()

    def watch_cursor(self) -> None:
        """Keep the seat in sight."""
        self.scroll_to_region(self._region(self.cursor), animate=False)
        self.refresh()

    def watch_held(self) -> None:
        """Draw what is in hand."""
        self.refresh()

    def _fit(self) -> None:
        plan = self.plan
        if plan is None:
            self.virtual_size = Size(0, 0)
        elif self.linear:
            self.virtual_size = Size(self.scrollable_content_region.width, plan.rows * plan.columns)
        else:
            width = ROW_HEAD + plan.columns * (self._seat_width() + 1)
            self.virtual_size = Size(width, 1 + plan.rows * SEAT_LINES)
        self.refresh()

    def _seat_width(self) -> int:
        columns = self.plan.columns if self.plan else 1
        return min(
            max((self.scrollable_content_region.width - ROW_HEAD) // columns - 1, NARROWEST), WIDEST
        )

    def _region(self, seat: Seat) -> Region:
        row, column = seat
        if self.linear:
            columns = self.plan.columns if self.plan else 1
            return Region(0, row * columns + column, 1, 1)
        width = self._seat_width() + 1
        left, top = (ROW_HEAD + column * width, 1 + row * SEAT_LINES) if row or column else (0, 0)
        return Region(left, top, width, SEAT_LINES)

    # --- drawing ------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line of the grid, or one seat."""
        left, top = self.scroll_offset
        segments = self._segments(y + top)
        strip = Strip(segments).adjust_cell_length(
            max(self.virtual_size.width, self.scrollable_content_region.width)
        )
        return strip.crop(left, left + self.scrollable_content_region.width).apply_style(
            self.rich_style
        )

    def _segments(self, y: int) -> list[Segment]:
        plan = self.plan
        if plan is None:
            return []
        if self.linear:
            row, column = divmod(y, plan.columns)
            return [self._seat_sentence((row, column))] if row < plan.rows else []
        if y == 0:
            return self._column_heads(plan.columns)
        row, line = divmod(y - 1, SEAT_LINES)
        return self._grid_line(plan, row, line) if row < plan.rows else []

    def _column_heads(self, columns: int) -> list[Segment]:
        width = self._seat_width() + 1
        heads = "".join(cell(f" {column + 1}", width) for column in range(columns))
        return [Segment(" " * ROW_HEAD + heads, self._style("head"))]

    def _grid_line(self, plan: RoomPlan, row: int, line: int) -> list[Segment]:
        if line == SEAT_LINES - 1:
            return [Segment(" ")]
        letter = seat_name(row, 0)[:-1] if line == 0 else ""
        segments = [Segment(cell(letter, ROW_HEAD), self._style("head"))]
        for column in range(plan.columns):
            seat = (row, column)
            segments.append(Segment(self._cell(seat, line), self._seat_style(seat)))
            segments.append(Segment(" "))
        return segments

    def _cell(self, seat: Seat, line: int) -> str:
        machine = self.plan.seated.get(seat) if self.plan else None
        if line == 0:
            text = self._seat_head(seat, machine)
        else:
            text = machine.tag if machine else "+ " + self.held if self._holds(seat) else _("free")
        return cell((">" if self._at(seat) else " ") + text, self._seat_width())

    def _seat_head(self, seat: Seat, machine: MachineLine | None) -> str:
        """Return the seat's name with the state's sign, and its word where it fits whole."""
        if machine is None:
            return seat_name(*seat)
        short = f"{seat_name(*seat)} {state_mark(machine.state)}"
        full = f"{short} {state_name(machine.state)}"
        return full if len(full) < self._seat_width() else short

    def _seat_sentence(self, seat: Seat) -> Segment:
        machine = self.plan.seated.get(seat) if self.plan else None
        if machine:
            words = f"{machine.tag}, {state_name(machine.state)}, {machine.model or _('unknown')}"
        else:
            words = _("free")
        mark = "> " if self._at(seat) else "  "
        text = _("Seat {seat}: {machine}").format(seat=seat_name(*seat), machine=words)
        return Segment(
            cell(mark + text, self.scrollable_content_region.width), self._seat_style(seat)
        )

    def _at(self, seat: Seat) -> bool:
        return seat == self.cursor and self.has_focus

    def _holds(self, seat: Seat) -> bool:
        return bool(self.held) and self._at(seat)

    def _seat_style(self, seat: Seat) -> Style:
        if self._at(seat):
            return self._style("cursor")
        taken = self.plan is not None and seat in self.plan.seated
        return self._style("seat" if taken else "free")

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"seat-map--{name}", partial=True)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    # --- walking ------------------------------------------------------------------------------

    def action_step(self, down: int, right: int) -> None:
        """Go to the next seat; on one seat per line, up and down follow the lines."""
        if (plan := self.plan) is None:
            return
        row, column = self.cursor
        if self.linear:
            place = row * plan.columns + column + down + right
            self.cursor = divmod(min(max(place, 0), plan.rows * plan.columns - 1), plan.columns)
        else:
            self.cursor = (
                min(max(row + down, 0), plan.rows - 1),
                min(max(column + right, 0), plan.columns - 1),
            )

    def action_choose(self) -> None:
        """Say that this seat was chosen."""
        if self.plan is not None:
            self.post_message(SeatChosen(self.cursor, self.plan.seated.get(self.cursor)))

    def action_grasp(self) -> None:
        """Say that the machine here is to be taken, or the one in hand put down."""
        if self.plan is not None:
            self.post_message(SeatGrasped(self.cursor, self.plan.seated.get(self.cursor)))
