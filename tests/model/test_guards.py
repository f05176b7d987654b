# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guards: what leaves, what does not, and why."""

from __future__ import annotations

import pytest

from fleet.model import kinds as k
from fleet.model.events import Clock
from fleet.model.lifecycle import can, next_steps, waivable
from fleet.model.reasons import Allowed, Reason
from fleet.model.rules import RULES, Guard
from fleet.model.state import Presence, State
from fleet.model.views import Agreement, g1_reasons
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


def test_machine_fresh_from_service_is_refused_ready_with_a_reason_for_each_missing_guard() -> None:
    history = History()
    in_workshop(history)

    verdict = can(history.view(), "MadeReady", history.world())

    assert codes(verdict) == {"disks_unknown", "no_wipe", "tests_missing", "no_image"}


def test_machine_with_everything_proven_is_ready() -> None:
    history = History()
    made_ready(history)

    assert history.view().life is State.READY
    assert history.view().issues == ()


@pytest.mark.parametrize(
    ("kind", "wipe", "code"),
    [
        ("hdd", {"readback": "sampled"}, "wipe_not_fully_read_back"),
        ("hdd", {"readback": "none"}, "wipe_not_read_back"),
        ("hdd", {"succeeded": False}, "wipe_failed"),
        ("hdd", {"declared": True}, "wipe_only_declared"),
        ("ssd", {"level": "clear"}, "wipe_level_too_low"),
        ("nvme", {"level": "clear"}, "wipe_level_too_low"),
        ("emmc", {"level": "clear"}, "wipe_level_too_low"),
        ("unknown", {"level": "clear"}, "wipe_level_too_low"),
        ("ssd", {"level": "purge", "readback": "none"}, "wipe_not_read_back"),
    ],
)
def test_wipe_that_proves_too_little_does_not_pass_g1(
    kind: str, wipe: dict[str, object], code: str
) -> None:
    history = History()
    in_workshop(history, kind=kind)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped(**wipe))

    assert codes(g1_reasons(history.view(), history.world())) == {code}


@pytest.mark.parametrize(
    ("kind", "wipe"),
    [
        ("hdd", {}),
        ("hdd", {"level": "purge", "readback": "sampled"}),
        ("ssd", {"level": "purge", "readback": "sampled"}),
        ("nvme", {"level": "purge", "readback": "full"}),
    ],
)
def test_wipe_of_the_level_asked_for_its_class_passes_g1(
    kind: str, wipe: dict[str, object]
) -> None:
    history = History()
    in_workshop(history, kind=kind)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped(**wipe))

    assert g1_reasons(history.view(), history.world()) == ()


def test_an_older_good_wipe_still_counts_after_a_failed_one() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped())
    history.add(DISK, wiped(succeeded=False))

    assert g1_reasons(history.view(), history.world()) == ()


def test_wipe_stamped_in_2031_by_a_wrong_clock_does_not_pass_when_a_use_came_after() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped(), at="2031-01-01T00:00:00.000Z", clock=Clock.RTC)
    history.add(MACHINE, k.ForeignBoot())
    history.add(MACHINE, collected(DISK))

    assert codes(g1_reasons(history.view(), history.world())) == {"wipe_not_after_use"}


def test_wipe_under_a_clock_stuck_in_2001_passes_when_it_causally_follows_every_use() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped(), at="2001-01-01T00:00:00.000Z", clock=Clock.RTC)

    assert g1_reasons(history.view(), history.world()) == ()


def test_wipe_concurrent_with_a_use_on_another_replica_does_not_pass() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK), replica="key", sees=("town",))
    history.add(DISK, wiped(), replica="key")
    history.add(MACHINE, k.CheckedIn(), replica="town")

    assert "wipe_not_after_use" in codes(g1_reasons(history.view(), history.world()))


def test_wipe_on_a_key_that_knew_the_last_use_passes() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK), replica="key", sees=("town",))
    history.add(DISK, wiped(), replica="key")

    assert g1_reasons(history.view(), history.world()) == ()


