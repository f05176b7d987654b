# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test sheet to fill: one line per test, Space goes from one result to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from fleet.i18n import _
from fleet.output.words import results, test_name
from tui.wording import N_

EVERY = "every"
ORDER = ("", "pass", "fail", "na", "skipped")


class ResultSheet(OptionList):
    """The tests of a sheet with their results; the first line sets those that have none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,right", "turn(1)", N_("Next result"), key_display="Space"),
        Binding("left", "turn(-1)", N_("Result before"), show=False),
    ]
    DEFAULT_CSS = "ResultSheet { height: auto; max-height: 9; width: 1fr; border: none; }"

    @dataclass
    class Changed(Message):
        """A result is another one."""

    def __init__(self, profiles: Mapping[str, Sequence[str]]) -> None:
        """Take each test with the test sheets that ask it."""
        super().__init__(markup=False)
        self.profiles = profiles
        self.results: dict[str, str] = {}

    def ask(self, profile: str) -> None:
        """Show the tests of one test sheet."""
        asked = [test for test, profiles in self.profiles.items() if profile in profiles]
        if asked != list(self.results):
            self.results = {test: self.results.get(test, "") for test in asked}
            self.clear_options()
            self.add_option(Option(_("All others passed"), id=EVERY))
            self.add_options([Option(self._line(test), id=test) for test in asked])
            self.highlighted = 0

    @property
    def value(self) -> str:
        """The results as ``start=pass,disk=na``."""
        return ",".join(f"{test}={result}" for test, result in self.results.items() if result)

    def _line(self, test: str) -> str:
        words = {**results(), "": _("not done"), "skipped": _("left out")}
        return _("{label}: {value}").format(label=test_name(test), value=words[self.results[test]])

    def action_turn(self, step: int) -> None:
        """Give the highlighted test the next result."""
        index = self.highlighted
        test = self.get_option_at_index(index).id if index is not None else None
        if test == EVERY:
            self._set({t: "pass" for t, result in self.results.items() if not result})
        elif test is not None:
            now = ORDER.index(self.results[test])
            self._set({test: ORDER[(now + step) % len(ORDER)]})

    def _set(self, found: dict[str, str]) -> None:
        self.results.update(found)
        for test in found:
            self.replace_option_prompt(test, self._line(test))
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.action_turn(1)
