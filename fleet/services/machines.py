# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines and disks entered or completed by hand, and what a machine's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.model.lifecycle import next_steps
from fleet.model.reasons import Verdict
from fleet.model.state import Presence
from fleet.model.tags import PREFIX as TAG_PREFIX
from fleet.model.tags import next_in, next_outside
from fleet.model.text import fold
from fleet.model.views import DiskView, MachineView
from fleet.services.acts import resolve, view_of
from fleet.services.town import Act, Town, new_id
from fleet.store import queries
from fleet.store.queries import Connection, Stay
from fleet.store.tag_ranges import read_tag_ranges

MACHINE_KINDS = (
    "laptop", "desktop", "all_in_one", "mini_pc", "screen", "tablet", "printer", "other",
)  # fmt: skip
OWNERS = ("town", "other_authority", "lessor", "association")
PROVENANCES = ("bought", "leased", "given_by_person", "given_by_company")

# Disks that two offline replicas both meet get the same id from their own serial.
_DISK_NAMESPACE = uuid5(NAMESPACE_URL, "https://parclibre.example/disk")
_SURE_SERIAL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinePage:
    """What a machine's screen shows: view, timeline, stays, and what may happen next."""

    view: MachineView
    events: tuple[Event, ...]
    stays: tuple[Stay, ...]
    next: dict[str, Verdict]


def register(town: Town, body: k.MachineRegistered) -> str:
    """Register a machine by hand; returns its id. Raises UsageError when the tag is taken."""
    with town.act() as act:
        return register_in(act, body)


def register_in(act: Act, body: k.MachineRegistered) -> str:
    """Register a machine within an act. Raises UsageError when the tag is blank or taken."""
    if not body.tag.strip():
        raise UsageError(_("The asset tag is blank."), hint=_("Give one: --tag VJ-0042"))
    if queries.find_by_tag(act.writer.connection, body.tag) is not None:
        raise UsageError(
            _("The tag {tag} is already on another machine.").format(tag=body.tag),
            hint=_("See it: parclibre machine show {tag}").format(tag=body.tag),
        )
    machine = new_id("machine")
    act.add(machine, body)
    act.done()
    act.writer.projector.flush()
    return machine


def next_tag(town: Town, prefix: str = TAG_PREFIX) -> str:
    """Return the first free tag, of the form ``PL-00042``; a key's own range decides on a key.

    Raises TagsUsedUp on a key that has issued all its numbers.
    """
    with town.journal.read() as connection:
        return _free_tag(connection, town.key.replica, prefix)


def next_tag_in(act: Act, prefix: str = TAG_PREFIX) -> str:
    """Return the first free tag, counting what this act has written. Raises as ``next_tag``."""
    return _free_tag(act.writer.connection, act.town.key.replica, prefix)


def _free_tag(connection: Connection, replica: str, prefix: str) -> str:
    def is_taken(tag: str) -> bool:
        return queries.find_by_tag(connection, tag) is not None

    ranges = read_tag_ranges(connection, replica)
    if ranges.own:
        return next_in(ranges.own, is_taken)
    start = queries.count_machines(connection, queries.MachineFilter()) + 1
    return next_outside(ranges.given, prefix, start, is_taken)


def page(town: Town, tag: str) -> MachinePage:
    """Return everything about one machine. Raises NotFound."""
    with town.journal.read() as connection:
        projector = town.journal.reader(connection)
        view = projector.view(resolve(connection, tag))
        if view is None:
            raise NotFound(_("There is no machine {machine}.").format(machine=tag))
        machine = view.machine
        subjects = [machine.id, *queries.absorbed_by(connection, machine.id), *machine.disks]
        return MachinePage(
            view=view,
            events=tuple(queries.timeline(connection, subjects)),
            stays=tuple(queries.stays(connection, machine.id)),
            next=next_steps(view, projector.world),
        )


def disk_id(model: str | None, serial: str | None, wwn: str | None = None) -> str:
    """Return a disk's id: the same everywhere for one serial, fresh without any.

    Tools word and cut models differently: only a short serial needs the model beside it.
    """
    number = "".join(c for c in fold(serial or wwn or "") if c.isalnum())
    if not number:
        return new_id("disk")
    name = number if len(number) >= _SURE_SERIAL else f"{fold(model or '')}|{number}"
    return f"disk:{uuid5(_DISK_NAMESPACE, name)}"


def add_disk(town: Town, tag: str, body: k.DiskRegistered) -> str:
    """Record by hand a disk that sits in a machine; returns its id."""
    disk = disk_id(body.model, body.serial, body.wwn)
    with town.act() as act:
        machine = resolve(act.writer.connection, tag)
        act.add(disk, body)
        act.add(machine, k.DiskAdded(disk=disk, cause="person"))
    return disk


def find_disk(view: MachineView, wanted: str | None) -> DiskView:
    """Return a machine's disk by serial, label, id, or number from 1; the only one by default.

    Raises NotFound when none matches, UsageError when one must be chosen.
    """
    disks = [d for d in view.disks if d.presence in (Presence.PRESENT, Presence.UNACCOUNTED)]
    if wanted is None and len(disks) == 1:
        return disks[0]
    if wanted is None and disks:
        names = ", ".join(disk.disk.serial or disk.name for disk in disks)
        raise UsageError(
            _("{tag} has several disks: {names}.").format(tag=view.machine.tag, names=names),
            hint=_("Say which: --disk SERIAL"),
        )
    for number, disk in enumerate(disks, start=1):
        names_of = (disk.disk.serial, disk.disk.label, disk.disk.id, str(number))
        if wanted is not None and fold(wanted) in [fold(name) for name in names_of if name]:
            return disk
    tag = view.machine.tag
    raise NotFound(
        _("{tag} has no disk {disk}.").format(tag=tag, disk=wanted)
        if wanted
        else _("{tag} has no disk inside.").format(tag=tag),
        hint=_("See its disks: parclibre machine show {tag}").format(tag=view.machine.tag),
    )


def record_on_disk(town: Town, tag: str, disk: str | None, body: k.Body) -> str:
    """Record a fact on one disk of a machine (wipe, destruction, keeping); returns the disk id."""
    view = view_of(town, tag)
    chosen = find_disk(view, disk).disk.id
    with town.act() as act:
        act.add(chosen, body)
        if isinstance(body, k.DiskDestroyed | k.DiskKept):
            outcome: Literal["destroyed", "kept"]
            outcome = "destroyed" if isinstance(body, k.DiskDestroyed) else "kept"
            act.add(view.machine.id, k.DiskRemoved(disk=chosen, outcome=outcome, on=body.on))
    return chosen
