# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A year's machines counted by place, kind, age and state, small groups put together.

Every machine that the town had on the audit's day, and every one that left in the year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from fleet.model.audit_fleet import age_class, age_days
from fleet.model.audit_life import FINAL, GONE, IN_USE, Life, Town
from fleet.model.dated import DatedValue
from fleet.model.small_groups import to_hide
from fleet.model.state import State

UNKNOWN, ALL = "unknown", "all"
# What a table leaves undistinguished, from the finest table to the coarsest: a small town has
# too few machines in each group of the finest, and would tell nothing.
_COARSER: tuple[tuple[str, ...], ...] = (
    (), ("age",), ("site_kind", "site"), ("age", "site_kind", "site"), ("age", "state"),
    ("age", "site_kind", "site", "kind"), ("age", "site_kind", "site", "state"),
)  # fmt: skip


class Group(NamedTuple):
    """What machines have in common; ``site`` is empty when sites are told by kind only.

    A word is ALL when the table does not distinguish it.
    """

    site_kind: str
    site: str
    kind: str
    age: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A group and how many machines it has; ``making_kg`` (kg CO2e of as many new ones) is None
    for a kind without a published factor. ``group`` None: all the groups too small to be told.
    """

    group: Group | None
    count: int
    making_kg: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenYear:
    """The lines of a year, those told first, and the factors used. ``day`` is the last counted."""

    year: int
    day: str
    fewest: int
    with_sites: bool
    lines: tuple[Line, ...]
    used: tuple[DatedValue, ...]


def open_year(
    town: Town, site_kinds: Mapping[str, str], *, fewest: int, with_sites: bool = False
) -> OpenYear:
    """Return what may be published of a year; ``site_kinds`` gives the kind of each site's id."""
    finest = Counter(
        _group(town, life, site_kinds, with_sites) for life in town.lives if _counted(town, life)
    )
    counts, hidden = _finest_that_tells(finest, fewest)
    told = [Line(group=g, count=n, making_kg=_making(town, g.kind, n))
            for g, n in sorted(counts.items()) if g not in hidden]  # fmt: skip
    rest = sum(counts[group] for group in hidden)
    lines = (*told, Line(group=None, count=rest)) if rest >= fewest else tuple(told)
    kinds = sorted({line.group.kind for line in told if line.group})
    used = tuple(value for kind in kinds if (value := _factor(town, kind)) is not None)
    return OpenYear(
        year=town.year, day=town.day, fewest=fewest, with_sites=with_sites, lines=lines, used=used
    )


def _finest_that_tells(
    finest: Mapping[Group, int], fewest: int
) -> tuple[Counter[Group], frozenset[Group]]:
    """Return the finest table that tells half of the machines, else the one that tells the most,
    and which of its groups are hidden.
    """
    tables: list[tuple[int, int, Counter[Group], frozenset[Group]]] = []
    for without in _COARSER:
        counts = _coarser(finest, without)
        hidden = to_hide(counts, sums, fewest)
        told = counts.total() - sum(counts[group] for group in hidden)
        if 2 * told >= counts.total():
            return counts, hidden
        tables.append((told, -len(tables), counts, hidden))
    best = max(tables, key=lambda table: table[:2])
    return best[2], best[3]


def _coarser(finest: Mapping[Group, int], without: tuple[str, ...]) -> Counter[Group]:
    found: Counter[Group] = Counter()
    for group, count in finest.items():
        words = {name: ALL for name in without if getattr(group, name)}
        found[group._replace(**words)] += count
    return found


def sums(group: Group) -> Iterator[Hashable]:
    """Yield the totals that this table adds up to, and those that the audit's tables publish."""
    used = group.state in IN_USE
    yield "all"
    for name, value in zip(group._fields, group, strict=True):
        yield name, value
        if used:
            yield "in use", name, value
    yield group.state, group.age


def _group(town: Town, life: Life, site_kinds: Mapping[str, str], with_sites: bool) -> Group:
    days, site = age_days(town, life), life.site or UNKNOWN
    return Group(
        site_kind=site_kinds.get(site, UNKNOWN),
        site=site if with_sites else "",
        kind=life.kind,
        age=UNKNOWN if days is None else age_class(max(days, 0)),
        state=life.now.state.value,
    )


def _counted(town: Town, life: Life) -> bool:
    gone: frozenset[State] = FINAL | GONE
    return life.now.state not in gone or town.in_year(life.now.from_on)


def _factor(town: Town, kind: str) -> DatedValue | None:
    return town.impact.find(f"embodied.{kind}", town.day)


def _making(town: Town, kind: str, count: int) -> Fraction | None:
    factor = _factor(town, kind)
    return None if factor is None else Fraction(factor.number) * count
