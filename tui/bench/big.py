# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words in huge letters, to be read across the room. In plain text they are plain words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rich.text import Text
from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from tui.plain import PlainApp

_ROWS = 5
# Five rows each, from top to bottom.
_GLYPHS = {
    "A": ".###.|#...#|#####|#...#|#...#", "B": "####.|#...#|####.|#...#|####.",
    "C": ".####|#....|#....|#....|.####", "D": "####.|#...#|#...#|#...#|####.",
    "E": "#####|#....|####.|#....|#####", "F": "#####|#....|####.|#....|#....",
    "G": ".####|#....|#..##|#...#|.####", "H": "#...#|#...#|#####|#...#|#...#",
    "I": "###|.#.|.#.|.#.|###", "J": "..###|...#.|...#.|#..#.|.##..",
    "K": "#..#.|#.#..|##...|#.#..|#..#.", "L": "#....|#....|#....|#....|#####",
    "M": "#...#|##.##|#.#.#|#...#|#...#", "N": "#...#|##..#|#.#.#|#..##|#...#",
    "O": ".###.|#...#|#...#|#...#|.###.", "P": "####.|#...#|####.|#....|#....",
    "Q": ".###.|#...#|#.#.#|#..#.|.##.#", "R": "####.|#...#|####.|#..#.|#...#",
    "S": ".####|#....|.###.|....#|####.", "T": "#####|..#..|..#..|..#..|..#..",
    "U": "#...#|#...#|#...#|#...#|.###.", "V": "#...#|#...#|#...#|.#.#.|..#..",
    "W": "#...#|#...#|#.#.#|##.##|#...#", "X": "#...#|.#.#.|..#..|.#.#.|#...#",
    "Y": "#...#|.#.#.|..#..|..#..|..#..", "Z": "#####|...#.|..#..|.#...|#####",
    "0": ".###.|#..##|#.#.#|##..#|.###.", "1": "..#..|.##..|..#..|..#..|.###.",
    "2": "####.|....#|.###.|#....|#####", "3": "####.|....#|.###.|....#|####.",
    "4": "#..#.|#..#.|#####|...#.|...#.", "5": "#####|#....|####.|....#|####.",
    "6": ".###.|#....|####.|#...#|.###.", "7": "#####|....#|...#.|..#..|..#..",
    "8": ".###.|#...#|.###.|#...#|.###.", "9": ".###.|#...#|.####|....#|.###.",
    "-": "...|...|###|...|...", ":": ".|#|.|#|.", "!": "#|#|#|.|#", ".": ".|.|.|.|#",
    ",": "..|..|..|.#|#.", "'": "#|#|.|.|.", "%": "##..#|##.#.|..#..|.#.##|#..##",
    "/": "....#|...#.|..#..|.#...|#....", " ": "...|...|...|...|...",
}  # fmt: skip
# Four columns each, for lines that are too long for the console.
_NARROW = {
    "A": ".##.|#..#|####|#..#|#..#", "B": "###.|#..#|###.|#..#|###.",
    "C": ".###|#...|#...|#...|.###", "D": "###.|#..#|#..#|#..#|###.",
    "E": "####|#...|###.|#...|####", "F": "####|#...|###.|#...|#...",
    "G": ".###|#...|#.##|#..#|.###", "H": "#..#|#..#|####|#..#|#..#",
    "L": "#...|#...|#...|#...|####", "N": "#..#|##.#|#.##|#..#|#..#",
    "O": ".##.|#..#|#..#|#..#|.##.", "P": "###.|#..#|###.|#...|#...",
    "Q": ".##.|#..#|#..#|#.#.|.#.#", "R": "###.|#..#|###.|#.#.|#..#",
    "S": ".###|#...|.##.|...#|###.", "T": "###|.#.|.#.|.#.|.#.",
    "U": "#..#|#..#|#..#|#..#|.##.", "V": "#..#|#..#|#..#|.##.|.##.",
    "Y": "#.#|#.#|.#.|.#.|.#.", "Z": "####|..#.|.#..|#...|####", " ": "..|..|..|..|..",
}  # fmt: skip
_ACCENTS = {"\u0301": "..##.", "\u0300": ".##..", "\u0302": "..#..", "\u0308": ".#.#."}


def big_lines(word: str, scale: int = 1, *, narrow: bool = False) -> list[str]:
    """Return the rows of a word: ``#`` where it is drawn; one more row on top for accents."""
    glyphs = _GLYPHS | _NARROW if narrow else _GLYPHS
    rows = [""] * (_ROWS + 1)
    for letter, accent in _letters(word):
        glyph = glyphs.get(letter, glyphs["-"]).split("|")
        top = accent[: len(glyph[0])] if accent else "." * len(glyph[0])
        for n, part in enumerate([top, *glyph]):
            rows[n] += ("." if rows[n] else "") + part
    if "#" not in rows[0]:
        rows = rows[1:]
    wide = ["".join(c * scale for c in row) for row in rows]
    return [row.replace(".", " ") for row in wide for _again in range(scale)]


def _letters(word: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for character in unicodedata.normalize("NFD", word.upper()):
        if unicodedata.combining(character):
            if found:
                found[-1] = (found[-1][0], _ACCENTS.get(character, ""))
        else:
            found.append((character, ""))
    return found


def in_lines(text: str, width: int, scale: int = 1) -> list[str]:
    """Return the text cut in lines whose big letters fit the width; words stay whole."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and len(big_lines(longer, scale)[-1]) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


class BigText(Widget):
    """Lines of huge letters, centred; ``lines`` are drawn one under the other."""

    DEFAULT_CSS = "BigText { height: auto; width: 1fr; }"
    lines: reactive[Sequence[str]] = reactive((), layout=True)

    def __init__(self, *lines: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(BigText.lines, lines)

    def render(self) -> RenderResult:
        """Draw with full blocks, which every font has; in plain text write the words."""
        if isinstance(self.app, PlainApp) and self.app.plain:
            return Text("\n".join(self.lines), style="bold", justify="center")
        drawn = Text(no_wrap=True, justify="left")
        for row in self._rows(self.size.width):
            pad = max(0, self.size.width - len(row)) // 2
            drawn.append(" " * pad + row[: self.size.width].replace("#", "█") + "\n")
        drawn.rstrip()
        return drawn

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return how many rows the letters take at a width."""
        if isinstance(self.app, PlainApp) and self.app.plain:
            return len(self.lines)
        return len(self._rows(width))

    def _rows(self, width: int) -> list[str]:
        scale = 2 if width >= 140 else 1
        rows = [row for line in self.lines for row in [*_fitted(line, width, scale), ""]]
        return rows[:-1]


def _fitted(line: str, width: int, scale: int) -> list[str]:
    """Return a line's rows: in large letters, else in narrow ones, else cut at its words."""
    for narrow in (False, True):
        rows = big_lines(line, scale, narrow=narrow)
        if len(rows[-1]) <= width:
            return rows
    cut = in_lines(line, width, scale)
    rows = [row for part in cut for row in [*big_lines(part, scale), ""]]
    return rows[:-1]
