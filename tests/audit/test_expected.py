# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The adverse town's figures are those computed by hand, with the machines behind each."""

from __future__ import annotations

import pytest

from fleet.model.audit import Audit
from fleet.model.audit_all import audit
from tests.audit.table_town import ADVERSE, Expected, expected, read_town, value_of

YEARS = (2024, 2025)
EXPECTED = [(year, line) for year in YEARS for line in expected(ADVERSE, year)]


@pytest.fixture(scope="module")
def adverse() -> dict[int, Audit]:
    return {year: audit(read_town(ADVERSE, year, f"{year}-12-31"), heads={}) for year in YEARS}


@pytest.mark.parametrize(
    ("year", "line"), EXPECTED, ids=[f"{year} {line.key}" for year, line in EXPECTED]
)
def test_figure_is_the_one_computed_by_hand_with_its_machines(
    adverse: dict[int, Audit], year: int, line: Expected
) -> None:
    assert value_of(adverse[year], line.key) == line.value
    assert sorted(adverse[year].behind(line.key) or ()) == sorted(line.tags)


def test_every_figure_has_a_value_computed_by_hand(adverse: dict[int, Audit]) -> None:
    by_hand = {line.key for year, line in EXPECTED if year == 2025}

    # Curves have their own tests; the opening stock is no machine.
    apart = {"lifespan.median", "decree.opening", "carbon.parts_unknown", "money.no_tariff"}
    assert {figure.key for figure in adverse[2025].figures()} - by_hand == apart


def test_what_comes_after_the_audits_day_changes_nothing() -> None:
    early = read_town(ADVERSE, 2025, "2025-05-31")

    found = audit(early, heads={})

    assert found.figure("decree.a").machines == ("D01",)
    assert found.figure("workshop.lost").value == 0
    assert "F01" not in {life.tag for life in early.lives}
