# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What shall become of this entry? A held report beside its candidates, or an issue."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.state import State
from fleet.output.reasons import explain
from fleet.output.words import (
    doubts,
    evidence_name,
    issue_name,
    labelled,
    listed,
    state_name,
    states,
)
from fleet.services import inbox, reports
from fleet.services.inbox import InboxIssue
from fleet.services.reports import HeldReport
from tui.screens.base import TownScreen
from tui.screens.questions import AskText, Choice
from tui.widgets.comparison import Comparison
from tui.wording import N_


class ReportScreen(TownScreen):
    """A report's facts beside its candidates; Enter decides."""

    PLACE = "inbox"
    CSS_PATH = "inbox.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "decide", N_("Decide"), priority=True),
        Binding("left", "candidate(-1)", N_("Other candidate"), key_display="←→", priority=True),
        Binding("right", "candidate(1)", N_("Other candidate"), show=False, priority=True),
        Binding("f8", "open_machine", N_("Open the machine"), key_display="F8"),
        Binding("escape", "app.pop_screen", N_("Back")),
    ]

    def __init__(self, report: HeldReport) -> None:
        super().__init__()
        self.report = report

    def contents(self) -> ComposeResult:
        yield Static(self._introduction(), id="introduction", markup=False)
        with VerticalScroll(id="facts"):
            comparison = Comparison(self.report)
            comparison.linear = self.console.plain
            yield comparison

    def _introduction(self) -> str:
        why = doubts().get(self.report.why, self.report.why)
        lines = [_("{file} ({format}). {why}").format(
            file=self.report.file, format=self.report.format, why=why
        )]  # fmt: skip
        total = len(self.report.candidates)
        if total > 1:
            lines.append(_("{count} machines may be it: ← and → go from one to the next.").format(
                count=total
            ))  # fmt: skip
        for candidate in self.report.candidates:
            lines.append(_evidence(candidate.tag, candidate.matching, candidate.differing))
        return "\n".join(lines)

    def action_candidate(self, by: int) -> None:
        """Speak of the next candidate."""
        comparison = self.query_one(Comparison)
        total = len(self.report.candidates)
        comparison.chosen = (comparison.chosen + by) % total if total else 0

    def action_open_machine(self) -> None:
        """Open the candidate's page."""
        if self.report.candidates:
            chosen = self.query_one(Comparison).chosen
            self.console.open_machine(self.report.candidates[chosen].tag)

    def action_decide(self) -> None:
        """Ask for the decision, the chosen candidate first."""
        chosen = self.query_one(Comparison).chosen
        tags = [candidate.tag for candidate in self.report.candidates]
        choices = [
            (f"same {tag}", _("It is {tag}: its facts are brought up to date").format(tag=tag))
            for tag in tags[chosen:] + tags[:chosen]
        ]
        choices.append(("new", _("It is none of them: a new machine")))
        choices.append(("dismissed", _("Dismiss the report: nothing is recorded")))
        question = _("Which machine does this report come from?")
        self.app.push_screen(Choice(question, choices), self._decided)

    def _decided(self, choice: str | None) -> None:
        if choice is not None:
            decision, _space, tag = choice.partition(" ")
            self._settle(decision, tag or None)

    @work(thread=True, group="acts")
    def _settle(self, decision: str, tag: str | None) -> None:
        try:
            settled = reports.settle(self.town, self.report.id, decision, tag)
        except FleetError as error:
            self.console.show_error(error)
        else:
            self.app.call_from_thread(self._settled, settled)

    def _settled(self, tag: str | None) -> None:
        said = _("Recorded on {tag}.").format(tag=tag) if tag else _("The report is dismissed.")
        self.notify(said, markup=False)
        self.dismiss()
        self.console.look()


class IssueScreen(TownScreen):
    """An issue of a machine: its reasons, what to do, and how to settle it."""

    PLACE = "inbox"
    CSS_PATH = "inbox.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "settle", N_("Settle"), priority=True),
        Binding("f8", "open_machine", N_("Open the machine"), key_display="F8"),
        Binding("escape", "app.pop_screen", N_("Back")),
    ]

    def __init__(self, issue: InboxIssue) -> None:
        super().__init__()
        self.issue = issue

    def contents(self) -> ComposeResult:
        with VerticalScroll(id="facts"):
            yield Static("\n".join(self._lines()), markup=False)

    def _lines(self) -> list[str]:
        machine = self.issue.machine
        head = _("{what}: {tag}, {model}, {state}").format(
            what=issue_name(self.issue.kind),
            tag=machine.tag,
            model=machine.model or _("unknown model"),
            state=state_name(machine.state),
        )
        lines = [head, ""]
        for reason in self.issue.reasons:
            found = explain(reason, machine.tag)
            lines += [f"- {found.what}", f"  {found.todo}" if found.todo else ""]
        return [*lines, "", self._what_settles()]

    def _what_settles(self) -> str:
        if self.issue.kind in ("violation", "unlawful"):
            return _("Enter settles it by your word, with a reason that stays in the journal.")
        if self.issue.kind == "conflict":
            return _("Enter settles it: say which state the machine is in, and why.")
        return _("This entry goes away by itself once its reasons are gone.")

    def action_open_machine(self) -> None:
        """Open the machine's page."""
        self.console.open_machine(self.issue.machine.tag)

    def action_settle(self) -> None:
        """Ask for the state of a contradiction, then why."""
        if not self.issue.can_be_settled:
            self.notify(self._what_settles(), severity="warning", markup=False)
        elif self.issue.kind == "conflict":
            here = self.issue.machine.state
            first = [(here, _("{state} (as it is now)").format(state=state_name(here)))]
            others = [(code, name) for code, name in states().items() if code != here]
            question = _("In which state is {tag} really?").format(tag=self.issue.machine.tag)
            self.app.push_screen(Choice(question, first + others), self._state_chosen)
        else:
            self._ask_why("")

    def _state_chosen(self, state: str | None) -> None:
        if state is not None:
            self._ask_why("" if state == self.issue.machine.state else state)

    def _ask_why(self, state: str) -> None:
        def answered(why: str | None) -> None:
            if why is not None:
                self._settle(why, State(state) if state else None)

        hint = _("One sentence, without names of persons.")
        self.app.push_screen(AskText(_("Why is it settled?"), hint), answered)

    @work(thread=True, group="acts")
    def _settle(self, why: str, state: State | None) -> None:
        try:
            inbox.settle_issue(self.town, self.issue, why, state)
        except FleetError as error:
            self.console.show_error(error)
        else:
            self.app.call_from_thread(self._settled)

    def _settled(self) -> None:
        self.notify(_("Settled."), markup=False)
        self.dismiss()
        self.console.look()


def _evidence(tag: str, matching: tuple[str, ...], differing: tuple[str, ...]) -> str:
    parts = [
        _("matching: {kinds}").format(kinds=_kinds(matching)),
        _("different: {kinds}").format(kinds=_kinds(differing)),
    ]
    return labelled(tag, listed(parts))


def _kinds(codes: tuple[str, ...]) -> str:
    return ", ".join(map(evidence_name, codes)) or _("nothing")
