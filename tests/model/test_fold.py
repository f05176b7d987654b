# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From events to state: contradictions, undoing, clocks, and what cannot be read."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.model import kinds as k
from fleet.model.events import Clock, Event
from fleet.model.fold import effective, fold_disk, fold_machine
from fleet.model.lifecycle import can, next_steps
from fleet.model.reasons import Refused
from fleet.model.rules import RULES
from fleet.model.state import MachineState, State
from fleet.model.views import g1_reasons
from tests.model.history import (
    ALL_PASS,
    DISK,
    FAMILY,
    MACHINE,
    PARTNER,
    History,
    codes,
    collected,
    in_workshop,
    made_ready,
    wiped,
)

HAND_OVER = k.HandedOver(partner=PARTNER, beneficiary=FAMILY, receipt="R-1")
OTHER = "machine:2"


def _undo(history: History, *events: Event, replica: str = "town") -> Event:
    ids = tuple(event.header.id for event in events)
    return history.add(events[0].subject, k.Undone(events=ids), replica=replica)


def _without_body(event: Event) -> Event:
    return Event(
        header=event.header, stamp=event.stamp, link=event.link, salt=event.salt, body=None
    )


def _stays(state: MachineState) -> list[tuple[str, str]]:
    return [(interval.state.value, interval.from_on) for interval in state.intervals]


# --- contradictions ---------------------------------------------------------------------------


def _retired_twice_over() -> tuple[History, Event]:
    """The desk retires a machine while a stick, which does not know, sends it to repair."""
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"), replica="desk")
    history.add(MACHINE, k.Retired(decision="PV"), replica="desk")
    history.add(OTHER, k.MachineRegistered(tag="PL-2"), replica="stick")
    history.add(OTHER, k.Seen(), replica="stick")
    late = history.add(MACHINE, k.RepairOpened(fault="screen"), replica="stick")
    return history, late


def test_step_that_does_not_fit_waits_in_the_inbox_and_changes_no_state() -> None:
    history, late = _retired_twice_over()

    view = history.view()

    assert view.life is State.RETIRED
    assert [(issue.kind, issue.key) for issue in view.issues] == [("conflict", late.header.id)]


def test_settled_conflict_leaves_the_inbox_with_the_state_a_person_chose() -> None:
    history, late = _retired_twice_over()
    settled = k.ConflictSettled(key=late.header.id, state=State.IN_REPAIR, why="on the bench")

    history.add(MACHINE, settled, replica="desk", sees=("stick",))

    assert history.view().life is State.IN_REPAIR
    assert history.view().issues == ()


def test_conflict_settled_as_handed_over_without_a_wipe_is_a_violation() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, k.Dismantled())
    stray = history.add(MACHINE, HAND_OVER)
    settled = k.ConflictSettled(key=stray.header.id, state=State.GIVEN, why="it did leave")

    exit_ = history.add(MACHINE, settled)

    (issue,) = history.view().issues
    assert (issue.kind, issue.key) == ("violation", f"exit:{exit_.header.id}")
    assert "no_wipe" in codes(issue.reasons)


# --- imports that break guards ----------------------------------------------------------------


def test_import_that_breaks_a_guard_unreadies_the_machine_and_says_so() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.ForeignBoot(), replica="stick")

    view = history.view()

    assert view.life is State.IN_WORKSHOP
    assert view.machine.state is State.READY
    (issue,) = view.issues
    assert (issue.kind, codes(issue.reasons)) == (
        "unready",
        {"disks_unknown", "wipe_not_after_use"},
    )


def test_use_that_another_replica_wrote_early_in_its_own_chain_still_counts() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.CheckedIn(), replica="stick")
    history.add(MACHINE, collected(DISK), sees=("stick",))

    assert codes(g1_reasons(history.view(), history.world())) == {"wipe_not_after_use"}


def test_disk_found_in_a_machine_may_have_been_there_while_it_was_used() -> None:
    history = History()
    history.add(DISK, k.DiskRegistered(serial="S1", kind="hdd"))
    history.add(DISK, wiped())
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    history.add(MACHINE, k.Installed(room="room:1"))
    history.add(MACHINE, k.Retired(decision="PV"))
    history.add(MACHINE, collected(DISK))
    history.add(MACHINE, k.DiskAdded(disk=DISK))

    assert codes(g1_reasons(history.view(), history.world())) == {"wipe_not_after_use"}


def test_wiped_disk_that_a_person_puts_in_a_used_machine_stays_wiped() -> None:
    history = History()
    history.add(DISK, k.DiskRegistered(serial="S1", kind="hdd"))
    history.add(DISK, wiped())
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    history.add(MACHINE, k.Installed(room="room:1"))
    history.add(MACHINE, k.Retired(decision="PV"))
    history.add(MACHINE, k.DiskAdded(disk=DISK, cause="person"))
    history.add(MACHINE, collected(DISK))

    assert g1_reasons(history.view(), history.world()) == ()


