# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside the five steps, by keys: a PC that does not start, photos, a clock that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from fleet.model import kinds as k
from fleet.model.events import Clock
from fleet.model.facts import DiskKind
from fleet.model.live_key import PHOTOS
from fleet.model.policy import PROFILES
from fleet.model.state import State
from fleet.model.wipe import WipeTarget
from fleet.services import acts
from fleet.services.live_clock import with_clock
from reconditioning.session import Session, read_session
from reconditioning.session_acts import come_on_bench
from reconditioning.session_clock import ClockWatch
from reconditioning.wipe_find import find_targets
from reconditioning.workplace import Workplace
from tests.bench.test_photos import phone_photo
from tests.bench.workshop import OLD_DATA, Bench, identified, set_up
from tests.tui.bench.stage import Volunteer, wizard

DEAD, TAG = "PL-00077", "PL-00042"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return set_up(tmp_path)


def session_of(bench: Bench, tag: str) -> Session:
    session = read_session(bench.town, tag)
    assert session is not None
    return session


class Docked(Workplace):
    """The disk file stands for a rotating disk on a dock."""

    __slots__ = ()

    def targets(self) -> tuple[WipeTarget, ...]:
        return tuple(
            replace(target, kind=DiskKind.HDD, transport="usb")
            for target in find_targets(paths=self.disks)
        )


def docked(bench: Bench) -> Bench:
    place = bench.place
    return replace(
        bench,
        place=Docked(home=place.home, stick=place.stick, disks=place.disks, render=place.render),
    )


async def registers_a_dead_pc(person: Volunteer) -> None:
    """Give it the number of a printed label."""
    await person.starts()
    await person.press("home", "down", "down", "enter")
    await person.until(lambda: person.on == "DeadScreen")
    person.app.screen.query(Input).first().focus()
    await person.types(DEAD)
    await person.press("f9")
    await person.until(lambda: person.on == "DeadPathScreen")


async def lists_a_disk(person: Volunteer, **fields: str) -> None:
    await person.press("home", "enter")
    await person.until(lambda: person.on == "DeadDiskScreen")
    for field, text in zip(person.app.screen.query(Input), ("serial", "label"), strict=False):
        field.value = fields.get(text, "")
    await person.press("f9")


async def chooses(person: Volunteer, line: int) -> None:
    """Choose one of the lines of the screen of a PC that does not start."""
    await person.until(lambda: person.on == "DeadPathScreen")
    await person.press("home", *["down"] * line, "enter")


async def test_a_dead_pc_goes_to_recycling_once_its_disk_is_destroyed(bench: Bench) -> None:
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await registers_a_dead_pc(person)
        await lists_a_disk(person, serial="WX51A2345678")
        await person.until(lambda: "WX51A2345678" in person.reads())
        await chooses(person, 2)
        await person.until(lambda: person.on == "Ask")
        await person.press("enter")
        await person.until(lambda: person.on == "AskLine")
        await person.types("drilled in three places")
        await person.until(lambda: "Recorded on" in person.reads())
        await person.press("escape")
        await chooses(person, 3)
        await person.until(lambda: person.on == "YesNo")
        await person.press("o")
        await person.until(lambda: person.on == "EndingScreen" and person.big())

        assert person.big() == ("TO RECYCLE",), person.reads()

    view = acts.view_of(bench.town, DEAD)
    assert view.life is State.TO_RECYCLE
    assert view.machine.verdict_reasons == ("does_not_start",)


async def test_a_dead_pc_stays_until_its_disk_is_settled(bench: Bench) -> None:
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await registers_a_dead_pc(person)
        await lists_a_disk(person, label="DISK-7")
        await chooses(person, 4)
        await person.until(lambda: person.on == "YesNo")
        await person.press("o")
        await person.until(lambda: person.on == "EndingScreen" and person.big())

        assert person.big() == ("NOT READY",)
        assert "DISK-7" in person.reads()
        await person.press("f5")
        await person.until(lambda: person.on == "DeadPathScreen")

    assert acts.view_of(bench.town, DEAD).life is State.IN_WORKSHOP


async def test_a_disk_without_any_number_is_not_listed(bench: Bench) -> None:
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await registers_a_dead_pc(person)

        await lists_a_disk(person)

        await person.until(lambda: "stick a label on it" in person.reads())
        assert person.on == "DeadDiskScreen"
    assert session_of(bench, DEAD).disks == ()


