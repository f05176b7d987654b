# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of every machine in a year, in figures? Enter lists the machines behind one."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from fleet.errors import FleetError
from fleet.i18n import _, day_name, ngettext
from fleet.output.audit_numbers import number
from fleet.output.audit_text import audit_title
from fleet.output.words import Names, labelled
from fleet.services import browse
from tui.audit_lines import BAR_CELLS, AuditLine, lines_of
from tui.screens.base import TownScreen
from tui.screens.behind import BehindScreen
from tui.widgets.columns import Column, Tone
from tui.widgets.listed import Listed
from tui.widgets.table_messages import ReadFailed, RowChosen, RowHighlighted
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_

if TYPE_CHECKING:
    from fleet.services.audit import Report

# A longer computation is not begun again by itself at each change of the journal.
AGAIN_UNDER_S = 1.0
# From this width of the table, the difference and the remarks stand beside two years.
WIDE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An audit that was computed, as lines; ``took_s`` is the time that it took."""

    report: Report
    lines: tuple[AuditLine, ...]
    names: Names
    took_s: float


@dataclass
class AuditComputed(Message):
    """The audit asked for last is there."""

    shown: Shown


@dataclass
class AuditFailed(Message):
    """The audit asked for last cannot be computed."""

    error: FleetError


class AuditTable(VirtualTable[AuditLine]):
    """The lines of an audit."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", N_("Machines"))]


