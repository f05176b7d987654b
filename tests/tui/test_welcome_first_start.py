# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A first start goes through welcome and « who is acting? » to the fleet."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, OptionList

from fleet.services import browse
from fleet.services.browse import MachineFilter
from fleet.services.town import init_town, is_initialised
from tests.tui.keyboard import Hand
from tests.tui.stage import NARROW, fixed_clock, settled, small_town, url_of
from tui.app import ParcLibreApp
from tui.screens.fleet import FleetScreen
from tui.screens.operator import OperatorScreen
from tui.screens.welcome import WelcomeScreen


def console(home: Path) -> ParcLibreApp:
    return ParcLibreApp(home, url_of(home), now=fixed_clock)


async def test_an_empty_town_is_made_and_a_new_name_is_asked(tmp_path: Path) -> None:
    app = console(tmp_path / "home")
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        assert hand.at(WelcomeScreen)
        await hand.press("enter")
        assert hand.at(OperatorScreen)
        assert isinstance(app.focused, Input)
        await hand.types("Camille B.")
        await hand.press("enter")

        assert hand.at(FleetScreen)
        assert app.operator_name == "Camille B."
        assert app.town.operator is not None
        assert browse.count(app.town, MachineFilter()) == 0


async def test_the_example_town_is_written_and_its_people_are_offered(tmp_path: Path) -> None:
    app = console(tmp_path / "home")
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.press("down", "enter")
        assert hand.at(OperatorScreen)
        names = [str(option.prompt) for option in app.screen.query_one(OptionList).options]
        assert "Nadia Ferrand" in names
        await hand.press("down", "enter")

        assert hand.at(FleetScreen)
        assert app.operator_name == "Nadia Ferrand"
        assert browse.count(app.town, MachineFilter()) == 120


async def test_leaving_the_welcome_makes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    app = console(home)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("escape")

    assert app.return_value == 0
    assert not is_initialised(home)


async def test_a_later_start_goes_straight_to_the_question_who_acts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    init_town(home, url_of(home))
    app = console(home)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)

        assert isinstance(app.screen, OperatorScreen)


async def test_who_only_looks_records_nothing_and_is_told_so(tmp_path: Path) -> None:
    town = small_town(tmp_path / "home")
    app = console(town.home)
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        await hand.press("escape")
        app.open_machine("VJ-0008")
        await settled(pilot)
        await hand.opens("Lost")
        await hand.press("f9")

        assert "Nobody is named" in hand.said()