async def test_a_disk_wiped_on_a_dock_is_the_one_listed_in_the_dead_pc(bench: Bench) -> None:
    async with wizard(docked(bench)).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await registers_a_dead_pc(person)
        await lists_a_disk(person, label="DISK-7")
        await chooses(person, 1)
        await person.until(lambda: person.on == "DockScreen" and "disk0.img" in person.reads())
        await person.press("enter")
        await person.until(lambda: person.on == "AskLine")
        await person.press("enter")
        await person.until(lambda: person.asks("Which disk"))
        await person.press("enter")
        await person.until(lambda: person.on == "ConfirmTag")
        await person.types(DEAD)
        await person.until(lambda: person.app.wiping.ended and person.on == "WipingScreen")
        await person.press("f9")
        await chooses(person, 4)
        await person.until(lambda: person.on == "YesNo")
        await person.press("o")
        await person.until(lambda: person.on == "EndingScreen" and person.big())

        assert person.big() == ("FOR PARTS",), person.reads()

    session = session_of(bench, DEAD)
    assert session.view.life is State.DISMANTLED
    assert [disk.view.disk.label for disk in session.disks] == ["DISK-7"]
    assert session.disks[0].certificate is not None
    assert OLD_DATA not in bench.disks[0].read_bytes()


async def test_a_dead_pc_is_gone_on_with_after_a_power_cut(bench: Bench) -> None:
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await registers_a_dead_pc(person)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()

        await person.press("home", "enter")

        await person.until(lambda: person.on == "DeadPathScreen")
        assert person.app.session is not None
        assert person.app.session.tag == DEAD


async def at_the_grade(person: Volunteer) -> None:
    await person.starts()
    await person.press("home", "down", "enter")
    await person.until(lambda: person.app.session is not None)
    await person.press("f6")
    await person.until(lambda: person.on == "TriageScreen" and "VERDICT" in person.reads())
    await person.press("f9")
    await person.until(lambda: person.asks("arm's length"))
    await person.press("down", "enter")


def photos_of(bench: Bench, **files: bytes) -> Path:
    come_on_bench(bench.town, identified(bench), "rapide")
    for test in PROFILES["rapide"]:
        acts.record(bench.town, [TAG], k.TestMeasured(test=test, result="pass"))
    assert bench.place.stick is not None
    folder = bench.place.stick / PHOTOS
    folder.mkdir()
    for name, data in files.items():
        (folder / f"{name}.jpg").write_bytes(data)
    return folder


async def test_photos_of_the_key_are_kept_with_the_grade_and_leave_the_folder(bench: Bench) -> None:
    folder = photos_of(bench, lid=phone_photo(), side=phone_photo((300, 200)))
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await at_the_grade(person)
        await person.until(lambda: person.asks("optional"))
        assert "No face, no name" in person.reads()

        await person.press("down", "enter")
        await person.until(lambda: person.asks("system"))

    grade = session_of(bench, TAG).grade
    assert grade is not None
    assert (grade.grade, len(grade.photos)) == ("B", 2)
    assert b"Camille" not in bench.town.attachments.get(grade.photos[0])
    assert list(folder.iterdir()) == []


async def test_a_bad_photo_is_told_and_the_grade_is_given_without(bench: Bench) -> None:
    folder = photos_of(bench, lid=b"no picture")
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await at_the_grade(person)
        await person.until(lambda: person.asks("optional"))
        await person.press("down", "enter")
        await person.until(lambda: "lid.jpg cannot be taken" in person.reads())
        await person.press("f9")
        await person.until(lambda: person.asks("arm's length"))

        await person.press("down", "enter")
        await person.until(lambda: person.asks("optional"))
        await person.press("enter")
        await person.until(lambda: person.asks("system"))

    grade = session_of(bench, TAG).grade
    assert grade is not None
    assert grade.photos == ()
    assert [file.name for file in folder.iterdir()] == ["lid.jpg"]


async def test_a_clock_of_2009_is_asked_about_before_anything_else(bench: Bench) -> None:
    in_2009 = datetime(2009, 1, 1, 0, 4, tzinfo=UTC)
    town = replace(with_clock(bench.town, lambda: in_2009), clock=Clock.RTC)
    async with wizard(replace(bench, town=town)).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.until(lambda: person.asks("Is it right?"))

        await person.press("enter")
        await person.until(lambda: person.on == "AskLine")
        await person.types("22/11/2009 14:05")
        await person.until(lambda: "cannot be now" in person.reads())
        await person.types("22/11/2031 14:05")
        await person.until(lambda: person.on == "WelcomeScreen")

        now = person.app.town.now().astimezone()
        assert f"{now:%d/%m/%Y %H}" == "22/11/2031 14"
        assert person.app.town.clock is Clock.BY_HAND


async def test_a_clock_that_jumps_between_two_steps_is_asked_about_once(bench: Bench) -> None:
    come_on_bench(bench.town, identified(bench), "rapide")
    seconds = [0.0]
    app = wizard(bench)
    app.clock = ClockWatch(lambda: seconds[0])
    async with app.run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()
        await person.press("home", "down", "enter")
        await person.until(lambda: app.session is not None)
        seconds[0] = timedelta(days=40).total_seconds()

        await person.press("f4")
        await person.until(lambda: person.asks("Is it right?"))
        assert "It jumped" in person.reads()
        await person.press("down", "enter")
        await person.until(lambda: person.on == "RepairScreen")

        await person.press("f5")
        await person.until(lambda: person.on == "WipeScreen" and "to wipe" in person.reads())
