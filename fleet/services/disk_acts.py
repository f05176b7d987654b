# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fact recorded on several disks as one act, which one undo takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.model import kinds as k
from fleet.model.state import Presence
from fleet.model.views import DiskView, MachineView
from fleet.services.acts import view_of
from fleet.services.machines import find_disk
from fleet.services.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskOf:
    """A disk and the machine it is, or was, in."""

    machine: MachineView
    disk: DiskView


def choose_disks(
    town: Town, tags: Sequence[str], wanted: str | None, *, every: bool = False
) -> list[DiskOf]:
    """Return the disk named ``wanted`` of each machine (or its only one), or every disk inside.

    Raises NotFound and UsageError as ``find_disk``.
    """
    views = [view_of(town, tag) for tag in tags]
    if not every:
        return [DiskOf(machine=view, disk=find_disk(view, wanted)) for view in views]
    return [DiskOf(machine=view, disk=disk) for view in views for disk in disks_inside(view)]


def disks_inside(view: MachineView) -> list[DiskView]:
    """Return the disks that sit in a machine now."""
    return [disk for disk in view.disks if disk.presence is Presence.PRESENT]


def record_on_disks(town: Town, chosen: Sequence[DiskOf], body: k.Body) -> None:
    """Record one fact on each disk; a destroyed or kept one also leaves its machine."""
    with town.act() as act:
        for one in chosen:
            disk = one.disk.disk.id
            act.add(disk, body)
            if isinstance(body, k.DiskDestroyed):
                left = k.DiskRemoved(disk=disk, outcome="destroyed", on=body.on)
                act.add(one.machine.machine.id, left)
            elif isinstance(body, k.DiskKept):
                left = k.DiskRemoved(disk=disk, outcome="kept", on=body.on)
                act.add(one.machine.machine.id, left)
