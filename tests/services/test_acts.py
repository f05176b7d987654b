# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acts ask the guards before they write, whole selections at once, and can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.errors import GuardRefused, NotFound, UsageError
from fleet.model import kinds as k
from fleet.model.events import Clock
from fleet.model.reasons import Allowed, Refused
from fleet.model.state import State
from fleet.services import acts, machines, records
from fleet.services.exchange import export_bundle, import_bundle, trust_replica
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.rebuild import projection_digest, rebuild
from tests.services.lshw_reports import a_town

TESTS = dict.fromkeys(("start", "disk", "memory", "screen", "keyboard", "network"), "pass")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return a_town(tmp_path / "town")


@pytest.fixture(params=["sqlite", "postgresql"])
def either_town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else None
    return a_town(tmp_path / "town", url)


def _register(town: Town, *tags: str, kind: str = "laptop") -> None:
    for tag in tags:
        machines.register(town, k.MachineRegistered(tag=tag, kind=kind))


def _life(town: Town, tag: str) -> State:
    return acts.view_of(town, tag).life


def _trace(town: Town) -> tuple[int, str]:
    with town.journal.read() as connection:
        return queries.change_token(connection), projection_digest(town.journal)


def _sound(town: Town) -> None:
    before = projection_digest(town.journal)
    rebuild(town.journal)
    assert projection_digest(town.journal) == before


def _proven(town: Town, tag: str) -> str:
    """Bring a machine to « ready » with a declared wipe, under a policy that takes those."""
    policy = k.PolicyChosen(name="rentrée", accept_declared_wipes=True)
    records.choose_policy(town, policy)
    _register(town, tag)
    disk = machines.add_disk(town, tag, k.DiskRegistered(model="ST500", serial="S1", kind="hdd"))
    for body in (k.Retired(decision="PV 3"), k.TakenIn()):
        assert acts.transition(town, [tag], body).accepted
    acts.record(town, [tag], k.DisksDeclared(disks=(disk,), second_person="operator:2"))
    wiped = k.DiskWiped(
        level="clear", method="nwipe", readback="full", declared=True, report="PV-7",
        second_person="operator:2",
    )  # fmt: skip
    machines.record_on_disk(town, tag, None, wiped)
    acts.record(town, [tag], k.TestsRecorded(profile="rapide", results=TESTS))
    acts.record(town, [tag], k.ImageInstalled(image="famille-2026"))
    assert acts.transition(town, [tag], k.MadeReady()).accepted
    return disk


# --- asking the guards --------------------------------------------------------------------------


def test_selection_does_what_is_allowed_and_lists_the_rest_with_reasons(town: Town) -> None:
    _register(town, "A", "B", "C")
    acts.transition(town, ["B"], k.Lost())

    report = acts.transition(town, ["A", "B", "C", "A"], k.Retired(decision="PV 1"))

    assert set(report.accepted) == {"A", "C"}
    (refusal,) = report.refused
    assert (refusal.tag, [r.code for r in refusal.reasons]) == ("B", ["wrong_state"])
    assert [_life(town, tag) for tag in "ABC"] == [State.RETIRED, State.LOST, State.RETIRED]


def test_refused_act_writes_nothing(town: Town) -> None:
    _register(town, "A")
    before = _trace(town)

    report = acts.transition(town, ["A"], k.MadeReady())

    assert report.accepted == ()
    assert _trace(town) == before


def test_unknown_tag_in_a_selection_writes_nothing(town: Town) -> None:
    _register(town, "A")
    before = _trace(town)

    with pytest.raises(NotFound):
        acts.transition(town, ["A", "NO-SUCH"], k.Retired(decision="PV 1"))

    assert _trace(town) == before


def test_guards_cannot_be_gone_round_by_recording_a_step_as_a_fact(town: Town) -> None:
    _register(town, "A")
    handed = k.HandedOver(partner="partner:1", beneficiary="beneficiary:1", receipt="R")

    report = acts.record(town, ["A"], handed)

    assert [refusal.tag for refusal in report.refused] == ["A"]
    assert _life(town, "A") is State.IN_STOCK


def test_check_says_what_the_act_would_say_and_writes_nothing(town: Town) -> None:
    _register(town, "A")
    before = _trace(town)

    assert acts.check(town, "A", k.Retired(decision="PV")) == Allowed()
    assert isinstance(acts.check(town, "A", k.MadeReady()), Refused)
    assert _trace(town) == before


