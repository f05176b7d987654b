# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endurance used by an SSD, from the many ways in which makers say it.

Attribute numbers mean different things from maker to maker (202 is address mark errors on a
rotating disk, 231 was a temperature, 177 is a spread of wear on SandForce): the name decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.readers.smart_reading import Attribute, DriveReading

# Names of smartctl's drive database, the plainest first.
_LIFE_LEFT = re.compile(
    r"life(time)?_(left|remain|used)|remain\w*_life|rated_life|percent_life|media_wearout",
    re.IGNORECASE,
)
_WEAR_LEVEL = re.compile(r"wear_level|wearleveling", re.IGNORECASE)
# A raw percentage left, on the drives whose normalised value stays at 100.
_RAW_LEFT = re.compile(r"(left|remain)", re.IGNORECASE)
_RAW_IS_USED = frozenset({202})
# SanDisk's 230 says 1 on a new drive and packs its figures in hexadecimal.
_NOT_WEAR = frozenset({230})
# The standards count to 255, for "255 or more".
MOST_PERCENT_USED = 255
# Drives smartctl does not know by name: (maker, attribute).
_UNNAMED = (
    (re.compile(r"KINGSTON|INTEL", re.IGNORECASE), 231),
    (re.compile(r"CRUCIAL|MICRON|^CT\d", re.IGNORECASE), 202),
    (re.compile(r"SAMSUNG", re.IGNORECASE), 177),
    (re.compile(r"INTEL", re.IGNORECASE), 233),
)
_ZERO_IS_REAL = re.compile(r"SAMSUNG|INTEL|CRUCIAL|MICRON|^CT\d|SANDISK|WDC|TOSHIBA", re.IGNORECASE)


def wear_percent(reading: DriveReading) -> int | None:
    """Return the endurance used in percent (0 for new, may pass 100), or None when not said."""
    if reading.endurance_used is not None:
        return reading.endurance_used
    stated = reading.statistics.get("percentage used endurance indicator")
    return next(_by_attributes(reading), None) if stated is None else stated


def _by_attributes(reading: DriveReading) -> Iterator[int]:
    """Yield the wear each known attribute tells, the most reliable first."""
    table = [a for a in reading.attributes.values() if a.id not in _NOT_WEAR]
    maker = f"{reading.model or ''} {reading.family or ''}"
    chosen = [a for a in table if _LIFE_LEFT.search(a.name)]
    chosen += [a for a in table if _WEAR_LEVEL.search(a.name)]
    chosen += [a for a in table if _is_unnamed_wear(a, maker)]
    for attribute in chosen:
        used = _percent_used(attribute, trusted=bool(_ZERO_IS_REAL.search(maker)))
        if used is not None:
            yield used


def _is_unnamed_wear(attribute: Attribute, maker: str) -> bool:
    if not attribute.name.lower().startswith("unknown"):
        return False
    return any(attribute.id == number and pattern.search(maker) for pattern, number in _UNNAMED)


def _percent_used(attribute: Attribute, *, trusted: bool) -> int | None:
    """Return the percentage used; None for values on another scale."""
    raw = attribute.count
    if "used" in attribute.name.lower() and raw is not None and raw <= MOST_PERCENT_USED:
        return raw
    left = _percent_left(attribute, raw, trusted=trusted)
    return None if left is None else 100 - left


def _percent_left(attribute: Attribute, raw: int | None, *, trusted: bool) -> int | None:
    """Return the percentage left, normalised (100 is new) or raw where that one never moves.

    Zero from a maker that fills unused attributes with zeros is no reading, unless a
    threshold shows that the value is in use.
    """
    value = attribute.value
    if value is None or value > 100 or (attribute.threshold or 0) >= 100:
        return None
    raw_left = _RAW_LEFT.search(attribute.name) and attribute.id not in _RAW_IS_USED
    if value == 100 and raw_left and raw is not None and 0 < raw < 100:
        return raw
    if value == 0 and not trusted and not attribute.threshold:
        return None
    return value
