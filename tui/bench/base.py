# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every screen of the bench has: the steps on top, the keys below, and the machine in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Button, OptionList, Static

from fleet.i18n import _
from reconditioning.session import Session, Stage
from tui.bench.step_bar import StepBar
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

if TYPE_CHECKING:
    from fleet.services.town import Town
    from tui.bench.app import BenchApp


class BenchScreen(Screen[None]):
    """A step. A subclass gives ``STAGE``, ``contents`` and ``show_session``, which is called when
    the screen opens and after each piece that was recorded.
    """

    STAGE: ClassVar[Stage | None] = None
    PURPOSE: ClassVar[str] = ""
    CSS_PATH = "bench.tcss"

    @property
    def bench(self) -> BenchApp:
        """The application, with its own type."""
        return cast("BenchApp", self.app)

    @property
    def town(self) -> Town:
        """The open installation, with who is acting."""
        return self.bench.town

    @property
    def session(self) -> Session | None:
        """The machine in hand."""
        return self.bench.session

    def compose(self) -> ComposeResult:
        yield StepBar(self.STAGE)
        with Vertical(id="step"):
            yield from self.contents()
        yield KeyBar()

    def contents(self) -> ComposeResult:
        """Yield the screen's own widgets."""
        yield from ()

    def on_mount(self) -> None:
        """Follow the machine in hand."""
        self.watch(self.app, "session", self._session_changed, init=True)

    def _session_changed(self, session: Session | None) -> None:
        if session is not None:
            self.show_session(session)

    def show_session(self, session: Session) -> None:
        """Draw what the journal says now."""

    def say(self, name: str, text: str) -> None:
        """Put a text in one of the screen's places."""
        self.query_one(f"#{name}", Static).update(text)


class ChoiceScreen(BenchScreen):
    """A list of things to do, the first one highlighted; Enter does it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Choose"), priority=True),
    ]

    def on_mount(self) -> None:
        """Start on the first line."""
        super().on_mount()
        choices = self.query_one(OptionList)
        choices.focus()
        choices.action_first()

    def action_choose(self) -> None:
        """Choose the highlighted line."""
        self.query_one(OptionList).action_select()


def main_row(words: str) -> Horizontal:
    """Return the last line of a screen: the one button that goes on."""
    return Horizontal(main_button(words), classes="buttons")


def main_button(words: str, key: str = "F9") -> Button:
    """Return the button that goes on; Enter presses it when it has the focus."""
    return Button(_("{words} ({key})").format(words=words, key=key), id="next", compact=True)
