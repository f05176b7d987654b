# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events to state, one at a time, in causal order. Guards are not asked here: an event that
happened counts, and ``fleet.model.views`` says afterwards what it broke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fleet.model import kinds as k
from fleet.model.causality import Causality
from fleet.model.events import Event
from fleet.model.fold_disks import DISK_EFFECTS, SURE_CLOCKS
from fleet.model.fold_giving import followed, left_lot, note_deed, retired, valued
from fleet.model.fold_places import given_system, out_of_room, placed, relocated
from fleet.model.rules import G1_EXIT_STATES, G1_EXITS, RULES, may_follow
from fleet.model.state import (
    Attachment,
    Conflict,
    DiskState,
    Exit,
    Interval,
    MachineState,
    Presence,
    State,
    Uses,
)

OWN_FORMAT = "parclibre-report"
_DESCRIBED = (
    "kind", "owner", "provenance", "site", "manufacturer", "model", "serial",
    "accounting_number", "purchased_on", "purchase_value_cents", "net_book_value_cents",
    "system", "note",
)  # fmt: skip
_IN_USE = frozenset({State.IN_SERVICE, State.GIVEN, State.LOANED})


class Step:
    """One event being applied: its body, its place in the causal order, its effective date."""

    __slots__ = ("body", "causality", "event", "on", "sure")

    def __init__(self, event: Event, body: Any, causality: Causality) -> None:
        self.event = event
        self.body = body
        self.causality = causality
        claimed = getattr(body, "on", None)
        self.on: str = claimed or event.header.at[:10]
        self.sure: bool = bool(claimed) or event.header.clock in SURE_CLOCKS


def effective(events: Iterable[Event]) -> list[Event]:
    """Return the events in causal order, without those that a later event undid."""
    ordered = sorted(events, key=lambda event: event.stamp)
    dead: set[str] = set()
    for event in reversed(ordered):
        if event.kind == "Undone" and event.header.id not in dead:
            dead.update(undone_by(event))
    return [e for e in ordered if e.header.id not in dead] if dead else ordered


def undone_by(event: Event) -> tuple[str, ...]:
    """Return the ids of the events that this one undoes; none when it cannot be read."""
    body = k.body_of(event) if event.kind == "Undone" else None
    return body.events if isinstance(body, k.Undone) else ()


def fold_machine(
    machine: str, events: Sequence[Event], causality: Causality
) -> MachineState | None:
    """Return a machine's state from all its events; None when nothing registers it any more."""
    state = MachineState(id=machine)
    for event in effective(events):
        apply_to_machine(state, event, causality)
    return state if state.tag or state.unknown or state.withheld else None


def fold_disk(disk: str, events: Sequence[Event]) -> DiskState:
    """Return a disk's state from all its events."""
    state = DiskState(id=disk)
    for event in effective(events):
        apply_to_disk(state, event)
    return state


def apply_to_machine(state: MachineState, event: Event, causality: Causality) -> None:
    """Take one more event into a machine's state; it must come last in causal order."""
    if not k.is_known(event.kind, event.header.version):
        state.unknown.append(event.kind)
        return
    if event.body is None:
        state.withheld += 1
        return
    step = Step(event, k.read_body(event.kind, event.header.version, event.body), causality)
    if event.kind in RULES:
        _transition(state, step)
    elif handler := _FACTS.get(event.kind):
        handler(state, step)


def apply_to_disk(state: DiskState, event: Event) -> None:
    """Take one more event into a disk's state; it must come last in causal order."""
    if not k.is_known(event.kind, event.header.version):
        state.unknown.append(event.kind)
        return
    if event.body is None:
        state.unknown.append(f"{event.kind} (withheld)")
        return
    if handler := DISK_EFFECTS.get(event.kind):
        handler(state, event, k.read_body(event.kind, event.header.version, event.body))


# --- transitions -------------------------------------------------------------------------


