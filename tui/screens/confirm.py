# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last question before what cannot be undone: the plan, and the tag or the number to type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from fleet.i18n import _
from fleet.output.act_words import confirmation
from tui.widgets.key_bar import KeyBar
from tui.wording import N_


class ConfirmScreen(ModalScreen[bool]):
    """Shows the plan; only the right answer makes « Record » possible. A scan answers too."""

    CSS_PATH = "act.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "record", N_("Record"), key_display="F9"),
        Binding("escape", "dismiss(False)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, heading: str, lines: Sequence[str], tags: Sequence[str]) -> None:
        super().__init__()
        self.heading = heading
        self.lines = tuple(lines)
        self.expected, self.question = confirmation(tags)

    def compose(self) -> ComposeResult:
        with Vertical(classes="act"):
            head = _("About to record: {act}").format(act=self.heading)
            yield Label(head, classes="heading", markup=False)
            with VerticalScroll(classes="plan", can_focus=False):
                yield Static("\n".join(self.lines), markup=False)
            yield Label(self.question, classes="question-line", markup=False)
            yield Input(compact=True, select_on_focus=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Cancel"), id="cancel", compact=True)
                yield Button(_("Record"), id="record", compact=True, disabled=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Nothing is done by pressing Enter too soon."""
        self.query_one("#cancel").focus()

    def before_key(self, event: Key) -> None:
        """Type the answer without going to its field first."""
        if event.is_printable and event.character:
            self.set_focus(self.query_one(Input))

    @property
    def confirmed(self) -> bool:
        """Whether the right answer is typed."""
        return self.query_one(Input).value.strip() == self.expected

    def take_scan(self, scanned: str) -> None:
        """Take the tag of the machine in hand as the answer."""
        field = self.query_one(Input)
        # After the reader's keys, which are still on their way to the field.
        field.call_later(setattr, field, "value", scanned)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#record", Button).disabled = not self.confirmed

    @on(Input.Submitted)
    @on(Button.Pressed, "#record")
    def _recorded(self) -> None:
        self.action_record()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(False)

    def action_record(self) -> None:
        """Record, if the answer is right."""
        if self.confirmed:
            self.dismiss(True)
