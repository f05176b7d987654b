# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The palette goes to every place and changes language, look and plain text at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.command import CommandPalette

from fleet.i18n import current_language, set_language
from tests.tui.inbox_town import undecided_town
from tests.tui.stage import NARROW, Stage, settled, small_town
from tui.palette import ConsoleCommands
from tui.places import PLACES


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(small_town(tmp_path / "town"), "journal")


async def found(app: Stage, typed: str) -> list[str]:
    provider = ConsoleCommands(app.screen)
    return [str(hit.text) async for hit in provider.search(typed)]


async def test_every_place_is_a_command(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)

        for place in PLACES:
            assert f"Go to: {place.title}" in await found(app, place.title)


async def test_accents_are_not_needed(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)

        assert "Language: Français" in await found(app, "francais")


async def test_a_command_typed_in_the_palette_is_run(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await settled(pilot)
        assert isinstance(app.screen, CommandPalette)
        await pilot.press(*"rooms")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)

        assert app.current_mode == "rooms"


async def test_the_language_changes_while_the_console_runs(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.action_other_language()
        await settled(pilot)

        assert current_language() == "fr"


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("rooms", []),
        ("rooms", ["down", "enter"]),
        ("inbox", []),
        ("inbox", ["enter"]),
        ("scan", []),
        ("scan", ["tab", "enter"]),
        ("journal", []),
        ("audit", []),
        ("audit", ["down", "enter"]),
    ],
)
async def test_every_screen_is_drawn_again_in_the_other_language(
    tmp_path: Path, place: str, keys: list[str]
) -> None:
    app = Stage(undecided_town(tmp_path / "town"), place)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        for _change in range(2):
            app.action_other_language()
            await settled(pilot)
        drawn = "".join(strip.text for strip in app.screen._compositor.render_strips(app.size))

        assert "F1 Help" in " ".join(drawn.split())
        assert len(drawn.split()) > 15


async def test_plain_text_is_turned_on_and_off(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        before = app.theme
        seen = []
        for _time in range(2):
            app.action_plain()
            await settled(pilot)
            seen.append((app.plain, app.animation_level))

        assert seen == [(True, "none"), (False, "full")]
        assert app.theme == before
