# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the projections in step with the journal, one write transaction at a time.

Our own appends come last in causal order, so they are applied to the stored state. Anything
else (a merge, an undo, two machines that are one) folds its subjects again from their events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from fleet.model import kinds as k
from fleet.model.causality import Causality
from fleet.model.events import Event, Stamp, subject_type
from fleet.model.fold import (
    apply_to_disk,
    apply_to_machine,
    fold_disk,
    fold_machine,
    undone_by,
)
from fleet.model.state import DiskState, MachineState
from fleet.model.views import MachineView, World, look
from fleet.store.flush import (
    Holders,
    drop_measures,
    holders_of,
    stays_elsewhere,
    write_disks,
    write_stays,
    write_views,
)
from fleet.store.lookups import (
    POLICY_SUBJECT,
    Policies,
    dealt_with,
    read_policies,
    taken_in_under,
    unlawful,
    world_of,
)
from fleet.store.machine_rows import Written, written_of
from fleet.store.records import refold_record, write_records
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import aliases, disks, events, machines
from fleet.store.sql import fetch_one

_MERGE_KINDS = ("MachinesMerged", "MachinesSplit")
_REFOLD_KINDS = frozenset({*_MERGE_KINDS, "Undone"})
_CACHE = 4096
_MACHINE_COLUMNS = tuple(column.name for column in machines.columns if column.name != "no")
_ROW_OF_MACHINE = select(*(machines.c[name] for name in _MACHINE_COLUMNS)).where(
    machines.c.id == bindparam("id")
)
_EARLIER = select(func.count()).where(
    events.c.subject == bindparam("subject"), events.c.lamport < bindparam("lamport")
)
_UNDER_POLICY = (
    select(machines.c.id)
    .where(
        machines.c.id > bindparam("last"),
        (machines.c.disks > 0) | (machines.c.state == "ready") | (machines.c.issues > 0),
    )
    .order_by(machines.c.id)
    .limit(1000)
)
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
        self._today = ""

    def resume(self, connection: Connection, today: str = "") -> None:
        """Start a transaction; cached states are still what the store holds. ``today`` is ISO."""
        self.connection = connection
        self._today = today
        self._dirty_machines.clear()
        self._dirty_disks.clear()
        if len(self._machines) + len(self._disks) > _CACHE:
            self._drop_states()
        self._world = None

    # --- reading -------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """What guards know beside machines."""
        if self._world is None:
            if self._policies is None:
                self._policies = read_policies(self.connection)
            self._world = world_of(self.connection, self.causality, self._policies, self._today)
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
        self._drop_states()
        self._aliases = self._world = self._policies = None
        self._dirty_machines.clear()
        self._dirty_disks.clear()

    def _drop_states(self) -> None:
        self._machines.clear()
        self._disks.clear()
        self._written.clear()

    def touch(self, machine: str) -> None:
        """Have a machine's rows computed again by the next flush."""
        self.machine(machine)
        self._dirty_machines[machine] = None

    def root(self, machine: str) -> str:
        """Return the machine that absorbed this one, or itself."""
        if self._aliases is None:
            rows = self.connection.execute(select(aliases.c.absorbed, aliases.c.into))
            self._aliases = dict(rows.all())
        while machine in self._aliases:
            machine = self._aliases[machine]
        return machine

    def machine(self, machine: str) -> MachineState | None:
        """Return a machine's state, with what this transaction added."""
        if machine not in self._machines:
            found = fetch_one(self.connection, _ROW_OF_MACHINE, {"id": machine})
            row = dict(zip(_MACHINE_COLUMNS, found, strict=True)) if found is not None else None
            state = _MACHINE.decode(row["fold"]) if row is not None else None
            self._machines[machine] = state
            self._written[machine] = written_of(state, row)
        return self._machines[machine]

    def disk(self, disk: str) -> DiskState:
        """Return a disk's state; an unknown disk has an empty one."""
        if disk not in self._disks:
            row = fetch_one(self.connection, _FOLD_OF_DISK, {"id": disk})
            self._disks[disk] = _DISK.decode(row[0]) if row is not None else DiskState(id=disk)
        return self._disks[disk]

    def view(self, machine: str) -> MachineView | None:
        """Return the machine as guards see it; None when there is no such machine."""
        state = self.machine(self.root(machine))
        if state is None:
            return None
        holders = holders_of(self.connection, state.disks)
        for disk in state.disks:
            holders.setdefault(disk, set()).update(self._unwritten_holders(disk))
        for machine in set().union(*holders.values()):
            self.machine(machine)
        return self._look(state.id, holders)

    def _unwritten_holders(self, disk: str) -> Iterator[str]:
        for machine in self._dirty_machines:
            if disk in self._disks_of(machine):
                yield machine

    # --- changing ------------------------------------------------------------------------

    def apply(self, written: Sequence[Event]) -> None:
        """Take in our own new events."""
        if any(event.kind in _REFOLD_KINDS for event in written):
            self.refold_events(written)
            return
        for event in written:
            match subject_type(event.subject):
                case "machine":
                    self._apply_to_machine(event)
                case "disk":
                    apply_to_disk(self.disk(event.subject), event)
                    self._dirty_disks[event.subject] = None
        write_records(self.connection, written)
        self._note_world(written, last=True)

    def _apply_to_machine(self, event: Event) -> None:
        machine = self.root(event.subject)
        state = self.machine(machine)
        if state is None:
            self._begin(machine, event)
            return
        apply_to_machine(state, event, self.causality)
        self._dirty_machines[machine] = None

    def _begin(self, machine: str, event: Event) -> None:
        """Take the first event of a machine, or one more of a machine that is not registered."""
        row = {"subject": machine, "lamport": event.stamp.lamport}
        if event.kind != "MachineRegistered" or fetch_one(self.connection, _EARLIER, row)[0]:
            self._refold_machine(machine, event.stamp)
            return
        state = self._machines[machine] = MachineState(id=machine)
        apply_to_machine(state, event, self.causality)
        self._dirty_machines[machine] = None

    def _note_world(self, written: Sequence[Event], *, last: bool) -> None:
        """Policies, agreements and partners decide on machines they do not name; what comes
        ``last`` says of a partner's past only what nobody had said.
        """
        subjects = {event.subject for event in written}
        if POLICY_SUBJECT in subjects:
            self._world = self._policies = None
            self._look_again()
        agreements = {subject for subject in subjects if subject_type(subject) == "agreement"}
        touched = taken_in_under(self.connection, agreements)
        if partners := {subject for subject in subjects if subject_type(subject) == "partner"}:
            self._world = None
            connection = self.connection
            touched += unlawful(connection) if last else dealt_with(connection, partners)
        for machine in touched:
            self.touch(self.root(machine))

    def _look_again(self) -> None:
        """Look at every machine that a policy decides on, page by page: there may be 100 000."""
        last = ""
        while page := self.connection.execute(_UNDER_POLICY, {"last": last}).scalars().all():
            for machine in page:
                self.touch(machine)
            self.flush()
            self._drop_states()
            last = page[-1]

    def refold_events(self, written: Sequence[Event]) -> None:
        """Fold again every subject of these events."""
        if any(event.kind in _REFOLD_KINDS for event in written):
            self.refold_aliases()
        subjects = dict.fromkeys(event.subject for event in written)
        for subject in subjects:
            self.refold(subject)
        self._note_world(written, last=False)

    def refold(self, subject: str) -> None:
        """Fold one subject again from all its events."""
        match subject_type(subject):
            case "machine":
                self._refold_machine(self.root(subject))
            case "disk":
                before = self.disk(subject)
                after = self._disks[subject] = fold_disk(subject, self._events([subject]))
                drop_measures(self.connection, subject, {*before.reports} - {*after.reports})
                self._dirty_disks[subject] = None
            case _:
                refold_record(self.connection, subject, self._events([subject]))

    def _refold_machine(self, machine: str, until: Stamp | None = None) -> None:
        """Fold all events of a machine, or those until one of them."""
        self.machine(machine)
        found = self._events([machine, *self._absorbed(machine)])
        kept = [event for event in found if until is None or event.stamp <= until]
        self._machines[machine] = fold_machine(machine, kept, self.causality)
        self._dirty_machines[machine] = None

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
            body = k.body_of(event) if event.header.id not in undone else None
            if isinstance(body, k.MachinesMerged):
                if not _would_loop(result, body.absorbed, event.subject):
                    result[body.absorbed] = event.subject
            elif isinstance(body, k.MachinesSplit):
                result.pop(body.absorbed, None)
        return result

    def _undone_of(self, subjects: set[str]) -> set[str]:
        if not subjects:
            return set()
        found = [e for e in self._events(sorted(subjects)) if e.kind == "Undone"]
        dead: set[str] = set()
        for event in sorted(found, key=lambda e: e.stamp, reverse=True):
            if event.header.id not in dead:
                dead.update(undone_by(event))
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
        if not (self._dirty_disks or self._dirty_machines):
            return
        write_disks(self.connection, (self._disks[disk] for disk in self._dirty_disks))
        states = {machine: self.machine(machine) for machine in self._dirty_machines}
        write_stays(self.connection, states, self._written)
        holders = self._spread()
        views = {machine: self._look(machine, holders) for machine in self._dirty_machines}
        write_views(self.connection, views, self._written)
        self._dirty_machines.clear()
        self._dirty_disks.clear()

    def _spread(self) -> Holders:
        """A use of a machine is also a use of its disks, wherever they are now: mark their
        machines as changed, and theirs in turn.
        """
        holders: Holders = {}
        asked: set[str] = set()
        wanted = set(self._dirty_disks).union(
            *map(self._disks_of, self._dirty_machines),
            *(self._written[machine].stays for machine in self._dirty_machines),
        )
        while wanted:
            asked |= wanted
            found = holders_of(self.connection, wanted)
            holders |= found
            reached = set().union(*found.values()) - self._dirty_machines.keys()
            for machine in sorted(reached):
                self.touch(machine)
            wanted = set().union(*map(self._disks_of, reached)) - asked
        return holders

    def _disks_of(self, machine: str) -> Iterable[str]:
        state = self._machines.get(machine)
        return state.disks if state is not None else ()

    def _look(self, machine: str, holders: Holders) -> MachineView | None:
        state = self._machines.get(machine)
        if state is None:
            return None
        found = {disk: self.disk(disk) for disk in state.disks}
        return look(state, found, stays_elsewhere(state, holders, self._machines), self.world)


def _would_loop(known: Mapping[str, str], absorbed: str, into: str) -> bool:
    while into != absorbed and into in known:
        into = known[into]
    return into == absorbed