def test_unready_machine_is_ready_again_once_proven_again() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.ForeignBoot(), replica="stick")
    history.add(MACHINE, collected(DISK), sees=("stick",))
    history.add(DISK, wiped())
    history.add(MACHINE, k.ImageInstalled(image="famille"))

    assert history.view().life is State.READY
    assert history.view().issues == ()


def test_violation_after_handing_over_stands_until_a_person_settles_it() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.TitleTransferred(way="gift", taker=PARTNER))
    history.add(MACHINE, HAND_OVER)
    assert history.view().issues == ()
    history.add(MACHINE, k.ForeignBoot(), replica="stick")

    (issue,) = history.view().issues
    assert issue.kind == "violation"
    history.add(DISK, wiped(), sees=("stick",))
    assert [one.kind for one in history.view().issues] == ["violation"], (
        "a late wipe proves nothing"
    )

    history.add(MACHINE, k.ConflictSettled(key=issue.key, why="disk brought back and destroyed"))
    assert history.view().issues == ()
    assert history.view().life is State.GIVEN


def test_past_exit_is_not_blamed_for_what_its_disk_did_later_elsewhere() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.TitleTransferred(way="gift", taker=PARTNER))
    history.add(MACHINE, HAND_OVER)
    history.add(MACHINE, k.Returned())
    history.add(MACHINE, k.DiskRemoved(disk=DISK, outcome="moved"))
    history.add(OTHER, k.MachineRegistered(tag="PL-2"))
    history.add(OTHER, k.DiskAdded(disk=DISK))
    history.add(OTHER, k.Installed(room="room:1"))

    assert history.view().issues == ()
    assert codes(g1_reasons(history.view(OTHER), history.world())) >= {"wipe_not_after_use"}


# --- what cannot be read ----------------------------------------------------------------------


def test_unknown_newer_kind_is_kept_and_blocks_every_guarded_step() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.CheckedIn(), kind="TeleportedAway")

    view = history.view()

    assert view.machine.unknown == ["TeleportedAway"]
    for kind, verdict in next_steps(view, history.world()).items():
        assert ("newer_program_needed" in codes(verdict)) == bool(RULES[kind].guards), kind
    assert "newer" in {issue.kind for issue in view.issues}


def test_newer_version_of_a_known_kind_blocks_too() -> None:
    history = History()
    in_workshop(history)
    event = history.events.pop()
    header = msgspec.structs.replace(event.header, version=2)
    newer = Event(header=header, stamp=event.stamp, link=event.link, salt="", body=b'{"whither":1}')
    history.events.append(newer)

    assert history.state().unknown == ["TakenIn"]
    assert history.state().state is State.RETIRED
    assert "newer_program_needed" in codes(can(history.view(), "TakenIn", history.world()))


def test_newer_undoing_undoes_nothing_here_and_blocks() -> None:
    history = History()
    in_workshop(history)
    event = _undo(history, history.events[-1])
    history.events[-1] = Event(
        header=msgspec.structs.replace(event.header, version=9),
        stamp=event.stamp, link=event.link, salt="", body=b'{"acts":["act-town-6"]}',
    )  # fmt: skip

    assert history.state().state is State.IN_WORKSHOP
    assert history.state().unknown == ["Undone"]


def test_unknown_kind_on_a_disk_blocks_the_machine_that_holds_it() -> None:
    history = History()
    made_ready(history)
    history.add(DISK, k.DiskMeasured(health="good"), kind="DiskHaunted")

    assert history.view().life is State.IN_WORKSHOP
    assert codes(g1_reasons(history.view(), history.world())) == {"newer_program_needed"}


@pytest.mark.parametrize("subject", [MACHINE, DISK])
def test_withheld_body_blocks(subject: str) -> None:
    history = History()
    made_ready(history)
    last = [event for event in history.events if event.subject == subject][-1]
    history.events[history.events.index(last)] = _without_body(last)

    verdict = can(history.view(), "MadeReady", history.world())

    assert isinstance(verdict, Refused)
    assert history.view().life is not State.READY
    assert g1_reasons(history.view(), history.world())


# --- dates --------------------------------------------------------------------------------------


def test_wrong_clock_is_pulled_back_by_a_sure_one() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"), at="2024-05-01T08:00:00.000Z")
    for body in (k.Installed(room="room:1"), k.RepairOpened(fault="fan")):
        history.add(MACHINE, body, at="2031-01-01T08:00:00.000Z", clock=Clock.RTC)
    history.add(MACHINE, k.RepairClosed(outcome="repaired"), at="2026-02-01T08:00:00.000Z")

    assert _stays(history.state()) == [
        ("in_stock", "2024-05-01"),
        ("in_service", "2026-02-01"),
        ("in_repair", "2026-02-01"),
        ("in_stock", "2026-02-01"),
    ]


def test_sure_date_before_another_sure_date_does_not_go_back() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"), at="2026-05-01T08:00:00.000Z")
    history.add(MACHINE, k.Installed(room="room:1"), at="2031-01-01T08:00:00.000Z", clock=Clock.RTC)
    history.add(MACHINE, k.Retired(decision="PV", on="2025-01-01"))

    assert _stays(history.state()) == [
        ("in_stock", "2026-05-01"),
        ("in_service", "2026-05-01"),
        ("retired", "2026-05-01"),
    ]


