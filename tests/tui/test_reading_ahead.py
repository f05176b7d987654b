# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What screens need is read behind the first one; how long each takes is the benchmarks' matter."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from textual.css import parse as css_parse
from textual.css.model import RuleSet
from textual.screen import Screen

import tui.screens
from benchmarks.openings import walked
from benchmarks.openings_child import OPENINGS
from tests.tui.stage import NARROW, Stage, copied, settled, small_town
from tests.tui.test_machine_walk import build_example_town
from tui.screens.base import TownScreen

# Shown on an empty computer, before anything can be read ahead.
FIRST_OF_ALL = "WelcomeScreen"


def all_screens() -> set[str]:
    modules = [
        import_module(found.name) for found in iter_modules(tui.screens.__path__, "tui.screens.")
    ]
    return {
        name
        for module in modules
        for name, made in inspect.getmembers(module, inspect.isclass)
        if issubclass(made, Screen) and made.__module__ == module.__name__ and made != TownScreen
    }


@pytest.mark.timeout(300)
def test_every_screen_of_the_console_is_in_the_measured_walk(tmp_path: Path) -> None:
    town = copied(build_example_town, tmp_path / "town")
    town.journal.engine.dispose()

    walk, seen = walked(town.home)

    assert set(seen) - {"CommandPalette"} == all_screens() - {FIRST_OF_ALL}
    assert set(walk.ours) == {name for name, _keys, _leaving in OPENINGS}


async def test_a_screen_that_was_read_ahead_reads_no_style_sheet_when_it_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    plain = css_parse.parse

    def noted(scope: str, css: str, *others: Any, **named: Any) -> Iterator[RuleSet]:
        read.append(css)
        return iter(list(plain(scope, css, *others, **named)))

    app = Stage(small_town(tmp_path / "town"), "fleet")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.warm_up(tui.screens)
        await settled(pilot)
        monkeypatch.setattr("textual.css.stylesheet.parse", noted)
        for key in ("f3", "f4", "f5", "f6", "f7", "f12", "f1"):
            await pilot.press(key)
            await settled(pilot)

        assert "tui.screens.audit" in sys.modules
        assert app.warmed
        assert read == []


async def test_another_look_reads_the_style_sheets_again(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "fleet")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.warm_up(tui.screens)
        await settled(pilot)
        dark = app.screen.styles.background

        await pilot.press("ctrl+t")
        await settled(pilot)
        await pilot.press("f4")
        await settled(pilot)

        assert app.screen.styles.background != dark
