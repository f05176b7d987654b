# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example town's figures are those computed by hand from its story."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fleet.model.audit import Audit
from fleet.services import audit, browse, example
from fleet.services.town import Town, init_town
from tests.audit.table_town import number, rows, value_of

TABLE = Path(__file__).parent / "exemple-2024-2025.md"
LATER = datetime(2027, 3, 1, tzinfo=UTC)
LINES = list(rows(TABLE.read_text("utf-8"), "Chiffres attendus"))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("example")
    town = init_town(folder, f"sqlite:///{folder / 'j.db'}", now=lambda: LATER)
    example.fill(town)
    return town


@pytest.fixture(scope="module")
def audits(town: Town) -> dict[int, Audit]:
    today = date(2027, 3, 1)
    return {year: audit.run(town, audit.period_of(today, year=year)).audit for year in (2024, 2025)}


@pytest.mark.parametrize("cells", LINES, ids=lambda cells: cells[0])
def test_figure_is_the_one_computed_by_hand(
    town: Town, audits: dict[int, Audit], cells: list[str]
) -> None:
    key, *by_year, _why = cells
    names = browse.names(town)

    found = [value_of(audits[year], key, lambda id_: names(id_) or id_) for year in (2024, 2025)]

    assert found == [*map(number, by_year)]


def test_machines_behind_the_gifts_of_2025_are_the_three_laptops_of_the_staff(
    town: Town, audits: dict[int, Audit]
) -> None:
    report = audit.run(town, audit.period_of(date(2027, 3, 1), year=2025))

    found = list(audit.listed(report, "decree.a"))

    assert [life.model_name for life in found] == ["Dell Latitude E5470"] * 3
    assert report.audit == audits[2025]
