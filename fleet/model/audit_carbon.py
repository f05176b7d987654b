# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carbon that a second life avoids, low, central and high; a longer first life apart.

Avoided by one machine = share of gifts that replace a purchase x embodied carbon of a new machine
/ its reference life x years of the second life, less the new parts fitted for it. Never added to
a footprint. Every factor is a dated value; machines without a factor are counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fleet.model.audit import Bar, Breakdown, Figure, Section, grouped
from fleet.model.audit_days import DAYS_OF_A_YEAR, days_between, years
from fleet.model.audit_life import FIRST_LIFE, Life, Part, Stay, Town, ids
from fleet.model.dated import DatedValue
from fleet.model.state import State

VARIANTS = ("low", "central", "high")
_BY_KIND = (("central", "kg"), ("low", "kg"), ("high", "kg"), ("machines", "machines"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLife:
    """One gift of the year: kg avoided in the three variants, kg of new parts taken off."""

    life: Life
    avoided: tuple[Fraction, Fraction, Fraction]
    parts: Fraction
    without_factor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The dated values of one kind of machine: kg and years of a new one."""

    embodied: DatedValue
    reference: DatedValue

    @property
    def per_year(self) -> Fraction:
        """Embodied kg for each year of its reference life."""
        return Fraction(self.embodied.number) / Fraction(self.reference.number)

    @property
    def reference_days(self) -> Fraction:
        """Its reference life in days."""
        return Fraction(self.reference.number) * DAYS_OF_A_YEAR


def carbon(town: Town) -> Section:
    """Return the section of the year's gifts, and of first lives that last."""
    given = [(life, stay) for life, stay in town.entries(State.GIVEN)]
    counted = [one for life, stay in given if (one := second_life(town, life, stay)) is not None]
    known = {one.life.id for one in counted}
    unknown = [life for life, _stay in given if life.id not in known]
    machines = ids(one.life for one in counted)
    totals = [sum((one.avoided[n] for one in counted), Fraction()) for n in range(3)]
    return Section(
        key="carbon",
        figures=(
            *(
                Figure(key=f"carbon.{name}", value=value, unit="kg", of=len(counted),
                       machines=machines, people=True)
                for name, value in zip(VARIANTS, totals, strict=True)
            ),
            Figure(
                key="carbon.parts", value=sum((one.parts for one in counted), Fraction()),
                unit="kg", machines=ids(one.life for one in counted if one.parts),
            ),
            Figure(
                key="carbon.parts_unknown", value=sum(one.without_factor for one in counted),
                unit="", machines=ids(one.life for one in counted if one.without_factor),
            ),
            Figure(key="carbon.no_factor", value=len(unknown), machines=ids(unknown)),
            _longer(town),
        ),
        breakdowns=(
            Breakdown(
                key="carbon.by_kind",
                labels="kind",
                columns=_BY_KIND,
                bars=tuple(_by_kind(counted)),
                people=True,
            ),
            Breakdown(
                key="carbon.no_factor_kinds",
                labels="kind",
                bars=grouped((life.kind, life.id) for life in unknown),
            ),
        ),
        used=tuple(_used(town, counted)),
    )  # fmt: skip


def factors(town: Town, kind: str) -> Factors | None:
    """Return the factors of a kind of machine; None when nobody published any."""
    embodied = town.impact.find(f"embodied.{kind}", town.day)
    reference = town.impact.find(f"life.{kind}", town.day)
    if embodied is None or reference is None:
        return None
    return Factors(embodied=embodied, reference=reference)


def second_life(town: Town, life: Life, stay: Stay) -> SecondLife | None:
    """Return what a gift avoids; None when its kind has no factor."""
    of_kind = factors(town, life.kind)
    if of_kind is None:
        return None
    lasted = _years_given(town, stay)
    fitted = _for_second_life(town.parts.get(life.id, ()), life, stay)
    known = [kg for part in fitted if (kg := _kg(town, part)) is not None]
    whole, less = of_kind.per_year * lasted, sum(known, Fraction())
    low, central, high = (whole * share - less for share in _shares(town))
    return SecondLife(
        life=life,
        avoided=(low, central, high),
        parts=less,
        without_factor=len(fitted) - len(known),
    )


def _years_given(town: Town, stay: Stay) -> Fraction:
    """Return the years of a second life: those it had when it is over, else those assumed."""
    if stay.until_on is not None:
        return years(days_between(stay.from_on, stay.until_on))
    return Fraction(town.impact.nearest("second_life.years", town.day).number)


def _shares(town: Town) -> Iterator[Fraction]:
    for name in VARIANTS:
        yield Fraction(town.impact.nearest(f"substitution.{name}", town.day).number)


def _for_second_life(parts: Sequence[Part], life: Life, stay: Stay) -> list[Part]:
    """Return the new parts fitted since the end of the first life (or since the gift before)."""
    earlier = [one.from_on for one in life.stays if one.from_on < stay.from_on]
    ends = [
        one.from_on
        for one in life.stays
        if one.from_on <= stay.from_on and one is not stay
        and (one.state not in FIRST_LIFE or one.state is State.GIVEN)
    ]  # fmt: skip
    since = _after_last_gift(life, stay) or (ends[0] if ends else "") or (earlier or [""])[0]
    return [part for part in parts if part.new and since <= part.on <= stay.from_on]


def _after_last_gift(life: Life, stay: Stay) -> str | None:
    gifts = [
        one.until_on for one in life.stays
        if one.state is State.GIVEN and one.from_on < stay.from_on and one.until_on
    ]  # fmt: skip
    return gifts[-1] if gifts else None


def _kg(town: Town, part: Part) -> Fraction | None:
    found = town.impact.find(f"part.{part.what}", town.day)
    return None if found is None else Fraction(found.number)


def _by_kind(counted: Sequence[SecondLife]) -> Iterator[Bar]:
    kinds: dict[str, list[SecondLife]] = {}
    for one in counted:
        kinds.setdefault(one.life.kind, []).append(one)
    for kind, found in sorted(kinds.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        low, central, high = (sum((o.avoided[n] for o in found), Fraction()) for n in range(3))
        machines = ids(one.life for one in found)
        yield Bar(label=kind, values=(central, low, high, len(found)), machines=machines)


def _used(town: Town, counted: Sequence[SecondLife]) -> Iterator[DatedValue]:
    for name in VARIANTS:
        yield town.impact.nearest(f"substitution.{name}", town.day)
    yield town.impact.nearest("second_life.years", town.day)
    for kind in sorted({one.life.kind for one in counted}):
        of_kind = factors(town, kind)
        if of_kind is not None:
            yield from (of_kind.embodied, of_kind.reference)
    fitted = {part.what for one in counted for part in town.parts.get(one.life.id, ()) if part.new}
    for what in sorted(fitted):
        found = town.impact.find(f"part.{what}", town.day)
        if found is not None:
            yield found


def _longer(town: Town) -> Figure:
    """Return the kg avoided in one year by machines in service beyond their reference life:
    embodied x (1 / reference life - 1 / age).
    """
    kinds = {life.kind for life in town.lives}
    known = {kind: found for kind in kinds if (found := factors(town, kind)) is not None}
    limits = {kind: found.reference_days for kind, found in known.items()}
    ages: Counter[tuple[str, int]] = Counter()
    machines = []
    for life in town.lives:
        if life.now.state is State.IN_SERVICE and life.purchased_on is not None:
            days = days_between(life.purchased_on, town.day)
            reference = limits.get(life.kind)
            if reference is not None and days > reference:
                ages[life.kind, days] += 1
                machines.append(life.id)
    total = sum((_spared(known[kind], days) * n for (kind, days), n in ages.items()), Fraction())
    return Figure(
        key="carbon.longer_first_life", value=total, unit="kg", of=len(machines),
        machines=tuple(machines),
    )  # fmt: skip


def _spared(of_kind: Factors, days: int) -> Fraction:
    """Return the kg that a machine of some age spares in a year, beyond its reference life."""
    embodied = Fraction(of_kind.embodied.number)
    return embodied * (1 / Fraction(of_kind.reference.number) - 1 / years(days))
