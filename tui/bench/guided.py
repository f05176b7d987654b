# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guided test: one question after the other, with what the program can show or hear meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from fleet.i18n import _
from fleet.model.bench_tests import COLOURS, GUIDED, GuidedStep, Measured, Watch, conclude_guided
from fleet.output.bench_text import question
from fleet.output.words import test_name
from tui.bench.keys_tried import KeysScreen
from tui.bench.questions import NO, YES
from tui.bench.sounds import play
from tui.widgets.key_bar import KeyBar
from tui.wording import N_


class ColourScreen(ModalScreen[None]):
    """The whole screen in one colour after the other; any key shows the next."""

    CSS_PATH = "bench.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.shown = 0

    def on_mount(self) -> None:
        """Show the first colour."""
        self._show()

    def _show(self) -> None:
        self.styles.background = COLOURS[self.shown]

    def on_key(self, event: Key) -> None:
        """Show the next colour, then close."""
        event.stop()
        self.shown += 1
        if self.shown < len(COLOURS):
            self._show()
        else:
            self.dismiss(None)


class GuidedScreen(ModalScreen[Measured | None]):
    """Asks every question of a test; Escape leaves it without a result."""

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(YES), "answer(True)", N_("Yes"), key_display="O"),
        Binding(NO, "answer(False)", N_("No"), key_display="N"),
        Binding("r", "repeat", N_("Once more"), key_display="R"),
        Binding("escape", "dismiss(None)", N_("Not now"), key_display="Esc"),
    ]

    def __init__(
        self, test: str, kind: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.test = test
        self.kind = kind
        self.steps = GUIDED[test].steps
        self.answers: dict[str, bool] = {}
        self.monotonic = monotonic
        self.started = monotonic()

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(test_name(self.test), classes="heading", markup=False)
            yield Static("", id="question", markup=False)
            yield Static("", id="answers", classes="heading", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask the first question, or conclude when this kind of machine has no such thing."""
        if not GUIDED[self.test].applies(self.kind):
            self._conclude()
        else:
            self._ask()

    @property
    def step(self) -> GuidedStep:
        """The step that is asked now."""
        return self.steps[len(self.answers)]

    def _ask(self) -> None:
        number, total = len(self.answers) + 1, len(self.steps)
        text = f"{number}/{total}  {question(self.step.code)}"
        self._say(text, _("O: yes    N: no    R: once more"))
        self._watch()

    def _say(self, text: str, answers: str) -> None:
        self.query_one("#question", Static).update(text)
        self.query_one("#answers", Static).update(answers)

    def _watch(self) -> None:
        match self.step.watch:
            case Watch.COLOURS:
                self.app.push_screen(ColourScreen())
            case Watch.KEYS:
                self.app.push_screen(KeysScreen(self.kind), self._keys_tried)
            case Watch.LEFT_SPEAKER | Watch.RIGHT_SPEAKER | Watch.MICROPHONE as watch:
                self.run_worker(lambda: play(watch), thread=True, group="sound", exclusive=True)
            case _:
                pass

    def _keys_tried(self, missing: tuple[str, ...] | None) -> None:
        if missing == ():
            self.action_answer(True)
        elif missing:
            text = _("These keys did not answer: {keys}").format(keys=" ".join(missing[:20]))
            more = _("O: they are not on this model    N: they are dead    R: once more")
            self._say(text, more)

    def on_key(self, event: Key) -> None:
        """Take capital letters too."""
        letter = event.character or ""
        if letter.isupper() and letter.lower() in (*YES, NO):
            event.stop()
            self.action_answer(letter.lower() in YES)

    def action_answer(self, yes: bool) -> None:
        """Take the answer, then ask the next question or conclude."""
        self.answers[self.step.code] = yes
        if len(self.answers) == len(self.steps):
            self._conclude()
        else:
            self._ask()

    def action_repeat(self) -> None:
        """Show or play again."""
        self._ask()

    def _conclude(self) -> None:
        seconds = round(self.monotonic() - self.started)
        self.dismiss(conclude_guided(self.test, self.answers, kind=self.kind, seconds=seconds))


def guided_screen(test: str, kind: str) -> GuidedScreen:
    """Return the screen of a guided test."""
    return GuidedScreen(test, kind)
