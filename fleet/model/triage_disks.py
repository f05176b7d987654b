# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is there a disk to install on, sound and large enough, and if not, what to put in."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.model.facts import DiskFacts, DiskHealth, DiskKind, Finding
from fleet.model.thresholds import Thresholds
from fleet.model.triage_facts import TriageFacts
from fleet.model.triage_weight import Weight, finding, together

_GB = 10**9


def weigh_disks(facts: TriageFacts, thresholds: Thresholds) -> Weight:
    """Return what the disks weigh; one sound disk that is large enough is enough."""
    hidden = (Finding(code="hidden_storage"),) if facts.hidden_storage else ()
    if not facts.disks:
        return together(Weight(notes=hidden), _without(facts))
    told = Weight(notes=(*hidden, *_twins(facts.disks)))
    fit = [disk for disk in facts.disks if _fits(disk, thresholds)]
    weights = [_weigh_disk(disk, thresholds, needed=not fit) for disk in facts.disks]
    if fit and all(disk.kind is DiskKind.HDD for disk in fit):
        weights.append(Weight(advice=(finding("replace_disk_ssd", _name(fit[0])),)))
    return together(told, *weights)


def _without(facts: TriageFacts) -> Weight:
    if facts.hidden_storage or not facts.lists_disks:
        return Weight(notes=(Finding(code="disks_unknown"),))
    return Weight(reasons=(Finding(code="no_disk"),), needs=(Finding(code="add_disk_ssd"),))


def _fits(disk: DiskFacts, thresholds: Thresholds) -> bool:
    large = disk.size_bytes is None or disk.size_bytes >= thresholds.xfce.disk_gb * _GB
    return large and disk.health is not DiskHealth.FAILING


def _weigh_disk(disk: DiskFacts, thresholds: Thresholds, *, needed: bool) -> Weight:
    name = _name(disk)
    if disk.health is DiskHealth.FAILING:
        why = finding("disk_failing", name)
        if needed:
            return _replaced(disk, why, needed=True)
        return Weight(reasons=(why,), needs=(finding("remove_disk", name),))
    if disk.size_bytes is not None and disk.size_bytes < thresholds.xfce.disk_gb * _GB:
        size, floor = disk.size_bytes // _GB, thresholds.xfce.disk_gb
        return _replaced(disk, finding("disk_small", name, size, floor), needed=needed)
    if disk.health is DiskHealth.WORN:
        return Weight(notes=(finding("disk_worn", name),))
    if disk.health is DiskHealth.UNKNOWN:
        return Weight(notes=(finding("disk_health_unknown", name),))
    return Weight()


def _replaced(disk: DiskFacts, why: Finding, *, needed: bool) -> Weight:
    """Return a replacement; flash soldered on the board (eMMC) cannot be replaced."""
    if not needed:
        return Weight(notes=(why,))
    if disk.kind is DiskKind.EMMC:
        return Weight(rejects=(why, finding("disk_soldered", _name(disk))))
    return Weight(reasons=(why,), needs=(finding("replace_disk_ssd", _name(disk)),))


def _twins(disks: Iterable[DiskFacts]) -> tuple[Finding, ...]:
    """Tell serials that two disks bear: a person must know them apart by their place."""
    serials = [disk.serial for disk in disks if disk.serial]
    twice = dict.fromkeys(serial for serial in serials if serials.count(serial) > 1)
    return tuple(finding("same_serial_twice", serial) for serial in twice)


def _name(disk: DiskFacts) -> str:
    return disk.model or disk.serial or "?"
