# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last step: only signed images are offered, and only a disk proven wiped gets one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fleet.errors import GuardRefused, TrustRefused
from fleet.model import kinds as k
from fleet.model.bench_tests import Measured
from fleet.model.live_key import IMAGES
from fleet.model.policy import PROFILES
from fleet.services.installer_events import Installed
from reconditioning.session import Session, Stage, read_session
from reconditioning.session_acts import come_on_bench, record_spent, record_test
from reconditioning.session_install import install_system, offered_images, plan_system
from reconditioning.session_minutes import Spent
from reconditioning.session_wipe import plan_machine
from tests.bench.terminal import Terminal
from tests.bench.workshop import Bench, identified, set_up
from tests.services.installer_samples import make_disk, make_image, make_root
from tests.tui.bench.stage import Volunteer, wizard

pytestmark = [pytest.mark.root, pytest.mark.slow, pytest.mark.timeout(600)]
TAG = "PL-00042"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A wiped laptop, tested, and a key with a family image that this key's desk signed."""
    bench = set_up(tmp_path)
    size = make_disk(bench.disks[0]).stat().st_size
    report = bench.place.report
    assert report is not None
    report.write_text(report.read_text().replace(str(4 * 2**20), str(size)))
    made = make_image(tmp_path / "made", bench.town.key, make_root(tmp_path / "root"))
    stick = bench.place.stick
    assert stick is not None
    shutil.copytree(made, stick / IMAGES / made.name)
    come_on_bench(bench.town, identified(bench), "rapide")
    for test in PROFILES["rapide"]:
        record_test(bench.town, session_of(bench), Measured(test=test, result="pass"))
    spent = Spent(human_s=1, machine_s=0, keys=1)
    record_spent(bench.town, TAG, "repair", spent)
    return bench


def session_of(bench: Bench) -> Session:
    session = read_session(bench.town, TAG)
    assert session is not None
    return session


def wiped(bench: Bench) -> None:
    """What a verified wipe leaves in the journal; the disk file is empty already."""
    disk = session_of(bench).inside[0].view.disk.id
    body = k.DiskWiped(level="clear", method="overwrite", readback="full", coverage_permille=1000)
    with bench.town.act() as act:
        act.add(disk, body)


def test_nothing_is_installed_on_a_disk_that_is_not_proven_wiped(bench: Bench) -> None:
    image = offered_images(bench.town, bench.place)[0]
    disks = plan_machine(bench.town, session_of(bench), bench.place.targets())

    with pytest.raises(GuardRefused):
        plan_system(bench.town, session_of(bench), image, disks)


def test_an_image_whose_signature_is_wrong_is_shown_as_refused(bench: Bench) -> None:
    stick = bench.place.stick
    assert stick is not None
    folder = next((stick / IMAGES).iterdir())
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b"\n")

    offers = offered_images(bench.town, bench.place)

    assert [isinstance(offer.refused, TrustRefused) for offer in offers] == [True]


def test_the_number_of_another_machine_installs_nothing(bench: Bench) -> None:
    wiped(bench)
    image = offered_images(bench.town, bench.place)[0]
    disks = plan_machine(bench.town, session_of(bench), bench.place.targets())
    plan = plan_system(bench.town, session_of(bench), image, disks)

    with pytest.raises(GuardRefused):
        list(install_system(bench.town, TAG, plan, "PL-00043"))

    assert session_of(bench).image is None
    assert not any(bench.disks[0].read_bytes()[:4096])


def test_the_system_is_recorded_once_it_was_read_back(bench: Bench) -> None:
    wiped(bench)
    image = offered_images(bench.town, bench.place)[0]
    disks = plan_machine(bench.town, session_of(bench), bench.place.targets())
    plan = plan_system(bench.town, session_of(bench), image, disks)

    events = []
    for event in install_system(bench.town, TAG, plan, TAG):
        events.append(event)
        if not isinstance(event, Installed):
            assert session_of(bench).image is None

    installed = session_of(bench).image
    assert isinstance(events[-1], Installed)
    assert events[-1].hostname == "pl-00042"
    assert installed is not None
    assert installed.image == plan.image.digest


async def test_by_keys_the_machine_gets_its_system_and_is_ready(bench: Bench) -> None:
    wiped(bench)
    async with wizard(bench).run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await person.starts()
        await person.press("home", "down", "enter")
        await person.until(lambda: person.app.session is not None)
        await person.press("f6")
        await person.until(lambda: "VERDICT" in person.reads())
        await person.press("f9")
        await person.until(lambda: person.asks("arm's length"))
        await person.press("down", "enter")
        await person.until(lambda: person.asks("system"))
        await person.press("enter")
        await person.until(lambda: person.on == "ConfirmTag")
        await person.types(TAG)
        await person.until(lambda: person.on == "EndingScreen" and person.big())

        assert person.big() == ("READY",), person.reads()
        assert "start it once" in person.reads()


def test_cut_during_the_installation_nothing_is_said_to_be_installed(bench: Bench) -> None:
    wiped(bench)
    with Terminal(bench) as person:
        person.sees("Go on with PL-00042")
        person.press("enter")
        person.sees("ThinkPad")
        person.press("f6")
        person.sees("VERDICT")
        person.press("f9")
        person.sees("arm's length")
        person.press("down", "enter")
        person.sees("Which system")
        person.press("enter")
        person.sees("To confirm")
        person.press(*TAG, "enter")
        # Huge letters: the installation has just begun.
        person.sees("█")
        person.kill()

    session = session_of(bench)

    assert session.image is None
    assert not session.ready
    assert session.next_stage is Stage.TRIAGE
