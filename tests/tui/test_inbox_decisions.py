# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits in the inbox is decided with the keyboard, on what is said side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from fleet.model import kinds as k
from fleet.model.state import State
from fleet.services import acts, inbox, machines, records, reports
from fleet.services.town import Town
from tests.tui.inbox_town import undecided_town
from tests.tui.stage import NARROW, WIDE, Stage, settled, small_town
from tui.screens.decision import IssueScreen, ReportScreen
from tui.screens.inbox import InboxScreen
from tui.widgets.comparison import Comparison
from tui.widgets.virtual_table import VirtualTable


@pytest.fixture
def app(tmp_path: Path) -> Stage:
    return Stage(undecided_town(tmp_path / "town"), "inbox")


async def open_last(pilot: Pilot[int]) -> None:
    await settled(pilot)
    await pilot.press("end", "enter")
    await settled(pilot)


def drawn(screen: ReportScreen) -> str:
    return str(screen.query_one(Comparison).render())


@pytest.mark.parametrize(("size", "shown"), [(NARROW, 1), (WIDE, 2)])
async def test_as_many_candidates_stand_beside_the_report_as_fit(
    app: Stage, size: tuple[int, int], shown: int
) -> None:
    async with app.run_test(size=size) as pilot:
        await open_last(pilot)
        assert isinstance(app.screen, ReportScreen)

        heads = drawn(app.screen).splitlines()[0]
        assert sum(tag in heads for tag in ("PL-00013", "PL-00014")) == shown


async def test_words_say_what_matches_and_what_differs(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_last(pilot)
        assert isinstance(app.screen, ReportScreen)
        lines = drawn(app.screen).splitlines()
        after = dict(zip((line.split("  ")[0] for line in lines), lines[1:], strict=False))

        assert after["Serial"].split() == ["same"]
        assert after["Board serial"].split() == ["different"]
        assert after["SMBIOS UUID"].split() == ["different"]


async def test_a_report_is_tied_to_the_candidate_that_was_chosen(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_last(pilot)
        await pilot.press("right", "enter")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)

        assert isinstance(app.screen, InboxScreen)
        boards = acts.view_of(app.town, "PL-00014").machine.evidence["board"]
        assert "pgbvw0ddd4" in [board.lower() for board in boards]
        assert len(reports.held_reports(app.town)) == 1


async def test_a_report_becomes_a_new_machine(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_last(pilot)
        await pilot.press("enter", "down", "down", "enter")
        await settled(pilot)

        assert acts.view_of(app.town, "PL-00015").machine.serial == "CZC7411AAA"


async def test_a_dismissed_report_leaves_the_inbox_and_changes_nothing(app: Stage) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await open_last(pilot)
        await pilot.press("enter", "end", "enter")
        await settled(pilot)

        assert len(reports.held_reports(app.town)) == 1
        table = app.screen.query_one(VirtualTable)
        assert table.total == 1


def never_lost(home: Path) -> Town:
    """A machine was found without having been lost: stored unasked, as an import would."""
    town = small_town(home)
    machine = acts.view_of(town, "VJ-0001").machine.id
    with town.act() as act:
        act.add(machine, k.Found())
    return town


async def test_a_contradiction_is_settled_by_saying_the_state_and_why(tmp_path: Path) -> None:
    town = never_lost(tmp_path / "town")
    (issue,) = inbox.machine_issues(town)
    app = Stage(town, "inbox")
    async with app.run_test(size=NARROW) as pilot:
        await open_last(pilot)
        assert isinstance(app.screen, IssueScreen)
        await pilot.press("enter", "down", "enter", *"Vue en stock", "enter")
        await settled(pilot)

        assert issue.kind == "conflict"
        assert inbox.machine_issues(town) == []
        assert acts.view_of(town, "VJ-0001").life is State.IN_STOCK


async def test_an_unready_machine_is_not_settled_by_a_word(tmp_path: Path) -> None:
    town = small_town(tmp_path / "town")
    records.choose_policy(town, k.PolicyChosen(name="déclaré", accept_declared_wipes=True))
    made_ready(town, "VJ-0008")
    machines.add_disk(town, "VJ-0008", k.DiskRegistered(model="WDC", serial="WD-1", kind="hdd"))
    app = Stage(town, "inbox")
    async with app.run_test(size=NARROW) as pilot:
        await open_last(pilot)
        assert isinstance(app.screen, IssueScreen)
        await pilot.press("enter")
        await settled(pilot)

        assert isinstance(app.screen, IssueScreen)
        assert [issue.kind for issue in inbox.machine_issues(town)] == ["unready"]


def made_ready(town: Town, tag: str) -> None:
    acts.transition(town, [tag], k.Retired(decision="délibération 12"))
    acts.transition(town, [tag], k.TakenIn())
    acts.record(town, [tag], k.DisksDeclared(disks=(), second_person="operator:x"))
    tests = acts.check(town, tag, k.MadeReady())
    profile = records.current_policy(town).test_profile
    missing = [r.params["tests"] for r in tests.reasons if r.code == "tests_missing"]  # type: ignore[union-attr]
    results = dict.fromkeys(", ".join(missing).split(", "), "pass")
    acts.record(town, [tag], k.TestsRecorded(profile=profile, results=results))
    acts.record(town, [tag], k.ImageInstalled(bare=True))
    assert acts.transition(town, [tag], k.MadeReady()).accepted == (tag,)
