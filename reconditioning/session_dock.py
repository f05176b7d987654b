# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Side paths of the bench: a disk wiped on a dock, and a disk taken out and destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from fleet.errors import FleetError, GuardRefused, NotFound
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.facts import DiskKind
from fleet.model.state import DiskState
from fleet.model.text import fold
from fleet.model.wipe import WipePlan, WipeTarget
from fleet.services import acts, machines
from fleet.services.town import Town
from reconditioning.session_wipe import PlannedDisk, plan_loose, registration
from reconditioning.workplace import Workplace

# A label says 500 GB of a disk of 500.1 GB.
_SIZE_PERMILLE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseDisk:
    """A disk on a dock, known to the journal, with what will be done to it."""

    planned: PlannedDisk
    plan: WipePlan


def look_at_dock(place: Workplace) -> tuple[WipeTarget, ...]:
    """Return the disks that may be wiped here, this PC's own ones last."""
    free = [target for target in place.targets() if not target.obstacles]
    return tuple(sorted(free, key=is_inside))


def is_inside(target: WipeTarget) -> bool:
    """Tell whether a disk seems to be one of this PC's own; docks are plugged in by USB."""
    return target.transport not in ("usb", "file")


def could_be(town: Town, number: str, target: WipeTarget) -> tuple[tuple[str, str], ...]:
    """Return the disks listed by hand, (id, name), of a machine, that this one could be.

    None when its serial number tells, or when the number is no machine's.
    """
    if _machine(town, number) is None or _known_disk(town, number, target):
        return ()
    open_ = [view for view in acts.view_of(town, number).disks if view.missing]
    return tuple((view.disk.id, view.name) for view in open_ if _fits(view.disk, target))


def _fits(disk: DiskState, target: WipeTarget) -> bool:
    if disk.wwn or (disk.serial and target.serial):
        return False
    size = disk.size_bytes
    return size is None or abs(size - target.size_bytes) <= size * _SIZE_PERMILLE // 1000


def attach(
    town: Town,
    target: WipeTarget,
    number: str,
    others: Sequence[WipeTarget],
    *,
    disk: str | None = None,
) -> LooseDisk:
    """Record a loose disk, in its machine when ``number`` is a machine's, and plan its wipe.

    Otherwise the number is the disk's own label. ``disk`` is the listed one that a person says it
    is. Raises GuardRefused when the disk is refused.
    """
    machine = _machine(town, number)
    disk = disk or (_known_disk(town, number, target) if machine else None)
    disk = disk or machines.disk_id(target.model, target.serial, target.wwn)
    planned = plan_loose(town, target, disk=disk, confirm_with=number, others=others)
    if planned.plan is None:
        raise planned.refusal or GuardRefused(_("This disk cannot be wiped."))
    _record(town, target, disk, machine, number)
    return LooseDisk(planned=planned, plan=planned.plan)


def _record(town: Town, target: WipeTarget, disk: str, machine: str | None, number: str) -> None:
    with town.act() as act:
        known = act.writer.projector.disk(disk)
        # What was listed by hand learns what the dock reads; the rest stays as it was written.
        if not known.is_known or known.kind == DiskKind.UNKNOWN:
            label = None if machine else number
            act.add(disk, replace(registration(target), label=label))
        if machine is not None:
            act.add(machine, k.DiskAdded(disk=disk, cause="person"))


def _machine(town: Town, number: str) -> str | None:
    try:
        return acts.view_of(town, number).machine.id
    except NotFound:
        return None


def _known_disk(town: Town, tag: str, target: WipeTarget) -> str | None:
    """Return the machine's disk with that number, or of that size and as silent as this one."""
    named = machines.disk_id(target.model, target.serial, target.wwn)
    for disk in acts.view_of(town, tag).disks:
        known = disk.disk
        if known.id == named or _same_number(known, target):
            return known.id
        if target.serial or target.wwn:
            continue
        if not (known.serial or known.wwn) and known.size_bytes == target.size_bytes:
            return known.id
    return None


def _same_number(disk: DiskState, target: WipeTarget) -> bool:
    """Tell whether a serial number copied by hand is this disk's, blanks and dashes aside."""
    copied, told = (
        "".join(c for c in fold(text or "") if c.isalnum()) for text in (disk.serial, target.serial)
    )
    return bool(copied) and copied == told


def disks_to_destroy(town: Town, tag: str) -> tuple[tuple[str, str], ...]:
    """Return the disks that a machine still holds, as (id, name). Raises NotFound."""
    view = acts.view_of(town, tag)
    return tuple(
        (disk.disk.id, disk.name)
        for disk in view.disks
        if disk.presence.value in ("present", "unaccounted")
    )


def destroy(town: Town, tag: str, disk: str, how: str) -> None:
    """Record that a disk was taken out and destroyed, in what way. Raises UsageError."""
    if not how.strip():
        raise FleetError(
            _("It must be said how the disk was destroyed."),
            hint=_("For example: drilled through the platters in three places."),
        )
    machines.record_on_disk(town, tag, disk, k.DiskDestroyed(how=how.strip()))
