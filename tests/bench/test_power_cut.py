# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The power is pulled at each step (SIGKILL on the real process at its terminal): nothing recorded
is lost, the next start goes on there, and no machine ever looks wiped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.model.bench_tests import Measured
from fleet.model.policy import PROFILES
from reconditioning.session import Session, Stage, read_session
from reconditioning.session_acts import come_on_bench, record_spent, record_test
from reconditioning.session_minutes import Spent
from reconditioning.session_notes import read_notes
from tests.bench.terminal import Terminal
from tests.bench.workshop import Bench, identified, old_disk, set_up

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
TAG = "PL-00042"
MOST_MB = 200


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return set_up(tmp_path)


def session_of(bench: Bench) -> Session:
    session = read_session(bench.town, TAG)
    assert session is not None
    return session


def after_tests(bench: Bench) -> None:
    come_on_bench(bench.town, identified(bench), "rapide")
    for test in PROFILES["rapide"]:
        record_test(bench.town, session_of(bench), Measured(test=test, result="pass"))


def repaired(bench: Bench) -> None:
    after_tests(bench)
    spent = Spent(human_s=30, machine_s=0, keys=2)
    record_spent(bench.town, TAG, "repair", spent)


def test_cut_while_the_machine_is_identified_nothing_is_half_registered(bench: Bench) -> None:
    with Terminal(bench) as person:
        person.sees("What do you have")
        person.press("enter")
        person.sees("Where does it come from")
        person.kill()

    assert read_notes(bench.town.home).tag is None
    with Terminal(bench) as person:
        person.sees("What do you have")
        person.press("enter")
        person.sees("Where does it come from")
        person.press("enter")
        person.sees("Its number")
        person.press("enter")
        person.sees("First opinion".upper())
        assert person.resident_mb() < MOST_MB


def test_cut_during_the_tests_it_goes_on_with_those_that_are_left(bench: Bench) -> None:
    come_on_bench(bench.town, identified(bench), "rapide")
    with Terminal(bench) as person:
        person.sees("Go on with PL-00042")
        person.press("enter")
        person.sees("ThinkPad")
        person.press("f9")
        person.sees("Tests done")
        person.sees("good")
        person.kill()

    recorded = session_of(bench)

    assert recorded.tests
    assert recorded.next_stage is Stage.TEST
    with Terminal(bench) as person:
        person.sees("Go on with PL-00042")
        person.press("enter")
        person.sees("ThinkPad")
        person.press("f9")
        person.sees("Tests done")
    assert set(session_of(bench).tests) >= set(recorded.tests)


def test_cut_after_a_repair_was_written_down_it_is_kept(bench: Bench) -> None:
    after_tests(bench)
    with Terminal(bench) as person:
        person.sees("Go on with PL-00042")
        person.press("enter")
        person.sees("ThinkPad")
        person.press("f4")
        person.sees("No repair written down")
        person.press("f8")
        person.sees("A fault and its repair")
        person.press("hinge", "enter", "f9")
        person.sees("- hinge")
        person.kill()

    session = session_of(bench)

    assert [repair.fault for repair in session.repairs] == ["hinge"]
    assert session.next_stage is Stage.REPAIR


def test_cut_during_the_wipe_the_machine_does_not_look_wiped_and_it_is_told(
    tmp_path: Path,
) -> None:
    bench = set_up(tmp_path)
    # Large enough for the wipe to last: made anew with its size in the report.
    size = 512 * 2**20
    large = old_disk(bench.disks[0], 2**22)
    with large.open("r+b") as file:
        file.truncate(size)
    report = bench.place.report
    assert report is not None
    report.write_text(report.read_text().replace(str(4 * 2**20), str(size)))
    repaired(bench)
    with Terminal(bench) as person:
        _start_the_wipe(person)
        person.sees("MB/s")
        person.kill()

    assert not session_of(bench).wiped
    assert len(read_notes(bench.town.home).wiping) == 1
    with Terminal(bench) as person:
        person.sees("NOT wiped", "Go on with PL-00042")
    session = session_of(bench)
    assert (session.wiped, session.disks[0].failed) == (False, 1)
    assert session.next_stage is Stage.WIPE


def _start_the_wipe(person: Terminal) -> None:
    person.sees("Go on with PL-00042")
    person.press("enter")
    person.sees("ThinkPad")
    person.press("f5")
    person.sees("1 disk to wipe")
    person.press("f9")
    person.sees("To confirm")
    person.press(*TAG, "enter")


def test_cut_before_the_verdict_is_kept_only_the_verdict_is_asked_again(bench: Bench) -> None:
    repaired(bench)
    with Terminal(bench) as person:
        _start_the_wipe(person)
        person.sees("certificate CE-")
        person.press("enter")
        person.sees("VERDICT")
        person.kill()

    session = session_of(bench)

    assert session.wiped
    assert session.verdict is None
    assert session.next_stage is Stage.TRIAGE
    assert read_notes(bench.town.home).wiping == ()
