# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads batteries from ``upower`` and from ``/sys/class/power_supply/*/uevent``.

Energies (Wh) and charges (Ah) are never mixed: a health comes from two figures of one unit.
Mains, mice, phones, UPS and upower's aggregate DisplayDevice are no batteries of a machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import BatteryFacts, Finding, ReportFacts
from fleet.model.text import clean, known
from fleet.readers.limits import lines

UPOWER = "upower"
UEVENT = "power_supply_uevent"

MOST_DEVICES = 64
# A laptop battery holds 20 to 100 Wh, a heavy one 200; above this the figure is wrong.
MOST_MWH = 500_000
MOST_MICROAMPERE_HOURS = 50_000_000
# Fuel gauges of new batteries read up to a few tens of percent above the design.
MOST_HEALTH_PERCENT = 200
MOST_CYCLES = 20_000
VOLTAGES_UV = range(1_000_000, 100_000_001)
CAPACITY_TOLERANCE = 5

_UPOWER_MARKS = ("native-path:", "Device: /org/freedesktop/UPower", "daemon-version:")
_PAIR = re.compile(r"\s*([A-Za-z][\w -]{0,40}):\s*(.*)")
_DECIMAL = re.compile(r"([+-]?\d{1,12})(?:[.,](\d{1,9}))?")
_VIRTUAL = re.compile(
    r"virtual|vmware|qemu|innotek|virtualbox|parallels|\bxen\b|hyper-?v", re.IGNORECASE
)

