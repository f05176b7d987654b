# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that cannot be right, as the wizard finds it: old PCs forget the date with their battery.

The key's door asks once, at the start. This also looks at the journal, whose newest event a right
clock is never before, and at a clock that jumps while the wizard runs. Both times are recorded.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleet.model.events import NOBODY, Clock
from fleet.model.kinds import ClockDoubted
from fleet.services.live_clock import newest_event, with_clock
from fleet.services.town import Town

BEFORE_PROGRAM, FAR_AHEAD, BEFORE_JOURNAL, JUMPED = (
    "before_program", "far_ahead", "before_journal", "jumped",
)  # fmt: skip
# The live system says when it was made; nothing of this program is older than the other date.
_BUILT = Path("/run/live/medium/live/built-at")
_OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
_LATEST = timedelta(days=3653)
# A firmware that keeps local time is off by hours: nobody is asked for that.
_ALLOWED = timedelta(days=1)
_NUMBERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDoubt:
    """Why the clock cannot be right (a code), and the time that contradicts it."""

    why: str
    machine_said: datetime
    against: datetime


def steady_s() -> float:
    """Return seconds that go on while the machine sleeps, whatever its clock says."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ClockWatch:
    """Looks at the clock again and again; ``steady`` counts seconds, ``built`` is the program's."""

    def __init__(
        self, steady: Callable[[], float] = steady_s, built: Path | datetime = _BUILT
    ) -> None:
        self.steady = steady
        self.built = built if isinstance(built, datetime) else _read_built(built)
        self._last: tuple[datetime, float] | None = None
        self._settled: datetime | None = None

    def doubt(self, town: Town) -> ClockDoubt | None:
        """Return why the town's clock cannot be right now; None when nothing speaks against it."""
        now, newest = town.now(), newest_event(town)
        jumped = self._jumped(now)
        if newest is not None and self._settled is not None and newest <= self._settled:
            newest = None
        return jumped or _contradicted(now, self.built, newest)

    def _jumped(self, now: datetime) -> ClockDoubt | None:
        at, last = self.steady(), self._last
        self._last = (now, at)
        if last is None:
            return None
        expected = last[0] + timedelta(seconds=at - last[1])
        if abs(now - expected) <= _ALLOWED:
            return None
        return ClockDoubt(why=JUMPED, machine_said=now, against=expected)

    def is_possible(self, moment: datetime) -> bool:
        """Tell whether a moment that a person typed can be now."""
        return _contradicted(moment, self.built, None) is None

    def settle(self, town: Town, doubt: ClockDoubt, said: datetime | None) -> Town:
        """Record both times; return the town with the time that the person gave.

        ``said`` None: the machine is right, and what contradicts it is not asked about again.
        """
        now = town.now()
        known = _told(town, said, self.steady) if said is not None else town
        body = ClockDoubted(
            machine_said=_stamp(doubt.machine_said), person_said=_stamp(said or now)
        )
        with replace(known, operator=town.operator or NOBODY).act() as act:
            act.add(town.key.replica, body, clock=Clock.BY_HAND)
        self._settled = newest_event(town)
        self._last = (known.now(), self.steady())
        return known


def _contradicted(now: datetime, built: datetime, newest: datetime | None) -> ClockDoubt | None:
    for why, is_wrong, against in (
        (BEFORE_PROGRAM, now < built - _ALLOWED, built),
        (FAR_AHEAD, now > built + _LATEST, built),
        (BEFORE_JOURNAL, newest is not None and now < newest - _ALLOWED, newest or built),
    ):
        if is_wrong:
            return ClockDoubt(why=why, machine_said=now, against=against)
    return None


def typed_moment(text: str) -> datetime | None:
    """Return the local moment that a person typed, 22/11/2026 14:05; None when it is none."""
    numbers = re.findall(r"\d+", text)
    if len(numbers) != _NUMBERS:
        return None
    day, month, year, hours, minutes = map(int, numbers)
    with suppress(ValueError, OverflowError):
        return datetime(year, month, day, hours, minutes).astimezone()
    return None


def _told(town: Town, said: datetime, steady: Callable[[], float]) -> Town:
    """Return the town whose time goes on from what a person said."""
    since = steady()

    def now() -> datetime:
        return (said + timedelta(seconds=steady() - since)).astimezone(UTC)

    return with_clock(town, now)


def _read_built(path: Path) -> datetime:
    with suppress(OSError, ValueError):
        told = datetime.fromisoformat(path.read_text().strip())
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    return _OLDEST


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
