# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In plain text no screen draws boxes or uses colour, and messages are lines of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from tests.tui.inbox_town import undecided_town
from tests.tui.stage import NARROW, Stage, settled
from tui.places import PLACES
from tui.plain import PlainText, wants_plain

DRAWING = re.compile("[\u2500-\u259f\u2800-\u28ff\ue000-\uf8ff]")
ABOVE = {
    "a room": ("rooms", ["down", "down", "enter"]),
    "a room with a machine in hand": ("rooms", ["down", "down", "enter", "space"]),
    "a question": ("rooms", ["down", "down", "enter", "f8"]),
    "a count": ("scan", ["tab", "enter"]),
    "the end of a count": ("scan", ["tab", "enter", "f8"]),
    "a report": ("inbox", ["enter"]),
    "a decision": ("inbox", ["enter", "enter"]),
    "an event": ("journal", ["enter"]),
    "a choice of kinds": ("journal", ["shift+tab", "shift+tab", "enter"]),
    "the machines behind a figure": ("audit", ["down", "enter"]),
    "help": ("rooms", ["f1"]),
    "the palette": ("rooms", ["ctrl+p"]),
}


def drawn(app: Stage) -> list[Segment]:
    strips = app.screen._compositor.render_strips(app.size)
    return [segment for strip in strips for segment in strip]


def coloured(segments: Sequence[Segment]) -> list[Segment]:
    return [s for s in segments if s.style and (s.style.color or s.style.bgcolor)]


async def press(pilot: Pilot[int], keys: Sequence[str]) -> None:
    await settled(pilot)
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


@pytest.mark.parametrize(
    ("place", "keys"),
    [*((place.name, []) for place in PLACES), *ABOVE.values()],
    ids=[*(place.name for place in PLACES), *ABOVE],
)
async def test_no_screen_draws_or_colours(tmp_path: Path, place: str, keys: list[str]) -> None:
    app = Stage(undecided_town(tmp_path / "town"), place, plain=True)
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, keys)
        segments = drawn(app)

        assert any(segment.text.strip() for segment in segments)
        assert [s.text for s in segments if DRAWING.search(s.text)] == []
        assert coloured(segments) == []


async def test_a_refusal_is_a_line_of_text(tmp_path: Path) -> None:
    app = Stage(undecided_town(tmp_path / "town"), "rooms", plain=True)
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, ["down", "down", "enter", "space", "down", "space"])
        text = "".join(segment.text for segment in drawn(app))

        assert "Error: VJ-0002 already sits on A2." in text


async def test_cells_are_read_with_their_columns_title(tmp_path: Path) -> None:
    app = Stage(undecided_town(tmp_path / "town"), "rooms", plain=True)
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, [])
        text = "".join(segment.text for segment in drawn(app))

        assert "Site or room: Bibliothèque; Seats: 1 × 4 seats; Machines: 0" in text


async def test_seats_are_read_one_by_one(tmp_path: Path) -> None:
    app = Stage(undecided_town(tmp_path / "town"), "rooms", plain=True)
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, ["down", "down", "enter"])
        text = "".join(segment.text for segment in drawn(app))

        assert "Seat A1: VJ-0001, In service, EliteDesk 800 G3" in text
        assert "Seat A4: free" in text


def test_a_light_background_becomes_reverse_video() -> None:
    cursor = Segment("│row", Style(color="#000000", bgcolor="#ffffff", bold=True))

    (plain,) = PlainText().apply([cursor], Color(0, 0, 0))

    assert plain.text == " row"
    assert plain.style == Style(bold=True, reverse=True)


@pytest.mark.parametrize(
    ("environ", "wanted"), [({"NO_COLOR": "1"}, True), ({"NO_COLOR": ""}, False), ({}, False)]
)
def test_no_color_asks_for_plain_text(environ: dict[str, str], wanted: bool) -> None:
    assert wants_plain(environ) is wanted