def test_machine_is_last_seen_on_the_latest_day_that_is_not_in_the_future() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    report = k.ReportImported(report="a", format="glpi_inventory")
    for day in ("2026-02-01T10:00:00Z", "2031-02-01T10:00:00Z", "2025-12-01T10:00:00Z"):
        history.add(MACHINE, msgspec.structs.replace(report, collected_at=day))

    assert history.state().last_seen == "2026-03-02"


days = st.sampled_from(["2024-01-01", "2025-06-01", "2026-01-01", "2031-01-01"])
clocks = st.sampled_from([Clock.NTP, Clock.RTC, Clock.UNKNOWN, Clock.BY_HAND])


@given(told=st.lists(st.tuples(days, clocks), min_size=1, max_size=12))
def test_stays_never_go_back_in_time(told: list[tuple[str, Clock]]) -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1", on="2024-06-01"))
    for number, (day, clock) in enumerate(told):
        body: k.Body = k.Found() if number % 2 else k.Lost()
        history.add(MACHINE, body, at=f"{day}T00:00:00.000Z", clock=clock)

    dates = [interval.from_on for interval in history.state().intervals]

    assert len(dates) == len(told) + 1
    assert dates == sorted(dates)


# --- undoing ------------------------------------------------------------------------------------


def test_undone_event_no_longer_counts_and_undoing_that_brings_it_back() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    retired = history.add(MACHINE, k.Retired(decision="PV"))
    undone = _undo(history, retired)
    assert history.state().state is State.IN_STOCK

    back = _undo(history, undone)
    assert history.state().state is State.RETIRED

    _undo(history, back)
    assert history.state().state is State.IN_STOCK


def test_undone_registration_leaves_no_machine() -> None:
    history = History()
    event = history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    _undo(history, event)

    assert fold_machine(MACHINE, history.of(MACHINE), history.causality) is None


def test_undone_wipe_proves_nothing() -> None:
    history = History()
    in_workshop(history)
    wipe = history.add(DISK, wiped())
    _undo(history, wipe)

    assert fold_disk(DISK, history.of(DISK)).wipes == []


def test_machine_registered_twice_keeps_its_first_tag_and_answers_to_both() -> None:
    history = History()
    first = k.MachineRegistered(tag="PL-1", model="X230")
    second = k.MachineRegistered(tag="PL-9", model="ThinkPad", serial="S9", kind="laptop")
    history.add(MACHINE, first, replica="desk")
    history.add(MACHINE, second, replica="stick")

    state = history.state()

    assert (state.tag, state.other_tags) == ("PL-1", ["PL-9"])
    assert (state.model, state.serial) == ("X230", "S9")
    assert state.evidence["serial"] == ["S9"]
    assert len(state.intervals) == 1


# --- order of arrival ---------------------------------------------------------------------------

_SAID: list[tuple[str, k.Body]] = [
    (MACHINE, k.MachineRegistered(tag="PL-1", kind="laptop")),
    (MACHINE, k.DiskAdded(disk=DISK)),
    (MACHINE, k.Installed(room="room:1")),
    (MACHINE, k.Retired(decision="PV")),
    (MACHINE, k.TakenIn()),
    (MACHINE, collected(DISK)),
    (DISK, wiped()),
    (DISK, k.DiskRegistered(serial="S", kind="hdd")),
    (MACHINE, k.TestsRecorded(profile="rapide", results=dict(ALL_PASS))),
    (MACHINE, k.ImageInstalled(bare=True)),
    (MACHINE, k.MadeReady()),
    (MACHINE, HAND_OVER),
    (MACHINE, k.Returned()),
    (MACHINE, k.Lost()),
]
said = st.tuples(
    st.sampled_from(["desk", "stick", "town"]),
    st.booleans(),
    st.one_of(st.sampled_from(_SAID), st.just("undo")),
)


@given(told=st.lists(said, min_size=1, max_size=25), seed=st.integers(0, 9))
def test_events_in_any_order_of_arrival_give_one_state(
    told: list[tuple[str, bool, str | tuple[str, k.Body]]], seed: int
) -> None:
    history = History()
    for replica, meets, what in told:
        known = {event.header.replica for event in history.events}
        sees = tuple(sorted(known - {replica})) if meets else ()
        if not isinstance(what, str):
            history.add(*what, replica=replica, sees=sees)
        elif history.events:
            _undo(history, history.events[-1], replica=replica)
    shuffled = history.events[:]
    random.Random(seed).shuffle(shuffled)

    for subject, fold in ((MACHINE, _folded_machine), (DISK, _folded_disk)):
        mine = [event for event in shuffled if event.subject == subject]
        assert fold(history, mine) == fold(history, history.of(subject))
    assert effective(shuffled) == effective(history.events)


def _folded_machine(history: History, events: list[Event]) -> bytes:
    return msgspec.json.encode(fold_machine(MACHINE, events, history.causality))


def _folded_disk(history: History, events: list[Event]) -> bytes:
    return msgspec.json.encode(fold_disk(DISK, events))
