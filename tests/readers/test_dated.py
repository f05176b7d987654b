# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dated values: what holds on a day, and refusals that name the place."""

from decimal import Decimal

import pytest

from fleet.errors import BadInput
from fleet.readers.dated import load_dated

TARGETS = """\
reen.target_percent:
  - {value: 35, unit: "%", from: 2024-01-01, until: 2024-12-31, source: "art. 3", verified: true}
  - {value: 25, unit: "%", from: 2023-01-01, until: 2023-12-31, source: "art. 3", verified: true}
  - {value: 50, unit: "%", from: 2025-01-01, source: "art. 3", verified: false}
laptop.kg:
  - {value: 12.30, from: 2025-11-18, source: "ADEME", verified: true}
kinds:
  - {value: [laptop, screen], from: 2025-11-18, source: "ADEME", verified: true}
"""


def test_value_is_the_one_that_holds_on_the_day_whatever_the_order_of_the_file() -> None:
    table = load_dated(TARGETS, "law.yml")

    found = [table.at("reen.target_percent", day) for day in ("2023-12-31", "2024-01-01")]
    last = table.at("reen.target_percent", "2040-06-01")

    assert [value.whole for value in found] == [25, 35]
    assert (last.whole, last.verified, last.unit, last.until) == (50, False, "%", None)


def test_decimals_and_lists_come_as_they_are_written() -> None:
    table = load_dated(TARGETS, "law.yml")

    assert table.at("laptop.kg", "2026-01-01").number == Decimal("12.30")
    assert table.at("kinds", "2026-01-01").texts == ("laptop", "screen")
    with pytest.raises(BadInput, match="kinds"):
        _ = table.at("kinds", "2026-01-01").whole


def test_day_before_the_first_entry_is_refused_with_the_file_and_the_key() -> None:
    table = load_dated(TARGETS, "law.yml")

    assert table.find("reen.target_percent", "2022-12-31") is None
    with pytest.raises(BadInput, match=r"law\.yml.*reen\.target_percent.*2022-12-31"):
        table.at("reen.target_percent", "2022-12-31")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a:\n  - {value: 1, from: 2023-13-01, source: s, verified: true}", "law.yml:2"),
        ("a:\n  - {value: 1, from: 2023-01-01, until: 2022-01-01, source: s, verified: true}",
         "law.yml:2"),
        ("a:\n  - {value: 1, from: 2023-01-01, source: s, verified: true}\n"
         "  - {value: 2, from: 2024-01-01, source: s, verified: true}", "law.yml:3"),
        ("a:\n  - {value: 1, from: 2023-01-01, verified: true}", "law.yml:2"),
        ("a:\n  - {value: 1, from: 2023-01-01, source: s}", "law.yml:2"),
        ("a:\n  - {value: 1, from: 2023-01-01, source: s, verified: true, by: me}", "law.yml:2"),
        ("a: 3", "law.yml:1"),
    ],
)  # fmt: skip
def test_bad_entry_is_refused_with_its_line(text: str, place: str) -> None:
    with pytest.raises(BadInput, match=place.replace(".", r"\.")):
        load_dated(text, "law.yml")
