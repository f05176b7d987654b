# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time comes from on a live system: the machine's clock, or a person who corrected it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from fleet.model.events import Clock
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.journal import Journal


def clock_of(environ: Mapping[str, str]) -> Clock | None:
    """Return the clock that ``PARCLIBRE_CLOCK`` names; None elsewhere than on a live system."""
    told = environ.get("PARCLIBRE_CLOCK")
    return Clock(told) if told in set(Clock) else None


def newest_event(town: Town) -> datetime | None:
    """Return the latest time that the journal's events claim; None when there is none."""
    with town.journal.read() as connection:
        newest = queries.newest_at(connection)
    with suppress(ValueError):
        return datetime.fromisoformat(newest or "").astimezone(UTC)
    return None


def with_clock(town: Town, now: Callable[[], datetime]) -> Town:
    """Return the same installation, acting at another clock's time, which a person gave."""
    journal = Journal(town.journal.engine, town.journal.replica, now=now)
    return replace(town, journal=journal, clock=Clock.BY_HAND)
