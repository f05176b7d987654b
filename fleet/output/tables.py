# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables as plain lines: columns two spaces apart, no box drawing, cut to the terminal's width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from fleet.output.safe import for_terminal

_GAP = "  "
_LEAST = 6


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, width: int | None = None
) -> list[str]:
    """Return a header and rows as aligned lines; the widest columns shrink to fit ``width``."""
    cells = [tuple(map(for_terminal, header)), *(_row(row) for row in rows)]
    sizes = [max(map(display_width, column)) for column in zip(*cells, strict=True)]
    if width is not None:
        sizes = _shrunk(sizes, width)
    return [_line(row, sizes) for row in cells]


def _row(row: Sequence[object]) -> tuple[str, ...]:
    return tuple(for_terminal("" if cell is None else str(cell)) for cell in row)


def _line(row: Sequence[str], sizes: Sequence[int]) -> str:
    return _GAP.join(fit(cell, size) for cell, size in zip(row, sizes, strict=True)).rstrip()


def _shrunk(sizes: Sequence[int], width: int) -> list[int]:
    found = list(sizes)
    room = width - len(_GAP) * (len(found) - 1)
    while sum(found) > room and max(found) > _LEAST:
        found[found.index(max(found))] -= 1
    return found


def fit(text: str, size: int) -> str:
    """Return text of exactly ``size`` columns: padded, or cut with an ellipsis."""
    missing = size - display_width(text)
    if missing >= 0:
        return text + " " * missing
    kept = ""
    for char in text:
        if display_width(kept + char) > size - 1:
            break
        kept += char
    return fit(kept + "…", size) if size else ""


def display_width(text: str) -> int:
    """Return how many terminal columns a text takes."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
