# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns of a virtual table: which ones a width has room for, and how a cell is cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal

from rich.cells import cell_len, set_cell_size

from fleet.model.text import clean
from tui.widgets.paging import Row

Tone = Literal["", "good", "attention", "bad", "dim", "strong"]
GAP = 2


def no_tone(row: object) -> Tone:
    """Return the tone of ordinary text."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column. ``width`` is its least width in cells; ``share`` its part of the room left;
    ``from_width`` the table width from which it is shown; ``title`` is translated when shown.
    """

    key: str
    title: str
    width: int
    text: Callable[[Row], str]
    share: int = 0
    from_width: int = 0
    sortable: bool = False
    right: bool = False
    tone: Callable[[Row], Tone] = field(default=no_tone)


def laid_out(columns: Sequence[Column[Row]], width: int) -> tuple[tuple[Column[Row], int], ...]:
    """Return the columns that this width shows, each with its width in cells."""
    shown = [column for column in columns if column.from_width <= width]
    least = sum(column.width for column in shown) + GAP * max(len(shown) - 1, 0)
    shares = sum(column.share for column in shown)
    spare = max(width - least, 0)
    return tuple(
        (column, column.width + (spare * column.share // shares if shares else 0))
        for column in shown
    )


def printable(text: str) -> str:
    """Return text that is safe on a terminal: one line, no control characters."""
    return text if text.isprintable() else clean(text, limit=1000) or ""


def cell(text: str, width: int, *, right: bool = False) -> str:
    """Return text cut or padded to a width; what is cut ends with an ellipsis."""
    safe = printable(text)
    length = cell_len(safe)
    if length > width:
        return set_cell_size(safe, width - 1) + "…" if width > 1 else set_cell_size(safe, width)
    return " " * (width - length) + safe if right else safe + " " * (width - length)
