# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each screen looks as it did, at 80 by 24 and at 160 by 50. After a wanted change, look at the
report and run again with --snapshot-update.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from fleet.i18n import set_language
from tests.tui.inbox_town import undecided_town
from tests.tui.stage import NARROW, WIDE, Stage, settled
from tui.screens.confirm import ConfirmScreen
from tui.screens.welcome import WelcomeScreen

PICTURES: dict[str, tuple[str, list[str]]] = {
    "fleet": ("fleet", ["down", "space"]),
    "board": ("board", ["right"]),
    "machine": ("rooms", ["open VJ-0003"]),
    "act": ("rooms", ["open VJ-0003", "down", "down", "enter"]),
    "refused": ("rooms", ["open VJ-0012", "end", "enter"]),
    "confirm": ("rooms", ["recycle VJ-0001"]),
    "welcome": ("rooms", ["welcome"]),
    "operator": ("rooms", ["who"]),
    "rooms": ("rooms", ["down", "down", "down", "down"]),
    "room": ("rooms", ["down", "down", "enter", "space", "down", "right", "right"]),
    "inbox": ("inbox", []),
    "report": ("inbox", ["end", "enter"]),
    "decision": ("inbox", ["end", "enter", "enter"]),
    "scan": ("scan", []),
    "count": ("scan", ["tab", "down", "enter", *"vj-0001", "enter", *"vj-0010", "enter"]),
    "journal": ("journal", ["down"]),
    "help": ("rooms", ["f1"]),
    "palette": ("journal", ["ctrl+p"]),
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


async def _do(pilot: Pilot[int], step: str) -> None:
    """Press a key, or open what is named: a machine, a confirmation, a first screen."""
    app = pilot.app
    assert isinstance(app, Stage)
    name, _space, tag = step.partition(" ")
    match name:
        case "open":
            app.tag_scanned(tag)
        case "recycle":
            app.push_screen(ConfirmScreen("Record its recycling", [f"{tag}  slip 88"], [tag]))
        case "welcome":
            app.push_screen(WelcomeScreen(Path("/home/camille/parclibre"), "", app.now))
        case "who":
            app.ask_operator()
        case _:
            await pilot.press(step)


def pressing(keys: list[str]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def press(pilot: Pilot[int]) -> None:
        await settled(pilot)
        for key in keys:
            await _do(pilot, key)
            await settled(pilot)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await settled(pilot)

    return press


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x50"])
@pytest.mark.parametrize("name", PICTURES)
def test_a_screen_looks_as_it_did(
    tmp_path: Path, snap_compare: Any, name: str, size: tuple[int, int]
) -> None:
    place, keys = PICTURES[name]
    app = Stage(undecided_town(tmp_path / "town"), place)

    assert snap_compare(app, terminal_size=size, run_before=pressing(keys))


def test_plain_text_looks_as_it_did(tmp_path: Path, snap_compare: Any) -> None:
    app = Stage(undecided_town(tmp_path / "town"), "rooms", plain=True)

    assert snap_compare(app, terminal_size=NARROW, run_before=pressing(["down", "down", "enter"]))


def test_a_machine_in_plain_text_looks_as_it_did(tmp_path: Path, snap_compare: Any) -> None:
    app = Stage(undecided_town(tmp_path / "town"), "rooms", plain=True)

    assert snap_compare(app, terminal_size=WIDE, run_before=pressing(["open VJ-0003", "f9", "f9"]))
