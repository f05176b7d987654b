# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug is pulled in each step of the wizard, the key started in a virtual machine: six starts.

What a step recorded is there at the next start, and the journal is sound. A quarter of an hour:
asked for by hand. CI cuts the wipe (``test_key_boot``), and kills the wizard's process in each.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.model.proof import Firmware
from tests.bench.key_machine import KeyMachine, Target
from tests.bench.key_walk import MENU, Walk, accept_a_small_machine, holds_old_data, used_disk
from tests.bench.test_key_boot import Made, live_home, made, open_shell

__all__ = ["live_home", "made"]

pytestmark = [
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.vm,
    pytest.mark.timeout(7200),
    pytest.mark.xdist_group("images"),
    pytest.mark.skipif(
        not os.environ.get("PARCLIBRE_TEST_CUTS") or shutil.which("qemu-system-x86_64") is None,
        reason="a quarter of an hour: ask for it with PARCLIBRE_TEST_CUTS=1",
    ),
]
_A_MOMENT_S = 3.0


class Workshop:
    """One machine with one disk, started again and again from the same key."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.disk = Target(used_disk(made.folder / "one.raw", 1100), "hdd", "HDD00001")
        self.starts = 0

    def until_cut(self, story: Callable[[Walk], None], *, prepared: bool = True) -> None:
        """Start, sit down at the wizard, do something, and pull the plug."""
        self.starts += 1
        folder: Path = self.made.folder / f"cut{self.starts}"
        with KeyMachine(self.made.key, Firmware.BIOS, folder, disks=(self.disk,)) as pc:
            open_shell(pc)
            if not prepared:
                pc.shell("systemctl start parclibre-key.service", 900)
                accept_a_small_machine(pc)
            pc.type("exit")
            pc.expect(MENU)
            walk = Walk(pc)
            walk.sits_down()
            story(walk)
            time.sleep(_A_MOMENT_S)
            pc.cut()


def test_nothing_recorded_is_lost_when_the_plug_is_pulled_in_each_step(made: Made) -> None:
    workshop = Workshop(made)
    tags: list[str] = []

    def identifies(walk: Walk) -> None:
        tags.append(walk.identifies())

    def tests_the_screen(walk: Walk) -> None:
        walk.goes_on_with(tags[0])
        walk.tests_the_screen()

    def repairs(walk: Walk) -> None:
        walk.goes_on_with(tags[0])
        walk.pc.expect(r"Tests faits\s:\s5 sur 6")
        walk.tests_the_keys()
        walk.repairs("hinge")

    def wipes(walk: Walk) -> None:
        walk.goes_on_with(tags[0])
        walk.pc.expect("- hinge")
        walk.press("f9")
        walk.wipes(tags[0], disks=1)
        assert not holds_old_data(workshop.disk)

    def grades(walk: Walk) -> None:
        walk.goes_on_with(tags[0])
        walk.keeps_the_verdict()
        walk.grades()

    def ends(walk: Walk) -> None:
        walk.goes_on_with(tags[0])
        walk.keeps_the_verdict()
        walk.pc.expect("Quel système")
        said = walk.hands_over_bare()
        assert f"{tags[0]} peut être donnée" in " ".join(said.split())
        walk.leaves()
        walk.pc.type("5")
        walk.pc.expect("Tapez « exit »", 120)
        walk.pc.shell("parclibre journal verify", 600)

    workshop.until_cut(identifies, prepared=False)
    for story in (tests_the_screen, repairs, wipes, grades, ends):
        workshop.until_cut(story)
