# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kaplan-Meier with censoring and delayed entry: how long machines live, honestly.

A machine still in use is censored: it lived at least that long. One that we know only since its
third year, or that was upgraded in its fifth, is at risk from there on, not before: else only
survivors would be counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple


class Spell(NamedTuple):
    """One machine under observation: days from ``entry`` to ``end``; ``ended`` or still alive."""

    end: int
    ended: bool
    entry: int = 0


class Point(NamedTuple):
    """The estimate at one time (days): at risk just before, ended and censored at it, survival.

    ``low`` and ``high`` bound it at 95 % (log-log, Greenwood); None where they do not exist.
    """

    days: int
    at_risk: int
    ended: int
    censored: int
    survival: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """A whole curve: a step at each time where something ended or was censored."""

    points: tuple[Point, ...]
    machines: int
    ended: int

    @property
    def median_days(self) -> int | None:
        """The first time when half or fewer are left; None while more are."""
        return next((point.days for point in self.points if point.survival <= 0.5), None)

    def at(self, days: int) -> float:
        """Return the share that lives longer than some days."""
        before = [point for point in self.points if point.days <= days]
        return before[-1].survival if before else 1.0


_Z95 = 1.959963984540054


def kaplan_meier(spells: Iterable[Spell]) -> Survival:
    """Return the survival of these machines; spells that end where they begin say nothing."""
    kept = [spell for spell in spells if spell.end > spell.entry >= 0]
    return Survival(
        points=tuple(_points(kept)),
        machines=len(kept),
        ended=sum(spell.ended for spell in kept),
    )


def _points(spells: Sequence[Spell]) -> Iterator[Point]:
    ended = Counter(spell.end for spell in spells if spell.ended)
    censored = Counter(spell.end for spell in spells if not spell.ended)
    survival, greenwood = 1.0, 0.0
    for days, at_risk in _risk_sets(spells):
        gone = ended[days]
        survival *= 1 - gone / at_risk
        greenwood += gone / (at_risk * (at_risk - gone)) if gone < at_risk else math.inf
        low, high = _bounds(survival, greenwood)
        yield Point(days, at_risk, gone, censored[days], survival, low, high)


def _risk_sets(spells: Sequence[Spell]) -> Iterator[tuple[int, int]]:
    """Yield each time of an end, with how many entered before it and had not left."""
    left = Counter(spell.end for spell in spells)
    entered = Counter(spell.entry for spell in spells)
    starts = sorted(entered)
    so_far = list(accumulate(entered[start] for start in starts))
    gone, index = 0, 0
    for days in sorted(left):
        while index < len(starts) and starts[index] < days:
            index += 1
        yield days, so_far[index - 1] - gone
        gone += left[days]


def _bounds(survival: float, greenwood: float) -> tuple[float | None, float | None]:
    if not 0 < survival < 1 or not math.isfinite(greenwood):
        return None, None
    log = math.log(survival)
    wide = _Z95 * math.sqrt(greenwood) / log
    return survival ** math.exp(-wide), survival ** math.exp(wide)