def _transition(state: MachineState, step: Step) -> None:
    event = step.event
    if not may_follow(event.kind, state.state):
        if event.header.id not in state.settled:
            state.conflicts[event.header.id] = Conflict(
                event=event.header.id, kind=event.kind, state=state.state
            )
        return
    if event.kind in G1_EXITS:
        _leave(state, step)
    note_deed(state, step)
    if effect := _EFFECTS.get(event.kind):
        effect(state, step)
    target = RULES[event.kind].target
    if target is not None:
        _enter(state, target, step)


def _enter(state: MachineState, target: State, step: Step) -> None:
    kept = step.event.kind  # what was waived to come here holds as long as we stay
    state.waived = [(kind, code) for kind, code in state.waived if kind == kept]
    state.state = target
    if state.intervals:
        if step.sure:
            _pull_back(state.intervals, step.on)
        step.on = max(step.on, state.intervals[-1].from_on)
    state.intervals.append(
        Interval(state=target, from_on=step.on, known_at=step.event.header.at, sure=step.sure)
    )


def _pull_back(intervals: list[Interval], on: str) -> None:
    """Bring intervals that a wrong clock put in the future back to a sure date, in order."""
    late = len(intervals)
    while late and not intervals[late - 1].sure and intervals[late - 1].from_on > on:
        late -= 1
    earliest = max(on, intervals[late - 1].from_on) if late else on
    for interval in intervals[late:]:
        interval.from_on = min(interval.from_on, earliest)


def _leave(state: MachineState, step: Step) -> None:
    state.exits.append(
        Exit(
            event=step.event.header.id,
            kind=step.event.kind,
            stamp=step.event.stamp,
            disks={
                disk: Uses(frontier=dict(stay.uses.frontier), last_on=stay.uses.last_on)
                for disk, stay in state.disks.items()
                if stay.presence in (Presence.PRESENT, Presence.UNACCOUNTED)
            },
            known=disks_known(state, step.causality),
            agreement=getattr(step.body, "agreement", None),
        )
    )


def disks_known(state: MachineState, causality: Causality) -> bool:
    """Tell whether the list of disks was taken after the last possible use."""
    if state.known not in ("collector", "declared", "diskless") or state.known_stamp is None:
        return False
    return causality.covers(state.known_stamp, state.uses.frontier)


def _use(state: MachineState, step: Step) -> None:
    """Count a possible use of the machine, and so of each disk not surely removed before."""
    stamp, on = step.event.stamp, step.on if step.sure else ""
    state.uses.add(stamp, on)
    for stay in state.disks.values():
        if stay.removed is None or not step.causality.before(stay.removed, stamp):
            stay.uses.add(stamp, on)
    for passage in state.exits:
        if not step.causality.before(passage.stamp, stamp) and passage.stamp != stamp:
            for uses in passage.disks.values():
                uses.add(stamp, "")


def _installed(state: MachineState, step: Step) -> None:
    placed(state, step)
    given_system(state, step)
    state.holder = step.body.holder
    state.custody = "town"
    _use(state, step)
    _forget_workshop(state)


def _forget_workshop(state: MachineState) -> None:
    state.tests, state.tests_profile = {}, ""
    state.rejected, state.verdict_reasons = False, ()
    state.image, state.bare, state.image_stamp = None, False, None


def _repair_closed(state: MachineState, step: Step) -> None:
    back = step.body.back_to == "in_service"
    _enter(state, State.IN_SERVICE if back else State.IN_STOCK, step)


def _taken_in(state: MachineState, step: Step) -> None:
    if step.body.partner and state.custody == "town":
        _leave(state, step)
    if state.state in (State.GIVEN, State.LOANED):
        _use(state, step)
        _forget_workshop(state)
    state.workshop_partner = step.body.partner
    state.custody = step.body.partner or "town"
    out_of_room(state, step)


def _returned(state: MachineState, step: Step) -> None:
    _use(state, step)
    _forget_workshop(state)
    state.custody = state.workshop_partner or "town"


def _handed_over(state: MachineState, step: Step) -> None:
    state.custody = step.body.beneficiary
    state.followed_on = state.followed = None
    _use(state, step)


