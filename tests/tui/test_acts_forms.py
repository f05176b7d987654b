# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An act's form says what stands in its way, and asks before what cannot be undone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.widgets import Button, Input, OptionList, Static

from fleet.model import kinds as k
from fleet.model.events import decode_body
from fleet.services import acts, machines, records
from fleet.services.acts import ActReport
from tests.tui.keyboard import Hand
from tests.tui.stage import NARROW, ReaderClock, Stage, settled, small_town, type_at_once
from tui.acting import act_on, choose_and_act
from tui.acts import spec_of
from tui.screens.act import ActScreen
from tui.screens.choose_act import ChooseActScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.new_record import NewRecordScreen
from tui.screens.questions import Reading
from tui.widgets.form import Field


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(small_town(tmp_path / "town"), "rooms")


async def ask(hand: Hand, kind: str, tags: Sequence[str]) -> list[ActReport]:
    """Open a form over the rooms; returns where its report will be."""
    done: list[ActReport] = []
    await settled(hand.pilot)
    act_on(hand.pilot.app, spec_of(kind), tags, done.append)
    await settled(hand.pilot)
    return done


def state(app: Stage, tag: str) -> str:
    return acts.view_of(app.town, tag).life.value


async def test_a_field_that_is_missing_is_named_and_gets_the_focus(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await ask(hand, "Retired", ["VJ-0008"])
        await hand.press("tab", "f9")

        assert "Decision" in hand.said()
        assert isinstance(app.focused, Input)
        assert isinstance(app.focused.parent, Field)
        assert app.focused.parent.spec.name == "decision"
        assert state(app, "VJ-0008") == "in_stock"


async def test_a_date_is_checked_and_written_as_iso(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        done = await ask(hand, "Retired", ["VJ-0008"])
        await hand.fills(decision="DEL-1", on="31/02/2026")
        await hand.press("f9")
        assert "31/02/2026" in hand.said()

        for _character in "31/02/2026":
            await pilot.press("backspace")
        await hand.types("28/02/2026")
        await hand.press("f9")

        assert done[0].accepted == ("VJ-0008",)
        body = machines.page(app.town, "VJ-0008").events[-1].body
        assert body is not None
        assert decode_body(body)["on"] == "2026-02-28"


async def test_a_refused_act_shows_every_reason_and_records_nothing(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        done = await ask(hand, "Found", ["VJ-0008"])
        await hand.press("f9")

        assert "does not follow the state" in hand.said()
        assert isinstance(app.screen, ActScreen)
        await hand.press("escape")
        assert done == []
        assert state(app, "VJ-0008") == "in_stock"


async def test_a_selection_is_confirmed_by_its_number_and_refusals_are_listed(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        done = await ask(hand, "RepairOpened", ["VJ-0001", "VJ-0002", "VJ-0003"])
        await hand.fills(fault="poussière")
        await hand.press("f9")
        assert isinstance(app.screen, ConfirmScreen)
        assert "will be refused" in str(app.screen.query_one(".plan Static", Static).content)
        await hand.types("2")
        await hand.press("f9")
        assert isinstance(app.screen, ConfirmScreen)
        await hand.press("backspace", "3", "f9")

        assert isinstance(app.screen, Reading)
        assert app.screen.lines[0] == "2 accepted, 1 refused:"
        assert app.screen.lines[1].strip() == "VJ-0003"
        await hand.press("escape")
        assert done[0].accepted == ("VJ-0001", "VJ-0002")
        assert [refusal.tag for refusal in done[0].refused] == ["VJ-0003"]


async def test_what_cannot_be_undone_asks_for_the_tag_with_cancel_focused(app: Stage) -> None:
    acts.transition(app._staged[0], ["VJ-0008"], spec_of("Retired").make({}, app._staged[0]))
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await ask(hand, "Dismantled", ["VJ-0008"])
        await hand.press("f9")
        assert "Refused" in hand.said()

        await hand.press("escape")
        disk = k.DiskRegistered(model="WDC", serial="WD-1")
        machines.add_disk(app.town, "VJ-0008", disk)
        await ask(hand, "DiskDestroyed", ["VJ-0008"])
        await hand.fills(how="broyage")
        await hand.press("f9")
        assert isinstance(app.screen, ConfirmScreen)
        assert app.screen.lines == ("VJ-0008  WDC WD-1",)
        assert isinstance(app.focused, Button)
        assert app.focused.id == "cancel"
        await hand.press("enter")

        assert isinstance(app.screen, ActScreen)


async def test_the_tag_is_confirmed_with_the_barcode_reader(tmp_path: Path) -> None:
    app = Stage(small_town(tmp_path / "town"), "rooms", gap=0.01)
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await settled(pilot)
        answers: list[bool | None] = []
        app.push_screen(ConfirmScreen("Lend", ["VJ-0008"], ["VJ-0008"]), answers.append)
        await settled(pilot)
        await type_at_once(pilot, "VJ-0008")
        assert isinstance(app.clock, ReaderClock)
        app.clock.now += 1
        await hand.press("f9")

        assert answers == [True]


async def test_a_request_is_added_from_the_act_that_names_it(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        await ask(hand, "Loaned", ["VJ-0008"])
        await hand.press("enter", "end", "enter")
        assert hand.at(NewRecordScreen)
        await hand.fills(reference="2026-044", referrer="CCAS")
        await hand.press("f9")

        assert hand.at(ActScreen)
        (request,) = records.listing(app.town, "beneficiary")
        assert request.name == "2026-044"
        chosen = {row.spec.name: row.value for row in app.screen.query(Field)}
        assert chosen["beneficiary"] == request.id


async def test_acts_of_a_selection_are_offered_without_those_of_one_machine(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        choose_and_act(app, ["VJ-0001", "VJ-0002"], lambda report: None)
        await settled(pilot)

        assert isinstance(app.screen, ChooseActScreen)
        offered = {option.id for option in app.screen.query_one(OptionList).options}
        assert {"Retired", "MadeReady", "TestsRecorded"} <= offered
        assert not {"GuardWaived", "DiskAdded"} & offered


async def test_letters_where_a_number_is_asked_are_said_and_nothing_breaks(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        hand = Hand(pilot)
        done = await ask(hand, "RepairClosed", ["VJ-0003"])
        await hand.fills(outcome="repaired", minutes="forty")
        await hand.press("f9")

        assert "is not a number" in hand.said()
        assert done == []
        await hand.press("escape")
        assert state(app, "VJ-0003") == "in_repair"
