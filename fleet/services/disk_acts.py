# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fact recorded on several disks as one act, which one undo takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.state import Presence
from fleet.model.views import DiskView, MachineView
from fleet.services.acts import view_of
from fleet.services.machines import find_disk
from fleet.services.papers import read_paper, second_person
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


def signed_disks(view: MachineView) -> tuple[str, ...]:
    """Return the disks recorded in a machine, to be signed as all there is.

    Raises UsageError when none is recorded.
    """
    disks = tuple(disk.disk.id for disk in disks_inside(view))
    if not disks:
        raise UsageError(
            _("No disk is recorded in {tag}.").format(tag=view.machine.tag),
            hint=_("Add them first: parclibre disk add {tag}, or say --none").format(
                tag=view.machine.tag
            ),
        )
    return disks


def require_wipe_papers(succeeded: bool, report: str | Path | None, witness: str | None) -> None:
    """Raise UsageError when a wipe that succeeded lacks its report or its second person."""
    if succeeded and not (report and witness):
        raise UsageError(
            _("A declared wipe needs its report and a second person."),
            hint=_("Give both: --report FILE --second-person NAME"),
        )


def declared_wipe(
    town: Town, told: k.DiskWiped, report: str | Path | None, witness: str | None
) -> k.DiskWiped:
    """Return a wipe as told by a person: its report's file attached, the second person named.

    Raises UsageError without both, unless the wipe failed.
    """
    require_wipe_papers(told.succeeded, report, witness)
    return replace(
        told,
        declared=True,
        report=town.attachments.put(read_paper(report)) if report else None,
        second_person=second_person(town, witness) if witness else None,
    )
