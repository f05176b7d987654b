# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ranges of tags: how they are written, and which number comes next."""

from __future__ import annotations

import pytest

from fleet.errors import UsageError
from fleet.model.tags import TagRange, next_in, next_outside, parse_range, range_of_disc


def tags(first: int, last: int, prefix: str = "PL-") -> TagRange:
    return TagRange(id="r", prefix=prefix, first=first, last=last)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PL-00500-PL-00599", tags(500, 599)),
        ("PL-00500..PL-00599", tags(500, 599)),
        ("500-599", tags(500, 599)),
        ("7-7", tags(7, 7)),
        ("CLE-1 - CLE-9", tags(1, 9, "CLE-")),
    ],
)
def test_a_range_is_read_as_people_write_it(text: str, expected: TagRange) -> None:
    assert parse_range(text, "r") == expected


@pytest.mark.parametrize("text", ["", "PL-00500", "PL-9-PL-1", "PL-1-XX-9", "1-99999999", "a-b"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_range(text, "r")


def test_the_next_number_jumps_over_what_was_given_and_what_is_taken() -> None:
    given = [tags(3, 5), tags(6, 6), tags(1, 99, "CLE-")]

    assert next_outside(given, "PL-", 2, lambda tag: tag == "PL-00002") == "PL-00007"
    assert next_outside(given, "PL-", 1, lambda _tag: False) == "PL-00001"


def test_a_key_goes_on_in_its_next_range() -> None:
    own = [tags(1, 2), tags(8, 9)]

    assert next_in(own, lambda tag: tag in ("PL-00001", "PL-00002")) == "PL-00008"


@pytest.mark.parametrize(
    ("tag", "inside"),
    [("PL-00500", True), ("PL-00600", False), ("PL-x", False), ("CLE-00500", False),
     ("PL-٥٠٠", False), ("PL-", False)],
)  # fmt: skip
def test_only_tags_of_its_prefix_and_numbers_are_in_a_range(tag: str, inside: bool) -> None:
    assert (tag in tags(500, 599)) is inside


def test_two_discs_have_prefixes_of_their_own() -> None:
    one, two = range_of_disc("replica:3f9a-1"), range_of_disc("replica:b210-2")

    assert not one.overlaps(two)
    assert one.prefix == "PL-3F9A-"
