# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines are seated with the keyboard, through the same acts as everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from fleet.model.places import seat_name, seat_position
from fleet.services import acts
from tests.tui.stage import NARROW, WIDE, Stage, settled, small_town
from tui.screens.questions import Choice
from tui.screens.room import RoomScreen
from tui.widgets.seat_map import SeatMap


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(small_town(tmp_path / "town"), "rooms")


async def open_room(pilot: Pilot[int]) -> RoomScreen:
    await settled(pilot)
    await pilot.press("down", "down", "enter")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, RoomScreen)
    return screen


@pytest.mark.parametrize(
    ("place", "name"), [((0, 0), "A1"), ((1, 9), "B10"), ((25, 0), "Z1"), ((26, 3), "AA4")]
)
def test_seats_are_named_by_row_letter_and_column_number(place: tuple[int, int], name: str) -> None:
    assert seat_name(*place) == name
    assert seat_position(name.lower()) == place


@pytest.mark.parametrize("name", ["", "1", "A", "A0", "near the door", "A1B"])
def test_what_is_not_a_seat_has_no_place(name: str) -> None:
    assert seat_position(name) is None


async def test_space_takes_a_machine_and_puts_it_down_on_another_seat(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_room(pilot)
        await pilot.press("space", "down", "down", "space")
        await settled(pilot)

        machine = acts.view_of(app.town, "VJ-0001").machine
        assert (machine.seat, machine.state) == ("C1", "in_service")


async def test_a_taken_seat_refuses_and_the_machine_stays_in_hand(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        screen = await open_room(pilot)
        await pilot.press("space", "right", "space")
        await settled(pilot)

        assert acts.view_of(app.town, "VJ-0001").machine.seat == "A1"
        assert screen.held is not None


async def test_escape_puts_back_before_it_leaves(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        screen = await open_room(pilot)
        await pilot.press("space", "escape")

        assert app.screen is screen
        assert screen.held is None


async def test_a_machine_without_a_seat_is_taken_from_the_list(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        screen = await open_room(pilot)
        await pilot.press("tab", "enter", "right", "right", "right", "space")
        await settled(pilot)

        assert acts.view_of(app.town, "VJ-0007").machine.seat == "A4"
        assert screen.plan is not None
        assert screen.plan.loose == ()


async def test_a_machine_from_stock_may_be_put_in_service_on_its_seat(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_room(pilot)
        await pilot.press("f8", *"vj-0009", "enter")
        await settled(pilot)
        await pilot.press("down", "down", "space")
        await settled(pilot)
        assert isinstance(app.screen, Choice)
        await pilot.press("enter")
        await settled(pilot)

        machine = acts.view_of(app.town, "VJ-0009").machine
        assert (machine.seat, machine.state) == ("C1", "in_service")


async def test_delete_frees_a_seat_and_the_machine_stays_in_the_room(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        screen = await open_room(pilot)
        await pilot.press("delete")
        await settled(pilot)

        machine = acts.view_of(app.town, "VJ-0001").machine
        assert machine.seat is None
        assert machine.room == screen.room


async def test_the_cursor_stays_in_sight_in_a_large_room(app: Stage) -> None:
    async with app.run_test(size=(40, 16)) as pilot:
        screen = await open_room(pilot)
        await pilot.press(*["right"] * 5, *["down"] * 2)
        await settled(pilot)

        seats = screen.query_one(SeatMap)
        assert seats.cursor == (2, 5)
        assert seats.scroll_offset.x > 0


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_seat_shows_its_tag(app: Stage, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        screen = await open_room(pilot)
        seats = screen.query_one(SeatMap)
        drawn = "\n".join(seats.render_line(y).text for y in range(seats.size.height))

        assert all(f"VJ-000{number}" in drawn for number in range(1, 7))
