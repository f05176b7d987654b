# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 1: which machine is this? Its number in huge digits, and a first opinion at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Static

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.identity import Match
from fleet.model.reasons import Reason
from fleet.model.tags import TagsUsedUp
from fleet.output.amounts import memory_size
from fleet.output.reasons import describe
from fleet.output.triage_text import describe as describe_finding
from fleet.output.triage_text import opinion_name
from fleet.output.words import doubts, evidence_name, labelled, state_name
from fleet.services.reports import CandidateView
from fleet.services.town import Town
from reconditioning.session import Session, Stage, read_session
from reconditioning.session_acts import come_on_bench, record_opinion
from reconditioning.session_identify import (
    Described,
    look_at,
    new_machine,
    next_number,
    take_in_report,
)
from reconditioning.session_notes import take_in_hand
from tui.bench.base import BenchScreen, main_row
from tui.bench.big import BigText
from tui.bench.questions import Ask, AskLine
from tui.bench.wording import disk_title, full_name
from tui.wording import N_

NEW = "+"


class IdentifyScreen(BenchScreen):
    """Reads the machine, asks when in doubt, and shows what it is worth."""

    STAGE = Stage.IDENTIFY
    PURPOSE = N_(
        "The program reads what the machine is. Stick the label with its number on it: everything "
        "that follows is recorded under this number."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "go_on", N_("Go on"), key_display="F9"),
        Binding("f8", "again", N_("Read it again"), key_display="F8"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.refused: tuple[Reason, ...] = ()

    def contents(self) -> ComposeResult:
        yield Static(_("Reading the machine, about twenty seconds…"), id="told", markup=False)
        yield BigText(id="big")
        with VerticalScroll(id="facts"):
            yield Static("", id="opinion", markup=False)
        yield main_row(_("Go on"))

    def on_mount(self) -> None:
        """Read the machine, unless it is known already."""
        super().on_mount()
        self.query_one("#next", Button).display = False
        if self.session is None:
            self.action_again()

    def action_again(self) -> None:
        """Read the machine."""
        town, place = self.town, self.bench.place
        self.say("told", _("Reading the machine, about twenty seconds…"))
        self.bench.perform(lambda: look_at(town, place.describe()), self._described)

    def job_failed(self, error: FleetError) -> None:
        """Say what to do when the machine cannot be read."""
        if self.session is None:
            self.say("told", f"{error.message} {error.hint}\n" + _("F8 reads the machine again."))

    def _described(self, described: Described) -> None:
        match described.recognised.match:
            case Match.SAME:
                self._take(described, None, None)
            case Match.NEW:
                self._ask_origin(described)
            case Match.ASK:
                self._ask_which(described)

    def _ask_which(self, described: Described) -> None:
        recognised = described.recognised

        def answered(tag: str | None) -> None:
            if tag == NEW:
                self._ask_origin(described)
            elif tag is not None:
                self._take(described, tag, None)
            else:
                self.say("told", _("F8 reads the machine again."))

        text = labelled(_("It cannot be told for sure"), doubts().get(recognised.why, ""))
        choices = [(one.tag, _candidate(one)) for one in recognised.candidates]
        choices.append((NEW, _("None of these: a machine that nobody knows yet")))
        question = _("Which machine is it? Look at its label.")
        self.app.push_screen(Ask(question, choices, text), answered)

    def _ask_origin(self, described: Described) -> None:
        def answered(origin: str | None) -> None:
            if origin is None:
                self.say("told", _("F8 reads the machine again."))
            else:
                self._ask_number(described, origin)

        choices = [
            ("given_by_person", _("A person gave it")),
            ("given_by_company", _("A company gave it")),
            ("town", _("It belongs to the town (a school, the town hall)")),
        ]
        question = _("A machine that nobody knows yet. Where does it come from?")
        text = "\n".join(_description(described))
        self.app.push_screen(Ask(question, choices, text), answered)

    def _ask_number(self, described: Described, origin: str) -> None:
        def answered(tag: str | None) -> None:
            if tag is None:
                self._ask_origin(described)
            else:
                self._take(described, None, new_machine(described, tag, origin))

        def ask(proposed: str) -> None:
            question = _("Its number: scan a label, type it, or press Enter to take this one")
            hint = _("Stick the label now. The number must stay readable.")
            self.app.push_screen(AskLine(question, hint, proposed), answered)

        town = self.town
        self.bench.perform(lambda: _proposed(town), ask)

    def _take(
        self, described: Described, same_as: str | None, as_new: k.MachineRegistered | None
    ) -> None:
        town, profile = self.town, self.bench.profile

        def record() -> tuple[str, tuple[Reason, ...]]:
            tag = take_in_report(town, described, same_as=same_as, as_new=as_new)
            before = read_session(town, tag)
            if before is not None and not (before.over or before.dead):
                take_in_hand(town.home, tag)
                return tag, ()
            come = come_on_bench(town, tag, profile)
            record_opinion(town, tag, described.opinion)
            return tag, come.refused

        self.bench.perform(record, self._taken)

    def _taken(self, result: tuple[str, tuple[Reason, ...]]) -> None:
        tag, self.refused = result
        self.bench.read_here = tag
        self.bench.hold(tag)

    def show_session(self, session: Session) -> None:
        """Show the number and the first opinion."""
        machine = session.view.machine
        name = full_name(machine.manufacturer, machine.model)
        state = state_name(session.view.life)
        self.say("told", labelled(name or _("unknown model"), state))
        self.query_one(BigText).lines = (session.tag,)
        self.say("opinion", "\n".join(self._opinion(session)))
        button = self.query_one("#next", Button)
        if not button.display:
            button.display = True
            button.focus()

    def _opinion(self, session: Session) -> Iterator[str]:
        yield from (_("Note: {why}").format(why=describe(one, session.tag)) for one in self.refused)
        facts = session.view.machine.facts
        parts = [facts.cpu, memory_size(facts.memory_bytes)]
        parts += [disk_title(disk.view) for disk in session.inside]
        yield ", ".join(part for part in parts if part)
        yield ""
        if session.opinion is not None:
            yield labelled(_("First opinion"), opinion_name(session.opinion.opinion)).upper()
            yield from (f"- {describe_finding(reason)}" for reason in session.opinion.reasons)

    @on(Button.Pressed, "#next")
    def action_go_on(self) -> None:
        """Open the first step that is not finished."""
        if self.session is not None:
            self.bench.go_on()


def _proposed(town: Town) -> str:
    """Return the next number; none when the key has used all of its own."""
    try:
        return next_number(town)
    except TagsUsedUp:
        return ""


def _description(described: Described) -> Iterator[str]:
    facts = described.recognised.facts
    yield full_name(facts.manufacturer, facts.display_model)
    if facts.serial:
        yield labelled(_("Serial number"), facts.serial)


def _candidate(one: CandidateView) -> str:
    machine = one.view.machine
    same = ", ".join(map(evidence_name, one.matching)) or _("nothing")
    other = ", ".join(map(evidence_name, one.differing)) or _("nothing")
    compared = _("same: {same}; different: {other}").format(same=same, other=other)
    model = machine.model or _("unknown model")
    return f"{one.tag}  {model}  ({compared})"
