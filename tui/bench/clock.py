# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions about a clock that cannot be right; they come back until they are answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from fleet.i18n import _
from fleet.services.town import Town
from reconditioning.session_clock import (
    BEFORE_JOURNAL,
    BEFORE_PROGRAM,
    FAR_AHEAD,
    ClockDoubt,
    typed_moment,
)
from tui.bench.questions import Ask, AskLine

if TYPE_CHECKING:
    from tui.bench.app import BenchApp

WRONG, RIGHT = "wrong", "right"


def check_clock(bench: BenchApp, then: Callable[[], None] = lambda: None) -> None:
    """Look at the clock, ask when it cannot be right, record both times; then go on."""

    def looked(doubt: ClockDoubt | None) -> None:
        if doubt is None:
            then()
        else:
            ask_clock(bench, doubt, then)

    bench.perform(lambda: bench.clock.doubt(bench.town), looked)


def ask_clock(bench: BenchApp, doubt: ClockDoubt, then: Callable[[], None]) -> None:
    """Ask whether the clock is right, and the moment when it is not."""

    def answered(what: str | None) -> None:
        if what == WRONG:
            _ask_moment(bench, doubt, then, _("For example: 22/11/2026 14:05"))
        elif what == RIGHT:
            _settle(bench, doubt, None, then)
        else:
            ask_clock(bench, doubt, then)

    choices = [
        (WRONG, _("It is wrong: I give the day and the time")),
        (RIGHT, _("It is right")),
    ]
    question = _("This PC's clock says {moment}. Is it right?").format(
        moment=_moment(doubt.machine_said)
    )
    bench.push_screen(Ask(question, choices, _why(doubt)), answered)


def _ask_moment(bench: BenchApp, doubt: ClockDoubt, then: Callable[[], None], hint: str) -> None:
    def typed(text: str | None) -> None:
        moment = typed_moment(text or "")
        if text is None:
            ask_clock(bench, doubt, then)
        elif moment is None or not bench.clock.is_possible(moment):
            again = _("« {text} » cannot be now. For example: 22/11/2026 14:05")
            _ask_moment(bench, doubt, then, again.format(text=text))
        else:
            _settle(bench, doubt, moment, then)

    bench.push_screen(AskLine(_("What day and what time is it?"), hint), typed)


def _settle(
    bench: BenchApp, doubt: ClockDoubt, said: datetime | None, then: Callable[[], None]
) -> None:
    def settled(town: Town) -> None:
        bench.town = town
        then()

    bench.perform(lambda: bench.clock.settle(bench.town, doubt, said), settled)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%d/%m/%Y %H:%M}"


def _why(doubt: ClockDoubt) -> str:
    sentences = {
        BEFORE_PROGRAM: _("This program was made later than that, on {moment}."),
        FAR_AHEAD: _("That is more than ten years after this program was made."),
        BEFORE_JOURNAL: _("The newest thing recorded on this key is of {moment}."),
    }
    jumped = _("It jumped while this program was running: it should be {moment}.")
    why = sentences.get(doubt.why, jumped).format(moment=_moment(doubt.against))
    return why + "\n" + _("Both times are recorded; certificates and papers bear yours.")
