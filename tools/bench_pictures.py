# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes docs/bench/*.png: the real wizard, in French, as the key's console shows it.

.venv/bin/python -m tools.bench_pictures
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

from textual.pilot import Pilot

from fleet.i18n import set_language
from fleet.model import kinds as k
from fleet.model.bench_tests import Measured
from fleet.model.facts import DiskKind
from fleet.model.policy import PROFILES
from fleet.model.wipe import Hidden, WipeTarget
from fleet.services import acts
from fleet.services.example_models import MODELS
from fleet.services.example_report import InventedMachine, invent, report_text
from fleet.services.town import Town, init_town
from reconditioning.session import Session, read_session
from reconditioning.session_acts import come_on_bench, record_spent, record_test
from reconditioning.session_identify import look_at, new_machine, take_in_report
from reconditioning.session_minutes import Spent
from reconditioning.session_wipe import plan_machine
from reconditioning.workplace import Workplace
from tools.picture import png_of
from tui.bench.app import BenchApp
from tui.bench.boards import DiskProgress, TestBoard, WipeBoard

PICTURES = Path(__file__).parent.parent / "docs" / "bench"
SIZE = (80, 24)
TAG = "PL-00042"
NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
LEFT_S = 47 * 60


class Pictured(Workplace):
    """A bench whose disk is that of the report: nothing is ever written."""

    __slots__ = ()

    def targets(self) -> tuple[WipeTarget, ...]:
        """Return the laptop's rotating disk."""
        return (target_of(laptop()),)


def laptop() -> InventedMachine:
    """Return the laptop of all pictures."""
    return invent(MODELS["probook-430"], "5CD6342XKP", Random(42))  # noqa: S311 - a drawn example, no secret


def target_of(machine: InventedMachine) -> WipeTarget:
    """Return its disk as the wipe finds it."""
    disk = machine.disks[0]
    return WipeTarget(
        path=Path("/dev/sda"),
        size_bytes=disk.model.size_bytes,
        sector_bytes=512,
        kind=DiskKind.HDD,
        instance="8:0:1",
        model=disk.model.name,
        serial=disk.serial,
        transport="sata",
        hidden=Hidden.NONE,
    )


def make_key(folder: Path) -> tuple[Town, Pictured]:
    """Return a new key, and the bench it is plugged into."""
    stick = folder / "stick"
    stick.mkdir()
    report = folder / "report.json"
    report.write_text(report_text(laptop(), NOON))
    town = init_town(folder / "key", f"sqlite:///{folder / 'key' / 'journal.db'}")
    return town, Pictured(home=town.home, stick=stick, report=report)


def _session(town: Town) -> Session:
    session = read_session(town, TAG)
    if session is None:
        raise RuntimeError("the machine of the pictures is not on the bench")
    return session


def take_in(town: Town, place: Pictured) -> None:
    """Bring the laptop on the bench, half tested."""
    described = look_at(town, place.describe())
    take_in_report(town, described, as_new=new_machine(described, TAG, "given_by_person"))
    come_on_bench(town, TAG, "rapide")
    acts.record(
        town, [TAG],
        k.FirstOpinion(opinion=described.opinion.opinion.value, reasons=described.opinion.codes,
                       thresholds=described.opinion.thresholds),
    )  # fmt: skip
    for test, seconds in (("start", 1), ("disk", 74)):
        record_test(town, _session(town), Measured(test=test, result="pass", seconds=seconds))


def finish_all(town: Town) -> None:
    """Record the rest, as the wizard would."""
    for test in PROFILES["rapide"]:
        record_test(town, _session(town), Measured(test=test, result="pass", seconds=40))
    record_spent(town, TAG, "repair", Spent(human_s=60, machine_s=0, keys=1))
    record_spent(town, TAG, "test", Spent(human_s=700, machine_s=6400, keys=57))
    disk = _session(town).inside[0].view.disk.id
    with town.act() as act:
        act.add(disk, k.DiskWiped(level="clear", method="overwrite", readback="full",
                                  coverage_permille=1000))  # fmt: skip
        act.add(disk, k.CertificateIssued(number="CE-20261122-7KQ2MXVB", machine=TAG, wipe="",
                                          json_digest="", pdf_digest=""))  # fmt: skip
    acts.record(town, [TAG], k.VerdictGiven(rejected=False))
    acts.record(town, [TAG], k.ImageInstalled(image="famille-xfce"))


async def settled(pilot: Pilot[int]) -> None:
    """Wait until nothing moves any more."""
    for _turn in range(4):
        await pilot.pause(0.3)


async def take_pictures(folder: Path) -> None:
    """Walk through the wizard and take a picture of each step."""
    town, place = make_key(folder)
    app = BenchApp(town, place, environ={"TERM": "linux"})

    def take(name: str) -> None:
        (PICTURES / f"{name}.png").write_bytes(png_of(app.export_screenshot(title="ParcLibre")))

    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        take("debut")
        take_in(app.town, place)
        await pilot.press("enter")
        await settled(pilot)
        take("identifier")
        app.testing = TestBoard(running="memory", waiting=("network",))
        await pilot.press("f3")
        await settled(pilot)
        take("tester")
        await pilot.press("down", "enter")
        await settled(pilot)
        await pilot.press(*"azertyqsdf")
        await settled(pilot)
        take("clavier")
        await pilot.press("escape", "escape", "escape")
        await settled(pilot)
        await pilot.press("f5")
        await settled(pilot)
        take("effacer")
        await pilot.press("f9")
        await settled(pilot)
        take("confirmer")
        await pilot.press("escape")
        plan = plan_machine(app.town, _session(app.town), place.targets())[0].plan
        if plan is not None:
            app.wiping = WipeBoard(running=True, disks=(_half_way(DiskProgress(plan=plan)),))
        app.testing = TestBoard()
        await pilot.press("f5")
        await settled(pilot)
        take("effacement")
        app.wiping = WipeBoard()
        finish_all(app.town)
        app.reload(app.finish)
        await settled(pilot)
        take("prete")


def _half_way(disk: DiskProgress) -> DiskProgress:
    return replace(disk, phase="wiping", percent=41.0, bytes_per_s=96_000_000, left_s=LEFT_S)


def main() -> None:
    """Write the pictures."""
    set_language("fr")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take_pictures(Path(folder)))


if __name__ == "__main__":
    main()
