# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One altered byte, in any event, in the store's file or in an attachment, is found and named."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, cast, delete, select, update

from fleet.errors import FleetError
from fleet.model import kinds as k
from fleet.store.engine import is_sqlite
from fleet.store.schema import chain_heads, events
from fleet.store.verify import Damage, verify
from tests.store.installations import Installation, machine, registered

LEAF = 13  # the type of a table's leaf page
COLUMNS = [column.name for column in events.columns if column.name != "pos"]


def _filled(one: Installation, count: int = 12) -> Installation:
    for number in range(count):
        subject = machine(number // 3)
        one.say(
            subject, (registered(number // 3), k.CheckedIn(system="Debian"), k.Lost())[number % 3]
        )
    return one


def _damage(one: Installation) -> list[Damage]:
    return list(verify(one.journal, one.store))


def _set(one: Installation, seq: int, values: dict[str, object]) -> None:
    with one.journal.write() as writer:
        where = events.c.seq == seq
        writer.connection.execute(update(events).where(where).values(values))
    one.journal.close()


def _flip(value: int | str | bytes, rng: random.Random) -> object:
    """Change one bit, but keep texts readable: what an attacker with SQL would write."""
    if isinstance(value, int):
        return value ^ (1 << rng.randrange(5, 8))
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    at = rng.randrange(len(raw))
    raw[at] ^= 1
    return raw.decode() if isinstance(value, str) else bytes(raw)


def test_sound_journal_has_nothing_to_say(desk: Installation) -> None:
    _filled(desk)
    desk.store.put(b"a report")

    assert _damage(desk) == []


@pytest.mark.parametrize("name", COLUMNS)
def test_flip_in_any_column_of_an_event_is_found_and_named(desk: Installation, name: str) -> None:
    rng = random.Random(name)
    seq = rng.randrange(1, 13)
    event = _filled(desk).event(desk.replica, seq)
    with desk.journal.read() as connection:
        was = connection.execute(select(events.c[name]).where(events.c.seq == seq)).scalar_one()

    _set(desk, seq, {name: _flip(was, rng)})

    named = " ".join(damage.where for damage in _damage(desk))
    assert event.header.id in named or f"event {seq} " in named or f"position {seq}" in named


@pytest.mark.parametrize("seq", [1, 6, 12])
def test_event_taken_out_is_found(desk: Installation, seq: int) -> None:
    _filled(desk)
    with desk.journal.write() as writer:
        writer.connection.execute(delete(events).where(events.c.seq == seq))

    assert _damage(desk)


def test_body_taken_away_from_our_own_event_is_found(desk: Installation) -> None:
    _filled(desk)
    _set(desk, 5, {"body": None})

    assert [damage.what for damage in _damage(desk)] == ["its body is missing"]


def test_chain_whose_end_was_moved_back_is_found(desk: Installation) -> None:
    before = _filled(desk).event(desk.replica, 11)
    with desk.journal.write() as writer:
        writer.connection.execute(update(chain_heads).values(seq=11, link=before.link))

    assert any(desk.replica in damage.where for damage in _damage(desk))


def test_text_kept_as_bytes_is_found(tmp_path: Path) -> None:
    one = _filled(Installation.at(tmp_path / "desk"))
    assert is_sqlite(one.journal.engine)
    _set(one, 4, {"author": cast(events.c.author, LargeBinary)})

    assert any("event 4 " in damage.where for damage in _damage(one))


def test_flip_in_an_attachment_is_found_and_named(desk: Installation) -> None:
    rng = random.Random(7)
    digests = [desk.store.put(rng.randbytes(300)) for _number in range(20)]
    broken = rng.choice(digests)
    raw = bytearray(desk.store.path(broken).read_bytes())
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    desk.store.path(broken).write_bytes(raw)

    assert [damage.where for damage in _damage(desk)] == [f"attachment {broken}"]


def test_attachment_cut_short_or_emptied_is_found_and_named(desk: Installation) -> None:
    cut, empty = desk.store.put(b"smartctl 7.3 ..."), desk.store.put(b"dmidecode 3.4 ...")
    desk.store.path(cut).write_bytes(b"smartctl")
    desk.store.path(empty).write_bytes(b"")

    assert {damage.where for damage in _damage(desk)} == {
        f"attachment {digest}" for digest in (cut, empty)
    }


# --- the bytes of the file -------------------------------------------------------------------


def _event_pages(path: Path) -> list[int]:
    """The pages that hold the events' rows."""
    with sqlite3.connect(path) as connection:
        query = "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf'"
        try:
            return [page for (page,) in connection.execute(query)]
        except sqlite3.OperationalError:
            root = "SELECT rootpage FROM sqlite_master WHERE name = 'events'"
            return [connection.execute(root).fetchone()[0]]


def _rows_at(page: bytes) -> list[tuple[int, int]]:
    """The places of a leaf page's cells (SQLite file format, 1.6), header and row included."""
    cells = int.from_bytes(page[3:5], "big")
    starts = sorted(int.from_bytes(page[8 + 2 * n : 10 + 2 * n], "big") for n in range(cells))
    return list(zip(starts, [*starts[1:], len(page)], strict=True))


@pytest.fixture
def file_of_events(tmp_path: Path) -> tuple[Path, bytes, list[tuple[int, int]]]:
    """A closed store's file, its bytes, and where in it each event's cell begins and ends."""
    one = _filled(Installation.at(tmp_path / "desk"), 30)
    with one.journal.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    one.journal.close()
    path = one.home / "journal.sqlite"
    whole = path.read_bytes()
    starts = [(page - 1) * size for page in _event_pages(path)]
    cells = [
        (start + first, start + last)
        for start in starts
        if whole[start] == LEAF
        for first, last in _rows_at(whole[start : start + size])
    ]
    assert len(cells) == 30
    return path, whole, cells


def test_flip_in_the_bytes_of_any_event_is_never_accepted(
    file_of_events: tuple[Path, bytes, list[tuple[int, int]]],
) -> None:
    path, whole, cells = file_of_events
    rng = random.Random(11)

    for _round in range(60):
        first, last = rng.choice(cells)
        at = rng.randrange(first, last)
        raw = bytearray(whole)
        raw[at] ^= 1 << rng.randrange(8)
        path.write_bytes(raw)

        assert _found(path.parent), f"byte {at - first} of the cell at {first}"


def test_positions_that_go_back_are_found_and_end_the_reading(
    file_of_events: tuple[Path, bytes, list[tuple[int, int]]],
) -> None:
    path, whole, cells = file_of_events
    position = 2  # a cell begins with its length, two bytes for these, then the row's number
    (latest,) = [first for first, _last in cells if whole[first + position] == 30]
    raw = bytearray(whole)
    raw[latest + position] = 14
    path.write_bytes(raw)

    assert _found(path.parent)


def _found(home: Path) -> bool:
    try:
        one = Installation.at(home)
    except FleetError:
        return True
    damage = _damage(one)
    one.journal.close()
    return bool(damage)
