# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain text for screen readers: no drawing, no colour, no movement, messages as lines of text.

Style sheets take borders away under ``App.-plain``. The filter here is the guarantee: whatever a
widget draws, no drawing character and no colour reaches the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.theme import Theme
from textual.widgets import Static

from fleet.i18n import _
from tui.warm import WarmApp
from tui.widgets.key_bar import KeyBar

# Box drawing, block elements, braille, and the private area of « powerline » fonts.
_DRAWING = re.compile("[\u2500-\u259f\u2800-\u28ff\ue000-\uf8ff]")
_LIGHT = 0x40

PLAIN = Theme(
    name="parclibre-plain",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    success="#ffffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    variables={
        "block-cursor-background": "#ffffff",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#000000",
        "block-hover-background": "#000000",
    },
)


def wants_plain(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment asks for plain text (``NO_COLOR``, no-color.org)."""
    return bool(environ.get("NO_COLOR"))


class PlainText(LineFilter):
    """Blanks drawing characters and drops colours; a light background becomes reverse video."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with text, bold, underline and reverse only."""
        return [
            Segment(_DRAWING.sub(" ", text), style and _uncoloured(style), control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _uncoloured(style: Style) -> Style:
    light = style.bgcolor is not None and min(style.bgcolor.get_truecolor()) >= _LIGHT
    plain = Style(
        bold=style.bold or None,
        underline=style.underline or None,
        reverse=(light != bool(style.reverse)) or None,
    )
    return plain + Style.from_meta(style.meta) if style.meta else plain


@dataclass
class Said(Message):
    """Something to tell the user, as a line of text."""

    text: str


class StatusLine(Static):
    """The last message, above the keys."""

    DEFAULT_CSS = "StatusLine { height: auto; max-height: 6; }"


class PlainApp(WarmApp):
    """An application that can show itself as plain text; ``plain`` says whether it does."""

    plain: bool = False
    _filter = PlainText()
    _theme_before = ""

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of every widget's lines."""
        filters = super().get_line_filters()
        return [*filters, self._filter] if self.plain else filters

    def set_plain(self, plain: bool) -> None:
        """Turn plain text on or off, now."""
        self.plain = plain
        self.set_class(plain, "-plain")
        self.animation_level = "none" if plain else "full"
        if plain:
            self.register_theme(PLAIN)
            self._theme_before = self.theme
            self.theme = PLAIN.name
        elif self._theme_before:
            self.theme = self._theme_before

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a message: as a toast, or as a line of text that stays until the next one."""
        if self.plain:
            self.post_message(Said(f"{_severities()[severity]} {message}"))
        else:
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    async def on_said(self, message: Said) -> None:
        """Put the line on the screen that is shown."""
        lines = self.screen.query(StatusLine)
        if lines:
            lines.first().update(message.text)
            return
        bars = self.screen.query(KeyBar)
        line = StatusLine(message.text, markup=False)
        await self.screen.mount(line, before=bars.first() if bars else None)


def _severities() -> dict[str, str]:
    return {
        "information": _("Message:"),
        "warning": _("Attention:"),
        "error": _("Error:"),
    }
