# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Linux console: sixteen colours, and the characters that its French font has.

Terminus for Latin 9, as the live system loads it, has lines and full blocks but no eighths of
blocks, no braille and no tick marks. The filter is the guarantee, whatever a widget draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

# Exactly the console's own colours, so that none is guessed.
CONSOLE = Theme(
    name="parclibre-console",
    primary="#00aaaa",
    secondary="#5555ff",
    accent="#ffff55",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#0000aa",
    dark=True,
    variables={
        "block-cursor-background": "#aaaaaa",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#000000",
        "block-cursor-blurred-foreground": "#ffffff",
        "block-hover-background": "#000000",
        "text-muted": "#aaaaaa",
        "input-cursor-background": "#ffffff",
        "input-cursor-foreground": "#000000",
    },
)

_LATIN = "ŒœŠšŸŽž€–—‘’‚“”„†‡•… ‰‹›™←↑→↓−≠≤≥"
_LINES = "".join(map(chr, range(0x2500, 0x2580)))
_SHAPES = "█░▒■▮▲▴▶▸▼▾◀◂◈●☐☑☒♦✗"
_NEAR: Mapping[str, str] = {
    "▀": "█", "▄": "█", "▌": "█", "▐": "█", "▇": "█", "▆": "█", "▅": "█", "▃": "_", "▂": "_",
    "▁": "_", "▔": "─", "▕": "│", "▏": "│", "▎": "│", "▍": "█", "▋": "█", "▊": "█", "▉": "█",
    "▓": "▒", "✓": "x", "✔": "x", "○": "o", "⚠": "!", "⭘": "o",
    # The French spaces that do not break are spaces of the same width there.
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip


def has(character: str) -> bool:
    """Tell whether the console's font has a character."""
    return (
        " " <= character <= "~"
        or "\u00a1" <= character <= "\u00ff"
        or character in _LATIN
        or character in _LINES
        or character in _SHAPES
    )


@lru_cache(4096)
def drawable(text: str) -> str:
    """Return a text with a near character for each that the font lacks."""
    return "".join(c if has(c) else _NEAR.get(c, "?") for c in text)


class ConsoleText(LineFilter):
    """Replaces what the console cannot draw."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with characters of the console's font only."""
        return [
            Segment(drawable(text), style, control)
            if text.strip()
            else Segment(text, style, control)
            for text, style, control in segments
        ]


def is_console(environ: Mapping[str, str]) -> bool:
    """Tell whether this terminal is the Linux console itself."""
    return environ.get("TERM") == "linux"
