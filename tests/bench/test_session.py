# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench's logic, without any screen: a session is what the journal says since it began."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.errors import GuardRefused, UsageError
from fleet.model import kinds as k
from fleet.model.bench_tests import Measured
from fleet.model.policy import PROFILES
from fleet.model.state import State
from fleet.services import acts
from fleet.services.town import open_town
from reconditioning import session_notes
from reconditioning.session import Session, Stage, read_session
from reconditioning.session_acts import (
    come_on_bench,
    make_ready,
    record_bare,
    record_opinion,
    record_spent,
    record_test,
    record_verdict,
    send_away,
)
from reconditioning.session_dead import judge_by_hand, list_disk, take_dead
from reconditioning.session_dock import attach, could_be, is_inside
from reconditioning.session_identify import (
    judge,
    look_at,
    new_machine,
    next_number,
    register_by_hand,
    take_in_report,
)
from reconditioning.session_minutes import Meter, Spent
from reconditioning.session_wipe import carry_out, plan_machine, settle_interrupted
from reconditioning.wipe_run import ConfirmationRefused
from tests.bench.workshop import OLD_DATA, Bench, identified, set_up, url_of


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return set_up(tmp_path)


def session_on(bench: Bench, tag: str = "PL-00042") -> Session:
    session = read_session(bench.town, tag)
    assert session is not None
    return session


def pass_all_tests(bench: Bench, tag: str = "PL-00042") -> None:
    for test in PROFILES["rapide"]:
        record_test(bench.town, session_on(bench, tag), Measured(test=test, result="pass"))


def wipe_all(bench: Bench, tag: str = "PL-00042") -> None:
    planned = plan_machine(bench.town, session_on(bench, tag), bench.place.targets())
    plans = [one.plan for one in planned if one.plan]
    folder, render = bench.place.certificates, bench.place.render
    list(carry_out(bench.town, plans, confirmation=tag, folder=folder, render=render))


def test_a_donated_laptop_walks_from_unknown_to_ready(bench: Bench) -> None:
    tag = identified(bench)
    come = come_on_bench(bench.town, tag, "rapide")
    record_opinion(bench.town, tag, look_at(bench.town, bench.place.describe()).opinion)
    pass_all_tests(bench)
    record_spent(bench.town, tag, "repair", Spent(human_s=60, machine_s=0, keys=3))
    wipe_all(bench)
    record_verdict(bench.town, tag, judge(bench.town, session_on(bench)))
    record_bare(bench.town, tag)

    refused = make_ready(bench.town, tag)

    assert (come.refused, refused) == ((), ())
    session = session_on(bench)
    assert session.ready
    assert session.next_stage is None
    assert session.minutes == (1, 0, 3)
    assert OLD_DATA not in bench.disks[0].read_bytes()


def test_each_step_is_the_next_one_until_it_is_in_the_journal(bench: Bench) -> None:
    tag = identified(bench)
    come_on_bench(bench.town, tag, "rapide")
    steps = [session_on(bench).next_stage]

    pass_all_tests(bench)
    steps.append(session_on(bench).next_stage)
    record_spent(bench.town, tag, "repair", Spent(human_s=1, machine_s=0, keys=0))
    steps.append(session_on(bench).next_stage)
    wipe_all(bench)
    steps.append(session_on(bench).next_stage)

    assert steps == [Stage.TEST, Stage.REPAIR, Stage.WIPE, Stage.TRIAGE]


def test_a_power_cut_during_the_tests_loses_no_result(bench: Bench) -> None:
    tag = identified(bench)
    come_on_bench(bench.town, tag, "rapide")
    record_test(bench.town, session_on(bench), Measured(test="memory", result="pass", seconds=300))

    after = open_town(bench.town.home, url_of(bench.town.home))

    session = read_session(after, tag)
    assert session is not None
    assert session.tests["memory"].seconds == 300
    assert session.to_test == tuple(t for t in PROFILES["rapide"] if t != "memory")
    assert session_notes.read_notes(after.home).tag == tag


