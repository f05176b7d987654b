# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is acting? A person already known here, or a new name; chosen once per session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.services.people_list import known_people
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

if TYPE_CHECKING:
    from tui.app import ParcLibreApp


@dataclass
class OperatorsRead(Message):
    """Who is known to act here was read."""

    names: list[str]


class OperatorScreen(ModalScreen[str | None]):
    """Offers the known names, and a field for another one; Escape records nothing."""

    CSS_PATH = "questions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Only look"), key_display="Esc"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Label(_("Who is acting?"), markup=False)
            hint = _("Everything that is recorded bears this name until the console is left.")
            yield Label(hint, classes="hint", markup=False)
            yield OptionList(markup=False)
            yield Input(placeholder=_("A new name, then Enter"), compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read who is known here."""
        self.query_one(OptionList).display = False
        self._read()

    @work(thread=True, group="read")
    def _read(self) -> None:
        console = cast("ParcLibreApp", self.app)
        try:
            people = known_people(console.town)
        except FleetError as error:
            console.show_error(error)
        else:
            names = [p.name for p in people if p.role == "operator" and p.name]
            self.post_message(OperatorsRead(sorted(names)))

    @on(OperatorsRead)
    def _offer(self, message: OperatorsRead) -> None:
        known = self.query_one(OptionList)
        known.add_options([Option(name, id=f"n{i}") for i, name in enumerate(message.names)])
        known.display = bool(message.names)
        if message.names:
            known.action_first()
            known.focus()
        else:
            self.query_one(Input).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(str(message.option.prompt))

    @on(Input.Submitted)
    def _named(self, message: Input.Submitted) -> None:
        if name := message.value.strip():
            self.dismiss(name)
