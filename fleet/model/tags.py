# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which asset tag comes next: a key issues its own range only, a desk none that it gave away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fleet.errors import FleetError, UsageError
from fleet.i18n import _

PREFIX = "PL-"
DIGITS = 5
MOST = 10_000
_RANGE = re.compile(
    r"(?P<prefix>.*?)(?P<first>\d{1,9})\s*(?:-|\.\.|:)\s*(?P=prefix)(?P<last>\d{1,9})"
)


class TagsUsedUp(FleetError):
    """A key has issued every number that it was given."""

    exit_status = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRange:
    """Tags of one prefix, both numbers included. ``id`` names the giving, not the numbers."""

    id: str
    prefix: str
    first: int
    last: int

    def __contains__(self, tag: str) -> bool:
        number = tag.removeprefix(self.prefix)
        inside = tag.startswith(self.prefix) and number.isascii() and number.isdigit()
        return inside and self.first <= int(number) <= self.last

    def __str__(self) -> str:
        return f"{tag_of(self.prefix, self.first)} - {tag_of(self.prefix, self.last)}"

    @property
    def count(self) -> int:
        """How many tags it holds."""
        return self.last - self.first + 1

    def overlaps(self, other: TagRange) -> bool:
        """Tell whether a tag is in both."""
        apart = self.last < other.first or other.last < self.first
        return self.prefix == other.prefix and not apart


def tag_of(prefix: str, number: int) -> str:
    """Return a tag as it is printed: ``PL-00042``."""
    return f"{prefix}{number:0{DIGITS}d}"


def parse_range(text: str, range_id: str) -> TagRange:
    """Return the range of ``PL-00100-PL-00199`` (or ``100-199``). Raises UsageError."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            _("{text} is not a range of tags.").format(text=text),
            hint=_("Write the first and the last one: PL-00100-PL-00199"),
        )
    first, last = int(found["first"]), int(found["last"])
    if not first <= last < first + MOST:
        raise UsageError(
            _("{text} is not a range of tags: at most {most}, the smallest first.").format(
                text=text, most=MOST
            )
        )
    return TagRange(id=range_id, prefix=found["prefix"] or PREFIX, first=first, last=last)


def next_in(own: Sequence[TagRange], is_taken: Callable[[str], bool]) -> str:
    """Return the first free tag of a key's own ranges. Raises TagsUsedUp."""
    for one in own:
        for number in range(one.first, one.last + 1):
            if not is_taken(tag := tag_of(one.prefix, number)):
                return tag
    raise TagsUsedUp(
        _("All the numbers of this key are used: {ranges}.").format(
            ranges=", ".join(str(one) for one in own)
        ),
        hint=_("Use labels printed beforehand, or ask the desk for a key with new numbers."),
    )


def next_outside(
    given: Iterable[TagRange], prefix: str, start: int, is_taken: Callable[[str], bool]
) -> str:
    """Return the first free tag from a number on, outside the ranges given to keys."""
    others = sorted((one for one in given if one.prefix == prefix), key=lambda one: one.first)
    number = start
    while True:
        inside = next((one for one in others if one.first <= number <= one.last), None)
        if inside is not None:
            number = inside.last + 1
        elif is_taken(tag := tag_of(prefix, number)):
            number += 1
        else:
            return tag


def range_of_disc(replica: str) -> TagRange:
    """Return the range of a live system that was given none: a prefix from its own id."""
    own = replica.removeprefix("replica:")[:4].upper()
    return TagRange(id=replica, prefix=f"{PREFIX}{own}-", first=1, last=MOST)