def test_a_wipe_that_was_cut_is_recorded_as_failed_and_the_machine_never_looks_wiped(
    bench: Bench,
) -> None:
    tag = identified(bench)
    come_on_bench(bench.town, tag, "rapide")
    planned = plan_machine(bench.town, session_on(bench), bench.place.targets())
    plans = [one.plan for one in planned if one.plan]
    events = carry_out(bench.town, plans, confirmation=tag, folder=bench.place.certificates)
    next(events)
    noted = session_notes.read_notes(bench.town.home)

    cut = settle_interrupted(bench.town)

    assert [one.disk for one in cut] == [one.disk for one in noted.wiping] == [planned[0].disk]
    session = session_on(bench)
    assert not session.wiped
    assert session.disks[0].failed == 1
    assert settle_interrupted(bench.town) == ()


def test_a_wrong_number_wipes_nothing(bench: Bench) -> None:
    come_on_bench(bench.town, identified(bench), "rapide")
    planned = plan_machine(bench.town, session_on(bench), bench.place.targets())
    plans = [one.plan for one in planned if one.plan]

    with pytest.raises(ConfirmationRefused):
        carry_out(bench.town, plans, confirmation="PL-00043", folder=bench.place.certificates)

    assert OLD_DATA in bench.disks[0].read_bytes()
    assert session_notes.read_notes(bench.town.home).wiping == ()


def test_two_disks_that_tell_nothing_are_told_apart_by_their_size(tmp_path: Path) -> None:
    bench = set_up(tmp_path, disks=2)
    come_on_bench(bench.town, identified(bench), "rapide")

    wipe_all(bench)

    session = session_on(bench)
    assert session.wiped
    assert len(session.inside) == 2
    assert all(OLD_DATA not in disk.read_bytes() for disk in bench.disks)


def test_the_towns_own_machine_is_not_ready_before_it_is_retired(bench: Bench) -> None:
    tag = identified(bench, origin="town")

    come = come_on_bench(bench.town, tag, "rapide")

    assert [reason.code for reason in come.refused] == ["not_retired"]
    assert session_on(bench).next_stage is Stage.TEST
    assert "wrong_state" in {reason.code for reason in make_ready(bench.town, tag)}


def test_a_machine_that_came_back_from_a_family_must_be_wiped_again(bench: Bench) -> None:
    tag = identified(bench)
    come_on_bench(bench.town, tag, "rapide")
    wipe_all(bench)
    acts.record(bench.town, [tag], k.StateDeclared(state=State.GIVEN))

    come_on_bench(bench.town, tag, "rapide")

    session = session_on(bench)
    assert session.view.life is State.IN_WORKSHOP
    assert not session.wiped


def test_a_number_that_another_machine_bears_is_refused(tmp_path: Path) -> None:
    bench = set_up(tmp_path)
    identified(bench)
    other = set_up(tmp_path / "other", serial="PF0OTHER")
    described = look_at(bench.town, other.place.describe())

    with pytest.raises(UsageError, match="already"):
        take_in_report(
            bench.town, described, as_new=new_machine(described, "PL-00042", "given_by_person")
        )

    assert next_number(bench.town) != "PL-00042"


def test_the_same_machine_is_known_again_without_any_question(bench: Bench) -> None:
    tag = identified(bench)

    described = look_at(bench.town, bench.place.describe())

    assert described.recognised.tag == tag
    assert take_in_report(bench.town, described) == tag


def test_the_first_opinion_is_there_before_two_seconds(bench: Bench) -> None:
    started = time.monotonic()

    described = look_at(bench.town, bench.place.describe())

    assert described.opinion.reasons
    assert described.opinion.thresholds
    assert time.monotonic() - started < 2


def test_the_first_minute_without_a_key_is_the_persons_the_rest_the_machines() -> None:
    meter = Meter(0.0)

    for at in (10.0, 20.0, 620.0):
        meter.key(at)
    spent = meter.flush(630.0)

    assert spent == Spent(human_s=90, machine_s=540, keys=3)
    assert meter.flush(630.0) == Spent(human_s=0, machine_s=0, keys=0)


