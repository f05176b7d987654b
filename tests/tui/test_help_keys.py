# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help tells the keys of the screen that asked for it, and those of the whole console."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from tests.tui.stage import NARROW, Stage, settled, small_town
from tui.places import PLACES
from tui.screens.help import HelpScreen, purposes
from tui.wording import key_name


@pytest.mark.parametrize(
    ("place", "told"),
    [("rooms", "Stock-taking"), ("inbox", "Open the machine"), ("journal", "Filters or list")],
)
async def test_help_tells_the_keys_of_the_place(tmp_path: Path, place: str, told: str) -> None:
    app = Stage(small_town(tmp_path / "town"), place)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        await settled(pilot)

        assert isinstance(app.screen, HelpScreen)
        text = str(app.screen.query_one("#help-text", Static).content)
        assert purposes()[place] in text
        assert told in text
        assert "Focus Next" not in text
        assert all(other.key.upper() in text for other in PLACES)


async def test_help_closes_where_it_was_opened(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "rooms")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        below = app.screen
        await pilot.press("f1", "f1")
        await settled(pilot)

        assert app.screen is below


def test_every_place_says_what_it_is_for() -> None:
    assert {place.name for place in PLACES} == set(purposes())


def test_keys_are_named_as_on_keyboards() -> None:
    assert key_name("ctrl+pageup") == "Ctrl+Page up"
    assert key_name("f8") == "F8"
