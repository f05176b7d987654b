# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short questions above a screen: choose one thing, give a text, read an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from tui.widgets.key_bar import KeyBar
from tui.wording import N_


class Choice(ModalScreen[str | None]):
    """Asks for one of several (code, words); Escape is None."""

    CSS_PATH = "questions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Choose"), priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel")),
    ]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.question = question
        self.choices = tuple(choices)

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Label(self.question, markup=False)
            options = [Option(words, id=code) for code, words in self.choices]
            yield OptionList(*options, markup=False)
        yield KeyBar()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_id)

    def action_choose(self) -> None:
        """Choose the highlighted answer."""
        self.query_one(OptionList).action_select()


class AskText(ModalScreen[str | None]):
    """Asks for one line of text; Escape is None. A scanned tag is an answer too."""

    CSS_PATH = "questions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Cancel")),
    ]

    def __init__(self, question: str, hint: str = "") -> None:
        super().__init__()
        self.question = question
        self.hint = hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Label(self.question, markup=False)
            yield Input()
            yield Label(self.hint, classes="hint", markup=False)
        yield KeyBar()

    @on(Input.Submitted)
    def _answered(self, message: Input.Submitted) -> None:
        self.dismiss(message.value.strip() or None)

    def take_scan(self, scanned: str) -> None:
        """Take a scanned tag as the answer."""
        self.dismiss(scanned)


class Reading(ModalScreen[None]):
    """Shows a text, until Escape or Enter."""

    CSS_PATH = "questions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss(None)", N_("Close"), key_display="Esc"),
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self.heading = title
        self.lines = tuple(lines)

    def compose(self) -> ComposeResult:
        with Vertical(classes="question reading"):
            yield Label(self.heading, classes="heading", markup=False)
            with VerticalScroll():
                yield Static("\n".join(self.lines), markup=False)
        yield KeyBar()