def test_a_system_is_only_installed_on_a_disk_that_is_proven_wiped(bench: Bench) -> None:
    from reconditioning.session_install import ImageOffer, plan_system

    come_on_bench(bench.town, identified(bench), "rapide")
    session = session_on(bench)
    planned = plan_machine(bench.town, session, bench.place.targets())
    image = ImageOffer(folder=Path("/nowhere"), name="famille")

    with pytest.raises(GuardRefused):
        plan_system(bench.town, session, image, planned)


def test_disks_of_this_pc_come_last_where_a_docked_one_is_chosen(bench: Bench) -> None:
    found = bench.place.targets()[0]
    inside = replace(found, path=Path("/dev/sda"), transport="sata")
    docked = replace(found, path=Path("/dev/sdb"), transport="usb")

    shown = sorted([inside, docked], key=is_inside)

    assert shown == [docked, inside]


def test_a_disk_of_a_kind_that_needs_more_than_a_clear_is_not_proven_by_an_overwrite(
    tmp_path: Path,
) -> None:
    bench = set_up(tmp_path)
    assert bench.place.report is not None
    report = bench.place.report.read_text()
    bench.place.report.write_text(report.replace('\\"rota\\": true', '\\"rota\\": false'))
    come_on_bench(bench.town, identified(bench), "rapide")
    planned = plan_machine(bench.town, session_on(bench), bench.place.targets())

    wipe_all(bench)

    assert planned[0].plan is not None
    assert "level_out_of_reach" in [reason.code for reason in planned[0].plan.reasons]
    session = session_on(bench)
    assert session.disks[0].certificate is not None
    assert not session.wiped


def test_a_disk_listed_by_hand_is_known_on_the_dock_by_its_copied_number(bench: Bench) -> None:
    tag = dead_pc(bench)
    listed = list_disk(bench.town, tag, model="", serial="wx51-a234 5678", label="", size_gb="")
    docked = replace(bench.place.targets()[0], serial="WX51A2345678", model="WDC WD5000LPVX")

    loose = attach(bench.town, docked, tag, [docked])

    assert could_be(bench.town, tag, docked) == ()
    assert loose.plan.disk == listed
    assert [disk.view.disk.kind for disk in session_on(bench, tag).disks] == [docked.kind]


def test_a_disk_of_another_size_is_not_offered_as_the_one_listed(bench: Bench) -> None:
    tag = dead_pc(bench)
    for label, size in (("DISK-7", "500"), ("DISK-8", "240"), ("DISK-9", "")):
        list_disk(bench.town, tag, model="", serial="", label=label, size_gb=size)
    docked = replace(bench.place.targets()[0], serial="S1", size_bytes=500_107_862_016)

    offered = could_be(bench.town, tag, docked)

    assert [name for _disk, name in offered] == ["DISK-7", "DISK-9"]


def test_a_dead_pc_without_any_disk_goes_away_once_a_person_answers_for_it(bench: Bench) -> None:
    tag = dead_pc(bench)
    before = send_away(bench.town, tag, for_parts=False)

    judge_by_hand(bench.town, session_on(bench, tag), for_parts=False)
    after = send_away(bench.town, tag, for_parts=False)

    assert [reason.code for reason in before] == ["disks_unknown"]
    assert after == ()
    assert session_on(bench, tag).view.life is State.TO_RECYCLE


def test_a_dead_pc_that_starts_again_begins_a_new_session(bench: Bench) -> None:
    tag = identified(bench)
    take_dead(bench.town, tag, "rapide")
    assert session_on(bench, tag).dead

    come_on_bench(bench.town, tag, "rapide")

    assert not session_on(bench, tag).dead


def dead_pc(bench: Bench, tag: str = "PL-00077") -> str:
    """A PC that does not start, given by a person, on the bench by its label."""
    register_by_hand(
        bench.town, tag=tag, kind="laptop", origin="given_by_person", model="", serial=""
    )
    return take_dead(bench.town, tag, "rapide")
