# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do with a machine: keep, upgrade with what, take for parts, recycle; each with reasons.

Reasons are findings ``code=value``; a value of several parts is cut by ``|``
(``memory_low=2048|3584``: found, asked). ``fleet.output.triage_text`` makes the sentences. The
cosmetic grade is another thing and is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from fleet.model.facts import DiskHealth, Finding
from fleet.model.thresholds import GNOME, XFCE, Thresholds
from fleet.model.triage_disks import weigh_disks
from fleet.model.triage_facts import CpuSheet, TriageFacts
from fleet.model.triage_memory import weigh_memory
from fleet.model.triage_weight import Weight, finding, together


class Opinion(StrEnum):
    """What becomes of a machine."""

    KEEP = "keep"
    UPGRADE = "upgrade"
    PARTS = "parts"
    RECYCLE = "recycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """The opinion and all of its reasons.

    ``desktop`` is xfce or gnome, what it can run once ``upgrades`` are done; None when it is not
    kept. ``upgrades`` are needed, ``advice`` would only help. ``parts`` are worth taking out.
    ``thresholds`` is the date of the limits.
    """

    opinion: Opinion
    desktop: Literal["xfce", "gnome"] | None
    reasons: tuple[Finding, ...]
    upgrades: tuple[Finding, ...] = ()
    advice: tuple[Finding, ...] = ()
    parts: tuple[Finding, ...] = ()
    thresholds: str

    @property
    def rejected(self) -> bool:
        """Whether no family will get it."""
        return self.opinion in (Opinion.PARTS, Opinion.RECYCLE)

    @property
    def codes(self) -> tuple[str, ...]:
        """Everything said, as an event's reasons."""
        said = (*self.reasons, *self.upgrades, *self.advice, *self.parts)
        return tuple(dict.fromkeys(map(str, said)))


def first_opinion(facts: TriageFacts, thresholds: Thresholds) -> Triage:
    """Return the opinion before hours are spent: what a report alone says."""
    return _concluded(facts, _weigh(facts, thresholds), thresholds)


def verdict(facts: TriageFacts, tests: Mapping[str, str], thresholds: Thresholds) -> Triage:
    """Return the technical verdict: what the report says and what the tests showed.

    ``tests`` are results by test: pass, fail, na, or ``skipped: who, why``.
    """
    weight = together(_weigh(facts, thresholds), *_weigh_tests(facts, tests))
    return _concluded(facts, weight, thresholds)


def _concluded(facts: TriageFacts, weight: Weight, thresholds: Thresholds) -> Triage:
    parts = tuple(_parts(facts, weight, thresholds)) if weight.rejects else ()
    reasons = (*weight.rejects, *weight.reasons, *weight.notes)
    if weight.rejects:
        opinion = Opinion.PARTS if parts else Opinion.RECYCLE
        return Triage(
            opinion=opinion, desktop=None, reasons=reasons, parts=parts, thresholds=thresholds.dated
        )
    return Triage(
        opinion=Opinion.UPGRADE if weight.needs else Opinion.KEEP,
        desktop=GNOME if _runs_gnome(facts, weight, thresholds) else XFCE,
        reasons=reasons or (Finding(code="floors_reached"),),
        upgrades=weight.needs,
        advice=weight.advice,
        thresholds=thresholds.dated,
    )


def _weigh(facts: TriageFacts, thresholds: Thresholds) -> Weight:
    return together(
        _weigh_cpu(facts.cpu, thresholds),
        weigh_memory(facts.memory, thresholds),
        weigh_disks(facts, thresholds),
        _weigh_batteries(facts, thresholds),
    )


def _weigh_cpu(cpu: CpuSheet, thresholds: Thresholds) -> Weight:
    keep = thresholds.keep
    rejects: list[Finding] = []
    if cpu.bits is not None and cpu.bits < keep.bits:
        rejects.append(finding("cpu_bits", cpu.bits, keep.bits))
    if cpu.cores is not None and cpu.cores < keep.cores:
        rejects.append(finding("cpu_few_cores", cpu.cores, keep.cores))
    if cpu.mhz is not None and cpu.mhz < keep.cpu_mhz:
        rejects.append(finding("cpu_slow", cpu.mhz, keep.cpu_mhz))
    unknown = cpu.bits is None or cpu.cores is None
    notes = (Finding(code="cpu_unknown"),) if unknown else ()
    return Weight(rejects=tuple(rejects), notes=notes)


