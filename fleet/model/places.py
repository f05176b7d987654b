# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seats of a room's grid, and which machines stand in a room at all."""

from __future__ import annotations

import re

from fleet.model.state import State

# A machine that left keeps its last room in the journal, but does not stand there any more.
IN_PLACE = (
    State.IN_STOCK, State.IN_SERVICE, State.IN_REPAIR, State.RETIRED, State.IN_WORKSHOP,
    State.READY, State.DISMANTLED, State.TO_RECYCLE,
)  # fmt: skip

_SEAT = re.compile(r"([A-Z]{1,2})([1-9][0-9]?)", re.IGNORECASE)
_LETTERS = 26


def seat_name(row: int, column: int) -> str:
    """Return the name of a seat counted from 0: ``A1`` in the corner, ``AA1`` in row 26."""
    first, last = divmod(row, _LETTERS)
    letters = chr(ord("A") + last)
    return f"{chr(ord('A') + first - 1) if first else ''}{letters}{column + 1}"


def seat_position(name: str) -> tuple[int, int] | None:
    """Return (row, column) counted from 0, or None when this is not the name of a seat."""
    found = _SEAT.fullmatch(name.strip())
    if found is None:
        return None
    row = 0
    for letter in found[1].upper():
        row = row * _LETTERS + ord(letter) - ord("A") + 1
    return row - 1, int(found[2]) - 1
