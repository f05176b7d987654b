# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days and spans of the audit: ISO days compared as text, counted as whole days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import cache

DAYS_OF_A_YEAR = Fraction(1461, 4)


@cache
def number(day: str) -> int:
    """Return a day's number. Raises ValueError for what is no day."""
    return date.fromisoformat(day).toordinal()


@cache
def is_day(text: str) -> bool:
    """Tell whether a text is a day in ISO form: the journal takes any."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@cache
def shared_day(text: str) -> str | None:
    """Return a day as one text that all lives share; None for what is no day."""
    return text if is_day(text) else None


def days_between(first: str, last: str) -> int:
    """Return how many days there are from one day to another."""
    return number(last) - number(first)


def years(days: int) -> Fraction:
    """Return days as years of 365.25 days."""
    return Fraction(days) / DAYS_OF_A_YEAR


@cache
def after_years(day: str, count: int) -> str:
    """Return the anniversary; 1 March for 29 February of a common year."""
    found = date.fromisoformat(day)
    try:
        return found.replace(year=found.year + count).isoformat()
    except ValueError:
        return date(found.year + count, 3, 1).isoformat()


@cache
def after_months(day: str, count: int) -> str:
    """Return the same day some months later, or the last day of a shorter month."""
    found = date.fromisoformat(day)
    years_more, month = divmod(found.month - 1 + count, 12)
    for of_month in range(found.day, 0, -1):
        try:
            return date(found.year + years_more, month + 1, of_month).isoformat()
        except ValueError:
            continue
    raise ValueError(day)


def middle(values: Iterable[int]) -> Fraction | None:
    """Return the median; None of nothing."""
    found = sorted(values)
    if not found:
        return None
    half = len(found) // 2
    return Fraction(found[half]) if len(found) % 2 else Fraction(found[half - 1] + found[half], 2)


def mean(values: Sequence[int]) -> Fraction | None:
    """Return the mean; None of nothing."""
    return Fraction(sum(values), len(values)) if values else None


def ninth_decile(values: Iterable[int]) -> int | None:
    """Return the 90th percentile: the smallest value that nine tenths do not exceed."""
    found = sorted(values)
    return found[-(-9 * len(found) // 10) - 1] if found else None