def _weigh_batteries(facts: TriageFacts, thresholds: Thresholds) -> Weight:
    """Weigh the best battery; a dead one makes a machine for the mains, not waste."""
    if not facts.portable:
        return Weight()
    known = [b.health_percent for b in facts.batteries if b.health_percent is not None]
    if not facts.batteries and facts.lists_batteries:
        advice = (Finding(code="replace_battery"),)
        return Weight(reasons=(Finding(code="battery_absent"),), advice=advice)
    if not known:
        return Weight(notes=(Finding(code="battery_unknown"),))
    return _battery_of(min(max(known), 100), thresholds)


def _battery_of(health: int, thresholds: Thresholds) -> Weight:
    limits = thresholds.battery
    if health < limits.dead_percent:
        reason = finding("battery_dead", health, limits.dead_percent)
        return Weight(reasons=(reason,), advice=(Finding(code="replace_battery"),))
    if health < limits.weak_percent:
        return Weight(notes=(finding("battery_weak", health, limits.weak_percent),))
    return Weight()


# What a failed test asks for. One that is not here is only told.
_REJECTING = frozenset({"start", "cpu"})
_REPAIRS = {
    "screen": "repair_screen",
    "keyboard": "replace_keyboard",
    "touchpad": "repair_touchpad",
    "charger": "replace_charger",
    "hinges": "repair_hinges",
    "firmware": "unlock_firmware",
}
_ADVICE = {"wifi": "add_usb_wifi", "sound": "add_usb_sound", "battery": "replace_battery"}


def _weigh_tests(facts: TriageFacts, tests: Mapping[str, str]) -> Iterator[Weight]:
    for test, result in tests.items():
        if result == "fail":
            yield _weigh_failure(facts, test, tests)
        elif result.startswith("skipped"):
            yield Weight(notes=(finding("test_skipped", test),))


def _weigh_failure(facts: TriageFacts, test: str, tests: Mapping[str, str]) -> Weight:
    why = (finding("test_failed", test),)
    if test in _REJECTING or (test == "memory" and _all_soldered(facts)):
        return Weight(rejects=why)
    if need := _need_of(facts, test, tests):
        return Weight(reasons=why, needs=(Finding(code=need),))
    advice = (Finding(code=_ADVICE[test]),) if test in _ADVICE else ()
    return Weight(notes=why, advice=advice)


def _need_of(facts: TriageFacts, test: str, tests: Mapping[str, str]) -> str:
    if test == "memory":
        return "replace_bad_memory"
    if test == "disk":
        return "replace_failed_disk"
    if test == "network":
        return "" if tests.get("wifi") == "pass" else "add_usb_network"
    return _REPAIRS.get(test, "")


def _all_soldered(facts: TriageFacts) -> bool:
    modules = facts.memory.modules
    return bool(modules) and all(module.form == "soldered" for module in modules)


_NEW_DISK = frozenset({"add_disk_ssd", "replace_disk_ssd", "replace_failed_disk"})


def _runs_gnome(facts: TriageFacts, weight: Weight, thresholds: Thresholds) -> bool:
    """Tell whether it reaches GNOME's floors, with a new SSD where the disk is replaced."""
    floor = thresholds.gnome
    renewed = any(need.code in _NEW_DISK for need in weight.needs)
    # The code of an upgrade of memory names what it will hold; it never passes Xfce's floor.
    enough = (facts.memory.installed_mib or 0) >= floor.memory_mib
    disks = renewed or any(
        (disk.size_bytes or 0) >= floor.disk_gb * 10**9
        and (not floor.ssd or disk.kind in ("ssd", "nvme"))
        for disk in facts.disks
        if disk.health is not DiskHealth.FAILING
    )
    cores, mhz = facts.cpu.cores or 0, facts.cpu.mhz or floor.cpu_mhz
    return enough and disks and cores >= floor.cores and mhz >= floor.cpu_mhz


def _parts(facts: TriageFacts, weight: Weight, thresholds: Thresholds) -> Iterator[Finding]:
    floor = thresholds.parts
    memory_failed = any(str(reject) == "test_failed=memory" for reject in weight.rejects)
    for module in () if memory_failed else facts.memory.modules:
        generation = int((module.technology or "")[-1:].replace("R", "") or 0)
        if module.form != "soldered" and generation >= floor.memory_ddr:
            yield finding("part_memory", f"{module.mib / 1024:g}", module.technology)
    for disk in facts.disks:
        big = (disk.size_bytes or 0) >= floor.disk_gb * 10**9
        if big and disk.health == "good" and disk.kind != "emmc":
            yield finding("part_disk", disk.model or disk.serial or "?")
    for battery in facts.batteries:
        if (battery.health_percent or 0) >= floor.battery_percent:
            yield finding("part_battery", battery.health_percent)
