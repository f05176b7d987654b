# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""States stand as columns with their counts; machines are moved through the guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from fleet.model.rules import RULES
from fleet.model.state import State
from fleet.services import acts
from tests.tui.keyboard import Hand
from tests.tui.stage import NARROW, WIDE, Stage, settled, small_town
from tui.acts import spec_of
from tui.screens.act import ActScreen
from tui.screens.board import STATES, BoardScreen, StateColumn, ways_from
from tui.screens.machine import MachineScreen
from tui.screens.questions import Choice


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(small_town(tmp_path / "town"), "board")


def titles(screen: BoardScreen) -> list[str]:
    return [str(title.content) for title in screen.query(".state-name").results(Static)]


async def test_each_state_is_a_column_with_its_count(app: Stage) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, BoardScreen)

        shown = titles(screen)

        assert shown[:3] == ["○ In stock (4)", "● In service (6)", "! In repair (1)"]
        assert shown[-1] == "? Lost or stolen (1)"
        assert len(shown) == len(State)


async def test_a_narrow_screen_shows_one_state_beside_the_list(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("right", "right")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, BoardScreen)

        seen = [column.state for column in screen.query(StateColumn) if column.display]

        assert seen == ["in_repair"]
        assert screen.column.table.total == 1


async def test_a_machine_is_moved_to_another_state_by_keyboard(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("right", "f9")
        assert hand.at(Choice)
        options = [o.id for o in pilot.app.screen.query_one(OptionList).options]
        await hand.press(*["down"] * options.index("Retired"), "enter")
        assert hand.at(ActScreen)

        await hand.fills(decision="PV 2026-3")
        await hand.press("f9")

        assert acts.view_of(app.town, "VJ-0001").machine.state == "retired"


async def test_enter_opens_the_machine_of_a_column(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("right", "enter")

        assert hand.at(MachineScreen)


@pytest.mark.parametrize("state", STATES)
def test_every_way_from_a_state_is_an_act_of_the_console_that_leads_there(state: str) -> None:
    for target, kind in ways_from(state).items():
        assert State(state) in RULES[kind].sources
        assert spec_of(kind).transition
        assert RULES[kind].target in (None, State(target))
