# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what hdparm prints about an ATA drive: identity, security, sanitize, hidden sectors.

Words are those of hdparm 9.65 (identify.c, hdparm.c). What is not said is None or False, so that
a missing line never opens a way that the drive does not have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from fleet.model.text import clean, known
from fleet.readers.limits import MAX_NUMBER, lines

_SECTOR_SIZE = re.compile(r"Logical(?:/Physical)?\s+Sector size:\s+(\d{3,5}) bytes")
_ERASE_TIME = re.compile(r"(\d{1,9})min for SECURITY ERASE UNIT")
_ENHANCED_TIME = re.compile(r"(\d{1,9})min for ENHANCED SECURITY ERASE UNIT")
_MAX_SECTORS = re.compile(r"max sectors\s+=\s+(\d{1,19})/(\d{1,19})")
_REAL_MAX = re.compile(r"Real max sectors:\s*(\d{1,19})")
_PROGRESS = re.compile(r"Progress:\s*0x([0-9a-fA-F]{1,4})\b")
_STATE = re.compile(r"State:\s+SD([0-4])\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtaIdentity:
    """What ``hdparm -I`` tells. Minutes are the drive's own estimates, None when it gives none.

    ``rotating`` is None when the drive does not say. ``sector_bytes`` is what its own counts of
    sectors are in. ``hpa`` and ``dco``: it has such a feature.
    """

    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    rotating: bool | None = None
    sector_bytes: int = 512
    security: bool = False
    enabled: bool = False
    locked: bool = False
    frozen: bool = False
    enhanced: bool = False
    erase_minutes: int | None = None
    enhanced_minutes: int | None = None
    sanitize: bool = False
    crypto_scramble: bool = False
    block_erase: bool = False
    sanitize_overwrite: bool = False
    hpa: bool = False
    dco: bool = False


def read_identity(text: str) -> AtaIdentity | None:
    """Return an ATA drive's identity; None when this is not one (a bridge, another bus)."""
    rows = [line.strip() for line in lines(text)]
    if not any(row.startswith(("ATA device,", "CompactFlash ATA device")) for row in rows):
        return None
    features = {row.lstrip("*").strip() for row in rows if row.startswith("*")}
    security = _security(rows)
    return AtaIdentity(
        model=known(_after(rows, "Model Number:")),
        serial=known(_after(rows, "Serial Number:")),
        firmware=clean(_after(rows, "Firmware Revision:")),
        rotating=_rotating(_after(rows, "Nominal Media Rotation Rate:")),
        sector_bytes=_number(_SECTOR_SIZE, text) or 512,
        security="supported" in security,
        enabled="enabled" in security,
        locked="locked" in security,
        frozen="frozen" in security,
        enhanced="supported: enhanced erase" in security,
        erase_minutes=_number(_ERASE_TIME, text),
        enhanced_minutes=_number(_ENHANCED_TIME, text),
        sanitize="SANITIZE feature set" in features,
        crypto_scramble="CRYPTO_SCRAMBLE_EXT command" in features,
        block_erase="BLOCK_ERASE_EXT command" in features,
        sanitize_overwrite="OVERWRITE_EXT command" in features,
        hpa=_has(rows, "Host Protected Area feature set"),
        dco=_has(rows, "Device Configuration Overlay feature set"),
    )


def _after(rows: list[str], label: str) -> str | None:
    return next((row[len(label) :] for row in rows if row.startswith(label)), None)


def _has(rows: list[str], feature: str) -> bool:
    """Tell whether a feature is listed, switched on (a star) or not."""
    return any(row.lstrip("*").strip() == feature for row in rows)


def _rotating(rate: str | None) -> bool | None:
    told = (rate or "").strip()
    if told == "Solid State Device":
        return False
    return True if told.isdecimal() and 1 < int(told[:9]) < 65535 else None


def _security(rows: list[str]) -> frozenset[str]:
    """Return the words of the security section that stand without « not »."""
    told: set[str] = set()
    inside = False
    for row in rows:
        if row.startswith("Security:"):
            inside = True
        elif inside and row.startswith(("Checksum", "Logical Unit", "HW reset", "Device Sleep")):
            break
        elif inside and not re.match(r"not\s", row):
            told.add(re.sub(r"\s+", " ", row))
    return frozenset(told)


def _number(pattern: re.Pattern[str], text: str, group: int = 1) -> int | None:
    found = pattern.search(text)
    if found is None:
        return None
    number = int(found[group])
    return number if 0 < number <= MAX_NUMBER else None


def read_max_sectors(text: str) -> tuple[int, int] | None:
    """Return the visible and the native number of sectors (``hdparm -N``); None without them."""
    visible, native = _number(_MAX_SECTORS, text), _number(_MAX_SECTORS, text, 2)
    return (visible, native) if visible and native else None


def read_dco_sectors(text: str) -> int | None:
    """Return the drive's real number of sectors (``hdparm --dco-identify``)."""
    return _number(_REAL_MAX, text)


class SanitizeState(StrEnum):
    """Where a drive is with its sanitize command, ATA or NVMe."""

    IDLE = "idle"
    FROZEN = "frozen"
    RUNNING = "running"
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SanitizeStatus:
    """A drive's own word on its sanitize command; ``percent`` while it runs."""

    state: SanitizeState
    percent: float = 0.0


_STATES = {
    "0": SanitizeState.IDLE,
    "1": SanitizeState.FROZEN,
    "2": SanitizeState.RUNNING,
    "3": SanitizeState.FAILED,
    "4": SanitizeState.SUCCEEDED,
}


def read_sanitize_status(text: str) -> SanitizeStatus:
    """Return the state that ``hdparm --sanitize-status`` prints (both streams).

    Idle with « completed without error » is a success; hdparm tells a failure on stderr, as
    « Drive in SD3 ... state ».
    """
    found = _STATE.search(text)
    state = _STATES[found[1]] if found else SanitizeState.UNKNOWN
    if "SD3 Sanitize Operation Failed" in text or "completed unsuccessfully" in text:
        state = SanitizeState.FAILED
    if state is SanitizeState.IDLE and "Last Sanitize Operation Completed Without Error" in text:
        state = SanitizeState.SUCCEEDED
    progress = _PROGRESS.search(text)
    percent = int(progress[1], 16) * 100 / 65535 if progress else 0.0
    return SanitizeStatus(state=state, percent=percent)
