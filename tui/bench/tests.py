# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 2: the test sheet. The machine tests itself while a person answers the guided tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from fleet.i18n import _
from fleet.model.bench_tests import GUIDED, NA, Measured, skipped
from fleet.output.check_text import doing
from fleet.output.triage_text import describe
from fleet.output.words import test_name
from reconditioning.checks import CHECKS
from reconditioning.session import Session, Stage, is_automatic
from reconditioning.session_acts import record_test
from tui.bench.base import BenchScreen, main_row
from tui.bench.boards import TestBoard
from tui.bench.guided import guided_screen
from tui.bench.questions import Ask, AskLine
from tui.bench.wording import result_name
from tui.wording import N_

_NAME, _RESULT = 22, 17


class TestsScreen(BenchScreen):
    """One line per test; Enter does the one under the cursor."""

    __test__ = False
    STAGE = Stage.TEST
    PURPOSE = N_(
        "The machine tests itself from top to bottom. Meanwhile, go through the lines marked "
        "« you » with Enter: they ask you questions."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "go_on", N_("Go on"), key_display="F9"),
        Binding("f7", "leave_out", N_("Leave this test out"), key_display="F7"),
        Binding("f8", "run_all", N_("Run the automatic tests"), key_display="F8"),
    ]

    def contents(self) -> ComposeResult:
        yield Static("", id="told", classes="heading", markup=False)
        yield OptionList(id="list", markup=False)
        yield Static("", id="detail", markup=False)
        yield main_row(_("Go on"))

    def on_mount(self) -> None:
        """Start what the machine tests by itself."""
        super().on_mount()
        self.watch(self.app, "testing", self._board_changed, init=False)
        self.query_one("#list", OptionList).focus()
        self.action_run_all()

    def action_run_all(self) -> None:
        """Run the automatic tests that have no result."""
        if self.session is not None:
            asked = self.bench.testing.for_person
            todo = [test for test in self.session.to_test if test not in asked]
            self.bench.tests.start(self.session, todo)

    def _board_changed(self, _board: TestBoard) -> None:
        if self.session is not None:
            self.show_session(self.session)

    def show_session(self, session: Session) -> None:
        """Draw every line again, the cursor where it was."""
        lines = self.query_one("#list", OptionList)
        here = lines.highlighted
        lines.clear_options()
        lines.add_options(Option(self._line(session, test), id=test) for test in session.asked)
        lines.highlighted = self._first_open(session) if here is None else here
        done, total = len(session.asked) - len(session.to_test), len(session.asked)
        told = _("Tests done: {done} of {total}.").format(done=done, total=total)
        if session.on_all_functions:
            told += " " + _("Tested on all functions.")
        self.say("told", told)
        self._show_detail()
        if not session.to_test:
            self.query_one("#next", Button).focus()

    def _first_open(self, session: Session) -> int:
        mine = [n for n, test in enumerate(session.asked) if self._is_mine(session, test)]
        return mine[0] if mine else 0

    def _is_mine(self, session: Session, test: str) -> bool:
        if test in session.tests:
            return False
        return test in self.bench.testing.for_person or not self._is_automatic(test)

    def _is_automatic(self, test: str) -> bool:
        return self.bench.is_here and is_automatic(test, CHECKS)

    def _line(self, session: Session, test: str) -> str:
        name = test_name(test)[: _NAME - 1].ljust(_NAME)
        if measured := session.tests.get(test):
            return name + result_name(measured.result).ljust(_RESULT) + self._seconds(measured)
        return name + self._open_line(session, test)

    def _open_line(self, session: Session, test: str) -> str:
        board = self.bench.testing
        if board.running == test:
            return self._progress(board)
        if self._is_mine(session, test):
            return _("you").ljust(_RESULT) + _("Enter: a few questions")
        return _("waiting") if test in board.waiting else _("to do")

    def _progress(self, board: TestBoard) -> str:
        if board.advanced is None:
            return _("running")
        words = doing(board.advanced.doing)
        if board.asks:
            return _("you").ljust(_RESULT) + words.upper() + _(", then Enter")
        percent = board.advanced.percent
        shown = _("running") if percent is None else f"{percent:.0f} %"
        return shown.ljust(_RESULT) + f"{words} {board.advanced.detail}".rstrip()

    def _seconds(self, measured: object) -> str:
        seconds = getattr(measured, "seconds", 0)
        return _("{n} s").format(n=seconds) if seconds else ""

    @on(OptionList.OptionHighlighted)
    def _show_detail(self) -> None:
        self.say("detail", "\n".join(self._detail()))

    @property
    def here(self) -> str | None:
        """The test under the cursor."""
        lines = self.query_one("#list", OptionList)
        if lines.highlighted is None:
            return None
        return lines.get_option_at_index(lines.highlighted).id

    def _detail(self) -> Iterator[str]:
        measured = self.session.tests.get(self.here or "") if self.session else None
        if measured is None:
            return
        yield from (describe(reason) for reason in measured.reasons[:6])
        if measured.result == "skipped" and measured.why:
            yield _("Left out: {why}").format(why=describe(measured.why))

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        test, session = message.option_id or "", self.session
        if session is None:
            return
        if self.bench.testing.running == test:
            self._answer_running()
        elif test in GUIDED and not (self._is_automatic(test) and self._never_tried(test)):
            self.app.push_screen(guided_screen(test, session.kind), self._measured)
        elif self._is_automatic(test):
            self.bench.tests.start(session, [test])
        else:
            self._ask_by_hand(test)

    def _never_tried(self, test: str) -> bool:
        """Whether the machine has not tried it yet: it goes first."""
        tried = self.session is not None and test in self.session.tests
        return not tried and test not in self.bench.testing.for_person

    def _answer_running(self) -> None:
        board = self.bench.testing
        if board.advanced is None or not board.asks:
            return
        choices = [
            ("done", _("It is done")),
            ("broken", _("It does not work")),
            ("skip", _("Leave it out")),
        ]
        self.app.push_screen(Ask(doing(board.advanced.doing), choices), self._answered)

    def _answered(self, what: str | None) -> None:
        if what is not None:
            self.bench.tests.answer(what)

    def _ask_by_hand(self, test: str) -> None:
        def answered(result: str | None) -> None:
            if result is not None:
                self._measured(Measured(test=test, result=result))

        choices = [
            ("pass", _("It works")),
            ("fail", _("It has a fault")),
            (NA, _("This machine has none")),
        ]
        self.app.push_screen(Ask(test_name(test), choices), answered)

    def _measured(self, measured: Measured | None) -> None:
        town, session = self.town, self.session
        if measured is not None and session is not None:
            self.bench.act(lambda: record_test(town, session, measured))

    def action_leave_out(self) -> None:
        """Leave the test under the cursor out; it asks why."""
        test = self.here
        if test is None:
            return

        def answered(why: str | None) -> None:
            if why is not None:
                self._measured(skipped(test, who=self.town.operator or "", why=why))

        question = _("Why is « {test} » left out?").format(test=test_name(test))
        self.app.push_screen(AskLine(question, _("A few words, without names.")), answered)

    @on(Button.Pressed, "#next")
    def action_go_on(self) -> None:
        """Go to the repairs; tests that run go on behind."""
        self.bench.go(Stage.REPAIR)
