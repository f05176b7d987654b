# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the town has on the audit's day: counts, ages, time in each state, rooms to renew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from fleet.model.audit import Bar, Breakdown, Figure, Number, Section, grouped
from fleet.model.audit_days import days_between, mean, middle, ninth_decile, years
from fleet.model.audit_life import IN_USE, Life, Town, ids
from fleet.model.dated import DatedValue
from fleet.model.state import State

# Age classes in whole years: first and last, None without end (domain page, KPI list).
AGE_CLASSES: tuple[tuple[int, int | None], ...] = ((0, 2), (3, 4), (5, 6), (7, 9), (10, None))
# A machine that stands in one of these waits for somebody's act.
WAITING = (
    State.IN_STOCK, State.IN_REPAIR, State.RETIRED, State.IN_WORKSHOP, State.READY,
    State.TO_RECYCLE,
)  # fmt: skip
_MOST_MODELS = 30
# The town's own prices in its money.yml: price.KIND of a machine, price.part.KIND of a part.
_PRICE, PART_PRICE = "price.", "price.part."


def fleet(town: Town) -> Section:
    """Return what is in use, by every cut, and its ages."""
    held = [life for life in town.lives if life.now.state in IN_USE]
    serving = [life for life in held if life.now.state is State.IN_SERVICE]
    ages = [(life, age_days(town, life)) for life in serving]
    known = [(life, days) for life, days in ages if days is not None]
    days = [age for _life, age in known]
    dated = tuple(life.id for life, _age in known)
    return Section(
        key="fleet",
        figures=(
            Figure(key="fleet.held", value=len(held), machines=ids(held)),
            Figure(key="fleet.in_service", value=len(serving), machines=ids(serving)),
            _years("fleet.age_mean", mean(days), dated),
            _years("fleet.age_median", middle(days), dated),
            Figure(
                key="fleet.age_unknown",
                value=len(ages) - len(known),
                machines=tuple(life.id for life, age in ages if age is None),
            ),
        ),
        breakdowns=(
            _cut("fleet.by_state", "state", ((life.now.state, life.id) for life in town.lives)),
            _cut("fleet.by_kind", "kind", ((life.kind, life.id) for life in held)),
            _cut("fleet.by_site", "name", ((life.site or "", life.id) for life in held)),
            Breakdown(
                key="fleet.by_model",
                labels="plain",
                bars=grouped(((one.model_name, one.id) for one in held), most=_MOST_MODELS),
            ),
            _cut("fleet.by_system", "plain", ((one.system or "", one.id) for one in serving)),
            _pyramid(known),
        ),
    )


def states(town: Town) -> Section:
    """Return the time in each state (stays that ended and those that last), and who waits."""
    limit = town.law.nearest("audit.waiting_days", town.day)
    stays: dict[State, list[tuple[str, int]]] = {}
    waiting: dict[State, list[str]] = {}
    for life in town.lives:
        for stay in life.stays:
            days = days_between(stay.from_on, stay.until_on or town.day)
            stays.setdefault(stay.state, []).append((life.id, days))
        if life.now.state in WAITING and days_between(life.now.from_on, town.day) > limit.whole:
            waiting.setdefault(life.now.state, []).append(life.id)
    late = tuple(machine for state in WAITING for machine in waiting.get(state, ()))
    return Section(
        key="states",
        figures=(Figure(key="states.waiting", value=len(late), machines=late),),
        breakdowns=(
            Breakdown(
                key="states.time",
                labels="state",
                columns=(("median", "days"), ("p90", "days"), ("stays", "")),
                bars=tuple(_time(state, stays[state]) for state in State if state in stays),
            ),
            Breakdown(
                key="states.waiting_in",
                labels="state",
                bars=tuple(
                    Bar(label=state, values=(len(waiting[state]),), machines=tuple(waiting[state]))
                    for state in WAITING
                    if state in waiting
                ),
            ),
        ),
        used=(limit,),
    )


def _time(state: State, found: Sequence[tuple[str, int]]) -> Bar:
    days = [one for _machine, one in found]
    values: tuple[Number, ...] = (middle(days), ninth_decile(days), len(days))
    return Bar(label=state, values=values, machines=tuple(machine for machine, _days in found))


def age_days(town: Town, life: Life) -> int | None:
    """Return a machine's age in days on the audit's day; None when its purchase is not known."""
    return days_between(life.purchased_on, town.day) if life.purchased_on else None


def _years(key: str, days: Fraction | None, machines: tuple[str, ...]) -> Figure:
    value = None if days is None else days / Fraction(1461, 4)
    why = "no_purchase_date" if value is None else ""
    return Figure(key=key, value=value, unit="years", of=len(machines), machines=machines, why=why)


def age_class(days: int) -> str:
    """Return the class of an age, as its first and last year: ``3-4``, ``10+``."""
    whole = int(years(days))
    first, last = next(
        (first, last) for first, last in AGE_CLASSES if last is None or whole <= last
    )
    return f"{first}+" if last is None else f"{first}-{last}"


