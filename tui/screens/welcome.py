# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How shall it start? An empty town, or the example town to try things on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.services import example, exchange
from fleet.services.town import NOBODY, Town, init_town
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

if TYPE_CHECKING:
    from tui.app import ParcLibreApp

_BAR = 30


@dataclass
class Filled(Message):
    """One more page of the example town's story is written."""

    done: int
    total: int

    def can_replace(self, message: Message) -> bool:
        """Draw only the latest."""
        return isinstance(message, Filled)


@dataclass
class TownMade(Message):
    """The town can be opened."""

    town: Town


class WelcomeScreen(ModalScreen[Town | None]):
    """The first start: offers an empty town or the example town, and makes it."""

    CSS_PATH = "questions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Quit"), key_display="Esc"),
    ]

    def __init__(self, home: Path, url: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.home = home
        self.url = url
        self.now = now
        self.making = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Label(_("Welcome to ParcLibre"), markup=False)
            where = _("There is no store yet in {home}.").format(home=self.home)
            yield Label(where, classes="hint", markup=False)
            yield OptionList(
                Option(_("An empty town: record your own machines"), id="empty"),
                Option(_("The example town: 120 machines, four years, to try things on"),
                       id="example"),
                markup=False,
            )  # fmt: skip
            yield Static("", id="progress", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Start on the first answer."""
        self.query_one(OptionList).action_first()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        if not self.making:
            self.making = True
            message.option_list.disabled = True
            self._make(message.option_id == "example")

    @work(thread=True, exclusive=True, group="make")
    def _make(self, with_example: bool) -> None:
        try:
            town = init_town(self.home, self.url, now=self.now)
            if with_example:
                example.fill(town, lambda done, total: self._tell(done, total))
                nobody = replace(town, operator=NOBODY)
                key = town.key
                exchange.enrol_replica(nobody, key.replica, key.public_key, example.TOWN)
        except FleetError as error:
            cast("ParcLibreApp", self.app).show_error(error)
        else:
            self.post_message(TownMade(town))

    def _tell(self, done: int, total: int) -> None:
        self.post_message(Filled(done, total))

    @on(Filled)
    def _show(self, message: Filled) -> None:
        full = _BAR * message.done // max(message.total, 1)
        text = _("Writing the example town: {done} of {total}").format(
            done=message.done, total=message.total
        )
        self.query_one("#progress", Static).update(f"{text}\n{'#' * full}{'-' * (_BAR - full)}")

    @on(TownMade)
    def _made(self, message: TownMade) -> None:
        self.dismiss(message.town)

    def action_leave(self) -> None:
        """Leave without a town, unless it is being made."""
        if not self.making:
            self.dismiss(None)
