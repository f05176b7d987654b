# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A barcode reader is told from a person by its speed, and its text goes nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.stage import NARROW, Stage, settled, small_town, type_at_once
from tui.scanner import BurstDetector

FAST, SLOW = 0.005, 0.12


def fed(detector: BurstDetector, text: str, gap: float, *, at: float = 0.0) -> str | None:
    for character in text:
        detector.feed(character, character, at)
        at += gap
    return detector.feed("enter", "\r", at)


@pytest.mark.parametrize(
    ("text", "gap", "scanned"),
    [
        ("VJ-0042", FAST, "VJ-0042"),
        ("parclibre:VJ-0042", 0.034, "parclibre:VJ-0042"),
        ("VJ-0042", SLOW, None),
        ("VJ-0042", 0.035, None),
        ("VJ1", FAST, None),
        ("x" * 200, FAST, None),
    ],
)
def test_only_a_fast_text_that_ends_with_enter_is_a_scan(
    text: str, gap: float, scanned: str | None
) -> None:
    assert fed(BurstDetector(), text, gap) == scanned


def test_what_a_person_typed_before_a_scan_is_not_part_of_it() -> None:
    detector = BurstDetector()
    for n, character in enumerate("abc"):
        detector.feed(character, character, n * SLOW)

    assert fed(detector, "VJ-0042", FAST, at=10.0) == "VJ-0042"


def test_an_arrow_key_ends_a_burst() -> None:
    detector = BurstDetector()
    for n, character in enumerate("VJ-00"):
        detector.feed(character, character, n * FAST)
    detector.feed("down", None, 5 * FAST)

    assert fed(detector, "42", FAST, at=6 * FAST) is None


def test_a_reader_that_ends_with_a_line_feed_is_understood() -> None:
    detector = BurstDetector()
    for n, character in enumerate("VJ-0042"):
        detector.feed(character, character, n * FAST)

    assert detector.feed("ctrl+j", "\n", 7 * FAST) == "VJ-0042"


async def test_a_scan_is_taken_back_out_of_the_field_it_was_typed_in(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "journal", gap=SLOW)
    async with app.run_test(size=NARROW) as pilot:
        field = app.screen.query_one("#text", Input)
        field.focus()
        await pilot.press(*"HP")
        app.clock.gap = FAST
        app.clock.now += 1
        await type_at_once(pilot, "ZZ-9999")

        assert field.value == "HP"
        assert app.focused is field


async def test_a_person_who_types_and_presses_enter_is_left_alone(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "journal", gap=SLOW)
    async with app.run_test(size=NARROW) as pilot:
        field = app.screen.query_one("#text", Input)
        field.focus()
        await type_at_once(pilot, "VJ-0001")

        assert field.value == "VJ-0001"


async def test_scanning_anywhere_opens_the_machine(tmp_path: Path) -> None:
    from tui.screens.machine import MachineScreen

    app = Stage(small_town(tmp_path / "town"), "rooms", gap=FAST)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await type_at_once(pilot, "parclibre:VJ-0003")

        assert isinstance(app.screen, MachineScreen)
        assert app.screen.tag == "VJ-0003"


async def test_a_second_scan_replaces_the_machine_of_the_first(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "rooms", gap=FAST)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        depth = len(app.screen_stack)
        for tag in ("VJ-0003", "VJ-0004"):
            await type_at_once(pilot, tag)
            app.clock.now += 1

        assert len(app.screen_stack) == depth + 1