class AuditScreen(TownScreen):
    """A year's figures by chapter; the arrows change the year, F8 puts the year before beside."""

    PLACE = "audit"
    CSS_PATH = "audit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "year(-1)", N_("Year"), key_display="←→"),
        Binding("right", "year(1)", show=False),
        Binding("f8", "compare", N_("Year before"), key_display="F8"),
        Binding("tab", "chapter(1)", N_("Chapter"), key_display="Tab"),
        Binding("shift+tab", "chapter(-1)", N_("Chapter before"), show=False),
        Binding("f1", "app.help", N_("Help")),
        Binding("f9", "again", N_("Compute again"), key_display="F9"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.year = 0
        self.comparing = False
        self.shown: Shown | None = None
        self.state = ""
        self._one_at_a_time = Lock()

    def contents(self) -> ComposeResult:
        yield Static(id="year", classes="audit-title", markup=False)
        yield AuditTable(
            (), lambda line: line.id, empty=N_("No machine was known then."), multi=False,
            id="lines",
        )  # fmt: skip
        yield Static(id="told", markup=False)

    @property
    def table(self) -> AuditTable:
        """The table of figures."""
        return self.query_one("#lines", AuditTable)

    def on_mount(self) -> None:
        """Begin with this year."""
        self.year = self.year or self.console.now().year
        self.table.focus()

    def redraw(self) -> None:
        """Compute again: the lines are in the language of before."""
        self.shown = None
        super().redraw()

    # --- computing ----------------------------------------------------------------------------

    def reload(self) -> None:
        """Compute again when that is quick; else tell that the journal changed since."""
        if self.shown is None or self.shown.took_s < AGAIN_UNDER_S:
            self.action_again()
        else:
            self._tell(_("the journal has changed since"))

    def action_again(self) -> None:
        """Compute the year's audit anew."""
        self.year = self.year or self.console.now().year
        self._tell(_("computing {year}…").format(year=self.year))
        self._compute(self.year, self.comparing)

    @work(thread=True, exclusive=True, group="audit")
    def _compute(self, year: int, comparing: bool) -> None:
        worker = get_current_worker()
        with self._one_at_a_time:
            if worker.is_cancelled:
                return
            try:
                answer: Message = AuditComputed(self._computed(year, comparing))
            except FleetError as error:
                answer = AuditFailed(error)
        if not worker.is_cancelled:
            self.post_message(answer)

    def _computed(self, year: int, comparing: bool) -> Shown:
        from fleet.services import audit  # its rules take a while to load: here, not at the key

        begun = monotonic()
        period = audit.period_of(self.console.now().date(), year=year)
        report = audit.run(self.town, period)
        last_year = period.until_same_day_of(period.year - 1)
        before = audit.run(self.town, last_year).audit if comparing else None
        names = browse.names(self.town)
        lines = lines_of(report.audit, before, names) if report.lives else ()
        return Shown(report=report, lines=lines, names=names, took_s=monotonic() - begun)

    @on(AuditFailed)
    def _failed(self, message: AuditFailed) -> None:
        self._tell(_("cannot be computed"))
        self.console.show_error(message.error)

    @on(ReadFailed)
    def _not_read(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)

    # --- showing ------------------------------------------------------------------------------

    @on(AuditComputed)
    def _take(self, message: AuditComputed) -> None:
        self._show(message.shown)

    def _show(self, shown: Shown) -> None:
        table, lines = self.table, shown.lines
        at = table.row.id if table.row is not None else ""
        self.shown = shown
        table.columns = _columns(shown, self.comparing, plain=self.console.plain)
        table.on_resize()
        table.cursor = next((n for n, line in enumerate(lines) if line.id == at), 0)
        table.show(Listed(lambda: lines), keep_cursor=True)
        if self.focused is None:
            table.focus()
        self._tell("")

    def _tell(self, state: str) -> None:
        """Show the year, and what goes on."""
        self.state = state
        title = _("Audit of {year}").format(year=self.year)
        if self.shown is not None and self.shown.report.audit.year == self.year:
            title = audit_title(self.shown.report.audit)
        self.query_one("#year", Static).update(f"{title} – {state}" if state else title)

    @on(RowHighlighted, "#lines")
    def _explain(self, message: RowHighlighted) -> None:
        line: AuditLine | None = message.row
        self.query_one("#told", Static).update(self._told(line))

    def _told(self, line: AuditLine | None) -> str:
        if line is None:
            return _nothing(self.shown)
        said = ""
        if line.machines:
            said = ngettext("Enter lists {n} machine.", "Enter lists {n} machines.", line.machines)
            said = said.format(n=number(line.machines, ""))
        change = labelled(_("Difference"), line.change) if line.change else ""
        first = " – ".join(part for part in (line.title, change, line.note, said) if part)
        return f"{first}\n{line.told}"

    # --- going about --------------------------------------------------------------------------

    def action_year(self, by: int) -> None:
        """Go to another year: not one to come, nor one before the first machine."""
        before_all = self.shown is not None and not self.shown.report.lives
        if self.year + by > self.console.now().year or (by < 0 and before_all):
            return
        self.year += by
        self.action_again()

    def action_compare(self) -> None:
        """Put the values of the year before beside, or take them away."""
        self.comparing = not self.comparing
        self.action_again()

    def action_chapter(self, by: int) -> None:
        """Go to the next chapter, or back to the beginning of one."""
        lines = self.shown.lines if self.shown else ()
        at = self.table.cursor
        chapters = [n for n, line in enumerate(lines) if not line.level]
        if by < 0:
            found = next((n for n in reversed(chapters) if n < at), None)
        else:
            found = next((n for n in chapters if n > at), None)
        if found is not None:
            self.table.cursor = len(lines) - 1
            self.table.cursor = found

    @on(RowChosen, "#lines")
    def _list(self, message: RowChosen) -> None:
        line: AuditLine = message.row
        if self.shown is None or not line.key:
            return
        if not line.machines:
            self.notify(_("No machine is behind this figure."), markup=False)
            return
        title = _behind_title(self.year, line)
        self.app.push_screen(BehindScreen(title, self.shown.report, line.key, self.shown.names))


def _nothing(shown: Shown | None) -> str:
    if shown is None or shown.lines:
        return ""
    day = day_name(shown.report.audit.day)
    return _("No machine was known on {day}. Press → for a later year.").format(day=day)


def _behind_title(year: int, line: AuditLine) -> str:
    """Return the year, the figure, its value, and how many machines when that is not the value."""
    count = number(line.machines, "")
    value = "" if line.heads or line.value == count else line.value
    machines = ngettext("{n} machine", "{n} machines", line.machines).format(n=count)
    return " – ".join(part for part in (str(year), line.title, value, machines) if part)


def _title(line: AuditLine) -> str:
    return "  " * max(line.level - 1, 0) + line.title


def _tone(line: AuditLine) -> Tone:
    if line.heads:
        return "dim"
    return "" if line.level else "strong"


def _value_tone(line: AuditLine) -> Tone:
    return "" if line.known else "dim"


def _drawn(line: AuditLine) -> str:
    """Return the bar, or the remark of a line that has no place for one."""
    return line.drawn if line.charted else line.note


def _beside(line: AuditLine) -> str:
    """Return the numbers that stand beside a bar."""
    return line.note if line.charted else ""


def _columns(shown: Shown, comparing: bool, *, plain: bool) -> tuple[Column[AuditLine], ...]:
    """Return the columns: the year's values, another year's when asked, a chart and remarks."""
    year = shown.report.audit.year
    return (
        Column(key="what", title=N_("What"), width=25 if comparing else 34, share=2,
               text=_title, tone=_tone),
        Column(key="value", title=str(year), width=14, right=True, text=lambda line: line.value,
               tone=_value_tone),
        *(_other(year - 1) if comparing else ()),
        *(_remarks(WIDE if comparing else 0, plain=plain)),
    )  # fmt: skip


def _remarks(from_width: int, *, plain: bool) -> tuple[Column[AuditLine], ...]:
    """Return what is drawn, and beside it the other numbers, when there is room for them."""
    if plain:
        return (
            Column(key="note", title=N_("Remarks"), width=20, share=3, from_width=from_width,
                   text=lambda line: line.note),
        )  # fmt: skip
    return (
        Column(key="chart", title=N_("Remarks"), width=BAR_CELLS, share=1, from_width=from_width,
               text=_drawn),
        Column(key="note", title=N_("Other numbers"), width=30, share=1, from_width=WIDE,
               text=_beside),
    )  # fmt: skip


def _other(year: int) -> tuple[Column[AuditLine], ...]:
    return (
        Column(key="other", title=str(year), width=14, right=True,
               text=lambda line: line.other),
        Column(key="change", title=N_("Difference"), width=15, right=True, from_width=WIDE,
               text=lambda line: line.change, tone=lambda line: "dim"),
    )  # fmt: skip