def test_guard_about_data_is_never_waived(town: Town) -> None:
    _register(town, "A")
    acts.transition(town, ["A"], k.Retired(decision="PV"))
    acts.transition(town, ["A"], k.TakenIn())

    with pytest.raises(GuardRefused):
        acts.waive(town, "A", "MadeReady", "disks_unknown", "in a hurry")
    with pytest.raises(GuardRefused):
        acts.waive(town, "A", "MadeReady", "no_such_reason", "in a hurry")
    acts.waive(town, "A", "MadeReady", "tests_missing", "its screen is for parts")

    verdict = acts.check(town, "A", k.MadeReady())
    assert isinstance(verdict, Refused)
    assert {reason.code for reason in verdict.reasons} == {"disks_unknown", "no_image"}


def test_import_stores_what_a_person_would_be_refused(tmp_path: Path) -> None:
    desk, stick = a_town(tmp_path / "desk"), a_town(tmp_path / "stick")
    for one, other in ((desk, stick), (stick, desk)):
        trust_replica(one, other.key.replica, other.key.public_key)
    _register(desk, "A")
    import_bundle(stick, export_bundle(desk, tmp_path / "1.tar.zst").path)
    for _ in range(3):
        acts.record(stick, ["A"], k.Seen())
    acts.transition(stick, ["A"], k.RepairOpened(fault="fan"))
    acts.transition(desk, ["A"], k.Retired(decision="PV"))
    acts.transition(desk, ["A"], k.TakenIn())

    refused = acts.check(desk, "A", k.RepairOpened(fault="fan"))
    report = import_bundle(desk, export_bundle(stick, tmp_path / "2.tar.zst").path)

    assert isinstance(refused, Refused)
    assert sum(report.new_events.values()) >= 1
    assert "conflict" in {issue.kind for issue in acts.view_of(desk, "A").issues}
    _sound(desk)


def test_two_machines_under_one_tag_are_named_and_neither_is_touched(tmp_path: Path) -> None:
    desk, stick = a_town(tmp_path / "desk"), a_town(tmp_path / "stick")
    trust_replica(desk, stick.key.replica, stick.key.public_key)
    _register(desk, "PL-00001")
    _register(stick, "PL-00001")
    import_bundle(desk, export_bundle(stick, tmp_path / "1.tar.zst").path)

    with pytest.raises(UsageError, match="Several machines") as refused:
        acts.transition(desk, ["PL-00001"], k.Lost())

    ids = [
        word.strip(".,") for word in refused.value.message.split() if word.startswith("machine:")
    ]
    assert len(ids) == 2
    acts.record(desk, [ids[1]], k.MachineDescribed(tag="PL-00002"))
    assert acts.transition(desk, ["PL-00001"], k.Lost()).accepted == ("PL-00001",)


# --- undoing -------------------------------------------------------------------------------------


def test_bulk_act_is_undone_as_one(either_town: Town) -> None:
    town = either_town
    tags = [f"A{number}" for number in range(30)]
    _register(town, *tags)
    before = projection_digest(town.journal)
    assert len(acts.transition(town, tags, k.Retired(decision="PV 1")).accepted) == 30

    assert len(acts.undo(town)) == 30

    assert projection_digest(town.journal) == before
    _sound(town)


def test_undoing_twice_goes_one_act_further_back(town: Town) -> None:
    _register(town, "A")
    acts.transition(town, ["A"], k.Retired(decision="PV"))
    acts.transition(town, ["A"], k.TakenIn())

    acts.undo(town)
    assert _life(town, "A") is State.RETIRED
    acts.undo(town)
    assert _life(town, "A") is State.IN_STOCK
    acts.undo(town)
    with pytest.raises(NotFound):
        acts.view_of(town, "A")
    with pytest.raises(NotFound, match="nothing"):
        acts.undo(town)
    _sound(town)


def test_undoing_an_act_of_any_size_leaves_the_one_before_in_reach(town: Town) -> None:
    with town.act() as act:
        for number in range(600):
            act.add(f"machine:{number}", k.MachineRegistered(tag=f"A{number}"))
    with town.act() as act:
        for number in range(600):
            act.add(f"machine:{number}", k.Lost())

    assert len(acts.undo(town)) == 600
    assert len(acts.undo(town)) == 600

    with town.journal.read() as connection:
        assert queries.count_machines(connection, queries.MachineFilter()) == 0


