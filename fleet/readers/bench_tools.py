# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the small outputs of the bench's tools: dd, iw, btmgmt, hwmon, SMBIOS passwords.

What names other people's networks is taken out here, before anything is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fleet.model.text import clean
from fleet.readers.dmidecode import parse_structures
from fleet.readers.limits import lines

# Below and above these a sensor lies: 0 and -273 stand for « none », 127 and 255 for « broken ».
CELSIUS = range(1, 126)

_COPIED = re.compile(r"(\d{1,18}) bytes.* copied, (\d{1,7}(?:[.,]\d{1,9})?(?:e-\d{1,2})?) s")
_NETWORK = re.compile(r"^BSS [0-9a-f:]{17}", re.MULTILINE)
_SCAN_KEPT = re.compile(r"\s*(freq|signal|last seen|beacon interval|capability):")
_BLUETOOTH = re.compile(r"^hci(\d{1,3}):\s+Primary controller|^hci(\d{1,3}):\s", re.MULTILINE)
_PASSWORDS = ("Power-On Password Status", "Administrator Password Status")
_LOCKS = re.compile(r"\b(computrace|absolute software|lojack)\b", re.IGNORECASE)


def read_speed(dd: str) -> tuple[int, float] | None:
    """Return (bytes, seconds) of a ``dd`` run; None when it read nothing or says nothing."""
    found = _COPIED.search(dd)
    if found is None or int(found[1]) == 0:
        return None
    return int(found[1]), max(float(found[2].replace(",", ".")), 1e-6)


def networks_heard(scan: str) -> int:
    """Return how many access points ``iw dev … scan`` heard."""
    return len(_NETWORK.findall(scan))


def without_names(scan: str) -> str:
    """Return a scan without names and addresses: those of neighbours are personal data."""
    kept = []
    for line in lines(scan):
        if line.startswith("BSS "):
            kept.append("BSS [redacted]")
        elif _SCAN_KEPT.match(line):
            kept.append(line)
    return "\n".join(kept)


def bluetooth_controllers(info: str) -> int:
    """Return how many controllers ``btmgmt info`` describes."""
    return len({first or second for first, second in _BLUETOOTH.findall(info)})


def millidegrees(text: str) -> int | None:
    """Return whole degrees from a sensor's file in thousandths; None when impossible."""
    if not re.fullmatch(r"-?\d{1,9}", text.strip()):
        return None
    celsius = round(int(text) / 1000)
    return celsius if celsius in CELSIUS else None


def firmware_passwords(dmidecode: str) -> dict[str, bool | None]:
    """Return whether a password is set, by SMBIOS name (type 24); None when not said."""
    found: dict[str, bool | None] = {}
    for structure in parse_structures(dmidecode):
        for name in _PASSWORDS if structure.kind == 24 else ():
            said = (structure.get(name) or "").strip().lower()
            found[name] = {"enabled": True, "disabled": False, "not implemented": False}.get(said)
    return found


def theft_locks(text: str) -> tuple[str, ...]:
    """Return the makers of theft locks that a firmware text names, in small letters."""
    return tuple(dict.fromkeys(found.lower() for found in _LOCKS.findall(text)))


def firmware_version(dmidecode: str) -> str | None:
    """Return the firmware's maker, version and date as one line (SMBIOS type 0)."""
    for structure in parse_structures(dmidecode):
        if structure.kind == 0:
            fields = (structure.known(name) for name in ("Vendor", "Version", "Release Date"))
            return clean(" ".join(value for value in fields if value), limit=120)
    return None


def cards_of(proc_asound_cards: str) -> tuple[str, ...]:
    """Return the names of sound cards from /proc/asound/cards."""
    found = re.findall(r"^\s{0,4}\d{1,3} \[.{1,20}\]: (.{1,120})$", proc_asound_cards, re.MULTILINE)
    return tuple(name for card in found if (name := clean(card, limit=80)))


def highest(values: Iterable[int | None]) -> int | None:
    """Return the highest known value; None when none is known."""
    return max(_known(values), default=None)


def _known(values: Iterable[int | None]) -> Iterator[int]:
    return (value for value in values if value is not None)
