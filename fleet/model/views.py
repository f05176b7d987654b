# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine seen with its disks: what is proven, what fell back, what stands in the inbox."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from fleet.model import kinds as k
from fleet.model.body import Body
from fleet.model.causality import Causality
from fleet.model.dated import DatedTable
from fleet.model.events import Stamp
from fleet.model.facts import DiskKind
from fleet.model.fold import disks_known
from fleet.model.law import NO_LAW, is_told
from fleet.model.lawful import legal_reasons
from fleet.model.policy import (
    CLEAR,
    LEVEL_RANK,
    WITHOUT_STORAGE,
    WITHOUT_SYSTEM,
    Policy,
    tests_asked,
)
from fleet.model.reasons import Reason
from fleet.model.rules import Guard
from fleet.model.state import (
    Attachment,
    Deed,
    DiskState,
    Exit,
    MachineState,
    Presence,
    State,
    Uses,
    Wipe,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a guard needs of a convention. ``until`` is its last day (ISO), None without end."""

    partner: str
    data_clause: bool
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """What a guard needs of a partner: the code of its legal quality (or an older free word), and
    each one that it was recorded with, in causal order.
    """

    quality: str
    qualities: tuple[tuple[Stamp, str], ...] = ()

    def as_of(self, stamp: Stamp) -> Partner:
        """Return it with its quality of then: the last one told before, else the first told."""
        told = [(since, quality) for since, quality in self.qualities if is_told(quality)]
        before = [quality for since, quality in told if since < stamp]
        return Partner(quality=(before[-1:] or [q for _since, q in told[:1]] or [self.quality])[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What guards know beside the machine: order of events, policies over time, the records, the
    ids of those ``withheld`` by a bundle, the law's dated values, and today (ISO).
    """

    causality: Causality
    policies: tuple[tuple[Stamp, Policy], ...] = ()
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    partners: Mapping[str, Partner] = field(default_factory=dict)
    withheld: Container[str] = frozenset()
    beneficiaries: Mapping[str, str] = field(default_factory=dict)
    law: DatedTable = NO_LAW
    today: str = ""

    @property
    def policy(self) -> Policy:
        """The policy in force now."""
        return self.policies[-1][1] if self.policies else Policy()

    def day_of(self, body: Body) -> str:
        """Return the day on which a proposed event happens: its own, or today."""
        return getattr(body, "on", None) or self.today

    def policy_at(self, stamp: Stamp) -> Policy:
        """The policy in force when an event was written."""
        past = [policy for since, policy in self.policies if since < stamp]
        return past[-1] if past else Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskView:
    """A disk in its machine. ``missing`` is empty when it is proven wiped or accounted for."""

    disk: DiskState
    presence: Presence
    missing: tuple[Reason, ...]

    @property
    def name(self) -> str:
        """Model and serial, or our label, for people."""
        parts = (self.disk.model, self.disk.serial or self.disk.label)
        return " ".join(part for part in parts if part) or self.disk.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something for the inbox: violation, unlawful, unready, conflict or newer."""

    key: str
    kind: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineView:
    """A machine as its state, its disks and the policy in force make it."""

    machine: MachineState
    life: State
    disks: tuple[DiskView, ...]
    known: bool
    issues: tuple[Issue, ...]


Foreign = Mapping[str, Sequence[Attachment]]


def look(
    machine: MachineState, disks: Mapping[str, DiskState], foreign: Foreign, world: World
) -> MachineView:
    """Return the machine's view. ``foreign`` holds the stays of its disks in other machines."""
    views = tuple(
        _disk_view(disks.get(disk) or DiskState(id=disk), stay, foreign.get(disk, ()), world)
        for disk, stay in machine.disks.items()
    )
    bare = MachineView(
        machine=machine,
        life=machine.state,
        disks=views,
        known=disks_known(machine, world.causality),
        issues=(),
    )
    if machine.state is not State.READY and not (
        machine.exits or machine.deeds or machine.conflicts or machine.unknown
    ):
        return bare
    fallen = ready_reasons(bare, world) if machine.state is State.READY else ()
    return MachineView(
        machine=machine,
        life=State.IN_WORKSHOP if fallen else machine.state,
        disks=views,
        known=bare.known,
        issues=tuple(_issues(bare, fallen, disks, foreign, world)),
    )


def _disk_view(
    disk: DiskState, stay: Attachment, others: Sequence[Attachment], world: World
) -> DiskView:
    presence = stay.presence
    if disk.fate and presence in (Presence.PRESENT, Presence.UNACCOUNTED):
        presence = Presence(disk.fate)
    elif presence is Presence.UNACCOUNTED and any(
        other.presence is Presence.PRESENT for other in others
    ):
        presence = Presence.MOVED
    uses = [stay.uses, *(other.uses for other in others)]
    return DiskView(disk=disk, presence=presence, missing=_missing(disk, presence, uses, world))


def _missing(
    disk: DiskState, presence: Presence, uses: Sequence[Uses], world: World
) -> tuple[Reason, ...]:
    if disk.unknown:
        return (_g1("newer_program_needed", disk, kinds=", ".join(disk.unknown)),)
    if presence is Presence.UNACCOUNTED:
        return (_g1("disk_unaccounted", disk),)
    if presence is not Presence.PRESENT:
        return ()
    return wipe_reasons(disk, uses, world.policy, world.causality)


def _g1(code: str, disk: DiskState, **params: str) -> Reason:
    name = " ".join(p for p in (disk.model, disk.serial or disk.label) if p) or disk.id
    return Reason(code=code, guard=Guard.G1, params={"disk": name, "disk_id": disk.id, **params})


def wipe_reasons(
    disk: DiskState,
    uses: Sequence[Uses],
    policy: Policy,
    causality: Causality,
    deadline: Stamp | None = None,
) -> tuple[Reason, ...]:
    """Return why no wipe of this disk counts; empty when one does.

    A wipe counts when it succeeded, was verified, has the level that the policy asks for this
    class, and came causally after every possible use (and before ``deadline``). Claimed dates
    can only take away from that, never add.
    """
    if not disk.wipes:
        return (_g1("no_wipe", disk),)
    reasons: tuple[Reason, ...] = ()
    for wipe in reversed(disk.wipes):
        problem = _wipe_problem(disk, wipe, uses, policy, causality, deadline)
        if problem is None:
            return ()
        reasons = reasons or (problem,)
    return reasons


def _wipe_problem(
    disk: DiskState,
    wipe: Wipe,
    uses: Sequence[Uses],
    policy: Policy,
    causality: Causality,
    deadline: Stamp | None,
) -> Reason | None:
    if not wipe.succeeded:
        return _g1("wipe_failed", disk)
    if deadline is not None and not causality.before(wipe.stamp, deadline):
        return _g1("wipe_after_exit", disk)
    if not all(causality.covers(wipe.stamp, use.frontier) for use in uses):
        return _g1("wipe_not_after_use", disk)
    if wipe.on and any(use.last_on > wipe.on for use in uses):
        return _g1("wipe_dated_before_use", disk, on=wipe.on)
    return _level_problem(disk, wipe, policy)


def _level_problem(disk: DiskState, wipe: Wipe, policy: Policy) -> Reason | None:
    asked = policy.level_for(disk.kind)
    if LEVEL_RANK[wipe.level] < LEVEL_RANK.get(asked, 99):
        return _g1("wipe_level_too_low", disk, level=wipe.level, asked=asked)
    if wipe.declared:
        return _declared_problem(disk, wipe, policy)
    if wipe.readback == "none":
        return _g1("wipe_not_read_back", disk)
    if disk.kind == DiskKind.HDD and wipe.level == CLEAR and wipe.readback != "full":
        return _g1("wipe_not_fully_read_back", disk)
    return None


def _declared_problem(disk: DiskState, wipe: Wipe, policy: Policy) -> Reason | None:
    if not policy.accept_declared_wipes:
        return _g1("wipe_only_declared", disk, policy=policy.name)
    if not wipe.documented:
        return _g1("declared_wipe_undocumented", disk)
    return None


# --- G1 to G4 ------------------------------------------------------------------------------


def g1_reasons(view: MachineView, world: World) -> tuple[Reason, ...]:
    """Return why data could leave with this machine; empty when it cannot. Never waived."""
    found: list[Reason] = []
    machine = view.machine
    found.extend(unread_reasons(machine))
    if machine.known == "hidden":
        found.append(Reason(code="disks_hidden", guard=Guard.G1))
    elif not view.known and (view.disks or machine.kind not in WITHOUT_STORAGE):
        found.append(Reason(code="disks_unknown", guard=Guard.G1))
    elif machine.known == "declared" and not world.policy.accept_declared_wipes:
        found.append(Reason(code="disks_only_declared", guard=Guard.G1))
    found.extend(reason for disk in view.disks for reason in disk.missing)
    return tuple(found)


def unread_reasons(machine: MachineState) -> tuple[Reason, ...]:
    """Return why nothing can be decided: events of a newer program, or withheld by a bundle."""
    newer = (_newer(machine),) if machine.unknown else ()
    return (*newer, Reason(code="bodies_withheld", guard=Guard.G1)) if machine.withheld else newer


def _newer(machine: MachineState) -> Reason:
    kinds = ", ".join(sorted(set(machine.unknown)))
    return Reason(code="newer_program_needed", guard=Guard.G1, params={"kinds": kinds})


def g2_reasons(view: MachineView, world: World) -> tuple[Reason, ...]:
    """Return which tests of the profile have no result."""
    profile = world.policy.test_profile
    asked = tests_asked(profile, view.machine.kind)
    todo = [test for test in asked if test not in view.machine.tests]
    if not todo:
        return ()
    return (
        Reason(
            code="tests_missing",
            guard=Guard.G2,
            params={"profile": profile, "tests": ", ".join(todo)},
        ),
    )


def g3_reasons(view: MachineView, world: World) -> tuple[Reason, ...]:
    """Return why the machine has no proven family system: image after the wipe, or bare."""
    machine = view.machine
    if machine.bare or machine.kind in WITHOUT_SYSTEM:
        return ()
    if machine.image is None or machine.image_stamp is None:
        return (Reason(code="no_image", guard=Guard.G3),)
    stamp = machine.image_stamp
    later = [
        disk.name
        for disk in view.disks
        if disk.presence is Presence.PRESENT
        and any(not world.causality.before(wipe.stamp, stamp) for wipe in disk.disk.wipes)
    ]
    if not later:
        return ()
    return (Reason(code="image_before_wipe", guard=Guard.G3, params={"disk": ", ".join(later)}),)


def g4_reasons(view: MachineView, world: World) -> tuple[Reason, ...]:
    """Return the technical verdict when it rejects the machine."""
    if not view.machine.rejected:
        return ()
    why = "; ".join(view.machine.verdict_reasons)
    return (Reason(code="verdict_rejected", guard=Guard.G4, params={"why": why}),)


def ready_reasons(view: MachineView, world: World) -> tuple[Reason, ...]:
    """Return all that keeps a machine from being ready to give (G1 to G4)."""
    checks = (g1_reasons, g2_reasons, g3_reasons, g4_reasons)
    found = [reason for check in checks for reason in check(view, world)]
    waived = set(view.machine.waived)
    return tuple(r for r in found if r.guard == Guard.G1 or ("MadeReady", r.code) not in waived)


# --- the inbox -----------------------------------------------------------------------------


def _issues(
    view: MachineView,
    fallen: tuple[Reason, ...],
    disks: Mapping[str, DiskState],
    foreign: Foreign,
    world: World,
) -> Iterator[Issue]:
    machine = view.machine
    if machine.unknown:
        yield Issue(key="newer", kind="newer", reasons=(_newer(machine),))
    if fallen:
        yield Issue(key="unready", kind="unready", reasons=fallen)
    for conflict in machine.conflicts.values():
        params = {"event": conflict.kind, "state": conflict.state}
        reason = Reason(code="event_does_not_fit", params=params)
        yield Issue(key=conflict.event, kind="conflict", reasons=(reason,))
    for passage in machine.exits:
        key = f"exit:{passage.event}"
        if key not in machine.settled and (
            broken := _data_out(machine, passage, disks, foreign, world)
        ):
            yield Issue(key=key, kind="violation", reasons=broken)
    for deed in machine.deeds:
        key = f"law:{deed.event}"
        if key not in machine.settled and (against := _unlawful(view, deed, world)):
            yield Issue(key=key, kind="unlawful", reasons=against)


def _unlawful(view: MachineView, deed: Deed, world: World) -> tuple[Reason, ...]:
    """Return what a deed broke of the law of its day, as its guards would have said then; nothing
    when a bundle withheld what they would have looked at.
    """
    machine = view.machine
    if machine.withheld or machine.unknown:
        return ()
    body = msgspec.convert(deed.said, k.KINDS[deed.kind])
    named = {deed.title, getattr(body, "taker", ""), getattr(body, "partner", "")}
    known = {one: partner for one in named if (partner := world.partners.get(one))}
    then = msgspec.structs.replace(
        machine, title=deed.title, provenance=deed.provenance, value_cents=deed.value_cents
    )
    partners = {one: partner.as_of(deed.stamp) for one, partner in known.items()}
    found = legal_reasons(
        replace(view, machine=then), replace(world, partners=partners), deed.kind, body
    )
    against = tuple(reason for reason in found if reason.code not in deed.waived)
    unread = against and any(one in world.withheld for one in named - known.keys())
    return () if unread else against


def _data_out(
    machine: MachineState,
    passage: Exit,
    disks: Mapping[str, DiskState],
    foreign: Foreign,
    world: World,
) -> tuple[Reason, ...]:
    agreement = world.agreements.get(passage.agreement or "")
    if agreement is not None and agreement.data_clause:
        return ()
    policy = world.policy_at(passage.stamp)
    found: list[Reason] = []
    bare = machine.kind in WITHOUT_STORAGE and not passage.disks
    if passage.kind != "TakenIn" and not passage.known and not bare:
        found.append(Reason(code="disks_unknown", guard=Guard.G1))
    for disk_id, uses in passage.disks.items():
        disk = disks.get(disk_id) or DiskState(id=disk_id)
        if disk.fate_stamp and world.causality.before(disk.fate_stamp, passage.stamp):
            continue
        earlier = [
            other.uses
            for other in foreign.get(disk_id, ())
            if not world.causality.before(passage.stamp, other.since)
        ]
        found.extend(wipe_reasons(disk, [uses, *earlier], policy, world.causality, passage.stamp))
    return tuple(found)
