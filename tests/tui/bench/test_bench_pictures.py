# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each step looks as it did on the console, at 80 by 24 and at 160 by 50. After a wanted change,
look at the report and run again with --snapshot-update.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from fleet.model import kinds as k
from fleet.services import acts
from reconditioning.session import read_session
from reconditioning.session_acts import come_on_bench
from reconditioning.session_dead import take_dead
from reconditioning.session_wipe import plan_machine
from tests.bench.workshop import Bench, identified, set_up
from tests.tui.bench.stage import Volunteer, wizard
from tests.tui.stage import NARROW, WIDE
from tui.bench.app import BenchApp
from tui.bench.boards import DiskProgress, WipeBoard

TAG = "PL-00042"
PICTURES: dict[str, list[str]] = {
    "identify": [],
    "repair": ["f4"],
    "repair_form": ["f4", "f8"],
    "wipe": ["f5"],
    "confirm": ["f5", "f9"],
    "wiping": ["wipe", "f5"],
    "verdict": ["f6"],
    "help": ["f5", "f1"],
    "dead": ["dead", "f5"],
}


def on_the_bench(bench: Bench) -> None:
    """A machine of which a first opinion was kept, and a repair."""
    come_on_bench(bench.town, identified(bench), "rapide")
    opinion = k.FirstOpinion(
        opinion="upgrade", reasons=("memory_low=2048|3584",), thresholds="2026-11-22"
    )
    acts.record(bench.town, [TAG], opinion)
    repair = k.RepairDone(fault="dead battery", actions=("replaced",), minutes=25, outcome="fixed")
    acts.record(bench.town, [TAG], repair)


def half_wiped(app: BenchApp, bench: Bench) -> WipeBoard:
    """Two fifths of a disk are wiped; 47 minutes are left."""
    session = read_session(app.town, TAG)
    assert session is not None
    plan = plan_machine(app.town, session, bench.place.targets())[0].plan
    assert plan is not None
    disk = DiskProgress(plan=plan, phase="wiping", percent=41.0, bytes_per_s=96_000_000)
    return WipeBoard(running=True, disks=(replace(disk, left_s=47 * 60),))


def calm(person: Volunteer) -> bool:
    """Nothing is being read, and no test runs behind the screen."""
    return "…" not in person.reads() and not person.app.testing.running


def pressing(bench: Bench, keys: list[str]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def press(pilot: Pilot[int]) -> None:
        person = Volunteer(pilot)
        await person.starts()
        await person.press("home", "down", "enter")
        await person.until(lambda: person.app.session is not None)
        for key in keys:
            if key == "wipe":
                person.app.wiping = half_wiped(person.app, bench)
            elif key == "dead":
                take_dead(person.app.town, TAG, "rapide")
                person.app.read_here = None
                person.app.reload()
            else:
                await person.press(key)
            await person.until(lambda: calm(person))
        for field in person.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()

    return press


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x50"])
@pytest.mark.parametrize("name", PICTURES)
def test_a_step_looks_as_it_did(
    tmp_path: Path, snap_compare: Any, name: str, size: tuple[int, int]
) -> None:
    bench = set_up(tmp_path)
    on_the_bench(bench)
    app = wizard(bench, console=True)

    assert snap_compare(app, terminal_size=size, run_before=pressing(bench, PICTURES[name]))
