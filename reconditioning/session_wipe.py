# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 4 of the bench: each disk with its plan, several wiped at once, each result recorded.

What is recorded comes from the wipe's own result; a wipe that was cut is recorded as failed at the
next start, so that no machine ever looks wiped because the power went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from fleet.errors import FleetError
from fleet.model import kinds as k
from fleet.model.facts import DiskKind
from fleet.model.policy import PURGE
from fleet.model.wipe import WipeEvent, WipeFinished, WipePlan, WipeTarget, level_of
from fleet.services.documents import Render, in_child
from fleet.services.machines import disk_id
from fleet.services.town import Town
from reconditioning.session import BenchDisk, Session
from reconditioning.session_notes import Wiping, read_notes, wipe_begins, wipe_ended
from reconditioning.session_papers import Paper, record_result
from reconditioning.wipe_plan import plan_wipe
from reconditioning.wipe_run import wipe

_LEVELS: dict[str, Literal["clear", "purge"]] = {"clear": "clear", "purge": "purge"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDisk:
    """One disk that is there: its id in the journal, and its plan or why it is refused.

    ``known`` is False for a disk that nobody had seen in this machine yet.
    """

    target: WipeTarget
    disk: str
    known: bool
    plan: WipePlan | None = None
    refusal: FleetError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeRecorded:
    """A disk's result is in the journal. ``paper`` is its certificate or its failure report."""

    disk: str
    paper: Paper


BenchWipeEvent = WipeEvent | WipeRecorded


def plan_machine(
    town: Town, session: Session, targets: Sequence[WipeTarget]
) -> tuple[PlannedDisk, ...]:
    """Return what would be done to each disk of the machine; writes nothing.

    Sticks and disks on a dock are left out unless the machine is known to hold them.
    """
    taken: set[str] = set()
    found = []
    for target in targets:
        disk = _disk_of(session, target, taken)
        if disk is None and target.transport == "usb" and not target.obstacles:
            continue
        name = disk.view.disk.id if disk else disk_id(target.model, target.serial, target.wwn)
        taken.add(name)
        level = _level(town, disk.view.disk.kind if disk else target.kind)
        found.append(_planned(target, name, disk is not None, session.tag, level, targets))
    return tuple(found)


def plan_loose(
    town: Town, target: WipeTarget, *, disk: str, confirm_with: str, others: Sequence[WipeTarget]
) -> PlannedDisk:
    """Return what would be done to a disk on a dock; ``confirm_with`` is the text to type."""
    return _planned(target, disk, False, confirm_with, _level(town, target.kind), others)


def _planned(
    target: WipeTarget,
    disk: str,
    known: bool,
    tag: str,
    level: str,
    others: Sequence[WipeTarget],
) -> PlannedDisk:
    try:
        plan = plan_wipe(target, disk=disk, machine_tag=tag, level=level, others=others)
    except FleetError as error:
        return PlannedDisk(target=target, disk=disk, known=known, refusal=error)
    return PlannedDisk(target=target, disk=disk, known=known, plan=plan)


def _level(town: Town, kind: str) -> str:
    with town.journal.read() as connection:
        policy = town.journal.reader(connection).world.policy
    return policy.level_for(kind or DiskKind.UNKNOWN) or PURGE


def _disk_of(session: Session, target: WipeTarget, taken: set[str]) -> BenchDisk | None:
    """Return the disk of the journal that this one is: by its number, else by its size."""
    inside = [disk for disk in session.inside if disk.view.disk.id not in taken]
    if target.serial or target.wwn:
        named = disk_id(target.model, target.serial, target.wwn)
        return next((disk for disk in inside if disk.view.disk.id == named), None)
    nameless = [disk for disk in inside if not (disk.view.disk.serial or disk.view.disk.wwn)]
    same = [disk for disk in nameless if disk.view.disk.size_bytes == target.size_bytes]
    return same[0] if same else None


def add_unknown(town: Town, session: Session, planned: Sequence[PlannedDisk]) -> None:
    """Record the disks that nobody had seen in this machine, before they are wiped."""
    unknown = [one for one in planned if not one.known and one.plan is not None]
    if not unknown:
        return
    with town.act() as act:
        for one in unknown:
            act.add(one.disk, registration(one.target))
            act.add(session.view.machine.id, k.DiskAdded(disk=one.disk, cause="person"))


def registration(target: WipeTarget) -> k.DiskRegistered:
    """Return a disk as found, as a subject of the journal."""
    return k.DiskRegistered(
        model=target.model,
        serial=target.serial,
        wwn=target.wwn,
        size_bytes=target.size_bytes,
        kind=target.kind.value,
    )


def carry_out(
    town: Town,
    plans: Sequence[WipePlan],
    *,
    confirmation: str,
    folder: Path,
    cancelled: Callable[[], bool] = lambda: False,
    unfreeze: Callable[[], None] | None = None,
    render: Render = in_child,
) -> Iterator[BenchWipeEvent]:
    """Wipe the disks together, and record each result as it comes; papers go to ``folder``.

    ``unfreeze`` is tried once when a drive is frozen. Raises ConfirmationRefused and DiskChanged,
    at the call, before anything is written.
    """
    events = wipe(
        plans,
        confirmation=confirmation,
        cancelled=cancelled,
        now=town.now,
        unfreeze=unfreeze,
    )
    return _recorded(town, {plan.target.path: plan for plan in plans}, events, folder, render)


def _recorded(
    town: Town,
    plans: Mapping[Path, WipePlan],
    events: Iterator[WipeEvent],
    folder: Path,
    render: Render,
) -> Iterator[BenchWipeEvent]:
    # Noted for all before the first of them starts: their threads write as soon as they run.
    for plan in plans.values():
        wipe_begins(town.home, _begun(plan, town.now()))
    for event in events:
        yield event
        if isinstance(event, WipeFinished):
            paper = record_result(town, event.result, folder, render=render)
            disk = event.result.record.plan.disk
            wipe_ended(town.home, disk)
            yield WipeRecorded(disk=disk, paper=paper)


def settle_interrupted(town: Town) -> tuple[Wiping, ...]:
    """Record as failed the wipes that began and never ended; return them."""
    cut = read_notes(town.home).wiping
    for one in cut:
        with town.act() as act:
            act.add(one.disk, interrupted(one))
        wipe_ended(town.home, one.disk)
    return cut


def interrupted(one: Wiping) -> k.DiskWiped:
    """Return the event of a wipe that was cut: nothing is proven."""
    return k.DiskWiped(
        level=_LEVELS.get(one.level, "clear"),
        method=one.method,
        readback="none",
        succeeded=False,
        tool="parclibre",
    )


def _begun(plan: WipePlan, at: datetime) -> Wiping:
    first = plan.techniques[0]
    return Wiping(disk=plan.disk, level=level_of(first), method=first, since=at.isoformat())
