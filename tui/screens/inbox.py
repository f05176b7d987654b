# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits for my decision? Reports that may be one machine or another, and issues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fleet.i18n import _
from fleet.output.reasons import describe
from fleet.output.words import issue_name, state_name
from fleet.services import inbox, reports
from fleet.services.inbox import InboxIssue
from fleet.services.reports import HeldReport
from tui.screens.base import TownScreen
from tui.widgets.columns import Column, Tone
from tui.widgets.listed import Listed
from tui.widgets.table_messages import ReadFailed, RowChosen
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One entry: a held report, or an issue of a machine."""

    report: HeldReport | None = None
    issue: InboxIssue | None = None

    @property
    def id(self) -> str:
        """An id that stays from one reading to the next."""
        if self.report is not None:
            return self.report.id
        return f"{self.issue.machine.id} {self.issue.key}" if self.issue else ""


def _what(row: InboxRow) -> str:
    if row.issue is not None:
        return issue_name(row.issue.kind)
    return _("Report to decide")


def _about(row: InboxRow) -> str:
    if row.issue is not None:
        return row.issue.machine.tag
    tags = [candidate.tag for candidate in row.report.candidates] if row.report else []
    return ", ".join(tags)


def _detail(row: InboxRow) -> str:
    if row.issue is not None:
        return " ".join(describe(reason, row.issue.machine.tag) for reason in row.issue.reasons)
    if row.report is None:
        return ""
    facts = row.report.facts
    parts = (facts.display_model or facts.manufacturer, facts.serial, row.report.file)
    return ", ".join(part for part in parts if part)


def _state(row: InboxRow) -> str:
    return state_name(row.issue.machine.state) if row.issue else ""


_BAD = ("violation", "unlawful")


def _tone(row: InboxRow) -> Tone:
    return "bad" if row.issue is not None and row.issue.kind in _BAD else ""


COLUMNS: tuple[Column[InboxRow], ...] = (
    Column(key="what", title=N_("What waits"), width=20, text=_what, tone=_tone),
    Column(key="about", title=N_("Machine"), width=12, share=1, text=_about),
    Column(key="state", title=N_("State"), width=16, text=_state, from_width=120),
    Column(key="detail", title=N_("Why"), width=30, share=5, text=_detail),
)


class InboxScreen(TownScreen):
    """All entries; Enter opens one and its decision."""

    PLACE = "inbox"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "open_machine", N_("Open the machine"), key_display="F8"),
    ]

    def contents(self) -> ComposeResult:
        yield VirtualTable(
            COLUMNS,
            lambda row: row.id,
            empty=N_("Nothing waits for a decision."),
            multi=False,
            id="entries",
        )

    def reload(self) -> None:
        """Read the entries again."""
        self.query_one(VirtualTable).show(Listed(self._rows), keep_cursor=True)

    def _rows(self) -> list[InboxRow]:
        held = [InboxRow(report=report) for report in reports.held_reports(self.town)]
        return held + [InboxRow(issue=issue) for issue in inbox.machine_issues(self.town)]

    @on(RowChosen, "#entries")
    def _open(self, message: RowChosen) -> None:
        from tui.screens.decision import IssueScreen, ReportScreen

        row: InboxRow = message.row
        if row.report is not None:
            self.app.push_screen(ReportScreen(row.report))
        elif row.issue is not None:
            self.app.push_screen(IssueScreen(row.issue))

    @on(ReadFailed)
    def _failed(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)

    def action_open_machine(self) -> None:
        """Open the machine of this entry."""
        row: InboxRow | None = self.query_one(VirtualTable).row
        if row is not None and row.issue is not None:
            self.console.open_machine(row.issue.machine.tag)