def test_wipe_recorded_late_with_a_date_before_the_last_use_does_not_pass() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped(on="2025-12-24"))

    assert codes(g1_reasons(history.view(), history.world())) == {"wipe_dated_before_use"}


def test_declared_wipe_passes_only_under_a_policy_that_says_so_with_report_and_witness() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped(declared=True))
    history.add("policy:town", k.PolicyChosen(name="déclaratif", accept_declared_wipes=True))
    undocumented = codes(g1_reasons(history.view(), history.world()))

    history.add(DISK, wiped(declared=True, report="f" * 64, second_person="operator:2"))

    assert undocumented == {"declared_wipe_undocumented"}
    assert g1_reasons(history.view(), history.world()) == ()


def test_disk_once_seen_and_gone_without_a_record_blocks_until_it_is_accounted_for() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.DiskRemoved(disk=DISK))
    blocked = history.view()

    history.add(DISK, k.DiskDestroyed(how="broyée", report="f" * 64))

    assert blocked.life is State.IN_WORKSHOP
    assert codes(blocked.issues[0].reasons) == {"disk_unaccounted"}
    assert history.view().disks[0].presence is Presence.DESTROYED
    assert g1_reasons(history.view(), history.world()) == ()


def test_disk_gone_from_one_machine_and_seen_in_another_is_accounted_for_as_moved() -> None:
    history = History()
    made_ready(history)
    history.add("machine:2", k.MachineRegistered(tag="PL-2"))
    history.add(MACHINE, k.DiskRemoved(disk=DISK))
    history.add("machine:2", k.DiskAdded(disk=DISK))

    assert history.view().disks[0].presence is Presence.MOVED
    assert g1_reasons(history.view(), history.world()) == ()


def test_use_of_a_disk_in_its_former_machine_counts_in_the_machine_it_moved_to() -> None:
    history = History()
    in_workshop(history)
    history.add(DISK, wiped())
    history.add(MACHINE, k.ForeignBoot())
    history.add(MACHINE, k.DiskRemoved(disk=DISK, outcome="moved"))
    history.add("machine:2", k.MachineRegistered(tag="PL-2", origin="gift"))
    history.add("machine:2", k.DiskAdded(disk=DISK))
    history.add("machine:2", collected(DISK))

    reasons = g1_reasons(history.view("machine:2"), history.world())

    assert codes(reasons) == {"wipe_not_after_use"}


def test_use_of_the_machine_after_the_disk_left_does_not_spoil_its_wipe() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, k.DiskRemoved(disk=DISK, outcome="moved"))
    history.add(DISK, wiped())
    history.add(MACHINE, k.ForeignBoot())
    history.add("machine:2", k.MachineRegistered(tag="PL-2", origin="gift"))
    history.add("machine:2", k.DiskAdded(disk=DISK))
    history.add("machine:2", collected(DISK))

    assert g1_reasons(history.view("machine:2"), history.world()) == ()


def test_storage_hidden_behind_raid_or_vmd_is_refused_even_when_seen_disks_are_wiped() -> None:
    history = History()
    in_workshop(history)
    history.add(DISK, wiped())
    history.add(MACHINE, collected(DISK, hidden=True))

    assert codes(g1_reasons(history.view(), history.world())) == {"disks_hidden"}


def test_report_taken_before_the_last_use_does_not_make_the_disks_known() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(MACHINE, k.ForeignBoot())
    history.add(DISK, wiped())

    assert codes(g1_reasons(history.view(), history.world())) == {"disks_unknown"}


def test_foreign_tool_that_lists_disks_does_not_make_them_known() -> None:
    history = History()
    in_workshop(history)
    history.add(DISK, wiped())
    history.add(
        MACHINE, k.ReportImported(report="r", format="lshw_json", disks=(DISK,), lists_disks=True)
    )

    assert codes(g1_reasons(history.view(), history.world())) == {"disks_unknown"}


