# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which groups of a published count must be hidden, so that no small one can be found again.

Secondary suppression for sums that others may know: a hidden group must not follow from them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

Group = TypeVar("Group", bound=tuple[Any, ...])
Sums = Callable[[Group], Iterable[Hashable]]
# Sums are solved modulo a prime: exact integers would grow without end.
_PRIME = (1 << 61) - 1


def to_hide(counts: Mapping[Group, int], sums: Sums[Group], fewest: int) -> frozenset[Group]:
    """Return the groups to hide: those below ``fewest``, and as many others as it takes.

    ``sums`` gives the known totals that a group is part of. What is hidden in each total adds up
    to ``fewest`` or more, and no hidden group follows from the totals and what is shown, unless
    nothing is left to hide beside it. One that follows from the totals alone is no secret.
    """
    hidden = {group for group, count in counts.items() if count < fewest}
    known = solved(by_sum(counts, sums).values())
    while more := _company(counts, sums, hidden, fewest) or _beside_solved(
        counts, sums, hidden, known
    ):
        hidden |= more
    return frozenset(hidden)


def _company(
    counts: Mapping[Group, int], sums: Sums[Group], hidden: set[Group], fewest: int
) -> set[Group]:
    """Return a visible group to hide in each total in which too little is hidden."""
    unknown = by_sum(hidden, sums)
    shown = by_sum(counts.keys() - hidden, sums)
    thin = [
        key for key, groups in unknown.items()
        if key in shown and sum(counts[group] for group in groups) < fewest
    ]  # fmt: skip
    return {min(shown[key], key=lambda group: (counts[group], group)) for key in thin}


def _beside_solved(
    counts: Mapping[Group, int], sums: Sums[Group], hidden: set[Group], known: set[Group]
) -> set[Group]:
    """Return a visible group to hide beside each hidden one that subtractions give away."""
    given_away = solved(by_sum(hidden, sums).values()) - known
    found = (_beside(group, counts, sums, hidden) for group in sorted(given_away))
    return {group for group in found if group is not None}


def _beside(
    group: Group, counts: Mapping[Group, int], sums: Sums[Group], hidden: set[Group]
) -> Group | None:
    """Return the visible group that shares the most totals with this one, the smallest first."""
    own = set(sums(group))
    visible = counts.keys() - hidden
    return min(
        visible, key=lambda one: (-len(own & set(sums(one))), counts[one], one), default=None
    )


def by_sum(groups: Iterable[Group], sums: Sums[Group]) -> dict[Hashable, list[Group]]:
    """Return the groups of each total."""
    found: dict[Hashable, list[Group]] = {}
    for group in groups:
        for key in sums(group):
            found.setdefault(key, []).append(group)
    return found


def solved(totals: Iterable[Iterable[Group]]) -> set[Group]:
    """Return the groups that follow from the totals of these sets, by any subtraction."""
    rows: dict[Group, dict[Group, int]] = {}
    for groups in totals:
        row = dict.fromkeys(groups, 1)
        for pivot in [one for one in row if one in rows]:
            _subtract(row, rows[pivot], row[pivot])
        if row:
            _add(rows, row)
    return {pivot for pivot, row in rows.items() if len(row) == 1}


def _add(rows: dict[Group, dict[Group, int]], row: dict[Group, int]) -> None:
    """Add an equation with a pivot of its own, and take that pivot out of the others."""
    pivot = next(iter(row))
    scale = pow(row[pivot], -1, _PRIME)
    scaled = {group: value * scale % _PRIME for group, value in row.items()}
    for other in _holding(rows, pivot):
        _subtract(other, scaled, other[pivot])
    rows[pivot] = scaled


def _holding(rows: Mapping[Group, dict[Group, int]], pivot: Group) -> Iterator[dict[Group, int]]:
    return (row for row in rows.values() if pivot in row)


def _subtract(row: dict[Group, int], other: Mapping[Group, int], times: int) -> None:
    for group, value in other.items():
        left = (row.get(group, 0) - times * value) % _PRIME
        if left:
            row[group] = left
        else:
            row.pop(group, None)
