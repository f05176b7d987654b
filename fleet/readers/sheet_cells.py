# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells of office files as text: numbers, serial dates, formats, addresses."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta

from fleet.errors import BadInput
from fleet.i18n import _

_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# ECMA-376 part 1, 18.8.30: built-in formats that show a date (times alone are not dates).
BUILTIN_DATE_FORMATS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})


def number_text(value: str) -> str:
    """Return a number as people write it: no exponent, no ``.0``; empty when it is none."""
    try:
        number = float(value)
    except ValueError:
        return ""
    if not math.isfinite(number) or abs(number) >= 1e15:
        return value if len(value) <= 40 else ""
    return str(int(number)) if number == int(number) else repr(number)


def serial_date(serial: str, *, from_1904: bool = False) -> str:
    """Return the ISO date of a spreadsheet serial number; empty when it is none.

    Serial 60 is the 29 February 1900 that never was (ECMA-376 part 1, 18.17.4.1).
    """
    try:
        number = float(serial)
    except ValueError:
        return ""
    if not 1 <= number < 100_000:
        return ""
    days = int(number)
    if from_1904:
        return (date(1904, 1, 1) + timedelta(days=days)).isoformat()
    return (date(1899, 12, 31 if days < 60 else 30) + timedelta(days=days)).isoformat()


def is_date_format(code: str) -> bool:
    """Tell whether a number format shows a day, a month or a year."""
    bare = _LITERALS.sub("", code.split(";", 1)[0]).lower()
    return "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare)


def zero_padding(code: str) -> int:
    """Return how many digits a format such as ``00000`` shows; 0 for any other format."""
    return len(code) if code and set(code) == {"0"} and len(code) <= 32 else 0


def column_row(address: str) -> tuple[int, int] | None:
    """Return the column (from 0) and row (from 1) of an address such as ``AB12``."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(match[2])


def repeat_count(attributes: Mapping[str, str], name: str, most: int) -> int:
    """Return a repeat attribute as a number from 1 to ``most``; 1 when absent or absurd."""
    text = attributes.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return 1
    return min(max(int(text), 1), most)


def encrypted() -> BadInput:
    """Return the refusal of a file behind a password."""
    return BadInput(
        _("The spreadsheet is protected by a password."),
        hint=_("Open it, save a copy without a password, then import the copy."),
    )
