# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet is filtered while one types, sorted, selected, and acted on with the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from fleet.model import kinds as k
from fleet.services import acts, machines
from fleet.services.town import open_town
from tests.tui.keyboard import Hand
from tests.tui.stage import NARROW, WIDE, Stage, fixed_clock, settled, small_town, url_of
from tui.screens.choose_act import ChooseActScreen
from tui.screens.fleet import COLUMNS, FleetScreen
from tui.screens.machine import MachineScreen
from tui.widgets.columns import GAP, laid_out


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(small_town(tmp_path / "town"), "fleet")


def fleet(pilot: Pilot[int]) -> FleetScreen:
    screen = pilot.app.screen
    assert isinstance(screen, FleetScreen)
    return screen


def shown(pilot: Pilot[int]) -> list[str]:
    table = fleet(pilot).table
    rows = [table._pages.row(number) for number in range(table.total)]
    return [row.tag for row in rows if row is not None]


async def test_letters_typed_in_the_list_filter_it(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.types("thinkpad")

        assert shown(pilot) == ["VJ-0003", "VJ-0006", "VJ-0009", "VJ-0012"]
        assert fleet(pilot).query_one("#text", Input).value == "thinkpad"


async def test_f9_shows_every_machine_again(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.types("thinkpad")
        fleet(pilot).query_one("#state", Select).value = "lost"
        await settled(pilot)
        assert shown(pilot) == ["VJ-0012"]

        await hand.press("f9")

        assert len(shown(pilot)) == 12


async def test_arrows_choose_the_column_that_sorts(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.press("ctrl+o")
        assert shown(pilot)[0] == "VJ-0012"

        await hand.press("right", "right")

        assert fleet(pilot).table.sort_key == "model"


async def test_a_wide_screen_shows_more_columns(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        narrow = {column.key for column, _width in fleet(pilot).table._layout}
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        wide = {column.key for column, _width in fleet(pilot).table._layout}

        assert {"tag", "kind", "model", "state", "site"} == narrow
        assert {"serial", "since", "disks", "issues"} <= wide


async def test_selected_machines_are_counted_and_all_can_be_selected(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.press("space")
        figures = str(fleet(pilot).query_one("#figures", Static).content)
        await hand.press("ctrl+a")
        none = fleet(pilot).table.selected
        await hand.press("ctrl+a")

        assert figures == "12 machines, 1 selected"
        assert none == frozenset()
        assert len(fleet(pilot).table.selected) == 12


async def test_enter_opens_and_f8_offers_acts_on_the_machine_under_the_cursor(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.press("f8")
        assert hand.at(ChooseActScreen)
        await hand.press("escape", "enter")

        assert hand.at(MachineScreen)


async def test_what_another_program_writes_is_shown(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        other = open_town(app.town.home, url_of(app.town.home), now=fixed_clock)
        machines.register(other.acting_as("Alix"), k.MachineRegistered(tag="VJ-0100"))
        acts.transition(other.acting_as("Alix"), ["VJ-0001"], k.Lost())
        other.journal.close()

        app.look()
        await settled(pilot)
        app.look()
        await settled(pilot)

        assert "VJ-0100" in shown(pilot)
        row = fleet(pilot).table._pages.row(0)
        assert row is not None
        assert row.line.state == "lost"


@pytest.mark.parametrize("width", range(75, 200))
def test_the_columns_that_are_shown_have_room(width: int) -> None:
    layout = laid_out(COLUMNS, width)

    assert sum(size for _column, size in layout) + GAP * (len(layout) - 1) <= width