def _exited(state: MachineState, step: Step) -> None:
    state.custody = state.title = step.body.taker
    state.title_way = step.body.way


def _lost(state: MachineState, step: Step) -> None:
    state.custody = "unknown"


def _found(state: MachineState, step: Step) -> None:
    state.custody = "town"
    _use(state, step)


_EFFECTS: dict[str, Callable[[MachineState, Step], None]] = {
    "Installed": _installed,
    "Moved": placed,
    "RepairClosed": _repair_closed,
    "Retired": retired,
    "TakenIn": _taken_in,
    "Returned": _returned,
    "HandedOver": _handed_over,
    "Loaned": _handed_over,
    "Exited": _exited,
    "Lost": _lost,
    "Found": _found,
}


# --- facts -------------------------------------------------------------------------------


def _registered(state: MachineState, step: Step) -> None:
    body: k.MachineRegistered = step.body
    _learn(state, {"serial": body.serial})
    if state.tag:
        if body.tag != state.tag and body.tag not in state.other_tags:
            state.other_tags.append(body.tag)
        for name in _DESCRIBED:
            if getattr(state, name) is None:
                setattr(state, name, getattr(body, name))
        return
    for name in ("tag", "origin", *_DESCRIBED):
        setattr(state, name, getattr(body, name))
    state.title = body.owner
    _enter(state, State.IN_STOCK, step)


def _described(state: MachineState, step: Step) -> None:
    body: k.MachineDescribed = step.body
    relocated(state, step)
    for name in ("tag", *_DESCRIBED):
        if (value := getattr(body, name)) is not None:
            setattr(state, name, value)
    if body.owner is not None:
        state.title = body.owner
    _learn(state, {"serial": body.serial})


def _learn(state: MachineState, found: dict[str, Any]) -> None:
    for name, value in found.items():
        values = state.evidence.setdefault(name, [])
        for one in value if isinstance(value, tuple) else (value,):
            if one and one not in values:
                values.append(one)
        if not values:
            del state.evidence[name]


def _reported(state: MachineState, step: Step) -> None:
    body: k.ReportImported = step.body
    facts = state.facts
    for name in (
        "board_model", "chassis", "cpu", "cores", "threads", "memory_bytes", "memory_slots",
        "firmware_date", "battery_percent",
    ):  # fmt: skip
        if (value := getattr(body, name)) is not None:
            setattr(facts, name, value)
    facts.reports.append(body.report)
    for name in ("manufacturer", "model", "serial"):
        if getattr(state, name) is None:
            setattr(state, name, getattr(body, name))
    _learn(state, {"serial": body.serial, "board": body.board_serial, "uuid": body.uuid,
                   "chassis": body.chassis_serial, "mac": body.macs})  # fmt: skip
    _see(state, min(body.collected_at or step.event.header.at, step.event.header.at))
    if body.environment == "installed":
        _use(state, step)
    if body.hidden_storage:
        state.known, state.known_stamp = "hidden", step.event.stamp
    elif body.lists_disks and body.format == OWN_FORMAT:
        state.known, state.known_stamp = "collector", step.event.stamp


def _disk_added(state: MachineState, step: Step) -> None:
    stay = state.disks.setdefault(step.body.disk, Attachment(since=step.event.stamp))
    if stay.presence is Presence.UNACCOUNTED:
        stay.uses.add(step.event.stamp, "")
    stay.presence, stay.removed = Presence.PRESENT, None
    _may_have_been_there(state, stay, step, found=step.body.cause == "report")


def _may_have_been_there(state: MachineState, stay: Attachment, step: Step, *, found: bool) -> None:
    """Count the machine's earlier uses against a disk: all of them for one that was found there,
    only those that nobody knew of for one that a person just put in.
    """
    for replica, seq in state.uses.frontier.items():
        if found or not step.causality.knows(step.event.stamp, replica, seq):
            stay.uses.frontier[replica] = max(seq, stay.uses.frontier.get(replica, 0))
    if found:
        stay.uses.last_on = max(stay.uses.last_on, state.uses.last_on)


