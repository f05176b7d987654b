# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line at the top: the places with their keys, where one is, and who is acting."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from fleet.i18n import _
from tui.places import PLACES


class TopBar(Widget):
    """The places; the present one stands in brackets, so that colour is not needed."""

    DEFAULT_CSS = "TopBar { dock: top; height: 1; background: $panel; color: $foreground; }"
    operator: reactive[str] = reactive("")

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def on_mount(self) -> None:
        """Follow who is acting."""
        self.watch(self.app, "operator_name", self._name_operator)

    def _name_operator(self, name: str) -> None:
        self.operator = name

    def _has_room(self, line: Text, words: str) -> bool:
        return line.cell_len + cell_len(words) <= self.size.width

    def render(self) -> Text:
        """Draw the places, then the operator when there is room."""
        line = Text(no_wrap=True, overflow="ellipsis")
        help_ = " F1 " + _("Help")
        for place in PLACES:
            words = f"{place.key.upper()} {_(place.title)}"
            if place.name == self.place:
                line.append(f"[{words}]", style="bold reverse")
            elif not place.rare or self._has_room(line, f" {words} {help_}"):
                line.append(f" {words} ")
        if self._has_room(line, help_):
            line.append(help_)
        left = self.size.width - line.cell_len - cell_len(self.operator) - 1
        if self.operator and left > 0:
            line.append(" " * left + self.operator, style="italic")
        return line
