# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches and lists of the store against hand-written SQL in sqlite3, for the same answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.measure import Figure, Plan, in_turns
from benchmarks.simulate import store_url
from fleet.model.events import Event, Header
from fleet.services.town import open_town
from fleet.store import queries as q
from fleet.store.queries import MachineFilter as Wanted
from fleet.store.schema import SORTABLE

SLOWER = 2.0
FAST_S = 0.005
LIMIT = 200
_ORDERS = {"tag": "tag, id"}
_LINE = (
    "id, tag, kind, state, since, site, room, seat, owner, manufacturer, model, serial, lot,"
    " purchased_on, system, disks, unproven_disks, issues"
)
_COUNT = "SELECT count(*) FROM machines WHERE "
_COUNT_FOUND = "SELECT count(*) FROM search WHERE search MATCH ?"
_FOUND = "no IN (SELECT rowid FROM search WHERE search MATCH ?)"
_HAS = "text LIKE ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One question, asked in both ways; both answers are compared before they are timed."""

    name: str
    ours: Callable[[Connection], Any]
    sql: str
    parameters: tuple[Any, ...] = ()


def run(plan: Plan) -> Iterator[Figure]:
    """Ask the large store every question, in turns with plain sqlite3."""
    home = plan.store()
    journal = open_town(home, store_url(home)).journal
    with closing(_plain(home)) as plain, journal.read() as connection:
        for pair in pairs(connection):
            yield measure(pair, connection, plain, plan.repeats)
    journal.engine.dispose()


def measure(pair: Pair, connection: Connection, plain: sqlite3.Connection, repeats: int) -> Figure:
    """Time one question both ways. Raises AssertionError when the answers differ."""

    def by_hand() -> list[tuple[Any, ...]]:
        return plain.execute(pair.sql, pair.parameters).fetchall()

    expected, found = _rows(by_hand()), _rows(pair.ours(connection))
    assert sorted(found) == sorted(expected), f"{pair.name}: {found} {expected}"
    ours, theirs = in_turns(partial(pair.ours, connection), by_hand, repeats)
    return Figure(
        section="queries",
        name=pair.name,
        value=ours * 1000,
        unit="ms",
        against=theirs * 1000,
        ratio=theirs / ours,
        target=f"within {SLOWER:.0f} times or under {FAST_S * 1000:.0f} ms",
        met=ours <= SLOWER * theirs or ours < FAST_S,
    )


def pairs(connection: Connection) -> Iterator[Pair]:
    """Yield the questions."""
    some = q.page_machines(connection, Wanted(states=("in_service",)), limit=1)[0]
    yield from _searches(some)
    yield from _pages(q.count_machines(connection, Wanted()))
    yield from _others(some)


def _searches(some: q.MachineLine) -> Iterator[Pair]:
    """Typed letters: the first page, and the count."""
    middle = str(some.serial)[3:7].lower()
    for letters, name in (
        ("e", "1 letter"),
        ("el", "2 letters"),
        ("eli", "3 letters"),
        ("elitebook", "a word"),
        (middle, "middle of a serial"),
        ("hp elitebook i5", "3 words"),
    ):
        condition, parameters = _by_hand(letters)
        wanted = Wanted(text=letters)
        yield Pair(
            name=f"text, {name}: first page",
            ours=_page(wanted),
            sql=_lines(f"WHERE {condition} ORDER BY tag, id"),
            parameters=parameters,
        )
        yield Pair(
            name=f"text, {name}: count",
            ours=partial(q.count_machines, wanted=wanted),
            sql=_COUNT_FOUND if condition == _FOUND else _COUNT + condition,
            parameters=parameters,
        )


def _lines(clauses: str, offset: int = 0) -> str:
    """Return the statement for one page of machines."""
    return f"SELECT {_LINE} FROM machines {clauses} LIMIT {LIMIT} OFFSET {offset}"  # noqa: S608


