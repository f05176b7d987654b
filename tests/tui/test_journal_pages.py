# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal is paged by position, filtered, and each event is shown whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Select

from fleet.model import kinds as k
from fleet.services import acts, records, timeline
from fleet.services.timeline import EventFilter, EventPages
from fleet.services.town import Town
from tests.tui.stage import NARROW, Stage, settled, small_town
from tui.screens.journal import JournalScreen
from tui.screens.questions import Reading
from tui.widgets.virtual_table import VirtualTable


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return small_town(tmp_path / "town")


def total(app: Stage) -> int:
    return app.screen.query_one("#events", VirtualTable).total


def test_pages_follow_each_other_in_any_order_of_reading(town: Town) -> None:
    pages = EventPages(town, EventFilter())
    whole = EventPages(town, EventFilter()).page(0, 1000)

    read = [*pages.page(0, 7), *pages.page(7, 7), *pages.page(14, 7)]

    assert [line.pos for line in read] == [line.pos for line in whole[:21]]
    assert EventPages(town, EventFilter()).page(14, 7) == whole[14:21]
    assert pages.count() == len(whole)


def test_what_arrives_while_one_reads_does_not_shift_the_pages(town: Town) -> None:
    pages = EventPages(town, EventFilter())
    first = pages.page(0, 5)
    records.add_partner(town, "Emmaüs")

    assert pages.page(5, 1)[0].pos == first[-1].pos - 1


async def test_the_text_filter_keeps_the_events_of_a_machine(town: Town) -> None:
    app = Stage(town, "journal")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.screen.query_one("#text").focus()
        await pilot.press(*"vj-0003")
        await settled(pilot)

        assert total(app) == 3


async def test_kind_and_author_filter_together(town: Town) -> None:
    acts.transition(town.acting_as("Dominique"), ["VJ-0004"], k.RepairOpened(fault="écran"))
    app = Stage(town, "journal")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.screen.query_one("#kind", Select).value = "RepairOpened"
        await settled(pilot)
        both = total(app)
        names = {name: id_ for id_, name in timeline.operators(town)}
        app.screen.query_one("#author", Select).value = names["Dominique"]
        await settled(pilot)

        assert (both, total(app)) == (2, 1)


async def test_enter_shows_an_event_whole(town: Town) -> None:
    app = Stage(town, "journal")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)

        assert isinstance(app.screen, Reading)
        text = "\n".join(app.screen.lines)
        assert "Camille" in text
        assert "fault: ne démarre plus" in text
        assert "Link: " in text


async def test_a_new_event_appears_without_a_key(town: Town) -> None:
    app = Stage(town, "journal")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        before = total(app)
        records.add_partner(town, "Emmaüs")
        app.look()
        await settled(pilot)

        assert isinstance(app.screen, JournalScreen)
        assert total(app) == before + 1
