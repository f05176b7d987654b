# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a person's name may be kept: dated entries of ``fleet/data/retention.yml``."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent.parent / "data" / "retention.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The longest time a name of this role is kept, in months from the last contact."""

    role: str
    months: int
    checked_on: date
    source: str


@cache
def retentions() -> dict[str, Retention]:
    """Return the limits by role; a role without one keeps its names."""
    entries = yaml.safe_load(_FILE.read_text("utf-8"))
    return {
        entry["role"]: Retention(
            role=entry["role"],
            months=entry["months"],
            checked_on=entry["checked_on"],
            source=entry["source"].strip(),
        )
        for entry in entries
    }


def purge_date(role: str, last_contact: date) -> date | None:
    """Return the day a name must be gone by, or None when the role has no limit."""
    limit = retentions().get(role)
    return None if limit is None else add_months(last_contact, limit.months)


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