def _by_hand(letters: str) -> tuple[str, tuple[str, ...]]:
    """Return the condition that one would write by hand, and its parameters."""
    words = letters.split()
    long_words = [word for word in words if len(word) >= 3]
    short = [word for word in words if len(word) < 3]
    conditions = [_FOUND] * bool(long_words) + [_HAS] * len(short)
    found = [" ".join(f'"{word}"' for word in long_words)] * bool(long_words)
    return " AND ".join(conditions), (*found, *(f"%{word}%" for word in short))


def _pages(total: int) -> Iterator[Pair]:
    """Sorted pages at the start, in the middle, at the end; filtered by state."""
    for sort in SORTABLE:
        for name, offset in (("start", 0), ("middle", total // 2), ("end", max(total - LIMIT, 0))):
            yield Pair(
                name=f"sorted by {sort}, {name}",
                ours=_page(Wanted(), sort=sort, offset=offset),
                sql=_lines(f"ORDER BY {_ORDERS.get(sort, f'{sort}, tag, id')}", offset),
            )
    yield Pair(
        name="state in_service: first page",
        ours=_page(Wanted(states=("in_service",))),
        sql=_lines("WHERE state = 'in_service' ORDER BY tag, id"),
    )
    yield Pair(
        name="state in_service: count",
        ours=partial(q.count_machines, wanted=Wanted(states=("in_service",))),
        sql="SELECT count(*) FROM machines WHERE state = 'in_service'",
    )
    yield Pair(
        name="state ready, by date, newest first",
        ours=_page(Wanted(states=("ready",)), sort="since", descending=True),
        sql=_lines("WHERE state = 'ready' ORDER BY since DESC, tag DESC, id DESC"),
    )


def _others(some: q.MachineLine) -> Iterator[Pair]:
    yield Pair(
        name="board: machines by state",
        ours=q.board_counts,
        sql="SELECT state, count(*) FROM machines GROUP BY state",
    )
    yield Pair(
        name="count of all machines",
        ours=partial(q.count_machines, wanted=Wanted()),
        sql="SELECT count(*) FROM machines",
    )
    yield Pair(
        name="machine by tag",
        ours=lambda connection: [q.find_by_tag(connection, some.tag)],
        sql="SELECT machine FROM evidence WHERE kind = 'tag' AND value = ? LIMIT 1",
        parameters=(some.tag.lower(),),
    )
    yield Pair(
        name="history of one machine",
        ours=lambda connection: q.timeline(connection, [some.id]),
        sql="SELECT * FROM events WHERE subject = ? ORDER BY lamport, replica, seq",
        parameters=(some.id,),
    )
    yield Pair(
        name="machines of a room",
        ours=_page(Wanted(room=some.room)),
        sql=_lines("WHERE room = ? ORDER BY tag, id"),
        parameters=(some.room,),
    )
    yield Pair(
        name="latest 200 events",
        ours=q.recent_events,
        sql="SELECT * FROM events ORDER BY pos DESC LIMIT 200",
    )


def _page(
    wanted: Wanted, sort: str = "tag", offset: int = 0, descending: bool = False
) -> Callable[[Connection], Any]:
    return partial(
        q.page_machines,
        wanted=wanted,
        sort=sort,
        offset=offset,
        descending=descending,
        limit=LIMIT,
    )


def _rows(answer: Any) -> list[Any]:
    """Return an answer of either side as what must be equal: rows without their wrapping."""
    match answer:
        case int():
            return [answer]
        case dict():
            return sorted(answer.items())
        case _:
            return [_key(row) for row in answer]


def _key(row: Any) -> Any:
    """Return what names a row: a machine's id, an event's, or the row itself."""
    match row:
        case q.MachineLine(id=name) | Event(header=Header(id=name)):
            return name
        case (int(), Event(header=Header(id=name))):
            return name
        case (int(), str(name), _, *_) | (str(name), _, _, *_) | (name,):
            return name
        case _:
            return row


def _plain(home: Path) -> sqlite3.Connection:
    plain = sqlite3.connect(home / "journal.db", isolation_level=None)
    plain.execute("PRAGMA cache_size=-32000")
    plain.execute("PRAGMA temp_store=MEMORY")
    return plain