def test_only_ones_own_acts_are_undone(town: Town) -> None:
    _register(town, "A", "B")
    acts.transition(town, ["A"], k.Retired(decision="PV"))
    other = town.acting_as("Dominique R.")
    acts.transition(other, ["B"], k.Lost())

    acts.undo(town)

    assert (_life(town, "A"), _life(town, "B")) == (State.IN_STOCK, State.LOST)
    acts.undo(other)
    assert _life(town, "B") is State.IN_STOCK


def test_act_that_others_built_on_is_not_undone(town: Town) -> None:
    _register(town, "A")
    acts.transition(town, ["A"], k.Retired(decision="PV"))
    acts.transition(town.acting_as("Dominique R."), ["A"], k.TakenIn())
    before = _trace(town)

    with pytest.raises(GuardRefused, match="Taken into the workshop"):
        acts.undo(town)

    assert _trace(town) == before
    acts.undo(town.acting_as("Dominique R."))
    acts.undo(town)
    assert _life(town, "A") is State.IN_STOCK


def test_wipe_that_a_later_step_rests_on_is_not_undone(town: Town) -> None:
    disk = _proven(town, "A")
    wiper = town.acting_as("Dominique R.")
    machines.record_on_disk(
        wiper, "A", disk, k.DiskWiped(level="purge", method="m", readback="full")
    )
    assert acts.transition(town, ["A"], k.Dismantled()).accepted

    with pytest.raises(GuardRefused, match="Dismantled"):
        acts.undo(wiper)


def test_record_that_others_name_is_not_undone(town: Town) -> None:
    records.add_partner(town, "Emmaüs Connect")
    other = town.acting_as("Dominique R.")
    records.sign_agreement(other, "Emmaüs Connect", "C-2026", data_clause=True)

    with pytest.raises(GuardRefused, match="Agreement signed"):
        acts.undo(town)

    acts.undo(other)
    acts.undo(town)
    assert records.listing(town, "partner") == []


def test_naming_oneself_is_no_act_to_undo(town: Town) -> None:
    newcomer = town.acting_as("Dominique R.")

    with pytest.raises(NotFound):
        acts.undo(newcomer)


def test_undone_policy_gives_way_to_the_one_before(town: Town) -> None:
    _proven(town, "A")
    records.choose_policy(town, k.PolicyChosen(name="strict"))
    assert _life(town, "A") is State.IN_WORKSHOP

    acts.undo(town)

    assert records.current_policy(town).name == "rentrée"
    assert _life(town, "A") is State.READY
    with town.journal.read() as connection:
        assert queries.list_issues(connection) == []
    _sound(town)


def test_policy_is_looked_at_again_for_machines_that_no_event_names(town: Town) -> None:
    _proven(town, "A")

    records.choose_policy(town, k.PolicyChosen(name="strict"))

    with town.journal.read() as connection:
        (line,) = queries.page_machines(connection, queries.MachineFilter())
        assert (line.state, line.unproven_disks, line.issues) == ("in_workshop", 1, 1)
    _sound(town)


def test_wipe_dated_by_a_wrong_clock_proves_nothing_before_a_use(town: Town) -> None:
    disk = _proven(town, "A")
    with town.act() as act:
        machine = acts.resolve(act.writer.connection, "A")
        act.add(machine, k.ForeignBoot(), clock=Clock.RTC)

    assert _life(town, "A") is State.IN_WORKSHOP
    late = k.DiskWiped(
        level="clear", method="nwipe", readback="full", declared=True, report="PV-8",
        second_person="operator:2", on="2025-01-01",
    )  # fmt: skip
    machines.record_on_disk(town, "A", disk, late)
    assert _life(town, "A") is State.IN_WORKSHOP


# --- one machine entered twice -----------------------------------------------------------------


def test_merge_by_a_person_is_undone_as_any_act(either_town: Town) -> None:
    town = either_town
    _register(town, "A", "B")
    absorbed = acts.view_of(town, "B").machine.id
    before = projection_digest(town.journal)
    acts.record(town, ["A"], k.MachinesMerged(absorbed=absorbed))
    assert acts.view_of(town, "B").machine.tag == "A"

    acts.undo(town)

    assert projection_digest(town.journal) == before
    assert acts.view_of(town, "B").machine.id == absorbed
    _sound(town)
