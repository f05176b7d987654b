# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short questions above a step: yes or no, one of several, a line of text, a confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from fleet.i18n import _
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

# « o » for oui, « y » for yes: both are taken in both languages.
YES = ("o", "y")
NO = "n"


class YesNo(ModalScreen[bool | None]):
    """Answered by one letter; Escape is no answer."""

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(YES), "answer(True)", N_("Yes"), key_display="O"),
        Binding(NO, "answer(False)", N_("No"), key_display="N"),
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, text: str, question: str) -> None:
        super().__init__()
        self.text = text
        self.question = question

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(self.question, classes="heading", markup=False)
            yield Static(self.text, markup=False)
            yield Static(_("O: yes    N: no"), classes="heading", markup=False)
        yield KeyBar()

    def on_key(self, event: Key) -> None:
        """Take capital letters too."""
        if event.character and event.character.lower() in (*YES, NO) and event.character.isupper():
            event.stop()
            self.dismiss(event.character.lower() in YES)

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)


class Ask(ModalScreen[str | None]):
    """Asks for one of several (code, words) below a text; Escape is None."""

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Choose"), priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]], text: str = "") -> None:
        super().__init__()
        self.question = question
        self.choices = tuple(choices)
        self.text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(self.question, classes="heading", markup=False)
            if self.text:
                with VerticalScroll(can_focus=False):
                    yield Static(self.text, markup=False)
            options = [Option(words, id=code) for code, words in self.choices]
            yield OptionList(*options, markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Start on the first answer."""
        self.query_one(OptionList).focus()
        self.query_one(OptionList).action_first()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_id)

    def action_choose(self) -> None:
        """Choose the highlighted answer."""
        self.query_one(OptionList).action_select()


class AskLine(ModalScreen[str | None]):
    """Asks for a line of text, with one proposed; a scanned label answers too."""

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, question: str, hint: str = "", proposed: str = "") -> None:
        super().__init__()
        self.question = question
        self.hint = hint
        self.proposed = proposed

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(self.question, classes="heading", markup=False)
            yield Input(self.proposed, compact=True)
            yield Static(self.hint, markup=False)
        yield KeyBar()

    @on(Input.Submitted)
    def _answered(self, message: Input.Submitted) -> None:
        self.dismiss(message.value.strip() or None)

    def take_scan(self, scanned: str) -> None:
        """Take a scanned label as the answer."""
        self.dismiss(scanned.strip())


class ConfirmTag(ModalScreen[str | None]):
    """The last question before what cannot be undone: the plan, and the number to type.

    Closes with what was typed, only when it is right; Cancel has the focus.
    """

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, heading: str, lines: Sequence[str], expected: str, go: str) -> None:
        super().__init__()
        self.heading = heading
        self.lines = tuple(lines)
        self.expected = expected
        self.go = go

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(self.heading, classes="heading", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static("\n".join(self.lines), markup=False)
            question = _("To confirm, type the number {tag} :").format(tag=self.expected)
            yield Label(question, classes="heading", markup=False)
            yield Input(compact=True, select_on_focus=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Cancel"), id="cancel", compact=True)
                yield Button(self.go, id="go", compact=True, disabled=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Nothing is done by pressing Enter too soon."""
        self.query_one("#cancel").focus()

    def before_key(self, event: Key) -> None:
        """Type the answer without going to its field first."""
        if event.is_printable and event.character:
            self.set_focus(self.query_one(Input))

    @property
    def typed(self) -> str:
        """What is typed; letters may be small, as on the label they are large."""
        text = self.query_one(Input).value.strip()
        return self.expected if text.casefold() == self.expected.casefold() else text

    def take_scan(self, scanned: str) -> None:
        """Take the label of the machine in hand as the answer."""
        field = self.query_one(Input)
        # After the reader's keys, which are still on their way to the field.
        field.call_later(setattr, field, "value", scanned)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#go", Button).disabled = self.typed != self.expected

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _confirmed(self) -> None:
        if self.typed == self.expected:
            self.dismiss(self.typed)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)
