# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the projections in step with the journal, one write transaction at a time.

Our own appends come last in causal order, so they are applied to the stored state. Anything
else (a merge, an undo, two machines that are one) folds its subjects again from their events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from fleet.model import kinds as k
from fleet.model.causality import Causality
from fleet.model.events import Event, subject_type
from fleet.model.fold import (
    apply_to_disk,
    apply_to_machine,
    fold_disk,
    fold_machine,
)
from fleet.model.state import Attachment, DiskState, MachineState
from fleet.model.views import MachineView, World, look
from fleet.store.lookups import Policies, read_policies, world_of
from fleet.store.machine_rows import (
    Written,
    attachment_rows,
    disk_evidence,
    disk_row,
    evidence_rows,
    interval_rows,
    issue_rows,
    machine_row,
    written_of,
)
from fleet.store.records import refold_record, write_records
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import (
    aliases,
    attachments,
    disks,
    events,
    evidence,
    intervals,
    issues,
    machines,
)
from fleet.store.sql import chunks, upsert

_MERGE_KINDS = ("MachinesMerged", "MachinesSplit")
_REFOLD_KINDS = frozenset({*_MERGE_KINDS, "Undone"})
_POLICY_KINDS = frozenset({"PolicyChosen", "Undone"})
_CACHE = 4096
_FOLD_OF_MACHINE = select(machines.c.fold).where(machines.c.id == bindparam("id"))
_FOLD_OF_DISK = select(disks.c.fold).where(disks.c.id == bindparam("id"))
_MACHINE = msgspec.json.Decoder(MachineState)
_DISK = msgspec.json.Decoder(DiskState)


