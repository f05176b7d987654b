# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's answer: figures, breakdowns and curves, each with the machines behind it.

Codes only: ``fleet.output.audit_words`` gives the words. Numbers are exact (integers and
fractions) and rounded when shown; an unknown one is None, with a code that says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from fleet.model.dated import DatedValue
from fleet.model.survival import Survival

Number: TypeAlias = int | Fraction | None
Ids: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. ``unit``: machines, percent, days, years, minutes, cents, kg, or nothing.

    ``of`` is how many machines (or acts) it was computed on. ``people``: it counts persons, and
    a small one is hidden in what is published. ``why`` tells why there is no value.
    """

    key: str
    value: Number
    unit: str = "machines"
    of: int | None = None
    machines: Ids = ()
    people: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a breakdown: a code, an id or a word, its numbers, its machines.

    ``hidden``: its numbers were taken out of what is published, for they tell on few people.
    """

    label: str
    values: tuple[Number, ...]
    machines: Ids = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A small table, with a bar for each line. ``labels`` says what the labels are.

    ``columns`` are (code, unit). Labels: state, kind, way, reason, age, name (an id), or plain.
    """

    key: str
    labels: str
    bars: tuple[Bar, ...]
    columns: tuple[tuple[str, str], ...] = (("machines", "machines"),)
    people: bool = False

    def shares(self) -> tuple[float, ...]:
        """Return each bar's length, 1 the longest: that of the first column that is an amount."""
        drawn = next(n for n, (_code, unit) in enumerate(self.columns) if unit != "year")
        amounts = [max(float(bar.values[drawn] or 0), 0.0) for bar in self.bars]
        longest = max(amounts, default=0.0) or 1.0
        return tuple(amount / longest for amount in amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Survival of one group. ``label`` is a code or a model's name."""

    key: str
    label: str
    survival: Survival
    machines: Ids = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One chapter of the audit; ``used`` are the dated values that it was computed with."""

    key: str
    figures: tuple[Figure, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    curves: tuple[Curve, ...] = ()
    used: tuple[DatedValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A whole audit of one year, as it stood on ``day`` (ISO); ``heads`` are those of the journal.

    ``known_at`` is a day when the journal was read as it was known then, else empty. ``fewest``:
    numbers on fewer persons were taken out; 0 for an audit that tells all.
    """

    year: int
    day: str
    sections: tuple[Section, ...]
    heads: Mapping[str, tuple[int, str]]
    known_at: str = ""
    fewest: int = 0

    def figure(self, key: str) -> Figure:
        """Return one figure. Raises KeyError for an unknown key."""
        return next(one for one in self.figures() if one.key == key)

    def figures(self) -> Iterator[Figure]:
        """Yield every figure, in the order of the report."""
        return (figure for section in self.sections for figure in section.figures)

    def behind(self, key: str) -> Ids | None:
        """Return the machines behind a figure, a breakdown or one of its lines; None if unknown."""
        for section in self.sections:
            for name, ids in _listed(section):
                if name == key:
                    return tuple(dict.fromkeys(ids))
        return None

    def keys(self) -> tuple[str, ...]:
        """Return all that can be listed."""
        found = (name for section in self.sections for name, _ids in _listed(section))
        return tuple(dict.fromkeys(found))


def _listed(section: Section) -> Iterator[tuple[str, Ids]]:
    for figure in section.figures:
        yield figure.key, figure.machines
    for table in section.breakdowns:
        yield table.key, tuple(one for bar in table.bars for one in bar.machines)
        for bar in table.bars:
            yield f"{table.key}:{bar.label}", bar.machines
    for curve in section.curves:
        yield f"{curve.key}:{curve.label}", curve.machines


def percent(part: int, whole: int) -> Fraction | None:
    """Return a rate in percent; None of nothing."""
    return Fraction(100 * part, whole) if whole else None


def grouped(pairs: Iterable[tuple[str, str]], *, most: int | None = None) -> tuple[Bar, ...]:
    """Return (label, machine) pairs as bars, the longest first; ``most`` keeps so many."""
    groups: dict[str, list[str]] = {}
    for label, machine in pairs:
        groups.setdefault(label, []).append(machine)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(
        Bar(label=label, values=(len(ids),), machines=tuple(ids)) for label, ids in ordered[:most]
    )
