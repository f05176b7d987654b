# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A room is counted with a barcode reader, interrupted, resumed and written."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from fleet.services import acts, records
from tests.tui.stage import NARROW, Stage, settled, small_town, type_at_once
from tui.screens.questions import Reading
from tui.screens.scan import ScanScreen
from tui.screens.stock import FinishScreen, StockScreen

FAST = 0.005


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(small_town(tmp_path / "town"), "scan", gap=FAST)


async def open_room(pilot: Pilot[int]) -> StockScreen:
    await settled(pilot)
    await pilot.press("tab", "down", "enter")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, StockScreen)
    return screen


async def scan(pilot: Pilot[int], *tags: str) -> None:
    assert isinstance(pilot.app, Stage)
    for tag in tags:
        pilot.app.clock.now += 1
        await type_at_once(pilot, tag)
    pilot.app.clock.now += 1


def listed(screen: StockScreen, name: str) -> list[str]:
    text = str(screen.query_one(f"#{name} Static", Static).content)
    return [line.split("  ")[0] for line in text.splitlines()[1:]]


async def test_the_lists_follow_the_scans(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        screen = await open_room(pilot)
        await scan(pilot, "parclibre:VJ-0001", "VJ-0002", "VJ-0010", "ZZ-9999", "VJ-0002")

        assert listed(screen, "seen") == ["VJ-0001", "VJ-0002"]
        assert listed(screen, "missing") == [f"VJ-000{n}" for n in range(3, 8)]
        assert listed(screen, "unexpected") == ["VJ-0010"]
        assert listed(screen, "unknown") == ["ZZ-9999"]
        last = str(screen.query_one("#last-scan", Static).content)
        assert last == "VJ-0002: already scanned"


async def test_what_is_scanned_before_the_room_is_read_counts(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        room = records.find_room(app.town, "Salle informatique").id
        screen = StockScreen(room, {})
        await app.push_screen(screen)
        screen.take_scan("VJ-0001")
        await settled(pilot)

        assert listed(screen, "seen") == ["VJ-0001"]


async def test_an_interrupted_count_is_resumed(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_room(pilot)
        await scan(pilot, "VJ-0001")
        await pilot.press("escape")
        await pilot.press("f4", "f6")
        await settled(pilot)
        assert isinstance(app.screen, ScanScreen)
        await pilot.press("enter")
        await settled(pilot)

        assert isinstance(app.screen, StockScreen)
        assert listed(app.screen, "seen") == ["VJ-0001"]


async def test_a_room_is_counted_from_the_list_of_rooms(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "rooms", gap=FAST)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "f8")
        await settled(pilot)
        await scan(pilot, "VJ-0002")

        assert isinstance(app.screen, StockScreen)
        assert app.current_mode == "scan"
        assert listed(app.screen, "seen") == ["VJ-0002"]


async def test_the_end_writes_who_was_seen_and_moves_the_marked_ones(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_room(pilot)
        await scan(pilot, "VJ-0001", "VJ-0010", "VJ-0012")
        await pilot.press("f8")
        await settled(pilot)
        assert isinstance(app.screen, FinishScreen)
        await pilot.press("space", "down", "space", "f8")
        await settled(pilot)

        assert isinstance(app.screen, Reading)
        assert "Moved here: 1 (VJ-0010)" in app.screen.lines
        assert any(line.startswith("VJ-0012 was not moved") for line in app.screen.lines)
        assert acts.view_of(app.town, "VJ-0001").machine.last_seen == "2026-03-02"
        room = records.find_room(app.town, "Salle informatique").id
        assert acts.view_of(app.town, "VJ-0010").machine.room == room


async def test_a_scan_while_finishing_is_neither_counted_nor_followed(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        screen = await open_room(pilot)
        await scan(pilot, "VJ-0001")
        await pilot.press("f8")
        await scan(pilot, "VJ-0002")

        assert isinstance(app.screen, FinishScreen)
        assert listed(screen, "seen") == ["VJ-0001"]


async def test_escape_goes_on_counting_and_nothing_is_written(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_room(pilot)
        await scan(pilot, "VJ-0001")
        await pilot.press("f8", "escape")
        await settled(pilot)

        assert isinstance(app.screen, StockScreen)
        assert acts.view_of(app.town, "VJ-0001").machine.last_seen is None
