# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Side paths of the bench: a disk wiped on a dock, and a disk taken out and destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.errors import FleetError, GuardRefused, NotFound
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.wipe import WipePlan, WipeTarget
from fleet.services import acts, machines
from fleet.services.town import Town
from reconditioning.session_wipe import PlannedDisk, plan_loose, registration
from reconditioning.workplace import Workplace


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


def attach(town: Town, target: WipeTarget, number: str, others: Sequence[WipeTarget]) -> LooseDisk:
    """Record a loose disk, in its machine when ``number`` is a machine's, and plan its wipe.

    Otherwise the number is the disk's own label. Raises GuardRefused when the disk is refused.
    """
    machine = _machine(town, number)
    disk = _known_disk(town, number, target) if machine else None
    disk = disk or machines.disk_id(target.model, target.serial, target.wwn)
    planned = plan_loose(town, target, disk=disk, confirm_with=number, others=others)
    if planned.plan is None:
        raise planned.refusal or GuardRefused(_("This disk cannot be wiped."))
    _record(town, target, disk, machine, number)
    return LooseDisk(planned=planned, plan=planned.plan)


def _record(town: Town, target: WipeTarget, disk: str, machine: str | None, number: str) -> None:
    with town.act() as act:
        if not act.writer.projector.disk(disk).is_known:
            body = registration(target)
            label = None if machine else number
            act.add(disk, body if label is None else _labelled(target, label))
        if machine is not None:
            act.add(machine, k.DiskAdded(disk=disk, cause="person"))


def _labelled(target: WipeTarget, label: str) -> k.DiskRegistered:
    return k.DiskRegistered(
        model=target.model,
        serial=target.serial,
        wwn=target.wwn,
        size_bytes=target.size_bytes,
        kind=target.kind.value,
        label=label,
    )


def _machine(town: Town, number: str) -> str | None:
    try:
        return acts.view_of(town, number).machine.id
    except NotFound:
        return None


def _known_disk(town: Town, tag: str, target: WipeTarget) -> str | None:
    """Return the machine's disk of that size that tells no number, as this one."""
    if target.serial or target.wwn:
        return None
    for disk in acts.view_of(town, tag).disks:
        known = disk.disk
        if not (known.serial or known.wwn) and known.size_bytes == target.size_bytes:
            return known.id
    return None


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
