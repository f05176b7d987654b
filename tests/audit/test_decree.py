# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decree 2023-266 on cases of its text: what counts in A and in B, and what the ratio may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest

from fleet.model.audit import Section
from fleet.model.audit_decree import decree
from fleet.model.audit_life import Folded, Life, TitleChange, Town, life_of
from tests.audit.table_town import law, tables

YEAR, DAY = 2025, "2025-12-31"
GIFT = TitleChange("2025-03-03", "gift", "partner:1")


def life(
    name: str = "one", *, bought: str | None = "2017-01-01", kind: str = "laptop", then: str = ""
) -> Life:
    stays = f"in_service 2017-02-01; {then or 'retired 2024-06-01'}"
    intervals = [dict(zip(("state", "from_on"), one.split(), strict=True))
                 for one in stays.split("; ")]  # fmt: skip
    fold = {"id": name, "tag": name, "kind": kind, "purchased_on": bought, "intervals": intervals}
    found = life_of(msgspec.convert(fold, Folded), DAY)
    assert found is not None
    return found


def audited(lives: Sequence[Life], **titles: Sequence[TitleChange]) -> Town:
    return Town(
        year=YEAR, day=DAY, lives=lives, law=law(), impact=tables("impact-2025.yml"),
        money=tables("money-2026.yml"), titles=titles,
    )  # fmt: skip


def value(section: Section, key: str) -> object:
    return next(figure.value for figure in section.figures if figure.key == key)


def why_not(section: Section) -> list[str]:
    (table,) = (one for one in section.breakdowns if one.key == "decree.excluded_a")
    return [bar.label for bar in table.bars]


@pytest.mark.parametrize("way", ["gift", "staff_gift", "transfer"])
def test_gift_or_transfer_counts_by_itself(way: str) -> None:
    section = decree(audited([life()], one=[GIFT._replace(way=way)]))

    assert (value(section, "decree.a"), value(section, "decree.b")) == (1, 1)
    assert value(section, "decree.rate") == 100


@pytest.mark.parametrize("way", ["sale", "take_back"])
@pytest.mark.parametrize(
    ("commitment", "committed_on", "proof", "why"),
    [
        (None, None, None, ["no_commitment"]),
        (None, None, "proof", ["no_commitment"]),
        ("C-1", None, None, ["missing_proof"]),
        ("C-1", "2025-03-04", "proof", ["late_commitment"]),
        ("C-1", "2025-03-03", "proof", []),
        ("C-1", None, "proof", []),
    ],
)
def test_sale_or_take_back_counts_with_a_commitment_made_before_and_the_proof(
    way: str, commitment: str | None, committed_on: str | None, proof: str | None, why: list[str]
) -> None:
    change = TitleChange("2025-03-03", way, "taker", commitment, proof, committed_on)

    section = decree(audited([life()], one=[change]))

    assert why_not(section) == why
    assert value(section, "decree.a") == (0 if why else 1)


def test_proof_that_comes_later_counts_in_the_year_of_the_exit() -> None:
    sale = TitleChange("2024-11-11", "sale", "taker", "C-1")
    proof = TitleChange("2025-02-02", "proof", "", None, "digest")
    town = audited([life()], one=[sale, proof])

    assert value(decree(town), "decree.a") == 0
    assert value(decree(replace(town, year=2024, day="2025-12-31")), "decree.a") == 1


def test_commitment_told_after_the_sale_is_late() -> None:
    sale = TitleChange("2025-03-03", "sale", "taker", None, "digest")
    later = TitleChange("2025-04-04", "sale", "taker", "C-1", "digest")

    assert why_not(decree(audited([life()], one=[sale, later]))) == ["late_commitment"]


@pytest.mark.parametrize(
    ("bought", "counted"), [("2014-06-01", 1), ("2014-05-31", 0), (None, 1), ("2016-02-29", 1)]
)
def test_good_over_ten_years_on_the_day_of_the_reforme_is_out_of_both(
    bought: str | None, counted: int
) -> None:
    section = decree(audited([life(bought=bought)], one=[GIFT]))

    assert (value(section, "decree.a"), value(section, "decree.b")) == (counted, counted)


def test_age_counts_on_the_day_of_the_reforme_and_not_of_the_gift() -> None:
    old_by_now = life(bought="2014-06-02")

    section = decree(audited([old_by_now], one=[GIFT._replace(on="2025-12-30")]))

    assert value(section, "decree.a") == 1


def test_without_stock_the_rate_does_not_exist() -> None:
    section = decree(audited([life(then="retired 2025-02-01")], one=[GIFT]))

    (rate,) = (figure for figure in section.figures if figure.key == "decree.rate")
    assert (rate.value, rate.of, rate.why) == (None, 0, "stock_is_zero")
    assert value(section, "decree.a") == 1


def test_rate_passes_a_hundred_when_goods_come_and_go_within_the_year() -> None:
    quick = [life(name, then="retired 2025-02-01") for name in ("a", "b")]
    waiting = life("c")

    section = decree(audited([*quick, waiting], a=[GIFT], b=[GIFT], c=[GIFT]))

    assert value(section, "decree.rate") == 300
    assert value(section, "decree.yearly") == Fraction(300, 2)


def test_gift_before_the_workshop_leaves_the_stock_at_once() -> None:
    given_early = life(then="retired 2024-06-01; in_workshop 2024-07-01; ready 2025-02-02")

    section = decree(audited([given_early], one=[GIFT._replace(on="2024-06-15")]))

    assert (value(section, "decree.a"), value(section, "decree.b")) == (0, 0)


@pytest.mark.parametrize("state", ["in_workshop", "ready", "loaned", "dismantled", "to_recycle"])
def test_good_still_of_the_town_is_in_stock_in_whatever_state(state: str) -> None:
    section = decree(audited([life(then=f"retired 2024-06-01; {state} 2024-09-09")]))

    assert value(section, "decree.b") == 1


@pytest.mark.parametrize("state", ["recycled", "lost", "sold_or_transferred", "in_stock"])
def test_good_gone_or_in_use_again_is_not_in_stock(state: str) -> None:
    section = decree(audited([life(then=f"retired 2024-06-01; {state} 2024-09-09")]))

    assert value(section, "decree.b") == 0


def test_good_given_twice_counts_once_for_the_towns_own_act() -> None:
    onward = TitleChange("2025-06-06", "gift", "beneficiary:1")

    section = decree(audited([life()], one=[GIFT, onward]))

    assert value(section, "decree.a") == 1


def test_good_that_came_back_and_left_again_counts_in_the_year_of_its_last_exit() -> None:
    back = TitleChange("2024-12-01", "gift", "town")
    changes = [GIFT._replace(on="2024-08-08"), back, GIFT]

    section = decree(audited([life()], one=changes))

    assert (value(section, "decree.a"), value(section, "decree.b")) == (1, 1)


def test_opening_stock_is_added_to_the_denominator_of_its_year_only() -> None:
    town = replace(audited([life()], one=[GIFT]), opening={2025: 3})

    assert value(decree(town), "decree.rate") == 25
    assert value(decree(replace(town, opening={2024: 3})), "decree.rate") == 100


@pytest.mark.parametrize(("year", "target"), [(2022, None), (2023, 25), (2024, 35), (2031, 50)])
def test_target_is_that_of_the_year(year: int, target: int | None) -> None:
    section = decree(replace(audited([]), year=year, day=f"{year}-12-31"))

    assert value(section, "decree.target") == target