Pairs = dict[str, str]
Findings = list[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gauge:
    """Full and design in one unit, as said (may be absent, zero or absurd), and its limit."""

    full: int | None
    design: int | None
    most: int

    def checked(self, warnings: Findings) -> tuple[int | None, int | None]:
        """Return full and design, each None unless positive and possible."""
        return self._possible(self.full, warnings), self._possible(self.design, warnings)

    def _possible(self, value: int | None, warnings: Findings) -> int | None:
        if value is None or value == 0:
            return None
        if 0 < value <= self.most:
            return value
        warnings.append(Finding(code="battery_figure_impossible", value=str(value)))
        return None


def read_upower(text: str) -> tuple[ReportFacts, ...]:
    """Return one report with the machine's batteries, from ``upower --dump`` or ``upower -i``.

    Raises BadInput when the text is not upower's.
    """
    if not any(mark in text for mark in _UPOWER_MARKS):
        raise BadInput(_("This is not a upower report."), hint=_("Make one with: upower --dump"))
    warnings: Findings = []
    devices = [d for d in _upower_devices(text) if _is_upower_battery(d)]
    return (_report(UPOWER, [_from_upower(d, warnings) for d in devices], warnings),)


def read_uevent(text: str) -> tuple[ReportFacts, ...]:
    """Return one report with the machine's batteries, from one or more sysfs uevent files.

    Raises BadInput when the text holds no power supply.
    """
    supplies = list(_uevent_supplies(text))
    if not supplies:
        raise BadInput(
            _("This is not a battery report of the kernel."),
            hint=_("Make one with: cat /sys/class/power_supply/BAT*/uevent"),
        )
    warnings: Findings = []
    batteries = [_from_uevent(s, warnings) for s in supplies if _is_uevent_battery(s)]
    return (_report(UEVENT, batteries, warnings),)


def _report(form: str, batteries: list[BatteryFacts | None], warnings: Findings) -> ReportFacts:
    real = tuple(battery for battery in batteries if battery is not None)
    if not real:
        warnings.append(Finding(code="no_battery"))
    return ReportFacts(format=form, has_machine=False, batteries=real, warnings=tuple(warnings))


def _upower_devices(text: str) -> Iterator[Pairs]:
    """Yield the fields of each device; a line without value names the kind of the device."""
    device: Pairs = {}
    found = 0
    for line in lines(text):
        starts = line.startswith("Device:") or (
            line.lstrip().startswith("native-path:") and "native-path" in device
        )
        if starts or line.startswith("Daemon:"):
            if found < MOST_DEVICES:
                yield device
            found += 1
            device = {}
        _add_upower_line(device, line)
    yield device


def _add_upower_line(device: Pairs, line: str) -> None:
    if match := _PAIR.match(line):
        device.setdefault(match[1].strip().lower(), match[2].strip())
    elif line.strip() in ("battery", "line-power", "ups", "mouse", "keyboard", "unknown"):
        device.setdefault("kind", line.strip())


def _is_upower_battery(device: Pairs) -> bool:
    path = device.get("native-path", "").strip("() ")
    return (
        device.get("kind") == "battery"
        and device.get("power supply", "yes") != "no"
        and device.get("present", "yes") != "no"
        and path not in ("", "null")
        and not device.get("device", "").endswith("/DisplayDevice")
    )


def _from_upower(device: Pairs, warnings: Findings) -> BatteryFacts | None:
    if _is_virtual(device.get("vendor"), device.get("model"), warnings):
        return None
    gauge = _Gauge(
        full=_thousandths(device.get("energy-full")),
        design=_thousandths(device.get("energy-full-design")),
        most=MOST_MWH,
    )
    full, design = gauge.checked(warnings)
    health = _health(full, design, warnings)
    stated = _thousandths(device.get("capacity"))
    if health is not None and stated is not None:
        _compare(health, round(stated / 1000), warnings)
    return BatteryFacts(
        model=known(device.get("model")),
        serial=known(device.get("serial")),
        design_mwh=design,
        full_mwh=full,
        health_percent=health,
        cycles=_cycles(device.get("charge-cycles"), warnings),
    )


def _compare(health: int, stated: int, warnings: Findings) -> None:
    """Warn when the battery's own capacity differs from its full and design energies."""
    if 0 < stated <= 100 and abs(min(health, 100) - stated) > CAPACITY_TOLERANCE:
        warnings.append(Finding(code="battery_capacity_differs", value=str(stated)))


def _uevent_supplies(text: str) -> Iterator[Pairs]:
    """Yield the fields of each power supply; a repeated key starts the next one."""
    supply: Pairs = {}
    found = 0
    for line in lines(text):
        key, equals, value = line.strip().partition("=")
        if not equals or not key.startswith("POWER_SUPPLY_"):
            continue
        if key in supply:
            yield supply
            supply, found = {}, found + 1
            if found >= MOST_DEVICES:
                return
        supply[key] = value
    if supply:
        yield supply


def _get(supply: Pairs, name: str) -> str | None:
    return supply.get(f"POWER_SUPPLY_{name}")


def _is_uevent_battery(supply: Pairs) -> bool:
    said = (_get(supply, "TYPE") or "").lower()
    is_battery = said == "battery" or (not said and _looks_like_battery(supply))
    absent = (_get(supply, "PRESENT") or "1").strip() == "0"
    return is_battery and not absent and (_get(supply, "SCOPE") or "").lower() != "device"


def _looks_like_battery(supply: Pairs) -> bool:
    name = (_get(supply, "NAME") or "").upper()
    full = _get(supply, "CHARGE_FULL") or _get(supply, "ENERGY_FULL")
    return bool(full) or name.startswith(("BAT", "CMB"))


def _from_uevent(supply: Pairs, warnings: Findings) -> BatteryFacts | None:
    model = _get(supply, "MODEL_NAME")
    if _is_virtual(_get(supply, "MANUFACTURER"), model, warnings):
        return None
    full, design, health = _uevent_figures(supply, warnings)
    return BatteryFacts(
        model=known(model),
        serial=known(_get(supply, "SERIAL_NUMBER")),
        design_mwh=design,
        full_mwh=full,
        health_percent=health,
        cycles=_cycles(_get(supply, "CYCLE_COUNT"), warnings),
    )


def _uevent_figures(supply: Pairs, warnings: Findings) -> tuple[int | None, int | None, int | None]:
    """Return full and design in milliwatt-hours, and health: from energies, else from charges."""
    full, design = _gauge(supply, "ENERGY", MOST_MWH * 1000).checked(warnings)
    if full is not None and design is not None:
        return round(full / 1000), round(design / 1000), _health(full, design, warnings)
    full, design = _gauge(supply, "CHARGE", MOST_MICROAMPERE_HOURS).checked(warnings)
    volts = _whole(_get(supply, "VOLTAGE_MIN_DESIGN"))
    return _energy(full, volts), _energy(design, volts), _health(full, design, warnings)


def _gauge(supply: Pairs, quantity: str, most: int) -> _Gauge:
    full = _whole(_get(supply, f"{quantity}_FULL"))
    return _Gauge(full=full, design=_whole(_get(supply, f"{quantity}_FULL_DESIGN")), most=most)


def _energy(charge: int | None, volts: int | None) -> int | None:
    """Return milliwatt-hours from microampere-hours and microvolts, if the voltage is known."""
    if charge is None or volts is None or volts not in VOLTAGES_UV:
        return None
    return round(charge * volts / 10**9)


def _health(full: int | None, design: int | None, warnings: Findings) -> int | None:
    """Return full over design in percent, raw; None when either is unknown or it is absurd."""
    if full is None or design is None:
        return None
    health = round(100 * full / design)
    if health <= MOST_HEALTH_PERCENT:
        return health
    warnings.append(Finding(code="battery_health_impossible", value=str(health)))
    return None


def _cycles(text: str | None, warnings: Findings) -> int | None:
    """Return the cycle count; firmware that does not count says 0."""
    count = _whole(text)
    if not count:
        return None
    if 0 < count <= MOST_CYCLES:
        return count
    warnings.append(Finding(code="battery_cycles_impossible", value=str(count)))
    return None


def _is_virtual(maker: str | None, model: str | None, warnings: Findings) -> bool:
    """Tell whether a hypervisor made the battery up, and say so."""
    name = clean(f"{maker or ''} {model or ''}")
    if name is None or not _VIRTUAL.search(name):
        return False
    warnings.append(Finding(code="virtual_battery", value=name))
    return True


def _whole(text: str | None) -> int | None:
    match = re.fullmatch(r"\s*([+-]?\d{1,19})\s*", text or "")
    return int(match[1]) if match else None


def _thousandths(text: str | None) -> int | None:
    """Return a decimal number times 1000; the comma is a decimal mark in many locales."""
    match = _DECIMAL.match(text or "")
    if match is None:
        return None
    thousandths = int((match[2] or "").ljust(3, "0")[:3])
    whole = int(match[1]) * 1000
    return whole - thousandths if match[1].startswith("-") else whole + thousandths
