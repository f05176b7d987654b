# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list to mark several lines of; the mark is a letter, never only a colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.wording import N_


class Checklist(OptionList):
    """Lines of (code, words), marked and unmarked with Space or Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", N_("Mark"))]

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        self._words = dict(lines)
        self._marked: set[str] = set()
        options = [Option(self._prompt(code), id=code) for code in self._words]
        super().__init__(*options, markup=False)

    @property
    def marked(self) -> tuple[str, ...]:
        """The marked codes, in the list's order."""
        return tuple(code for code in self._words if code in self._marked)

    def _prompt(self, code: str) -> str:
        return f"[{'x' if code in self._marked else ' '}] {self._words[code]}"

    @on(OptionList.OptionSelected)
    def _toggle(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        code = message.option_id or ""
        self._marked ^= {code}
        self.replace_option_prompt(code, self._prompt(code))