def _pyramid(known: Sequence[tuple[Life, int]]) -> Breakdown:
    """Return every class, also the empty ones, from the youngest."""
    members: dict[str, list[str]] = {}
    for life, days in known:
        members.setdefault(age_class(max(days, 0)), []).append(life.id)
    labels = [f"{first}+" if last is None else f"{first}-{last}" for first, last in AGE_CLASSES]
    bars = tuple(
        Bar(label=one, values=(len(members.get(one, ())),), machines=tuple(members.get(one, ())))
        for one in labels
    )
    return Breakdown(key="fleet.pyramid", labels="age", bars=bars)


def _cut(key: str, labels: str, pairs: Iterator[tuple[str, str]]) -> Breakdown:
    return Breakdown(key=key, labels=labels, bars=grouped(pairs))


# --- rooms to renew --------------------------------------------------------------------------


def forecast(town: Town) -> Section:
    """Return the rooms to renew in the five coming years, and what that costs.

    A room is due in the year when half of its machines are past the renewal age of their kind.
    """
    horizon = range(town.year + 1, town.year + 6)
    due = {room: _due(town, lives) for room, lives in _rooms(town).items()}
    years_due = {
        year: [room for room, when in due.items() if when and max(when, horizon[0]) == year]
        for year in horizon
    }
    rooms = _rooms(town)
    prices = town_prices(town)
    bars = tuple(
        _renewal(str(year), [life for room in names for life in rooms[room]], len(names), prices)
        for year, names in years_due.items()
    )
    by_room = tuple(
        _renewal(room, rooms[room], when, prices)
        for room, when in sorted(due.items(), key=lambda pair: (pair[1] or 9999, pair[0]))
        if when and when <= horizon[-1]
    )
    costs = [bar.values[2] for bar in bars]
    unpriced = any(cost is None for cost in costs)
    total = None if unpriced else sum(int(cost) for cost in costs if cost is not None)
    columns = (("rooms", ""), ("machines", "machines"), ("cost", "cents"))
    return Section(
        key="forecast",
        figures=(
            Figure(
                key="forecast.cost",
                value=total,
                unit="cents",
                machines=tuple(machine for bar in bars for machine in bar.machines),
                why="no_price" if unpriced else "",
            ),
        ),
        breakdowns=(
            Breakdown(key="forecast.by_year", labels="plain", columns=columns, bars=bars),
            Breakdown(
                key="forecast.rooms",
                labels="name",
                columns=(("due", "year"), ("machines", "machines"), ("cost", "cents")),
                bars=by_room,
            ),
        ),
        used=tuple(
            found
            for kind in sorted({life.kind for lives in rooms.values() for life in lives})
            if (found := town.money.find(f"renew.years.{kind}", town.day)) is not None
        ),
    )


def _rooms(town: Town) -> dict[str, list[Life]]:
    rooms: dict[str, list[Life]] = {}
    for life in town.lives:
        if life.now.state is State.IN_SERVICE and life.room:
            rooms.setdefault(life.room, []).append(life)
    return rooms


def _due(town: Town, lives: Sequence[Life]) -> int | None:
    """Return the year in which half of a room is due; None when too little is known."""
    found = []
    for life in lives:
        renewed = town.money.find(f"renew.years.{life.kind}", town.day)
        if life.purchased_on and renewed is not None:
            found.append(int(life.purchased_on[:4]) + renewed.whole)
    if 2 * len(found) < len(lives) or not found:
        return None
    return sorted(found)[(len(found) - 1) // 2]


def town_prices(town: Town) -> dict[str, Fraction]:
    """Return what a new machine of each kind costs, in cents: the town's own price, else the mean
    that the town paid for those bought in the five years before.
    """
    paid: dict[str, list[int]] = {}
    for life in town.lives:
        recent = life.purchased_on and int(life.purchased_on[:4]) > town.year - 5
        if recent and life.purchase_value_cents and life.provenance == "bought":
            paid.setdefault(life.kind, []).append(life.purchase_value_cents)
    prices = {kind: Fraction(sum(found), len(found)) for kind, found in paid.items()}
    own = {kind: Fraction(price.number) * 100 for kind, price in own_prices(town).items()}
    return prices | own


def own_prices(town: Town) -> dict[str, DatedValue]:
    """Return the town's own price (euros) of a new machine of each kind that it gave one for."""
    return {
        key.removeprefix(_PRICE): price
        for key in town.money.entries
        if key.startswith(_PRICE) and not key.startswith(PART_PRICE)
        if (price := town.money.find(key, town.day)) is not None
    }


def _renewal(
    label: str, lives: Sequence[Life], first: int | None, prices: dict[str, Fraction]
) -> Bar:
    kinds = Counter(life.kind for life in lives)
    unpriced = any(kind not in prices for kind in kinds)
    cost = None if unpriced else round(sum(prices[kind] * n for kind, n in kinds.items()))
    return Bar(label=label, values=(first, len(lives), cost), machines=ids(lives))