class Projector:
    """States loaded on demand, changed in memory, written once by ``flush``."""

    connection: Connection

    def __init__(self, causality: Causality) -> None:
        self.causality = causality
        self._machines: dict[str, MachineState | None] = {}
        self._disks: dict[str, DiskState] = {}
        self._written: dict[str, Written] = {}
        self._dirty_machines: dict[str, None] = {}
        self._dirty_disks: dict[str, None] = {}
        self._aliases: dict[str, str] | None = None
        self._world: World | None = None
        self._policies: Policies | None = None

    def resume(self, connection: Connection) -> None:
        """Start a transaction; cached states are still what the store holds."""
        self.connection = connection
        self._dirty_machines.clear()
        self._dirty_disks.clear()
        if len(self._machines) + len(self._disks) > _CACHE:
            self._machines.clear()
            self._disks.clear()
            self._written.clear()
        self._world = None

    # --- reading -------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """What guards know beside machines."""
        if self._world is None:
            if self._policies is None:
                self._policies = read_policies(self.connection)
            self._world = world_of(self.connection, self.causality, self._policies)
        return self._world

    def aliases(self) -> dict[str, str]:
        """Return which machine absorbed which (absorbed to absorber)."""
        self.root("")
        return self._aliases or {}

    def has_absorbed(self, machine: str) -> bool:
        """Tell whether other machines were merged into this one."""
        return machine in self.aliases().values()

    def forget(self) -> None:
        """Drop everything cached: the store changed under it."""
        self._machines.clear()
        self._disks.clear()
        self._written.clear()
        self._aliases = self._world = self._policies = None
        self._dirty_machines.clear()
        self._dirty_disks.clear()

    def touch(self, machine: str) -> None:
        """Have a machine's rows computed again by the next flush."""
        self.machine(machine)
        self._dirty_machines[machine] = None

    def root(self, machine: str) -> str:
        """Return the machine that absorbed this one, or itself."""
        if self._aliases is None:
            rows = self.connection.execute(select(aliases.c.absorbed, aliases.c.into))
            self._aliases = dict(rows.tuples().all())
        while machine in self._aliases:
            machine = self._aliases[machine]
        return machine

    def machine(self, machine: str) -> MachineState | None:
        """Return a machine's state, with what this transaction added."""
        if machine not in self._machines:
            fold = self.connection.execute(_FOLD_OF_MACHINE, {"id": machine}).scalar_one_or_none()
            state = _MACHINE.decode(fold) if fold is not None else None
            self._machines[machine] = state
            self._written[machine] = written_of(state)
        return self._machines[machine]

    def disk(self, disk: str) -> DiskState:
        """Return a disk's state; an unknown disk has an empty one."""
        if disk not in self._disks:
            fold = self.connection.execute(_FOLD_OF_DISK, {"id": disk}).scalar_one_or_none()
            self._disks[disk] = _DISK.decode(fold) if fold is not None else DiskState(id=disk)
        return self._disks[disk]

    def view(self, machine: str) -> MachineView | None:
        """Return the machine as guards see it; None when there is no such machine."""
        state = self.machine(self.root(machine))
        if state is None:
            return None
        found = {disk: self.disk(disk) for disk in state.disks}
        return look(state, found, self._foreign(state), self.world)

    def _foreign(self, state: MachineState) -> Mapping[str, Sequence[Attachment]]:
        """Return the stays of this machine's disks in other machines."""
        found: dict[str, list[Attachment]] = {}
        for disk, machine in self._holders(state.disks):
            other = self.machine(machine) if machine != state.id else None
            if other is not None and disk in other.disks:
                found.setdefault(disk, []).append(other.disks[disk])
        return found

    def _holders(self, wanted: Iterable[str]) -> set[tuple[str, str]]:
        """Return (disk, machine) for each machine that holds or held one of these disks."""
        names = list(wanted)
        pairs: set[tuple[str, str]] = set()
        for part in chunks(names):
            query = select(attachments.c.disk, attachments.c.machine)
            rows = self.connection.execute(query.where(attachments.c.disk.in_(part)))
            pairs.update((disk, machine) for disk, machine in rows)
        wanted_set = set(names)
        for machine in self._dirty_machines:
            state = self._machines.get(machine)
            if state is not None:
                pairs.update((disk, machine) for disk in wanted_set.intersection(state.disks))
        return pairs

    # --- changing ------------------------------------------------------------------------

    def apply(self, written: Sequence[Event]) -> None:
        """Take in our own new events."""
        if any(event.kind in _REFOLD_KINDS for event in written):
            self.refold_events(written)
            return
        for event in written:
            self._apply_one(event)
        write_records(self.connection, written)
        self._note_world(written)

    def _apply_one(self, event: Event) -> None:
        match subject_type(event.subject):
            case "machine":
                machine = self.root(event.subject)
                state = self.machine(machine)
                if state is None:
                    state = self._machines[machine] = MachineState(id=machine)
                apply_to_machine(state, event, self.causality)
                self._dirty_machines[machine] = None
            case "disk":
                apply_to_disk(self.disk(event.subject), event)
                self._dirty_disks[event.subject] = None

    def _note_world(self, written: Sequence[Event]) -> None:
        """Policies and agreements decide on machines they do not name."""
        changed = {event.kind for event in written}
        if changed & _POLICY_KINDS:
            self._world = self._policies = None
        if changed & {"PolicyChosen", "AgreementSigned"}:
            query = select(machines.c.id).where(
                (machines.c.state == "ready") | (machines.c.issues > 0)
            )
            for machine in self.connection.execute(query).scalars():
                self._dirty_machines[machine] = None

    def refold_events(self, written: Sequence[Event]) -> None:
        """Fold again every subject of these events."""
        if any(event.kind in _REFOLD_KINDS for event in written):
            self.refold_aliases()
        subjects = dict.fromkeys(event.subject for event in written)
        for subject in subjects:
            self.refold(subject)
        self._note_world(written)

    def refold(self, subject: str) -> None:
        """Fold one subject again from all its events."""
        match subject_type(subject):
            case "machine":
                machine = self.root(subject)
                self.machine(machine)
                found = self._events([machine, *self._absorbed(machine)])
                self._machines[machine] = fold_machine(machine, found, self.causality)
                self._dirty_machines[machine] = None
            case "disk":
                self._disks[subject] = fold_disk(subject, self._events([subject]))
                self._dirty_disks[subject] = None
            case _:
                refold_record(self.connection, subject, self._events([subject]))

    def _events(self, subjects: Sequence[str]) -> list[Event]:
        query = SELECT_EVENTS.where(events.c.subject.in_(subjects))
        return [event_of(row) for row in self.connection.execute(query)]

    def _absorbed(self, machine: str) -> list[str]:
        return [name for name in self.aliases() if self.root(name) == machine]

    def refold_aliases(self) -> None:
        """Recompute which machine absorbed which; both sides are folded again."""
        query = SELECT_EVENTS.where(events.c.kind.in_(_MERGE_KINDS))
        found = [event_of(row) for row in self.connection.execute(query)]
        before = dict(self.aliases())
        after = self._aliases_of(found)
        self._aliases = after
        for absorbed in before.keys() | after.keys():
            if before.get(absorbed) != after.get(absorbed):
                self._realias(absorbed, before.get(absorbed), after.get(absorbed))

    def _aliases_of(self, found: Sequence[Event]) -> dict[str, str]:
        undone = self._undone_of({event.subject for event in found})
        result: dict[str, str] = {}
        for event in sorted(found, key=lambda e: e.stamp):
            if event.header.id in undone or event.body is None:
                continue
            absorbed = msgspec.json.decode(event.body, type=k.MachinesMerged).absorbed
            if event.kind == "MachinesMerged" and not _would_loop(result, absorbed, event.subject):
                result[absorbed] = event.subject
            elif event.kind == "MachinesSplit":
                result.pop(absorbed, None)
        return result

    def _undone_of(self, subjects: set[str]) -> set[str]:
        if not subjects:
            return set()
        found = [e for e in self._events(sorted(subjects)) if e.kind == "Undone"]
        dead: set[str] = set()
        for event in sorted(found, key=lambda e: e.stamp, reverse=True):
            if event.header.id not in dead and event.body is not None:
                dead.update(msgspec.json.decode(event.body, type=k.Undone).events)
        return dead

    def _realias(self, absorbed: str, before: str | None, after: str | None) -> None:
        self.connection.execute(delete(aliases).where(aliases.c.absorbed == absorbed))
        if after is not None:
            self.connection.execute(aliases.insert(), {"absorbed": absorbed, "into": after})
            self.machine(absorbed)
            self._machines[absorbed] = None
            self._dirty_machines[absorbed] = None
        for machine in {absorbed, before, after} - {None}:
            self.refold(str(machine))

    # --- writing -------------------------------------------------------------------------

    def flush(self) -> None:
        """Write every changed projection row."""
        self._write_disks()
        self._write_attachments()
        self._dirty_shared()
        views = self._views()
        self._write_machines(views)
        self._dirty_machines.clear()
        self._dirty_disks.clear()

    def _write_disks(self) -> None:
        rows = [disk_row(self._disks[disk]) for disk in self._dirty_disks]
        upsert(self.connection, disks, ("id",), rows)
        seen = [row for disk in self._dirty_disks for row in disk_evidence(self._disks[disk])]
        upsert(self.connection, evidence, ("kind", "value", "machine"), seen)
        for _disk, machine in self._holders(self._dirty_disks):
            self.machine(machine)
            self._dirty_machines[machine] = None

    def _write_attachments(self) -> None:
        rows = [
            row
            for machine in self._dirty_machines
            for row in attachment_rows(machine, self.machine(machine), self._written)
        ]
        gone = [m for m in self._dirty_machines if self._machines.get(m) is None]
        for part in chunks(gone):
            self.connection.execute(delete(attachments).where(attachments.c.machine.in_(part)))
        upsert(self.connection, attachments, ("machine", "disk"), rows)

    def _dirty_shared(self) -> None:
        """A machine's use is also a use of a disk that has moved on: look at its new machine."""
        moved = {
            disk
            for machine in self._dirty_machines
            if (state := self._machines.get(machine)) is not None
            for disk in state.disks
        }
        for _disk, machine in self._holders(moved):
            self.machine(machine)
            self._dirty_machines[machine] = None

    def _views(self) -> dict[str, MachineView | None]:
        return {machine: self._view_of(machine) for machine in self._dirty_machines}

    def _view_of(self, machine: str) -> MachineView | None:
        state = self._machines.get(machine)
        if state is None:
            return None
        found = {disk: self.disk(disk) for disk in state.disks}
        return look(state, found, self._foreign(state), self.world)

    def _write_machines(self, views: Mapping[str, MachineView | None]) -> None:
        kept = [view for view in views.values() if view is not None]
        upsert(self.connection, machines, ("id",), [machine_row(view) for view in kept])
        for table, rows, keys in (
            (intervals, interval_rows, ("machine", "n")),
            (evidence, evidence_rows, ("kind", "value", "machine")),
        ):
            fresh = [row for view in kept for row in rows(view.machine, self._written)]
            upsert(self.connection, table, keys, fresh)
        self._trim(views)
        self._write_issues(views)
        for machine, view in views.items():
            self._written[machine] = written_of(view.machine if view else None)

    def _trim(self, views: Mapping[str, MachineView | None]) -> None:
        """Remove rows that a new fold no longer has."""
        for machine, view in views.items():
            before = self._written.get(machine, Written())
            now = written_of(view.machine if view else None)
            if view is None:
                self.connection.execute(delete(machines).where(machines.c.id == machine))
            if len(now.intervals) < len(before.intervals):
                self.connection.execute(
                    delete(intervals).where(
                        intervals.c.machine == machine, intervals.c.n >= len(now.intervals)
                    )
                )
            for kind, value in before.evidence - now.evidence:
                self.connection.execute(
                    delete(evidence).where(
                        evidence.c.machine == machine,
                        evidence.c.kind == kind,
                        evidence.c.value == value,
                    )
                )
            for disk in before.stays.keys() - now.stays.keys():
                self.connection.execute(
                    delete(attachments).where(
                        attachments.c.machine == machine, attachments.c.disk == disk
                    )
                )

    def _write_issues(self, views: Mapping[str, MachineView | None]) -> None:
        for part in chunks(list(views)):
            self.connection.execute(delete(issues).where(issues.c.subject.in_(part)))
        rows = [row for view in views.values() if view is not None for row in issue_rows(view)]
        if rows:
            self.connection.execute(issues.insert(), rows)


def _would_loop(known: Mapping[str, str], absorbed: str, into: str) -> bool:
    while into in known:
        into = known[into]
    return into == absorbed
