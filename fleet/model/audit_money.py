# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money of the year: purchases, upkeep, purchases avoided, and the social value of gifts.

Prices of new machines and of parts, and the hour's cost, are the town's own (``money.yml`` of its
folder); what it did not give is left unknown, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from fleet.model.audit import Figure, Section
from fleet.model.audit_fleet import PART_PRICE, own_prices, town_prices
from fleet.model.audit_life import Life, Part, Town, ids
from fleet.model.dated import DatedValue
from fleet.model.state import State

# The tariff's words for our kinds of machine (all-in-ones and mini PCs are desktop sets).
_TARIFF = {"all_in_one": "desktop", "mini_pc": "desktop"}


def money(town: Town) -> Section:
    """Return the money section."""
    return Section(
        key="money",
        figures=(
            *_purchases(town),
            *_upkeep(town),
            *_avoided(town),
            *_social(town),
        ),
        used=tuple(_used(town)),
    )


def _purchases(town: Town) -> Iterator[Figure]:
    bought = [
        life for life in town.lives
        if town.in_year(life.purchased_on) and life.provenance == "bought"
    ]  # fmt: skip
    known = [life for life in bought if life.purchase_value_cents is not None]
    paid = sum(life.purchase_value_cents or 0 for life in known)
    yield Figure(
        key="money.purchases", value=paid if known else None, unit="cents", of=len(known),
        machines=ids(known), why="" if known else "no_price",
    )  # fmt: skip
    unknown = [life for life in bought if life.purchase_value_cents is None]
    yield Figure(key="money.purchases_unknown", value=len(unknown), machines=ids(unknown))


def _upkeep(town: Town) -> Iterator[Figure]:
    """Yield what the bench's minutes cost at the town's own hourly cost, with the new parts; then
    these parts alone, each at its price of the day when it was fitted, and those without a price.
    """
    hour = town.money.find("labour.hour", town.day)
    timed = {machine: seconds for machine, seconds in town.seconds.items() if seconds > 0}
    fitted = [(machine, part_price(town, part)) for machine, part in new_parts(town)]
    priced = [(machine, price) for machine, price in fitted if price is not None]
    unpriced = [machine for machine, price in fitted if price is None]
    parts = sum((Fraction(price.number) * 100 for _machine, price in priced), Fraction())
    labour = Fraction(sum(timed.values()), 3600) * Fraction(hour.number) * 100 if hour else None
    bought_for = tuple(dict.fromkeys(machine for machine, _price in priced))
    machines = tuple(dict.fromkeys((*timed, *bought_for)))
    yield Figure(
        key="money.upkeep", value=None if labour is None else labour + parts, unit="cents",
        of=len(machines), machines=machines, why="" if hour else "no_hour_cost",
    )  # fmt: skip
    yield Figure(
        key="money.parts", value=parts if priced or not unpriced else None, unit="cents",
        of=len(bought_for), machines=bought_for,
        why="" if priced or not unpriced else "no_price",
    )  # fmt: skip
    yield Figure(
        key="money.parts_unknown", value=len(unpriced), unit="",
        machines=tuple(dict.fromkeys(unpriced)),
    )  # fmt: skip


def new_parts(town: Town) -> Iterator[tuple[str, Part]]:
    """Yield the new parts that repairs of the year fitted, each with its machine."""
    for machine, parts in town.parts.items():
        for part in parts:
            if part.new and town.in_year(part.on):
                yield machine, part


def part_price(town: Town, part: Part) -> DatedValue | None:
    """Return the town's own price (euros) of a part on the day when it was fitted."""
    return town.money.find(f"{PART_PRICE}{part.what}", part.on)


def reused_inside(town: Town) -> list[Life]:
    """Return the machines put in service again in the year after a time in stock: each one spares
    the town a purchase.
    """
    found = []
    for life in town.lives:
        served = stocked = False
        for stay in life.stays:
            if stay.state is State.IN_SERVICE:
                if served and stocked and town.in_year(stay.from_on):
                    found.append(life)
                    break
                served, stocked = True, False
            stocked = stocked or (served and stay.state is State.IN_STOCK)
    return found


def _avoided(town: Town) -> tuple[Figure, Figure]:
    reused = reused_inside(town)
    prices = town_prices(town)
    priced = [life for life in reused if life.kind in prices]
    value = sum((prices[life.kind] for life in priced), Fraction())
    return (
        Figure(key="money.reused_inside", value=len(reused), machines=ids(reused)),
        Figure(
            key="money.avoided", value=value if priced or not reused else None, unit="cents",
            of=len(priced), machines=ids(priced), why="" if priced or not reused else "no_price",
        ),
    )  # fmt: skip


def _social(town: Town) -> tuple[Figure, Figure]:
    """Return what families were spared, at most the tariff of the solidarity resale."""
    given = [life for life, _stay in town.entries(State.GIVEN)]
    tariffs = {life.kind: tariff(town, life.kind) for life in given}
    priced = [life for life in given if tariffs[life.kind] is not None]
    value = sum((_cents(tariffs[life.kind]) for life in priced), Fraction())
    without = [life for life in given if tariffs[life.kind] is None]
    return (
        Figure(
            key="money.social", value=value, unit="cents", of=len(priced), machines=ids(priced),
            people=True,
        ),
        Figure(
            key="money.no_tariff", value=len(without), machines=ids(without), people=True
        ),
    )  # fmt: skip


def tariff(town: Town, kind: str) -> DatedValue | None:
    """Return the highest price of a solidarity resale of a kind, in euros."""
    return town.law.find(f"resale.max.{_TARIFF.get(kind, kind)}", town.day)


def _cents(found: DatedValue | None) -> Fraction:
    return Fraction(found.number) * 100 if found is not None else Fraction()


def _used(town: Town) -> Iterator[DatedValue]:
    given = Counter(life.kind for life, _stay in town.entries(State.GIVEN))
    found: Sequence[DatedValue | None] = [
        town.money.find("labour.hour", town.day),
        *own_prices(town).values(),
        *(part_price(town, part) for _machine, part in new_parts(town)),
        *(tariff(town, kind) for kind in sorted(given)),
    ]
    yield from {(one.key, one.since): one for one in found if one is not None}.values()
