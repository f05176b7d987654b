# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of any length that draws its visible rows only and reads pages in a thread.

Use: ``table.show(provider)`` for another list (cursor at the top), ``table.reload()`` when the
list may have changed. Until the first new page is there the old rows stay on the screen. Rows
not read yet are drawn as dots. Nothing here waits for a provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Generic

from rich.segment import Segment
from rich.style import Style
from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.output.words import labelled, listed
from tui.widgets.columns import GAP, Column, cell, laid_out, printable
from tui.widgets.paging import PAGE_ROWS, Job, JobQueue, Pages, Provider, Row
from tui.widgets.table_messages import (
    Counted,
    PageRead,
    ReadFailed,
    RowChosen,
    RowHighlighted,
    SelectAllAsked,
    SelectionChanged,
    SortAsked,
)
from tui.wording import N_

MARKS = 3
AHEAD_ROWS = 60
# The key, among drawn rows, of the line below the last one.
_BLANK = (-1, False, False)
_TONES = ("good", "attention", "bad", "dim", "strong")


class VirtualTable(ScrollView, Generic[Row], can_focus=True):
    """Rows of a provider under columns, with a cursor, a sort mark and a selection by row id."""

    DEFAULT_CSS = """
    VirtualTable {
        background: $background; color: $foreground;
        overflow-x: hidden; overflow-y: scroll;
        & > .virtual-table--header { background: $panel; color: $foreground; text-style: bold; }
        & > .virtual-table--cursor { background: $primary 30%; text-style: bold; }
        & > .virtual-table--selected { background: $panel; text-style: bold; }
        & > .virtual-table--good { color: $text-success; }
        & > .virtual-table--attention { color: $text-warning; }
        & > .virtual-table--bad { color: $text-error; }
        & > .virtual-table--dim { color: $text-muted; }
        & > .virtual-table--strong { color: $text-primary; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "virtual-table--header",
        "virtual-table--cursor",
        "virtual-table--selected",
        *(f"virtual-table--{tone}" for tone in _TONES),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Open")),
        Binding("space", "mark", N_("Select")),
        Binding("ctrl+a", "select_all", N_("All"), show=False),
        Binding("left", "sort(-1)", N_("Sort"), key_display="←→"),
        Binding("right", "sort(1)", show=False),
        Binding("ctrl+o", "reverse", N_("Reverse"), show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home,ctrl+home", "move_to(0)", show=False),
        Binding("end,ctrl+end", "move_to(-1)", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        row_id: Callable[[Row], str],
        *,
        sort: str = "",
        empty: str = "",
        multi: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.row_id = row_id
        self.sort_key = sort
        self.descending = False
        self.empty = empty
        self.multi = multi
        self.total = 0
        self.counted = False
        self.selected: frozenset[str] = frozenset()
        self._provider: Provider[Row] | None = None
        self._generation = 0
        self._drawn = 0
        self._keep_cursor = False
        self._pages: Pages[Row] = Pages()
        self._queue: JobQueue[Row] = JobQueue()
        self._strips: LRUCache[tuple[int, bool, bool], Strip] = LRUCache(2000)
        self._layout: tuple[tuple[Column[Row], int], ...] = ()

    # --- the list -----------------------------------------------------------------------------

    def show(self, provider: Provider[Row], *, keep_cursor: bool = False) -> None:
        """Show another list; the old rows stay until its first page is read."""
        self._provider = provider
        self._generation += 1
        self._keep_cursor = keep_cursor
        self.counted = False
        self._ask()

    def reload(self) -> None:
        """Read the list again, keeping the cursor's place."""
        if self._provider is not None:
            self.show(self._provider, keep_cursor=True)

    @property
    def row(self) -> Row | None:
        """The row under the cursor, None when there is none or it is not read yet."""
        return self._pages.row(self.cursor)

    def _ask(self) -> None:
        """Wish for the pages around what is visible, then the count."""
        if self._provider is None:
            return
        fresh = self._drawn == self._generation
        numbers: list[int | None] = [
            number for number in self._near() if not (fresh and number in self._pages)
        ]
        if not self.counted:
            numbers.insert(1, None)
        jobs = [Job(self._generation, self._provider, number) for number in numbers]
        if self._queue.wish(jobs):
            self._read_pages()

    def _near(self) -> list[int]:
        """Return the page numbers to have, the visible ones first."""
        moved = self._drawn != self._generation and not self._keep_cursor
        top = 0 if moved else self.scroll_offset.y
        height = max(self.size.height, 1)
        wanted = [top, top + height - 1, top + height + AHEAD_ROWS, top - AHEAD_ROWS]
        last = max(self.total - 1, 0)
        capped = [min(max(row, 0), last) if self.counted else max(row, 0) for row in wanted]
        return list(dict.fromkeys(row // PAGE_ROWS for row in capped))

    @work(thread=True, group="pages")
    def _read_pages(self) -> None:
        while (job := self._queue.next()) is not None:
            try:
                self.post_message(self._answer(job))
            except FleetError as error:
                self.post_message(ReadFailed(self, error))

    def _answer(self, job: Job[Row]) -> PageRead:
        if job.number is None:
            return PageRead(self, job, (), job.provider.count())
        rows = job.provider.page(job.number * PAGE_ROWS, PAGE_ROWS)
        return PageRead(self, job, rows, -1)

    @on(PageRead)
    def _take(self, message: PageRead) -> None:
        message.stop()
        job = message.job
        if job.generation != self._generation:
            return
        if job.number is None:
            self._count_known(message.total)
            return
        if self._drawn != self._generation:
            self._turn_over()
        self._pages.put(job.number, message.rows)
        end = job.number * PAGE_ROWS + len(message.rows)
        if len(message.rows) < PAGE_ROWS and (message.rows or not job.number):
            self._count_known(end)
        elif not self.counted:
            self._set_total(max(self.total, end))
        self._repaint()
        self._tell_highlight()

    def _turn_over(self) -> None:
        """Begin to draw the new list."""
        self._drawn = self._generation
        self._pages.clear()
        if not self._keep_cursor:
            self._set_total(0)
            self.set_reactive(VirtualTable.cursor, 0)
            self.scroll_to(y=0, animate=False)

    def _count_known(self, total: int) -> None:
        self.counted = True
        self._set_total(total)
        self.post_message(Counted(self, total))
        self._repaint()

    def _set_total(self, total: int) -> None:
        self.total = total
        self.virtual_size = Size(self.width, total + 1)
        if total and self.cursor >= total:
            self.cursor = total - 1

    def _repaint(self) -> None:
        self._strips.clear()
        self.refresh()

    def _tell_highlight(self) -> None:
        self.post_message(RowHighlighted(self, self.row))

    # --- drawing ------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """The cells there are for text, beside the scroll bar."""
        return self.scrollable_content_region.width

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer marks and orders only where the table has them."""
        if action in ("mark", "select_all"):
            return self.multi
        if action in ("sort", "reverse"):
            return any(column.sortable for column in self.columns)
        return super().check_action(action, parameters)

    def on_resize(self) -> None:
        """Choose the columns again."""
        self._layout = laid_out(self.columns, self.width - MARKS)
        self.virtual_size = Size(self.width, self.total + 1)
        self._repaint()
        self._ask()

    def notify_style_update(self) -> None:
        """Draw with the new style."""
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Draw the header, or the row that this line shows."""
        if y == 0:
            return self._header()
        index = self.scroll_offset.y + y - 1
        if index >= self.total:
            return self._below(y)
        row = self._pages.row(index)
        if row is None:
            self.call_later(self._ask)
            return self._line([("· · ·", self._style("dim"))], self.rich_style)
        return self._row_strip(index, row)

    def _below(self, y: int) -> Strip:
        if self.empty and self.counted and y == 1 and not self.total:
            return self._line([(_(self.empty), self._style("dim"))], self.rich_style)
        if (blank := self._strips.get(_BLANK)) is None:
            blank = self._strips[_BLANK] = self._line([], self.rich_style)
        return blank

    def _row_strip(self, index: int, row: Row) -> Strip:
        at_cursor = index == self.cursor
        chosen = self.row_id(row) in self.selected
        key = (index, at_cursor, chosen)
        if (strip := self._strips.get(key)) is None:
            strip = self._strips[key] = self._draw_row(row, at_cursor, chosen)
        return strip

    def _draw_row(self, row: Row, at_cursor: bool, chosen: bool) -> Strip:
        style = self.rich_style
        if chosen:
            style += self._style("selected")
        if at_cursor:
            style += self._style("cursor")
        marks = (">" if at_cursor else " ") + ("✓" if chosen else " ") + " "
        parts = [(marks, Style())]
        if self.linear:
            return self._line([*parts, (self._sentence(row), Style())], style)
        for column, width in self._layout:
            tone = column.tone(row)
            if at_cursor and tone == "strong":
                tone = ""
            text = cell(column.text(row), width, right=column.right) + " " * GAP
            parts.append((text, self._style(tone) if tone else Style()))
        return self._line(parts, style)

    @property
    def linear(self) -> bool:
        """Whether each cell is read with its column's title, for screen readers."""
        return self.app.has_class("-plain")

    def _sentence(self, row: Row) -> str:
        texts = ((column.title, printable(column.text(row)).strip()) for column, _w in self._layout)
        return listed(labelled(_(title), text) for title, text in texts if text)

    def _linear_header(self) -> str:
        sorted_by = [column.title for column, _w in self._layout if column.key == self.sort_key]
        if not sorted_by:
            return ""
        return _("Sorted by: {column}").format(column=_(sorted_by[0]))

    def _header(self) -> Strip:
        style = self._style("header")
        if self.linear:
            return self._line([(" " * MARKS + self._linear_header(), Style())], style)
        titles = [
            cell(_(column.title) + self._sort_mark(column), width, right=column.right) + " " * GAP
            for column, width in self._layout
        ]
        return self._line([(" " * MARKS + "".join(titles), Style())], style)

    def _sort_mark(self, column: Column[Row]) -> str:
        if column.key != self.sort_key:
            return ""
        return " ▼" if self.descending else " ▲"

    def _line(self, parts: Iterable[tuple[str, Style]], style: Style) -> Strip:
        segments = [Segment(text, style + own) for text, own in parts]
        return Strip(segments).adjust_cell_length(self.width, style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"virtual-table--{name}", partial=True)

    # --- moving, selecting, sorting -----------------------------------------------------------

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw the two rows concerned, and bring the cursor into view."""
        self.refresh_lines(before + 1)
        self.refresh_lines(now + 1)
        top, height = self.scroll_offset.y, max(self.size.height - 1, 1)
        if now < top:
            self.scroll_to(y=now, animate=False)
        elif now >= top + height:
            self.scroll_to(y=now - height + 1, animate=False)
        self._tell_highlight()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self.cursor = min(max(self.cursor + by, 0), max(self.total - 1, 0))

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by screens."""
        self.action_move(pages * max(self.size.height - 2, 1))

    def action_move_to(self, row: int) -> None:
        """Move the cursor to a row; -1 is the last one."""
        self.cursor = max(self.total - 1, 0) if row < 0 else row

    def action_choose(self) -> None:
        """Say that this row was chosen."""
        if (row := self.row) is not None:
            self.post_message(RowChosen(self, row))

    def action_mark(self) -> None:
        """Select this row or leave it, and go to the next."""
        if self.multi and (row := self.row) is not None:
            self.select(self.selected ^ {self.row_id(row)})
            self.action_move(1)

    def action_select_all(self) -> None:
        """Ask for all rows of the list; once more to select none."""
        if self.multi and self.selected:
            self.select(())
        elif self.multi:
            self.post_message(SelectAllAsked(self))

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these rows."""
        self.selected = frozenset(ids)
        self._repaint()
        self.post_message(SelectionChanged(self, self.selected))

    def action_sort(self, by: int) -> None:
        """Sort by the next shown column, or the previous one."""
        keys = [column.key for column, _width in self._layout if column.sortable]
        if keys:
            at = keys.index(self.sort_key) if self.sort_key in keys else -1
            self._sort(keys[(at + by) % len(keys)], descending=False)

    def action_reverse(self) -> None:
        """Turn the order round."""
        if self.sort_key:
            self._sort(self.sort_key, descending=not self.descending)

    def _sort(self, key: str, *, descending: bool) -> None:
        self.sort_key, self.descending = key, descending
        self.refresh_lines(self.scroll_offset.y)
        self.post_message(SortAsked(self, key, descending))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse points."""
        if event.y and (row := self.scroll_offset.y + event.y - 1) < self.total:
            self.cursor = row
