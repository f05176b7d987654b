# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One reading of a drive: the figures of a smartctl report, before any judgement."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LEADING_NUMBER = re.compile(r"\s*(0[xX][0-9a-fA-F]{1,16}|\d{1,20})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One row of the ATA table. ``failed`` is "now", "past" or ""; ``raw`` as printed."""

    id: int
    name: str = ""
    value: int | None = None
    threshold: int | None = None
    prefailure: bool = False
    failed: str = ""
    raw: str = ""

    @property
    def count(self) -> int | None:
        """The first number of the raw field, which smartctl unpacks there; None if absent."""
        return leading_number(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveReading:
    """What one smartctl report says about one drive, before any judgement."""

    model: str | None = None
    family: str | None = None
    serial: str | None = None
    wwn: str | None = None
    size_bytes: int | None = None
    protocol: str = ""
    device_type: str = ""
    info_name: str = ""
    scsi_transport: str = ""
    has_sata: bool = False
    rotation_rate: int | None = None
    trim: bool = False
    hours: int | None = None
    attributes: dict[int, Attribute] = field(default_factory=dict)
    statistics: dict[str, int] = field(default_factory=dict)
    pending_defects: int | None = None
    endurance_used: int | None = None
    exit_status: int = 0
    smart_available: bool | None = None
    smart_enabled: bool | None = None
    passed: bool | None = None
    self_test_failed: bool | None = None
    logged_errors: int | None = None
    critical_warning: int | None = None
    available_spare: int | None = None
    spare_threshold: int | None = None
    media_errors: int | None = None
    grown_defects: int | None = None
    uncorrected_errors: int | None = None


def leading_number(raw: str) -> int | None:
    """Return the number a text starts with (decimal or 0x), or None."""
    match = _LEADING_NUMBER.match(raw)
    return int(match[1], 16 if match[1][:2].lower() == "0x" else 10) if match else None
