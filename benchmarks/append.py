# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast events are written, with chain, projections and search: in batches, one by one."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, ClassVar, Self, TypeAlias

from sqlalchemy import event, select

from benchmarks.life import Life, Step
from benchmarks.measure import Figure, Plan, seconds
from benchmarks.simulate import STARTS_ON, Fleet, found_town, in_time, store_url
from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.services.town import open_town
from fleet.store.engine import open_engine
from fleet.store.journal import Draft, Journal
from fleet.store.keys import open_replica_key
from fleet.store.rows import row_of
from fleet.store.schema import machines

Statement: TypeAlias = tuple[str, Any]

BATCH = 1_000
ROUND = 20
TARGET_BATCHED = 3_000
TARGET_SINGLE = 0.5
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32000",
)


def run(plan: Plan) -> Iterator[Figure]:
    """Append to a copy of the large store."""
    with plan.copy() as home:
        journal = open_town(home, store_url(home)).journal
        yield from batched(plan, journal, "append")
        yield from one_by_one(plan, journal, home)
        journal.engine.dispose()


def batched(plan: Plan, journal: Journal, section: str) -> Iterator[Figure]:
    """Yield events a second in batches of a thousand, for three ways in which events come."""
    for name, drafts in (
        ("as days go by", as_days_go_by(plan.appends)),
        ("machine after machine", machine_after_machine(plan.appends)),
        ("each on another machine of the store", check_ins(journal, plan.appends)),
    ):
        taken = [timed(partial(append, journal, b), len(b)) for b in in_batches(drafts, BATCH)]
        rate, cpu_rate = (median(rates) for rates in zip(*taken, strict=True))
        yield Figure(
            section=section,
            name=f"batches of {BATCH}, {name}",
            value=rate,
            unit="events/s",
            ratio=rate / TARGET_BATCHED,
            target=f"at least {TARGET_BATCHED}/s",
            met=rate >= TARGET_BATCHED,
        )
        yield Figure(
            section=section,
            name="- per second of processor time",
            value=cpu_rate,
            unit="events/s",
            ratio=cpu_rate / TARGET_BATCHED,
        )


def timed(call: Callable[[], object], count: int) -> tuple[float, float]:
    """Return how many things a call does per second, and per second of processor time."""
    cpu_began = time.process_time()
    taken = seconds(call)
    return count / taken, count / (time.process_time() - cpu_began)


def one_by_one(plan: Plan, journal: Journal, home: Path) -> Iterator[Figure]:
    """Yield the rate of single durable appends, against plain sqlite3 on the same disk.

    Plain sqlite3 does the same work (the very statements of our appends: event, chain,
    projections, search), then the least there is (the event's row alone).
    """
    same, ours, least = [], [], []
    with plan.copy() as other, Replay(other) as replay, closing(plain_copy(home)) as plain:
        for drafts in in_batches(as_days_go_by(plan.singles, prefix="SG-"), ROUND):
            statements = replay.record(drafts)
            rows: list[Event] = []
            ours.append(seconds(partial(append_each, journal, drafts, rows)) / len(drafts))
            same.append(seconds(partial(replay.run, statements)) / len(drafts))
            least.append(seconds(partial(insert_each, plain, rows)) / len(rows))
    yield _single("the same statements by plain sqlite3", ours, same, TARGET_SINGLE)
    yield _single("the event's row alone by plain sqlite3", ours, least, None)


def _single(name: str, ours: list[float], theirs: list[float], target: float | None) -> Figure:
    ratio = median(theirs) / median(ours)
    return Figure(
        section="append",
        name=f"one by one, durable, against {name}",
        value=1 / median(ours),
        unit="events/s",
        against=1 / median(theirs),
        ratio=ratio,
        target=f"at least {target} times" if target else "",
        met=ratio >= target if target else None,
    )


def append(journal: Journal, drafts: Sequence[Draft]) -> list[Event]:
    """Write drafts in one transaction."""
    with journal.write() as writer:
        return writer.append(drafts)


def append_each(journal: Journal, drafts: Sequence[Draft], written: list[Event]) -> None:
    """Write each draft in its own transaction."""
    for draft in drafts:
        written += append(journal, [draft])


# --- plain sqlite3 -----------------------------------------------------------------------------


