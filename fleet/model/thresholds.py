# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of the triage and of the automatic tests, as a dated record.

The values and their sources are in ``fleet/data/triage-<year>.yml``; ``fleet.readers.triage_yaml``
reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

XFCE: Literal["xfce"] = "xfce"
GNOME: Literal["gnome"] = "gnome"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopFloor:
    """The least that a desktop asks for. ``disk_gb`` is decimal; ``ssd`` 1: no rotating disk."""

    memory_mib: int
    cores: int
    cpu_mhz: int
    disk_gb: int
    ssd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepFloor:
    """Below these no upgrade helps; ``bits`` of the processor."""

    bits: int
    cores: int
    cpu_mhz: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsFloor:
    """What is worth taking out of a machine that is not kept."""

    memory_ddr: int
    disk_gb: int
    battery_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLimits:
    """Health in percent of design, and what a real discharge must show."""

    weak_percent: int
    dead_percent: int
    least_minutes: int
    most_drop_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLimits:
    """What the automatic tests call a failure; speeds in MB/s (decimal)."""

    hdd_read_mb_s: int
    flash_read_mb_s: int
    cpu_celsius: int
    memory_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long the tests of one profile last, in seconds."""

    memory_s: int
    cpu_s: int
    disk_read_s: int
    discharge_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """All limits. ``dated`` is printed on what was decided by them; ``sources`` by dotted key."""

    dated: str
    xfce: DesktopFloor
    gnome: DesktopFloor
    keep: KeepFloor
    parts: PartsFloor
    battery: BatteryLimits
    tests: CheckLimits
    rapide: Durations
    complet: Durations
    sources: Mapping[str, str]

    def durations(self, profile: str) -> Durations:
        """Return how long a profile's tests last; the longest for an unknown profile."""
        return self.rapide if profile == "rapide" else self.complet
