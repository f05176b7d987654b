# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests the battery: what it says of itself, then a real discharge with the charger out.

The gauge of an old battery flatters it; how fast it empties does not. A design capacity of zero
is unknown, never zero percent.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import BadInput
from fleet.model.facts import BatteryFacts, Finding
from fleet.model.triage_facts import PORTABLE
from fleet.model.triage_weight import finding
from fleet.readers.battery import read_uevent
from reconditioning.checks_base import (
    WIPE_RUNNING,
    Bench,
    CheckAdvanced,
    Outcome,
    Places,
    Running,
    absent,
    failed,
    passed,
    read,
    undecided,
)

UNPLUG_S = 120
PLUG_S = 120
_POLL_S = 2.0
_LEAST_CHARGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One reading of all batteries together. ``full`` and ``now`` share one unit, or are None.

    ``percent`` is the gauge's own word.
    """

    now: int | None
    full: int | None
    percent: int | None


def check_battery(bench: Bench) -> Running:
    """Read the battery's health, then measure a discharge for as long as the profile says."""
    places = bench.context.places
    batteries = batteries_of(places)
    if not batteries:
        if bench.context.kind in PORTABLE:
            return failed(Finding(code="battery_absent"))
        return absent(Finding(code="battery_absent"))
    health = _health(bench, batteries)
    if why := (yield from _unplugged(bench)):
        return undecided(why, *health)
    outcome = yield from _discharge(bench, batteries, health)
    yield from _await_mains(bench, "plug_charger", online=True, longest=PLUG_S)
    return outcome


def _unplugged(bench: Bench) -> Generator[CheckAdvanced, None, Finding | None]:
    """Have the charger taken out; return why it was not.

    Never while a disk is being wiped: an empty battery would cut the wipe and lock the drive.
    """
    if bench.context.wiping():
        return WIPE_RUNNING
    if not mains_of(bench.context.places):
        return Finding(code="no_charger_seen")
    if (yield from _await_mains(bench, "unplug_charger", online=False, longest=UNPLUG_S)):
        return None
    return WIPE_RUNNING if bench.context.wiping() else Finding(code="charger_left_in")


def batteries_of(places: Places) -> tuple[Path, ...]:
    """Return the folders of the machine's own batteries; not those of mice and phones."""
    return tuple(
        supply
        for supply in places.entries("class/power_supply")
        if read(supply / "type") == "Battery"
        and read(supply / "scope") != "Device"
        and read(supply / "present") != "0"
    )


def mains_of(places: Places) -> tuple[Path, ...]:
    """Return the folders of chargers, USB-C ones too."""
    supplies = places.entries("class/power_supply")
    return tuple(supply for supply in supplies if read(supply / "type") in ("Mains", "USB"))


def on_mains(places: Places) -> bool:
    """Tell whether a charger gives power."""
    return any(read(supply / "online") == "1" for supply in mains_of(places))


def _health(bench: Bench, batteries: tuple[Path, ...]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for battery in batteries:
        facts = _facts(bench.read(battery / "uevent"))
        found.extend(_health_of(facts, bench))
    return tuple(found)


def _facts(uevent: str) -> BatteryFacts | None:
    try:
        batteries = read_uevent(uevent)[0].batteries
    except BadInput:
        return None
    return batteries[0] if batteries else None


def _health_of(facts: BatteryFacts | None, bench: Bench) -> list[Finding]:
    if facts is None or facts.health_percent is None:
        return [Finding(code="design_capacity_unknown")]
    weak = bench.context.thresholds.battery.weak_percent
    code = "battery_weak" if facts.health_percent < weak else "battery_health"
    return [finding(code, min(facts.health_percent, 100), weak)]


def _await_mains(
    bench: Bench, asking: str, *, online: bool, longest: int
) -> Generator[CheckAdvanced, None, bool]:
    """Wait until the charger is in or out; False when nobody did it or a person declined."""
    context = bench.context
    started = context.monotonic()
    while context.monotonic() - started < longest:
        if on_mains(context.places) is online:
            return True
        if context.wiping() and not online:
            return False
        yield bench.advanced(asking, None, asks=True)
        if context.answered() is not None:
            return False
        bench.wait(_POLL_S)
    return False


def _discharge(
    bench: Bench, batteries: tuple[Path, ...], health: tuple[Finding, ...]
) -> Generator[CheckAdvanced, None, Outcome]:
    """Let it run on the battery and conclude from the loss; a charger put back ends it early."""
    context, seconds = bench.context, bench.context.durations.discharge_s
    first = charge(batteries)
    if first.percent is not None and first.percent < _LEAST_CHARGE:
        return undecided(finding("battery_empty", first.percent), *health)
    started = context.monotonic()
    while (spent := context.monotonic() - started) < seconds:
        if context.wiping():
            return undecided(WIPE_RUNNING, *health)
        if on_mains(context.places):
            return undecided(Finding(code="charger_back_early"), *health)
        now = charge(batteries)
        yield bench.advanced("discharging", 100 * spent / seconds, _percent(now))
        bench.wait(_POLL_S)
    return _judged(bench, first, charge(batteries), max(spent, 1.0), health)


def _judged(
    bench: Bench, first: Charge, last: Charge, seconds: float, health: tuple[Finding, ...]
) -> Outcome:
    limits = bench.context.thresholds.battery
    bench.keep("discharge", f"before: {first}\nafter: {last}\nseconds: {seconds:.0f}")
    lost = loss_permille(first, last)
    if lost is None:
        return undecided(Finding(code="discharge_not_measured"), *health)
    if lost <= 0:
        return undecided(Finding(code="no_loss_measured"), *health)
    minutes = round(1000 / lost * seconds / 60)
    measured = finding("discharged", round(lost / 10), round(seconds / 60), minutes)
    if lost > 10 * limits.most_drop_percent or minutes < limits.least_minutes:
        return failed(finding("battery_short", minutes, limits.least_minutes), measured, *health)
    return passed(measured, *health)


def charge(batteries: tuple[Path, ...]) -> Charge:
    """Return how full the batteries are; energies and charges are never mixed."""
    for unit in ("energy", "charge"):
        now = [_whole(battery / f"{unit}_now") for battery in batteries]
        full = [_whole(battery / f"{unit}_full") for battery in batteries]
        known = [n for n in (*now, *full) if n is not None and n >= 0]
        if len(known) == 2 * len(batteries) and sum(n or 0 for n in full) > 0:
            total = sum(n or 0 for n in now)
            return Charge(now=total, full=sum(n or 0 for n in full), percent=_gauge(batteries))
    return Charge(now=None, full=None, percent=_gauge(batteries))


def loss_permille(first: Charge, last: Charge) -> int | None:
    """Return what was lost, in thousandths of a full battery; None when nothing measures it."""
    if first.now is not None and last.now is not None and first.full:
        return round(1000 * (first.now - last.now) / first.full)
    if first.percent is not None and last.percent is not None:
        return 10 * (first.percent - last.percent)
    return None


def _gauge(batteries: tuple[Path, ...]) -> int | None:
    known = [percent for battery in batteries if (percent := _whole(battery / "capacity"))]
    sane = [percent for percent in known if 0 < percent <= 100]
    return round(sum(sane) / len(sane)) if sane else None


def _percent(now: Charge) -> str:
    return f"{now.percent} %" if now.percent is not None else ""


def _whole(path: Path) -> int | None:
    text = read(path)
    return int(text) if re.fullmatch(r"-?\d{1,12}", text) else None
