# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long machines live: survival by model and by upgrade, ages at the end, cost of a year."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from fleet.model.audit import Curve, Figure, Number, Section
from fleet.model.audit_days import days_between, mean, middle, years
from fleet.model.audit_life import FINAL, FIRST_LIFE, Life, Part, Town, ids
from fleet.model.state import State
from fleet.model.survival import Spell, kaplan_meier

UPGRADES = ("ssd", "memory")
_MODELS = 6
_FEWEST = 5


class FirstLife(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A machine of the town from its purchase, in days of age: seen from, until, ended there.

    ``upgraded`` is the age at the first upgrade of each sort.
    """

    life: Life
    entry: int
    end: int
    ended: bool
    upgraded: tuple[tuple[str, int], ...] = ()


def lifespan(town: Town) -> Section:
    """Return survival curves, ages at retirement and at the final exit, cost per year of use."""
    found = [one for life in town.lives if (one := first_life(town, life)) is not None]
    everyone = _curve("lifespan.all", "all", found)
    return Section(
        key="lifespan",
        figures=(
            Figure(
                key="lifespan.median",
                value=_as_years(everyone.survival.median_days),
                unit="years",
                of=everyone.survival.machines,
                machines=everyone.machines,
                why="" if everyone.survival.median_days is not None else "most_still_live",
            ),
            *_ages("lifespan.at_retirement", _ended(town, found)),
            *_ages("lifespan.at_exit", _final(town)),
            _cost(town, _ended(town, found)),
        ),
        curves=(everyone, *_by_model(found), *_by_upgrade(found)),
    )


def first_life(town: Town, life: Life) -> FirstLife | None:
    """Return a machine's first life; None for gifts from outside and unknown purchases."""
    bought = life.purchased_on
    if bought is None or life.origin == "gift":
        return None
    entry = max(0, days_between(bought, life.stays[0].from_on))
    end, ended = _end(town, life)
    return FirstLife(
        life=life,
        entry=entry,
        end=days_between(bought, end),
        ended=ended,
        upgraded=_upgrades(bought, town.parts.get(life.id, ()), end),
    )


def _end(town: Town, life: Life) -> tuple[str, bool]:
    """Return the day of retirement, or the last day it was known alive: lost machines are
    censored the day they were lost.
    """
    for stay in life.stays:
        if stay.state not in FIRST_LIFE:
            return stay.from_on, True
    lost = life.now.state is State.LOST
    return (life.now.from_on if lost else town.day), False


def _upgrades(bought: str, parts: Sequence[Part], end: str) -> tuple[tuple[str, int], ...]:
    first: dict[str, int] = {}
    for part in parts:
        if part.what in UPGRADES and bought < part.on <= end:
            first.setdefault(part.what, days_between(bought, part.on))
    return tuple(first.items())


def _curve(key: str, label: str, found: Sequence[FirstLife]) -> Curve:
    spells = [Spell(one.end, one.ended, one.entry) for one in found]
    return _of(key, label, found, spells)


def _of(key: str, label: str, found: Sequence[FirstLife], spells: Sequence[Spell]) -> Curve:
    machines = tuple(one.life.id for one in found)
    return Curve(key=key, label=label, survival=kaplan_meier(spells), machines=machines)


def _by_model(found: Sequence[FirstLife]) -> tuple[Curve, ...]:
    groups: dict[str, list[FirstLife]] = {}
    for one in found:
        groups.setdefault(one.life.model_name, []).append(one)
    groups.pop("", None)
    largest = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:_MODELS]
    return tuple(
        _curve("lifespan.by_model", model, members)
        for model, members in largest
        if len(members) >= _FEWEST
    )


def _by_upgrade(found: Sequence[FirstLife]) -> tuple[Curve, ...]:
    """Return the curve without upgrade and one for each sort.

    Until its upgrade a machine is of the first, and leaves it censored; from then on it is at risk
    in the second: it could not have been upgraded, had it not lived until then.
    """
    if not any(one.upgraded for one in found):
        return ()
    plain = [_before_upgrade(one) for one in found]
    curves = [_of("lifespan.by_upgrade", "none", found, plain)]
    for what in UPGRADES:
        members = [(one, age) for one in found for name, age in one.upgraded if name == what]
        spells = [Spell(one.end, one.ended, max(one.entry, age)) for one, age in members]
        if members:
            lives = [one for one, _age in members]
            curves.append(_of("lifespan.by_upgrade", what, lives, spells))
    return tuple(curves)


def _before_upgrade(one: FirstLife) -> Spell:
    ages = [age for _what, age in one.upgraded]
    return Spell(min(ages), False, one.entry) if ages else Spell(one.end, one.ended, one.entry)


# --- ages at the end -------------------------------------------------------------------------


def _ended(town: Town, found: Sequence[FirstLife]) -> list[tuple[Life, int]]:
    """Return the machines whose first life ended in the year, with their age in days."""
    ends = ((one, _end(town, one.life)[0]) for one in found if one.ended)
    return [(one.life, one.end) for one, on in ends if town.in_year(on)]


def _final(town: Town) -> list[tuple[Life, int]]:
    """Return the machines that left for good in the year, with their age."""
    return [
        (life, days_between(life.purchased_on, life.now.from_on))
        for life in town.lives
        if life.now.state in FINAL and town.in_year(life.now.from_on) and life.purchased_on
    ]


def _ages(key: str, found: Sequence[tuple[Life, int]]) -> tuple[Figure, Figure]:
    days = [age for _life, age in found]
    machines = ids(life for life, _age in found)
    numbers: tuple[tuple[str, Number], ...] = (("mean", mean(days)), ("median", middle(days)))
    made = [
        Figure(
            key=f"{key}_{name}", value=_as_years(value), unit="years", of=len(days),
            machines=machines, why="" if days else "none_in_year",
        )
        for name, value in numbers
    ]  # fmt: skip
    return made[0], made[1]


def _as_years(days: Number) -> Fraction | None:
    return None if days is None else Fraction(days) / Fraction(1461, 4)


def _cost(town: Town, ended: Sequence[tuple[Life, int]]) -> Figure:
    """Return what a year of use cost: the purchases of the machines retired in the year over
    their ages together.
    """
    known = [(life, age) for life, age in ended if life.purchase_value_cents and age > 0]
    paid = sum(life.purchase_value_cents or 0 for life, _age in known)
    used = years(sum(age for _life, age in known))
    return Figure(
        key="lifespan.cost_per_year",
        value=Fraction(paid) / used if known else None,
        unit="cents",
        of=len(known),
        machines=ids(life for life, _age in known),
        why="" if known else "no_price",
    )
