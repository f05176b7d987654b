# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmarks measure what they say: the simulated town is a valid one. No timing here."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from benchmarks import __main__ as command
from benchmarks import append, console, postgresql, queries, rebuild, report
from benchmarks.measure import Figure, Plan
from benchmarks.simulate import Fleet, lay_down, simulate, store_url
from benchmarks.terminal import Terminal, TerminalSilent
from fleet.model.events import Event
from fleet.store.attachments import Attachments
from fleet.store.engine import open_engine
from fleet.store.journal import ChainedEvent, Journal
from fleet.store.rebuild import projection_digest
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import chain_heads, epochs, events
from fleet.store.verify import verify
from tests.postgresql import PostgresServer

FLEET = Fleet(machines=30)


def silent(line: str) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    home = tmp_path_factory.mktemp("simulated")
    return simulate(FLEET, home, store_url(home), silent).journal


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(
        cache=tmp_path,
        tell=silent,
        machines=300,
        small=30,
        appends=1_200,
        singles=25,
        repeats=2,
        tours=1,
        starts=0,
    )


def read(journal: Journal) -> list[Event]:
    with journal.read() as connection:
        return [event_of(row) for row in connection.execute(SELECT_EVENTS.order_by(events.c.pos))]


def test_a_simulated_town_has_the_events_it_announces_on_three_sound_chains(
    town: Journal, tmp_path: Path
) -> None:
    written = read(town)

    assert len(written) == FLEET.events
    assert len({event.header.replica for event in written}) == 3
    assert list(verify(town, Attachments(tmp_path))) == []


def test_a_seed_always_gives_the_same_town(town: Journal, tmp_path: Path) -> None:
    again = simulate(FLEET, tmp_path, store_url(tmp_path), silent).journal
    other_home = tmp_path / "other"
    other = lay_down(Fleet(machines=30, seed=2), other_home, store_url(other_home), silent).journal

    assert read(again) == read(town)
    assert projection_digest(again) == projection_digest(town)
    assert read(other)[-1].link != read(town)[-1].link


def test_the_journal_itself_writes_the_same_rows_from_the_simulated_chains(
    town: Journal, tmp_path: Path
) -> None:
    journal = Journal(open_engine(f"sqlite:///{tmp_path}/merged.db"), "replica:reader")
    incoming = [
        ChainedEvent(header=event.header, link=event.link, salt=event.salt, body=event.body)
        for event in read(town)
    ]

    with journal.write() as writer:
        writer.merge(incoming)

    assert {event.header.id: event for event in read(journal)} == {
        event.header.id: event for event in read(town)
    }
    assert rows(journal, epochs) == rows(town, epochs)
    assert rows(journal, chain_heads) == rows(town, chain_heads)
    assert projection_digest(journal) == projection_digest(town)


def rows(journal: Journal, table: Table) -> list[tuple[object, ...]]:
    with journal.read() as connection:
        return sorted(tuple(row) for row in connection.execute(select(table)))


def test_each_way_of_appending_is_measured_on_a_copy(plan: Plan) -> None:
    before = len(read_store(plan))

    figures = list(append.run(plan))

    assert [figure.unit for figure in figures] == ["events/s"] * 8
    assert all(figure.value > 0 for figure in figures)
    assert len(read_store(plan)) == before


def test_the_plain_database_gets_the_rows_of_our_own_appends(plan: Plan) -> None:
    with plan.copy() as home:
        journal = Journal(open_engine(store_url(home)), "replica:bench")
        plain = append.plain_copy(home)
        written: list[Event] = []

        append.append_each(journal, list(append.as_days_go_by(5)), written)
        append.insert_each(plain, written)

        query = "SELECT * FROM events ORDER BY pos"
        with journal.read() as connection:
            ours = connection.exec_driver_sql(query).fetchall()
        assert [tuple(row) for row in ours] == plain.execute(query).fetchall()
        plain.close()


def test_plain_sqlite_does_again_what_our_own_appends_asked_of_it(plan: Plan) -> None:
    query = "SELECT subject, kind, body FROM events ORDER BY pos"
    with plan.copy() as home, append.Replay(home) as replay:
        replay.run(replay.record(list(append.as_days_go_by(20))))

        noted, replayed = (
            sqlite3.connect(home / name).execute(query).fetchall()
            for name in ("noted.db", "replayed.db")
        )
    assert replayed == noted
    assert len(noted) == len(read_store(plan)) + 20


def test_rebuilding_is_measured_at_two_sizes(plan: Plan) -> None:
    figures = list(rebuild.run(plan))

    assert [figure.unit for figure in figures] == ["s", "s", "µs"]


def test_every_question_gets_the_answer_of_the_hand_written_sql(plan: Plan) -> None:
    figures = list(queries.run(plan))

    assert len(figures) > 30
    assert all(figure.against and figure.ratio for figure in figures)


def test_the_console_is_started_and_its_keys_timed_in_a_terminal(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = (("scroll", (console.DOWN,)), ("sort", (console.RIGHT,)), ("filter", ("e",)))
    monkeypatch.setattr(console, "TOUR", short)

    figures = {figure.name: figure for figure in console.run(plan)}

    assert figures["key press to last paint, median of 3"].value > 0
    assert figures["resident memory at the end of the tour"].value > 0


def test_the_same_is_measured_on_postgresql(plan: Plan, postgres_server: PostgresServer) -> None:
    figures = list(postgresql.run(plan))

    assert any(figure.unit == "events/s" for figure in figures)
    assert all(figure.met is None for figure in figures)


def test_the_command_keeps_its_figures_in_the_file_and_in_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = report.README.read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(page, encoding="utf-8")
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")

    for _run in range(2):
        assert command.main(["rebuild", "--quick", "--keep", "--cache", str(tmp_path)]) == 0

    kept = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.count("journal rebuild, 6000 events") == 2
    assert kept.count("| journal rebuild, 6000 events |") == 1
    assert (tmp_path / "results.json").exists()


def test_a_missed_target_shows_in_the_table() -> None:
    slow = Figure(section="append", name="slow", value=1, unit="events/s", met=False)

    assert "| NO |" in report.markdown([slow])


ECHO = """
import os, sys, time, tty
tty.setraw(0)
os.write(1, b"ready")
while (key := os.read(0, 1)) != b"q":
    if key == b"p":
        os.write(1, b"first")
        time.sleep(0.05)
        os.write(1, b"last")
"""


def test_a_key_press_is_timed_to_the_last_paint_it_causes() -> None:
    with Terminal.running([sys.executable, "-c", ECHO], dict(os.environ)) as terminal:
        started_s = terminal.wait_for("ready")
        painted_s, unpainted = terminal.press("p"), terminal.press("x")

    assert started_s > 0
    assert painted_s is not None
    assert painted_s >= 0.05
    assert unpainted is None


def test_a_program_that_ends_in_silence_is_told_with_its_last_words() -> None:
    command = [sys.executable, "-c", "print('broken')"]

    with (
        Terminal.running(command, dict(os.environ)) as terminal,
        pytest.raises(TerminalSilent, match="broken"),
    ):
        terminal.wait_for("ready", timeout_s=20)


def read_store(plan: Plan) -> list[Event]:
    home = plan.store()
    return read(Journal(open_engine(store_url(home)), "replica:reader"))
