# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's page shows all there is, keeps up with the store, and leads to its acts."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console
from textual.widgets import OptionList, Static

from fleet.model import kinds as k
from fleet.services import acts, machines
from tests.tui.keyboard import Hand
from tests.tui.stage import NARROW, WIDE, Stage, settled, small_town
from tui.screens.act import ActScreen
from tui.screens.machine import PARTS, MachineScreen, Part
from tui.screens.rooms import RoomsScreen


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(small_town(tmp_path / "town"), "rooms")


async def visit(hand: Hand, tag: str) -> MachineScreen:
    await settled(hand.pilot)
    app = hand.pilot.app
    assert isinstance(app, Stage)
    app.open_machine(tag)
    await settled(hand.pilot)
    assert isinstance(app.screen, MachineScreen)
    return app.screen


def text(screen: MachineScreen, part: str) -> str:
    return str(screen.query_one(f"#{part}", Static).content)


def act_words(screen: MachineScreen) -> dict[str | None, str]:
    console = Console(width=200, no_color=True)
    found = {}
    for option in screen.query_one(OptionList).options:
        with console.capture() as said:
            console.print(option.prompt)
        found[option.id] = said.get()
    return found


async def test_a_narrow_screen_shows_one_part_and_f9_the_next(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        screen = await visit(hand, "VJ-0001")
        seen = []
        for _part in PARTS:
            seen += [part.part for part in screen.query(Part) if part.display]
            assert app.focused is not None
            assert app.focused.parent is screen.query_one(f"#part-{seen[-1]}")
            await hand.press("f9")

        assert seen == ["acts", "disks", "about", "timeline"]
        assert screen.shown == "acts"


async def test_a_wide_screen_shows_all_parts_side_by_side(app: Stage) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await visit(Hand(pilot), "VJ-0001")

        regions = [part.region for part in screen.query(Part) if part.display]
        assert len(regions) == len(PARTS)
        assert len({region.x for region in regions}) == 2


async def test_plain_text_stays_in_one_column_however_wide(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "rooms", plain=True)
    async with app.run_test(size=WIDE) as pilot:
        screen = await visit(Hand(pilot), "VJ-0001")

        assert [part.part for part in screen.query(Part) if part.display] == ["acts"]


async def test_place_owner_and_timeline_name_places_and_people(app: Stage) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await visit(Hand(pilot), "VJ-0001")

        about = text(screen, "about")
        assert "École Jules-Ferry" in about
        assert "Salle informatique" in about
        first = text(screen, "timeline").splitlines()[0]
        assert "Put in service" in first
        assert "Camille" in first


async def test_allowed_and_refused_steps_are_both_there_with_every_reason(app: Stage) -> None:
    town = app._staged[0]
    acts.transition(town, ["VJ-0008"], k.Retired(decision="D-1"))
    acts.transition(town, ["VJ-0008"], k.TakenIn())
    async with app.run_test(size=NARROW) as pilot:
        words = act_words(await visit(Hand(pilot), "VJ-0008"))

        assert "possible" in words["Moved"]
        for guard in ("[G1]", "[G2]", "[G3]"):
            assert guard in words["MadeReady"]
        assert "not from « In the workshop »" in words["Found"]


async def test_a_disk_says_what_proof_it_lacks(app: Stage) -> None:
    machines.add_disk(app._staged[0], "VJ-0008", k.DiskRegistered(model="WDC", serial="WD-1"))
    async with app.run_test(size=WIDE) as pilot:
        screen = await visit(Hand(pilot), "VJ-0008")

        assert "WDC WD-1" in text(screen, "disks")
        assert "was never wiped" in text(screen, "disks")


async def test_an_act_is_recorded_and_the_page_follows(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        screen = await visit(hand, "VJ-0008")
        await hand.opens("Retired")
        await hand.fills(decision="DEL-17")
        await hand.press("f9")

        assert app.screen is screen
        assert "Retired" in str(screen.query_one("#title", Static).content)
        assert "DEL-17" in text(screen, "timeline")
        assert screen.query_one(OptionList).scroll_offset.y == 0


async def test_the_last_act_is_undone_from_the_page(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        screen = await visit(hand, "VJ-0008")
        await hand.opens("Retired")
        await hand.fills(decision="DEL-17")
        await hand.press("f9")
        await hand.press("ctrl+z")
        assert hand.at(ActScreen)
        assert "VJ-0008  Retired: decision DEL-17" in hand.said()
        await hand.press("f9")

        assert app.screen is screen
        assert acts.view_of(app.town, "VJ-0008").life.value == "in_stock"


async def test_what_another_process_writes_appears(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        screen = await visit(Hand(pilot), "VJ-0008")
        acts.transition(app.town.acting_as("Dominique"), ["VJ-0008"], k.Lost())
        app.look()
        await settled(pilot)

        assert "Lost or stolen" in str(screen.query_one("#title", Static).content)


async def test_an_unknown_tag_says_so_and_goes_back(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.open_machine("NONE-1")
        await settled(pilot)

        assert isinstance(app.screen, RoomsScreen)
