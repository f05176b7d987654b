# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example town: plausible, always the same, sound, and built under the guards."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from fleet.errors import UsageError
from fleet.model import kinds as k
from fleet.model.reasons import Refused
from fleet.model.state import State
from fleet.services import acts, browse, example, machines, records, reports, verify
from fleet.services.example_scene import LAST_DAY
from fleet.services.town import Town, init_town
from tests.services.sample_reports import FOLDER, sample_reports

LATER = datetime(2027, 3, 1, tzinfo=UTC)


def build(folder: Path, now: datetime = LATER) -> Town:
    town = init_town(folder, f"sqlite:///{folder / 'j.db'}", now=lambda: now)
    example.fill(town)
    return town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build(tmp_path_factory.mktemp("example"))


def everything(town: Town) -> list[tuple[str, str, str, str]]:
    """Return the journal without the ids that are fresh in each store."""
    tags = {line.id: line.tag for line in all_lines(town)}
    return [
        (event.kind, event.header.at, tags.get(event.subject, ""), event.header.clock)
        for _pos, event in browse.recent(town, limit=10_000)
    ]


def all_lines(town: Town) -> tuple[browse.MachineLine, ...]:
    return browse.machines(town, browse.MachineFilter(), limit=1_000).lines


def tags_in(town: Town, state: State) -> list[str]:
    return [line.tag for line in all_lines(town) if line.state == state]


def test_it_has_three_schools_a_town_hall_a_repair_cafe_and_120_machines(town: Town) -> None:
    kinds = Counter(site.body["kind"] for site in records.listing(town, "site"))

    assert kinds == {"school": 3, "town_hall": 1, "workshop": 1}
    assert browse.count(town, browse.MachineFilter()) == 120
    assert {line.kind for line in all_lines(town)} >= {
        "laptop", "desktop", "all_in_one", "mini_pc", "screen", "printer",
    }  # fmt: skip


def test_every_state_is_met(town: Town) -> None:
    assert set(browse.board(town)) == {state.value for state in State}


def test_its_history_covers_several_years_and_ends_before_today(town: Town) -> None:
    days = sorted(event.header.at[:10] for _pos, event in browse.recent(town, limit=10_000))

    assert days[0] < "2022-10"
    assert days[-1] == "2026-06-24" < LATER.date().isoformat()


def test_on_a_computer_that_is_not_there_yet_no_event_lies_in_the_future(tmp_path: Path) -> None:
    today = datetime.combine(LAST_DAY - timedelta(days=400), datetime.min.time(), UTC)

    town = build(tmp_path, today)

    last = max(event.header.at for _pos, event in browse.recent(town, limit=10_000))
    assert last[:10] <= today.date().isoformat()


def test_it_is_always_the_same(town: Town, tmp_path: Path) -> None:
    other = build(tmp_path)

    assert everything(other) == everything(town)
    assert [(m.tag, m.model, m.serial, m.state, m.seat) for m in all_lines(other)] == [
        (m.tag, m.model, m.serial, m.state, m.seat) for m in all_lines(town)
    ]


def test_it_is_the_same_on_postgresql(town: Town, tmp_path: Path, postgres_url: str) -> None:
    other = init_town(tmp_path, postgres_url, now=lambda: LATER)

    example.fill(other)

    assert everything(other) == everything(town)
    assert browse.board(other) == browse.board(town)
    assert list(verify.verify(other)) == []


def test_two_reports_wait_for_a_decision_one_of_them_without_any_identity(town: Town) -> None:
    whys = sorted(report.why for report in reports.held_reports(town))

    assert whys == ["evidence_conflicts", "no_identity"]


def test_a_machine_used_after_its_wipe_is_no_longer_ready(town: Town) -> None:
    unready = {entry.tag: entry.reasons for entry in browse.inbox(town) if entry.kind == "unready"}

    assert "wipe_not_after_use" in {reason.code for reason in unready["BLP-0007"]}
    assert "BLP-0007" not in tags_in(town, State.READY)


def test_workshop_machines_are_refused_ready_for_several_reasons(town: Town) -> None:
    verdicts = [acts.check(town, tag, k.MadeReady()) for tag in tags_in(town, State.IN_WORKSHOP)]

    refused = [verdict for verdict in verdicts if isinstance(verdict, Refused)]
    codes = {reason.code for verdict in refused for reason in verdict.reasons}
    assert len(refused) == len(verdicts)
    assert {"no_wipe", "tests_missing", "no_image", "disk_unaccounted"} <= codes


def test_the_college_s_machines_cannot_be_retired_by_the_town(town: Town) -> None:
    college = records.find(town, "site", "Collège de la Vallée").id
    tag = browse.machines(town, browse.MachineFilter(site=college)).lines[0].tag

    verdict = acts.check(town, tag, k.Retired(decision="essai"))

    assert isinstance(verdict, Refused)
    assert [reason.code for reason in verdict.reasons] == ["not_owned"]


def test_given_machines_left_proven_wiped_and_through_the_association(town: Town) -> None:
    partner = records.find(town, "partner", "Repair Café du Lavoir").id
    given = [machines.page(town, tag) for tag in tags_in(town, State.GIVEN)]
    ours = [page for page in given if page.view.machine.exits]

    assert len(ours) == len(given) - 1  # one was given before the journal began
    assert {page.view.machine.title for page in ours} == {partner}
    assert all(not page.view.issues for page in ours)


def test_no_two_machines_share_a_seat(town: Town) -> None:
    seats = Counter((line.room, line.seat) for line in all_lines(town) if line.room and line.seat)

    assert [seat for seat, count in seats.items() if count > 1] == []


def test_its_journal_verifies_and_rebuilds_to_the_same(town: Town) -> None:
    before = verify.digest(town)

    assert list(verify.verify(town)) == []
    assert verify.rebuild(town) == browse.change_token(town)
    assert verify.digest(town) == before


def test_it_refuses_a_store_that_has_machines(tmp_path: Path) -> None:
    town = init_town(tmp_path, f"sqlite:///{tmp_path / 'j.db'}").acting_as("A. B.")
    machines.register(town, k.MachineRegistered(tag="X-1"))

    with pytest.raises(UsageError):
        example.fill(town)

    assert browse.count(town, browse.MachineFilter()) == 1


def test_it_takes_less_than_twenty_seconds_and_tells_its_progress(tmp_path: Path) -> None:
    town = init_town(tmp_path, f"sqlite:///{tmp_path / 'j.db'}")
    steps: list[tuple[int, int]] = []
    started = perf_counter()

    example.fill(town, lambda done, total: steps.append((done, total)))

    assert perf_counter() - started < 20
    assert [done for done, _total in steps] == list(range(1, len(steps) + 1))
    assert {total for _done, total in steps} == {len(steps)}


def test_the_sample_reports_are_what_the_example_writes() -> None:
    shipped = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}

    assert shipped == sample_reports()


def test_the_sample_reports_are_the_same_new_or_asked_as_announced(tmp_path: Path) -> None:
    town = build(tmp_path).acting_as("Camille B.")

    outcomes = {o.file: (o.outcome, o.tag) for o in reports.import_files(town, [FOLDER])}

    assert outcomes["connu-probook-450.json"] == ("same", "BLP-0027")
    assert outcomes["a-decider-veriton.json"] == ("ask", None)
    assert [outcomes[name][0] for name in sorted(outcomes) if name.startswith(("i", "d"))] == [
        "new", "new", "new",
    ]  # fmt: skip
