# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's screen shows the service's figures, other years, and the machines behind each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from fleet.i18n import set_language
from fleet.model import kinds as k
from fleet.output.audit_numbers import figure_value
from fleet.output.audit_text import bar_of
from fleet.services import acts, audit
from fleet.services.audit import Period
from tests.tui.audit_town import audited_town
from tests.tui.keyboard import Hand
from tests.tui.stage import MORNING, NARROW, WIDE, Stage
from tests.tui.test_pictures import pressing
from tui.audit_lines import AuditLine
from tui.screens.audit import AuditScreen
from tui.screens.behind import BehindScreen
from tui.screens.machine import MachineScreen
from tui.widgets.columns import laid_out
from tui.widgets.virtual_table import VirtualTable


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(audited_town(tmp_path / "town"), "audit")


def screen_of(app: Stage) -> AuditScreen:
    assert isinstance(app.screen, AuditScreen)
    return app.screen


def lines(app: Stage) -> dict[str, AuditLine]:
    shown = screen_of(app).shown
    assert shown is not None
    return {line.id: line for line in shown.lines}


def title(app: Stage) -> str:
    return str(app.screen.query(".audit-title").first(Static).content)


def told(app: Stage) -> str:
    return str(app.screen.query_one("#told", Static).content)


async def go_to(hand: Hand, app: Stage, line: str) -> None:
    screen_of(app).table.cursor = list(lines(app)).index(line)
    await hand.press()


async def test_every_figure_is_the_services(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await Hand(pilot).press()
        found = audit.run(app.town, Period(year=2026, day=MORNING.date().isoformat())).audit

        shown = lines(app)

        assert shown["fleet.held"].value == "16"
        for figure in found.figures():
            assert shown[figure.key].value == figure_value(figure)
        for line in shown.values():
            assert line.machines == len(found.behind(line.key) or ())


async def test_a_key_opens_the_audit_from_any_place(tmp_path: Path) -> None:
    app = Stage(audited_town(tmp_path / "town"), "journal")
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("f12")

        assert hand.at(AuditScreen)
        assert title(app) == "Audit of 2026, until 2026-03-02"


async def test_enter_lists_the_machines_and_opens_one(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("left")
        await go_to(hand, app, "fleet.by_state:retired")
        assert "Enter lists 3 machines." in told(app)
        await hand.press("enter")
        assert hand.at(BehindScreen)
        table = app.screen.query_one("#behind", VirtualTable)
        rows = [row for at in range(table.total) if (row := table._pages.row(at))]

        assert [(row.life.tag, row.site) for row in rows] == [
            ("AN-01", "Mairie"), ("AN-02", "Mairie"), ("AN-03", "Mairie"),
        ]  # fmt: skip
        assert title(app) == "2025 – Retired – 3 machines"
        await hand.press("down", "enter")
        assert hand.at(MachineScreen)
        await hand.press("escape", "escape")
        assert hand.at(AuditScreen)
        await go_to(hand, app, "states.time")
        await hand.press("enter")
        assert title(app) == "2025 – Length of the stays in each state – 8 machines"


async def test_a_figure_on_no_machine_opens_no_list(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press()
        await go_to(hand, app, "decree.a")
        await hand.press("enter")

        assert hand.at(AuditScreen)


async def test_the_arrows_change_the_year_and_keep_the_line(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press()
        await go_to(hand, app, "decree.retired")
        assert lines(app)["decree.retired"].value == "0"

        await hand.press("left")

        row = screen_of(app).table.row
        assert title(app) == "Audit of 2025, until 2025-12-31"
        assert row is not None
        assert (row.id, row.value) == ("decree.retired", "3")


async def test_no_year_to_come_is_shown(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("right")

        assert title(app) == "Audit of 2026, until 2026-03-02"


async def test_years_before_the_first_machine_say_so_and_end_there(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        for _year in range(6):
            await hand.press("left")

        assert title(app) == "Audit of 2022, until 2022-12-31"
        assert told(app) == "No machine was known on 2022-12-31. Press → for a later year."


async def test_the_year_before_is_put_beside_when_asked(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("left", "f8")
        line = lines(app)["decree.retired"]

        assert (line.value, line.other, line.change) == ("3", "0", "+ 3")
        await go_to(hand, app, "decree.retired")
        assert told(app).startswith("Goods retired in the year – Difference: + 3 – ")
        line = lines(app)["fleet.by_state:retired"]
        assert (line.value, line.other, line.change) == ("3", "0", "+ 3")
        await hand.press("f8")
        assert lines(app)["decree.retired"].other == ""


async def test_a_line_that_only_the_year_before_had_is_shown_as_empty(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("left", "left", "f8")
        line = lines(app)["fleet.by_state:in_stock"]

        assert (line.value, line.other, line.change) == ("0", "8", "− 8")


async def test_another_language_keeps_the_keyboard_in_the_list(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("left")
        for _change in range(2):
            app.action_other_language()
            await hand.press()
        await hand.press("down", "enter")

        assert hand.at(BehindScreen)


async def test_tab_goes_from_chapter_to_chapter(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press()
        seen = []
        for key in ("tab", "tab", "shift+tab"):
            await hand.press(key)
            row = screen_of(app).table.row
            assert row is not None
            seen.append(row.id)

        assert seen == ["§decree", "§wiping", "§decree"]


async def test_what_is_written_meanwhile_is_counted(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press()

        acts.transition(app.town, ["AN-08"], k.Lost())
        app.look()
        await hand.press()

        assert lines(app)["fleet.held"].value == "15"


async def test_a_long_computation_is_not_begun_again_by_itself(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press()
        screen = screen_of(app)
        assert screen.shown is not None
        screen.shown = type(screen.shown)(
            report=screen.shown.report, lines=screen.shown.lines, names=screen.shown.names,
            took_s=8.0,
        )  # fmt: skip

        screen.store_changed(-2)
        await hand.press()

        assert title(app).endswith("the journal has changed since")
        await hand.press("f9")
        assert title(app) == "Audit of 2026, until 2026-03-02"


async def test_narrow_screen_shows_bars_alone_and_tells_their_numbers_below(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await hand.press("left")
        await go_to(hand, app, "states.time:in_service")

        shown = laid_out(screen_of(app).table.columns, NARROW[0])
        line = lines(app)["states.time:in_service"]

        texts = {column.key: column.text(line) for column, _width in shown}
        assert texts["chart"] == line.drawn and "note" not in texts
        assert line.note and line.note in told(app)


def test_a_small_bar_is_seen_and_an_empty_one_is_not() -> None:
    assert bar_of(0.001, 16) == "▌"
    assert bar_of(1.0, 16) == "█" * 16
    assert bar_of(0.0, 16) == ""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x50"])
def test_the_audit_looks_as_it_did(app: Stage, snap_compare: Any, size: tuple[int, int]) -> None:
    keys = ["left", "f8"] if size == WIDE else ["left", *["down"] * 14]

    assert snap_compare(app, terminal_size=size, run_before=pressing(keys))
