# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kaplan-Meier: published figures, two libraries' to 1e-9, and the definition itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from math import isclose
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight  # type: ignore[import-untyped]

from fleet.model.survival import Spell, Survival, kaplan_meier

REFERENCE = Path(__file__).parents[1] / "fixtures" / "audit" / "kaplan_meier.json"
# Freireich et al., Blood 21 (1963): weeks in remission under 6-mercaptopurine, 21 patients.
ENDED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
CENSORED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
# As textbooks print it (Kleinbaum and Klein, Survival Analysis, chapter 2).
PUBLISHED = {
    6: (21, 0.8571), 7: (17, 0.8067), 10: (15, 0.7529), 13: (12, 0.6902), 16: (11, 0.6275),
    22: (7, 0.5378), 23: (6, 0.4482),
}  # fmt: skip


def freireich() -> Survival:
    return kaplan_meier(
        [*(Spell(weeks, True) for weeks in ENDED), *(Spell(weeks, False) for weeks in CENSORED)]
    )


def test_freireichs_patients_survive_as_published() -> None:
    steps = {p.days: (p.at_risk, round(p.survival, 4)) for p in freireich().points if p.ended}

    assert steps == PUBLISHED
    assert freireich().median_days == 23


def test_survival_is_one_before_the_first_end_and_flat_after_the_last() -> None:
    curve = freireich()

    assert (curve.at(5), curve.at(6)) == (1.0, curve.points[0].survival)
    assert curve.at(500) == curve.points[-1].survival


@pytest.mark.parametrize("seed", range(20))
def test_statsmodels_finds_the_same_to_a_billionth(seed: int) -> None:
    spells = list(random_spells(Random(seed), 500))

    expected = SurvfuncRight(
        [spell.end for spell in spells],
        [int(spell.ended) for spell in spells],
        entry=[spell.entry for spell in spells],
    )

    steps = [point for point in kaplan_meier(spells).points if point.ended]
    assert [point.days for point in steps] == list(expected.surv_times)
    assert [point.at_risk for point in steps] == list(expected.n_risk)
    assert [point.survival for point in steps] == pytest.approx(
        list(expected.surv_prob), rel=0, abs=1e-9
    )


def random_spells(random: Random, count: int) -> Iterator[Spell]:
    """Machines, one in four of which came when it was old; many ends fall on the same day."""
    for _number in range(count):
        entry = random.choice((0, 0, 0, random.randint(1, 150)))
        yield Spell(entry + random.randint(1, 300), random.random() < 0.6, entry)


@pytest.mark.parametrize("case", json.loads(REFERENCE.read_text("utf-8"))["cases"])
def test_lifelines_finds_the_same_to_a_billionth(case: dict[str, list[float]]) -> None:
    spells = [
        Spell(int(end), bool(ended), int(entry))
        for end, ended, entry in zip(case["end"], case["ended"], case["entry"], strict=True)
    ]

    found = {point.days: point for point in kaplan_meier(spells).points}

    for days, at_risk, survival, low, high in zip(
        case["at"], case["at_risk"], case["survival"], case["low"], case["high"], strict=True
    ):
        point = found[int(days)]
        assert point.at_risk == at_risk
        assert isclose(point.survival, survival, abs_tol=1e-9)
        if point.low is not None and point.high is not None:
            assert isclose(point.low, low, abs_tol=1e-9)
            assert isclose(point.high, high, abs_tol=1e-9)


@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.booleans(), st.integers(0, 40)).map(lambda t: Spell(*t)),
        max_size=60,
    )
)
def test_each_step_is_what_the_definition_says(spells: list[Spell]) -> None:
    kept = [one for one in spells if one.end > one.entry]
    alive = Fraction(1)

    points = kaplan_meier(spells).points

    assert [point.days for point in points] == sorted({one.end for one in kept})
    for point in points:
        at_risk = [one for one in kept if one.entry < point.days <= one.end]
        gone = [one for one in at_risk if one.end == point.days and one.ended]
        alive *= 1 - Fraction(len(gone), len(at_risk))
        assert (point.at_risk, point.ended) == (len(at_risk), len(gone))
        assert isclose(point.survival, float(alive), abs_tol=1e-12)


def test_machine_known_late_is_not_at_risk_before() -> None:
    """Two machines were retired at 100 days; a third, seen from day 200 on, could not have been."""
    early = [Spell(100, True), Spell(100, True)]
    late = Spell(400, False, 200)

    assert kaplan_meier([*early, late]).at(150) == 0
    assert kaplan_meier([*early, late._replace(entry=0)]).at(150) == pytest.approx(1 / 3)


def test_nobody_gives_an_empty_curve() -> None:
    assert kaplan_meier([]) == Survival(points=(), machines=0, ended=0)