class Replay:
    """What single appends ask of SQLite, noted on one copy of the store, done on another."""

    def __init__(self, home: Path) -> None:
        self._noted = home / "noted.db"
        replayed = home / "replayed.db"
        for copy in (self._noted, replayed):
            shutil.copyfile(home / "journal.db", copy)
        engine = open_engine(f"sqlite:///{self._noted}")
        engine.dispose()
        event.listen(engine, "do_connect", _note_statements)
        self._journal = Journal(engine, open_replica_key(home).replica)
        self._plain = sqlite3.connect(replayed, isolation_level=None)
        for pragma in _PRAGMAS:
            self._plain.execute(pragma)

    def record(self, drafts: Sequence[Draft]) -> list[Statement]:
        """Append each draft in its own transaction; return the statements that it took."""
        Noting.statements.clear()
        append_each(self._journal, drafts, [])
        return list(Noting.statements)

    def run(self, statements: Sequence[Statement]) -> None:
        """Do the statements again, prepared as plain sqlite3 prepares them."""
        for sql, rows in statements:
            if isinstance(rows, list):
                self._plain.executemany(sql, rows)
            else:
                self._plain.execute(sql, rows).fetchall()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._journal.close()
        self._plain.close()


class NotingCursor(sqlite3.Cursor):
    """A cursor that notes what it is asked."""

    def execute(self, sql: str, parameters: Any = ()) -> Self:
        Noting.statements.append((sql, tuple(parameters)))
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> Self:
        rows = list(parameters)
        Noting.statements.append((sql, rows))
        return super().executemany(sql, rows)


class Noting(sqlite3.Connection):
    """A connection that notes every statement, ends of transactions included."""

    statements: ClassVar[list[Statement]] = []

    def cursor(self, factory: Any = NotingCursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        self.statements.append(("COMMIT", ()))
        super().commit()


def _note_statements(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    options["factory"] = Noting


def plain_copy(home: Path) -> sqlite3.Connection:
    """Return a plain database with the same events under the same columns and indexes."""
    plain = sqlite3.connect(home / "plain.db", isolation_level=None)
    for pragma in _PRAGMAS:
        plain.execute(pragma)
    plain.execute("ATTACH ? AS store", (str(home / "journal.db"),))
    query = "SELECT sql FROM store.sqlite_master WHERE tbl_name = 'events' AND sql IS NOT NULL"
    table, *indexes = (
        sql for (sql,) in plain.execute(f"{query} ORDER BY type = 'index'").fetchall()
    )
    for statement in (table, "INSERT INTO main.events SELECT * FROM store.events", *indexes):
        plain.execute(statement)
    plain.execute("DETACH store")
    plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return plain


def insert_each(plain: sqlite3.Connection, written: Sequence[Event]) -> None:
    """Insert the rows of our events, each in its own transaction."""
    for one in written:
        row = row_of(one)
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        plain.execute("BEGIN IMMEDIATE")
        plain.execute(f"INSERT INTO events ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
        plain.execute("COMMIT")


# --- what is written ---------------------------------------------------------------------------


def as_days_go_by(count: int, prefix: str = "AJ-") -> Iterator[Draft]:
    """Yield drafts of many machines' lives, interleaved in time."""
    return drafts_of(islice(in_time(_lives(count, prefix)), count))


def machine_after_machine(count: int) -> Iterator[Draft]:
    """Yield drafts of one life after the other, as an import of old records writes them."""
    return drafts_of(islice(chain.from_iterable(_lives(count, "MM-")), count))


def check_ins(journal: Journal, count: int) -> Iterator[Draft]:
    """Yield drafts that each touch another machine, drawn from the whole store."""
    with journal.read() as connection:
        found = list(connection.execute(select(machines.c.id)).scalars())
    subjects = Random(2).choices(found, k=count)
    at_s = int(datetime(2026, 1, 2, tzinfo=UTC).timestamp())
    return drafts_of(Step(at_s, 0, subject, k.CheckedIn()) for subject in subjects)


def drafts_of(steps: Iterator[Step]) -> Iterator[Draft]:
    """Yield steps as drafts of our own chain."""
    for number, step in enumerate(steps):
        yield Draft(
            subject=step.subject,
            body=step.body,
            author="operator:bench",
            act=f"act:{number}",
            at=datetime.fromtimestamp(step.at_s, UTC),
        )


def in_batches(drafts: Iterator[Draft], size: int) -> Iterator[list[Draft]]:
    """Cut drafts in lists of a size."""
    while batch := list(islice(drafts, size)):
        yield batch


def _lives(events: int, prefix: str) -> Iterator[Iterator[Step]]:
    """Yield lives one day after the other, enough of them for so many events."""
    random, start = Random(3), int(STARTS_ON.timestamp())
    places, _records = found_town(Fleet(machines=1_000), random, start)
    for number in range(max(events // 10, 10)):
        life = Life(
            random=random, places=places, tag=f"{prefix}{number:06d}", at_s=start + number * 9_000
        )
        yield life.steps()