def test_machine_signed_without_disk_passes_g1() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1", origin="gift"))
    history.add(MACHINE, k.TakenIn())
    history.add(MACHINE, k.DisksDeclared())

    assert g1_reasons(history.view(), history.world()) == ()


def test_disk_declared_absent_by_a_signed_list_stays_unaccounted() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, k.DisksDeclared())

    assert codes(g1_reasons(history.view(), history.world())) == {"disk_unaccounted"}


def test_list_of_disks_signed_by_a_person_counts_only_where_declared_wipes_do() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, k.DisksDeclared(disks=(DISK,), second_person="operator:2"))
    history.add(DISK, wiped())
    strict = codes(g1_reasons(history.view(), history.world()))

    history.add("policy:town", k.PolicyChosen(name="déclaratif", accept_declared_wipes=True))

    assert strict == {"disks_only_declared"}
    assert g1_reasons(history.view(), history.world()) == ()


def test_screen_needs_neither_disks_nor_image() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="EC-1", kind="screen", origin="gift"))
    history.add(MACHINE, k.TakenIn())
    history.add(
        MACHINE, k.TestsRecorded(profile="rapide", results={"start": "pass", "screen": "pass"})
    )

    assert can(history.view(), "MadeReady", history.world()) == Allowed()


def test_image_installed_before_the_wipe_does_not_count() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(MACHINE, k.ImageInstalled(image="famille"))
    history.add(DISK, wiped())
    history.add(MACHINE, k.TestsRecorded(profile="rapide", results=dict(ALL_PASS)))

    assert codes(can(history.view(), "MadeReady", history.world())) == {"image_before_wipe"}


def test_rejected_machine_is_not_ready() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.VerdictGiven(rejected=True, reasons=("carte mère",)))

    assert history.view().life is State.IN_WORKSHOP
    assert codes(history.view().issues[0].reasons) == {"verdict_rejected"}


def test_complete_profile_asks_for_more_tests() -> None:
    history = History()
    made_ready(history)
    history.add("policy:town", k.PolicyChosen(name="strict", test_profile="complet"))

    (reason,) = history.view().issues[0].reasons

    assert reason.code == "tests_missing"
    assert "battery" in reason.params["tests"]


def test_family_does_not_receive_while_the_title_is_still_the_towns() -> None:
    history = History()
    made_ready(history)
    refused = can(history.view(), "HandedOver", history.world(), HAND_OVER)

    history.add(MACHINE, k.TitleTransferred(way="gift", taker=PARTNER))

    assert codes(refused) == {"title_still"}
    assert can(history.view(), "HandedOver", history.world(), HAND_OVER) == Allowed()


def test_title_with_another_association_is_not_a_lawful_chain() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.TitleTransferred(way="gift", taker="partner:2"))

    assert codes(can(history.view(), "HandedOver", history.world(), HAND_OVER)) == {
        "title_elsewhere"
    }


def test_hand_over_names_a_known_partner_and_beneficiary_and_a_receipt() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.TitleTransferred(way="gift", taker=PARTNER))
    body = k.HandedOver(partner="partner:9", beneficiary="beneficiary:9", receipt=" ")

    assert codes(can(history.view(), "HandedOver", history.world(), body)) == {
        "partner_unknown", "beneficiary_unknown", "receipt_missing", "title_elsewhere",
    }  # fmt: skip


def test_machine_returned_from_a_family_needs_everything_again() -> None:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.TitleTransferred(way="gift", taker=PARTNER))
    history.add(MACHINE, HAND_OVER)
    history.add(MACHINE, k.Returned(why="ne démarre plus"))

    verdict = can(history.view(), "MadeReady", history.world())

    assert history.view().issues == ()
    assert codes(verdict) == {"disks_unknown", "wipe_not_after_use", "tests_missing", "no_image"}


