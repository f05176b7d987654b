# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line at the bottom: what to press here, in the user's language."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from textual.widget import Widget

from fleet.i18n import _
from tui.wording import key_name


class KeyBar(Widget):
    """The shown bindings of what has the focus, then of the screen; as many as fit."""

    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; background: $panel; color: $foreground; }"

    def on_mount(self) -> None:
        """Follow the focus: bindings change with it."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def render(self) -> Text:
        """Draw each key with what it does."""
        line = Text(no_wrap=True, overflow="crop")
        for key, description in self._shown():
            piece = Text.assemble((f" {key} ", "bold reverse"), f" {description}  ")
            if line.cell_len + piece.cell_len - 2 > self.size.width:
                break
            line.append_text(piece)
        return line

    def _shown(self) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and binding.action not in seen:
                seen.add(binding.action)
                yield binding.key_display or key_name(binding.key), _(binding.description)