def _disk_removed(state: MachineState, step: Step) -> None:
    stay = state.disks.setdefault(step.body.disk, Attachment(since=step.event.stamp))
    stay.presence = Presence(step.body.outcome)
    stay.removed = step.event.stamp


def _disks_declared(state: MachineState, step: Step) -> None:
    body: k.DisksDeclared = step.body
    for disk, stay in state.disks.items():
        if stay.presence is Presence.PRESENT and disk not in body.disks:
            stay.presence, stay.removed = Presence.UNACCOUNTED, step.event.stamp
    for disk in body.disks:
        if disk not in state.disks:
            stay = state.disks[disk] = Attachment(since=step.event.stamp)
            _may_have_been_there(state, stay, step, found=True)
    state.known = "declared" if body.disks else "diskless"
    state.known_stamp = step.event.stamp


def _tested(state: MachineState, step: Step) -> None:
    state.tests_profile = step.body.profile
    state.tests = {**state.tests, **step.body.results}


def _on_the_bench(state: MachineState, step: Step) -> None:
    state.tests_profile = step.body.profile


def _measured(state: MachineState, step: Step) -> None:
    body: k.TestMeasured = step.body
    told = f"skipped: {body.who or '?'}, {body.why or '?'}"
    result = told if body.result == "skipped" else body.result
    state.tests = {**state.tests, body.test: result}


def _judged(state: MachineState, step: Step) -> None:
    state.rejected, state.verdict_reasons = step.body.rejected, step.body.reasons


def _imaged(state: MachineState, step: Step) -> None:
    state.image, state.bare = step.body.image, step.body.bare
    state.image_stamp = step.event.stamp


def _title(state: MachineState, step: Step) -> None:
    note_deed(state, step)
    state.title, state.title_way = step.body.taker, step.body.way


def _declared(state: MachineState, step: Step) -> None:
    body: k.StateDeclared = step.body
    placed(state, step)
    given_system(state, step)
    if State(body.state) in _IN_USE:
        _use(state, step)
    _enter(state, State(body.state), step)


def _checked_in(state: MachineState, step: Step) -> None:
    _use(state, step)
    _see(state, step.event.header.at)


def _foreign_boot(state: MachineState, step: Step) -> None:
    _use(state, step)


def _seen(state: MachineState, step: Step) -> None:
    _see(state, step.event.header.at)


def _see(state: MachineState, at: str) -> None:
    state.last_seen = max(state.last_seen or "", at[:10])


def _in_lot(state: MachineState, step: Step) -> None:
    state.lot = step.body.lot


def _waived(state: MachineState, step: Step) -> None:
    state.waived.append((step.body.transition, step.body.code))


def _settled(state: MachineState, step: Step) -> None:
    state.conflicts.pop(step.body.key, None)
    state.settled.append(step.body.key)
    if step.body.state:
        if step.body.state in G1_EXIT_STATES:
            _leave(state, step)
        _enter(state, State(step.body.state), step)


_FACTS: dict[str, Callable[[MachineState, Step], None]] = {
    "MachineRegistered": _registered,
    "MachineDescribed": _described,
    "ReportImported": _reported,
    "DiskAdded": _disk_added,
    "DiskRemoved": _disk_removed,
    "DisksDeclared": _disks_declared,
    "TestsRecorded": _tested,
    "BenchStarted": _on_the_bench,
    "TestMeasured": _measured,
    "VerdictGiven": _judged,
    "ImageInstalled": _imaged,
    "TitleTransferred": _title,
    "StateDeclared": _declared,
    "CheckedIn": _checked_in,
    "ForeignBoot": _foreign_boot,
    "Seen": _seen,
    "MachinePutInLot": _in_lot,
    "LeftLot": left_lot,
    "ValueEstimated": valued,
    "FollowedUp": followed,
    "GuardWaived": _waived,
    "ConflictSettled": _settled,
}
