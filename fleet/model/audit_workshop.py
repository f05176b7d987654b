# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workshop and what left it: yield, minutes, wiped before leaving, brought back."""

from __future__ import annotations

from fractions import Fraction

from fleet.model.audit import Breakdown, Figure, Section, grouped, percent
from fleet.model.audit_days import after_months, middle
from fleet.model.audit_life import Life, Town, ids
from fleet.model.state import State

_LOSSES = (State.DISMANTLED, State.TO_RECYCLE, State.RECYCLED, State.LOST)


def workshop(town: Town) -> Section:
    """Return what became of the machines that the workshop received in the year."""
    received = tuple(life for life in town.lives if town.in_year(life.entered(State.IN_WORKSHOP)))
    working = [life for life in received if _since(life, State.READY)]
    handed = [life for life in received if _since(life, State.GIVEN)]
    lost = [life for life in received if life.now.state in _LOSSES]
    return Section(
        key="workshop",
        figures=(
            Figure(key="workshop.received", value=len(received), machines=ids(received)),
            Figure(key="workshop.working", value=len(working), machines=ids(working)),
            _rate("workshop.yield", working, received),
            Figure(key="workshop.handed", value=len(handed), machines=ids(handed), people=True),
            Figure(key="workshop.lost", value=len(lost), machines=ids(lost)),
            *_minutes(town),
            *_given(town),
            _unlawful(town),
            _returns(town),
        ),
        breakdowns=(
            Breakdown(
                key="workshop.losses",
                labels="state",
                bars=grouped((life.now.state, life.id) for life in lost),
            ),
        ),
        used=(town.law.nearest("follow_up.months", town.day),),
    )


def _since(life: Life, state: State) -> bool:
    """Tell whether a machine reached a state after it entered the workshop for the first time."""
    entered = False
    for stay in life.stays:
        entered = entered or stay.state is State.IN_WORKSHOP
        if entered and stay.state is state:
            return True
    return False


def _rate(key: str, part: list[Life], whole: tuple[Life, ...]) -> Figure:
    value = percent(len(part), len(whole))
    return Figure(
        key=key, value=value, unit="percent", of=len(whole), machines=ids(part),
        why="none_in_year" if value is None else "",
    )  # fmt: skip


def _minutes(town: Town) -> tuple[Figure, Figure]:
    timed = {machine: seconds for machine, seconds in town.seconds.items() if seconds > 0}
    total, machines = sum(timed.values()), tuple(timed)
    mean = Fraction(total, 60 * len(timed)) if timed else None
    half = middle(timed.values())
    why = "" if timed else "nothing_timed"
    return (
        Figure(
            key="workshop.minutes_mean", value=mean, unit="minutes", of=len(timed),
            machines=machines, why=why,
        ),
        Figure(
            key="workshop.minutes_median", value=None if half is None else half / 60,
            unit="minutes", of=len(timed), machines=machines, why=why,
        ),
    )  # fmt: skip


def _given(town: Town) -> tuple[Figure, Figure]:
    """Return how many families received or borrowed a machine in the year: these count people."""
    given = ids(life for life, _stay in town.entries(State.GIVEN))
    loaned = ids(life for life, _stay in town.entries(State.LOANED))
    return (
        Figure(key="workshop.families", value=len(given), machines=given, people=True),
        Figure(key="workshop.loans", value=len(loaned), machines=loaned, people=True),
    )


def _unlawful(town: Town) -> Figure:
    """Return the gifts, sales and hand-overs of the year that broke the law of their day."""
    found = [life.id for life in town.lives for on in life.unlawful if town.in_year(on)]
    return Figure(key="workshop.unlawful", value=len(found), machines=tuple(dict.fromkeys(found)))


def _returns(town: Town) -> Figure:
    """Return the share brought back within six months, of the gifts whose six months ended in the
    year: the others may still come back.
    """
    months = town.law.nearest("follow_up.months", town.day).whole
    followed: list[str] = []
    back: list[str] = []
    for life in town.lives:
        for stay in life.stays:
            if stay.state is not State.GIVEN:
                continue
            end = after_months(stay.from_on, months)
            if town.in_year(end):
                followed.append(life.id)
                if stay.until_on is not None and stay.until_on <= end:
                    back.append(life.id)
    value = percent(len(back), len(followed))
    return Figure(
        key="workshop.returns", value=value, unit="percent", of=len(followed), machines=tuple(back),
        people=True, why="none_in_year" if value is None else "",
    )  # fmt: skip


def wiping(town: Town) -> Section:
    """Return the share of exits in the year that were proven wiped; it must be 100 %.

    An exit is a gift, a loan, a sale, a transfer, or a departure to a partner's workshop; and a
    recycling, whose disks must each be wiped, kept or destroyed.
    """
    exits = [
        (life.id, passage.proven)
        for life in town.lives
        for passage in life.passages
        if town.in_year(passage.on)
    ]
    exits += [(life.id, not life.unproven) for life, _stay in town.entries(State.RECYCLED)]
    open_ones = tuple(machine for machine, proven in exits if not proven)
    good = len(exits) - len(open_ones)
    value = percent(good, len(exits))
    states = {life.id: life.now.state for life in town.lives}
    where = grouped((states[machine], machine) for machine in dict.fromkeys(open_ones))
    return Section(
        key="wiping",
        figures=(
            Figure(
                key="wiping.exits", value=len(exits), machines=tuple(one for one, _ok in exits)
            ),
            Figure(
                key="wiping.coverage", value=value, unit="percent", of=len(exits),
                machines=tuple(machine for machine, proven in exits if proven),
                why="none_in_year" if value is None else "",
            ),
            Figure(key="wiping.exceptions", value=len(open_ones), machines=open_ones),
        ),
        breakdowns=(Breakdown(key="wiping.without_proof", labels="state", bars=where),),
    )  # fmt: skip
