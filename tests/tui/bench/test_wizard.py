# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard's screens, by keys: what is asked, what is refused, what goes on behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Button, Input

from fleet.model import kinds as k
from fleet.model.bench_tests import Measured
from fleet.model.policy import PROFILES
from fleet.model.state import State
from fleet.services import acts
from reconditioning.session import Stage, read_session
from reconditioning.session_acts import come_on_bench, record_test
from reconditioning.session_notes import Wiping, wipe_begins
from tests.bench.workshop import OLD_DATA, Bench, identified, laptop_report, set_up
from tests.tui.bench.stage import Volunteer, wizard
from tests.tui.stage import type_at_once
from tui.bench.big import BigText, big_lines, in_lines
from tui.bench.console_text import drawable, has

TAG = "PL-00042"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return set_up(tmp_path)


def on_the_bench(bench: Bench) -> None:
    """A machine that came in and was tested before."""
    come_on_bench(bench.town, identified(bench), "rapide")
    for test in PROFILES["rapide"]:
        session = read_session(bench.town, TAG)
        assert session is not None
        record_test(bench.town, session, Measured(test=test, result="pass"))


async def resumed(person: Volunteer) -> None:
    """Sit down and take this PC, which is known already."""
    await person.starts()
    await person.press("home", "down", "enter")
    await person.until(lambda: person.app.session is not None)


async def at_the_confirmation(person: Volunteer) -> None:
    await resumed(person)
    await person.press("f5")
    await person.until(lambda: person.on == "WipeScreen" and "to wipe" in person.reads())
    await person.press("f9")
    assert person.on == "ConfirmTag"


async def test_nobody_s_name_is_asked_for(bench: Bench) -> None:
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)

        await person.until(lambda: person.on == "WelcomeScreen")

        assert not person.app.screen.query(Input)
        assert "never a name" in person.reads()


async def test_a_known_machine_goes_on_where_it_was_without_a_question(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)

        await resumed(person)
        await person.press("f9")

        await person.until(lambda: person.on == "RepairScreen")
        assert read_session(bench.town, TAG) is not None


