# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of the example town goes from its classroom to a family, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

from fleet.services import acts, example, reports
from fleet.services.town import Town
from tests.cli.command_line import REPORTS
from tests.tui.keyboard import Hand
from tests.tui.stage import NARROW, Stage, copied, settled
from tui.screens.act import ActScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.machine import MachineScreen

TAG = "BLP-0027"


def build_example_town(town: Town) -> None:
    example.fill(town)
    for _outcome in reports.import_files(town.acting_as("Camille"), [REPORTS]):
        pass


def state(town: Town) -> str:
    return acts.view_of(town, TAG).life.value


async def estimate(hand: Hand) -> None:
    await hand.opens("ValueEstimated")
    await hand.fills(machine="120")
    await hand.press("f9")


async def test_a_machine_walks_from_the_classroom_to_a_family(tmp_path: Path) -> None:
    paper = tmp_path / "effacement.txt"
    paper.write_text("nwipe: succeeded\n", encoding="utf-8")
    app = Stage(copied(build_example_town, tmp_path / "town"), "fleet")
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.types(TAG)
        await hand.press("enter")
        assert hand.at(MachineScreen)

        await hand.opens("Retired")
        await hand.fills(decision="Délibération 2026-12")
        await hand.press("f9")
        assert state(app.town) == "retired"

        await estimate(hand)
        await hand.opens("TitleTransferred")
        await hand.fills(way="gift", taker="Repair")
        await hand.press("f9")
        await hand.opens("TakenIn")
        await hand.fills(partner="Repair", agreement="Convention 2023")
        await hand.press("f9")
        assert state(app.town) == "in_workshop"

        await hand.opens("MadeReady")
        assert all(guard in hand.said() for guard in ("[G1]", "[G2]", "[G3]"))
        await hand.press("f9")
        assert hand.at(ActScreen)
        assert state(app.town) == "in_workshop"
        await hand.press("escape")

        await hand.opens("DiskWiped")
        await hand.fills(
            level="erased", method="ATA Secure Erase", readback="read back by", report=str(paper),
            second_person="Noé T.",
        )  # fmt: skip
        await hand.press("f9")
        await hand.opens("TestsRecorded")
        await hand.press("tab", "space", "f9")
        await hand.opens("ImageInstalled")
        await hand.fills(image="famille-2026")
        await hand.press("f9")
        await hand.opens("MadeReady")
        assert hand.said() == "Possible."
        await hand.press("f9")
        assert state(app.town) == "ready"

        await hand.opens("HandedOver")
        await hand.fills(partner="Repair", beneficiary="2025-0", receipt="R-44")
        await hand.press("f9")
        assert hand.at(ConfirmScreen)
        await hand.press("enter")
        assert state(app.town) == "ready"
        await hand.press("f9")
        await hand.types(TAG)
        await hand.press("enter")

        assert state(app.town) == "given"
        assert hand.at(MachineScreen)
