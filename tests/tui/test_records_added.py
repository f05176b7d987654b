# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty town is filled from the console: sites, rooms and machines, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.services import acts, records
from fleet.services.town import Town, init_town
from tests.tui.keyboard import Hand
from tests.tui.stage import NARROW, Stage, fixed_clock, settled, url_of
from tui.screens.fleet import FleetScreen
from tui.screens.machine import MachineScreen
from tui.screens.new_record import NewRecordScreen
from tui.screens.rooms import RoomsScreen


@pytest.fixture
def empty(tmp_path: Path) -> Town:
    home = tmp_path / "town"
    return init_town(home, url_of(home), now=fixed_clock).acting_as("Camille")


async def test_a_site_and_its_room_are_added_from_the_list_of_rooms(empty: Town) -> None:
    app = Stage(empty, "rooms")
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.press("f9")
        assert hand.at(NewRecordScreen)
        await hand.fills(name="Jean-Macé")
        await hand.press("f9")
        assert hand.at(RoomsScreen)

        await hand.press("insert")
        await hand.fills(site="Jean", name="Salle 3", rows="4", columns="6")
        await hand.press("f9")

        site = records.find(app.town, "site", "Jean-Macé")
        (room,) = records.rooms_of(app.town, site.id)
        assert (room.name, room.body["rows"], room.body["columns"]) == ("Salle 3", 4, 6)


async def test_a_machine_registered_without_a_tag_gets_the_next_one_and_opens(empty: Town) -> None:
    app = Stage(empty, "fleet")
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        assert hand.at(FleetScreen)
        await hand.press("insert")
        await hand.fills(model="ThinkPad X250", serial="PC0ABC12")
        await hand.press("f9")

        assert hand.at(MachineScreen)
        machine = acts.view_of(app.town, "PL-00001").machine
        assert (machine.model, machine.serial, machine.state) == (
            "ThinkPad X250", "PC0ABC12", "in_stock",
        )  # fmt: skip


async def test_a_tag_that_is_taken_is_refused_and_the_form_stays(empty: Town) -> None:
    app = Stage(empty, "fleet")
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        for _machine in range(2):
            await hand.press("insert")
            await hand.fills(tag="VJ-0001")
            await hand.press("f9")
            if hand.at(MachineScreen):
                await hand.press("escape")

        assert hand.at(NewRecordScreen)
        assert "VJ-0001" in hand.said()