async def test_enter_pressed_too_soon_cancels_the_wipe(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await at_the_confirmation(person)

        await person.press("enter")

        assert person.on == "WipeScreen"
        assert OLD_DATA in bench.disks[0].read_bytes()


async def test_another_number_never_starts_the_wipe(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await at_the_confirmation(person)

        await person.types("PL-00043")

        assert person.on == "ConfirmTag"
        assert person.app.screen.query_one("#go", Button).disabled
        assert OLD_DATA in bench.disks[0].read_bytes()


async def test_the_wipe_shows_what_is_proven_in_huge_letters(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await at_the_confirmation(person)

        await person.types(TAG)
        await person.until(lambda: person.app.wiping.ended and person.on == "WipingScreen")

        assert person.big() == ("WIPED",)
        assert "certificate CE-" in person.reads()
        assert OLD_DATA not in bench.disks[0].read_bytes()


async def test_a_wipe_that_the_power_cut_is_told_at_the_next_start(bench: Bench) -> None:
    on_the_bench(bench)
    session = read_session(bench.town, TAG)
    assert session is not None
    disk = session.inside[0].view.disk.id
    wipe_begins(
        bench.town.home,
        Wiping(disk=disk, level="clear", method="overwrite", since="2026-11-23T10:00:00Z"),
    )
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)

        await person.starts()

        assert "NOT wiped" in person.reads()
        assert f"Go on with {TAG}" in person.reads()
    after = read_session(bench.town, TAG)
    assert after is not None
    assert (after.wiped, after.disks[0].failed) == (False, 1)


async def test_a_machine_in_service_is_not_wiped(bench: Bench) -> None:
    on_the_bench(bench)
    acts.record(bench.town, [TAG], k.StateDeclared(state=State.IN_SERVICE))
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await resumed(person)

        await person.press("f5")
        await person.until(lambda: person.on == "WipeScreen" and "recorded as" in person.reads())
        await person.press("f9")
        await person.until(lambda: person.on == "TriageScreen")

        assert OLD_DATA in bench.disks[0].read_bytes()


async def test_a_doubtful_machine_is_asked_with_its_candidates(bench: Bench) -> None:
    identified(bench)
    report = laptop_report("PF0ABCDE", [2**22]).replace("PF0ABCDE", "")
    assert bench.place.report is not None
    bench.place.report.write_text(report)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()

        await person.press("enter")
        await person.until(lambda: person.on == "Ask" or person.app.session is not None)

        assert person.on == "Ask"
        assert TAG in person.reads()


async def test_a_test_left_out_says_why_and_who(bench: Bench) -> None:
    come_on_bench(bench.town, identified(bench), "rapide")
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await resumed(person)
        await person.press("f3")
        await person.until(lambda: not person.app.testing.running)
        await person.press("home", *["down"] * PROFILES["rapide"].index("screen"))

        await person.press("f7")
        await person.types("no screen here")
        await person.until(lambda: "screen" in _tests(person))

        measured = _tests(person)["screen"]
        assert measured.result == "skipped"
        assert measured.why == "no screen here"
        assert measured.who == person.app.town.operator


def _tests(person: Volunteer) -> dict[str, k.TestMeasured]:
    session = person.app.session
    return dict(session.tests) if session is not None else {}


async def test_a_pc_that_does_not_start_is_registered_by_its_label(bench: Bench) -> None:
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()
        await person.press("home", "down", "down", "enter")
        await person.until(lambda: person.on == "DeadScreen")

        await person.pilot.press("tab")
        person.app.screen.query(Input).first().focus()
        await person.types("PL-00077")
        await person.press("f9")

        await person.until(lambda: person.app.session is not None)
        assert person.app.session is not None
        assert person.app.session.tag == "PL-00077"


async def test_the_disks_of_this_pc_are_never_those_of_a_pc_that_does_not_start(
    bench: Bench,
) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()
        await person.press("home", "down", "down", "down", "enter")
        await person.until(lambda: person.on == "DeadScreen")
        person.app.screen.query(Input).first().focus()
        await person.types(TAG)
        await person.press("f9")
        await person.until(lambda: person.app.session is not None)

        opened = []
        for key in ("f3", "f5", "f6"):
            await person.press(key)
            opened.append(person.on)

        assert opened == ["DeadPathScreen"] * 3
        assert "disk0" not in person.reads()
        assert not person.app.testing.running
        assert OLD_DATA in bench.disks[0].read_bytes()


async def test_a_number_typed_in_a_hurry_keeps_its_order(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await at_the_confirmation(person)

        await type_at_once(pilot, TAG)
        await person.until(lambda: person.app.wiping.ended)

        assert person.on == "WipingScreen"
        assert not person.app.wiping.failed


async def test_a_step_shows_the_machine_although_nothing_is_recorded(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_the_bench(bench)
    app = wizard(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await resumed(person)
        monkeypatch.setattr(app, "flush_minutes", lambda: None)

        await person.press("f4")

        assert "No repair written down" in person.reads()


async def test_a_repair_is_kept_with_its_parts_and_minutes(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await resumed(person)
        await person.press("f4", "f8")
        assert person.on == "RepairForm"

        for text in ("dead battery", "replaced", "battery, cable", "memory:PL-00012", "25"):
            await person.types(text)
        await person.press("f9")
        await person.until(lambda: person.app.session is not None and person.app.session.repairs)

        assert person.app.session is not None
        repair = person.app.session.repairs[0]
        assert (repair.fault, repair.minutes, repair.outcome) == ("dead battery", 25, "fixed")
        assert repair.parts == ("new:battery", "new:cable", "salvaged:memory:PL-00012")


async def test_a_disk_on_a_dock_is_wiped_under_its_own_label(bench: Bench) -> None:
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()
        await person.press("home", "down", "down", "down", "enter")
        await person.until(lambda: person.on == "DockScreen" and "disk0.img" in person.reads())

        await person.press("enter")
        await person.types("DISK-7")
        await person.until(lambda: person.on == "ConfirmTag")
        await person.types("DISK-7")
        await person.until(lambda: person.app.wiping.ended)

        assert person.app.wiping.disks[0].paper is not None
        assert person.app.wiping.disks[0].paper.verified
        assert OLD_DATA not in bench.disks[0].read_bytes()


async def test_a_destroyed_disk_is_no_wipe_and_has_no_certificate(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()
        await person.press("home", *["down"] * 5, "enter")
        await person.until(lambda: person.on == "AskLine")

        await person.types(TAG)
        await person.until(lambda: person.on == "Ask")
        await person.press("enter")
        await person.until(lambda: person.on == "AskLine")
        await person.types("drilled")
        await person.until(lambda: "Recorded on" in person.reads())

    session = read_session(bench.town, TAG)
    assert session is not None
    assert [disk.view.presence for disk in session.disks] == ["destroyed"]
    assert session.disks[0].certificate is None
    assert OLD_DATA in bench.disks[0].read_bytes()


async def test_on_the_console_nothing_is_drawn_that_its_font_lacks(bench: Bench) -> None:
    on_the_bench(bench)
    app = wizard(bench, console=True)
    drawn: set[str] = set()
    async with app.run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await resumed(person)
        for key in ("f2", "f3", "f4", "f8", "escape", "f5", "f6", "f1"):
            await person.press(key)
            for line in app.screen._compositor.render_strips():
                drawn |= set(line.text)
        app.tests.cancel()
        await person.until(lambda: not app.testing.running)

    assert {c for c in drawn if not has(c)} == set()


async def test_in_plain_text_huge_letters_are_words(bench: Bench) -> None:
    on_the_bench(bench)
    app = wizard(bench, plain=True)
    async with app.run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)

        await resumed(person)

        assert TAG in str(app.screen.query_one(BigText).render())


async def test_every_step_opens_by_its_key_and_says_what_it_is_for(bench: Bench) -> None:
    on_the_bench(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await resumed(person)
        opened = []
        for key in ("f2", "f3", "f4", "f5", "f6"):
            await person.press(key)
            opened.append(getattr(person.app.screen, "STAGE", None))
            await person.press("f1")
            assert person.on == "BenchHelp"
            await person.press("escape")

    assert opened == list(Stage)


def test_huge_letters_keep_their_accents_and_cut_at_words() -> None:
    assert len(big_lines("PRÊTE")) == 6
    assert big_lines("PRÊTE")[0].strip() == "#"
    assert in_lines("ÉCHEC DISQUE À DÉTRUIRE", 80) == ["ÉCHEC DISQUE À", "DÉTRUIRE"]


def test_what_the_font_lacks_becomes_the_nearest_thing() -> None:
    assert drawable("▁▂ ✓ « é » Œ") == "__ x « é » Œ"
