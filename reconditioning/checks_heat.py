# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How hot the processor is, and whether it slowed itself down: from the kernel's files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fleet.readers.bench_tools import highest, millidegrees
from reconditioning.checks_base import Places, read

# Sensors of processors: Intel, AMD, and the firmware's own zones. Disks and Wi-Fi cards have
# sensors too, and say nothing of the processor.
_CPU_SENSORS = re.compile(r"coretemp|k10temp|k8temp|zenpower|via_cputemp|cpu_thermal|acpitz")
_CPU_ZONES = re.compile(r"x86_pkg_temp|acpitz|TCPU|cpu", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """One reading. ``celsius`` is the hottest sensor of the processor, None when none is sane.

    ``lying`` counts sensors whose value is impossible.
    """

    celsius: int | None
    lying: int = 0


def heat(places: Places) -> Heat:
    """Return the processor's temperature now."""
    said = [read(path) for path in (*_hwmon(places), *_zones(places))]
    values = [millidegrees(text) for text in said if text]
    return Heat(celsius=highest(values), lying=sum(value is None for value in values))


def throttled(places: Places) -> int:
    """Return how often the processor slowed itself down for heat since the start (Intel)."""
    counts = (
        read(cpu / "thermal_throttle" / name)
        for cpu in places.entries("devices/system/cpu")
        for name in ("core_throttle_count", "package_throttle_count")
    )
    return sum(int(count) for count in counts if count.isdigit())


def _hwmon(places: Places) -> tuple[Path, ...]:
    return tuple(
        path
        for sensor in places.entries("class/hwmon")
        if _CPU_SENSORS.search(read(sensor / "name"))
        for path in sorted(sensor.glob("temp*_input"))
    )


def _zones(places: Places) -> tuple[Path, ...]:
    return tuple(
        zone / "temp"
        for zone in places.entries("class/thermal")
        if zone.name.startswith("thermal_zone") and _CPU_ZONES.search(read(zone / "type"))
    )