def test_machine_with_data_leaves_the_town_only_under_a_data_clause() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    history.add(DISK, k.DiskRegistered(model="ST500", serial="S1", kind="hdd"))
    history.add(MACHINE, k.DiskAdded(disk=DISK))
    history.add(MACHINE, k.Retired(decision="PV 12"))
    body = k.TakenIn(partner=PARTNER, agreement="agreement:1")
    history.agreements["agreement:1"] = Agreement(partner=PARTNER, data_clause=False)
    refused = can(history.view(), "TakenIn", history.world(), body)

    history.agreements["agreement:1"] = Agreement(partner=PARTNER, data_clause=True)

    assert codes(refused) == {"no_data_clause", "disks_unknown", "no_wipe"}
    assert can(history.view(), "TakenIn", history.world(), body) == Allowed()


def test_the_towns_own_workshop_takes_in_machines_with_data() -> None:
    history = History()
    in_workshop(history)

    assert history.view().life is State.IN_WORKSHOP
    assert history.view().issues == ()


def test_only_gifts_enter_the_workshop_without_a_decision_of_retirement() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    history.add("machine:2", k.MachineRegistered(tag="PL-2", origin="gift", owner="association"))

    assert codes(can(history.view(), "TakenIn", history.world(), k.TakenIn())) == {"not_retired"}
    assert can(history.view("machine:2"), "TakenIn", history.world(), k.TakenIn()) == Allowed()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"provenance": "leased"}, "leased"),
        ({"owner": "lessor"}, "not_owned"),
        ({"owner": "other_authority"}, "not_owned"),
        ({"owner": "association"}, "not_owned"),
    ],
)
def test_only_the_towns_own_goods_are_retired(fields: dict[str, str], code: str) -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1", **fields))  # type: ignore[arg-type]

    assert codes(can(history.view(), "Retired", history.world())) == {code}


def test_dismantling_asks_that_each_disk_is_wiped_kept_or_destroyed() -> None:
    history = History()
    in_workshop(history)
    refused = can(history.view(), "Dismantled", history.world())

    history.add(DISK, k.DiskKept(where="armoire 2"))

    assert codes(refused) == {"no_wipe"}
    assert can(history.view(), "Dismantled", history.world()) == Allowed()


def test_every_transition_is_refused_from_states_that_are_not_its_sources() -> None:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1"))
    for state in State:
        history.add(MACHINE, k.StateDeclared(state=state, on="2026-01-01"))
        for kind, rule in RULES.items():
            verdict = can(history.view(), kind, history.world())
            assert ("wrong_state" in codes(verdict)) is (history.view().life not in rule.sources)


def test_next_steps_show_refused_transitions_with_their_reasons() -> None:
    history = History()
    in_workshop(history)

    steps = next_steps(history.view(), history.world())

    assert {"MadeReady", "Dismantled", "ToRecycle", "Moved", "Lost"} == set(steps)
    assert codes(steps["MadeReady"])
    assert codes(steps["Lost"]) == set()


def test_data_guards_are_never_waivable() -> None:
    assert not waivable(Reason(code="no_wipe", guard=Guard.G1))
    assert not waivable(Reason(code="no_data_clause", guard=Guard.C1))
    assert not waivable(Reason(code="disks_unknown", guard=Guard.DISKS_SETTLED))
    assert waivable(Reason(code="tests_missing", guard=Guard.G2))


def test_waiver_of_a_test_lets_ready_through_but_a_forged_waiver_of_g1_does_not() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, collected(DISK))
    history.add(MACHINE, k.ImageInstalled(bare=True))
    for code in ("tests_missing", "no_wipe"):
        history.add(MACHINE, k.GuardWaived(transition="MadeReady", code=code, why="test"))

    assert codes(can(history.view(), "MadeReady", history.world())) == {"no_wipe"}


def test_waivers_end_with_the_state_they_were_given_for() -> None:
    history = History()
    in_workshop(history)
    history.add(MACHINE, k.GuardWaived(transition="MadeReady", code="tests_missing", why="test"))
    history.add(MACHINE, k.Lost())
    history.add(MACHINE, k.Found())

    assert history.state().waived == []
