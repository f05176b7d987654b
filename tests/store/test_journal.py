# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal on both stores: what an append promises, what it refuses."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from fleet.errors import BadInput, StoreUnavailable
from fleet.model import kinds as k
from fleet.model.events import GENESIS, MAX_BODY_BYTES, body_digest, next_link
from fleet.store import engine, queries
from fleet.store.journal import Draft
from fleet.store.rebuild import projection_digest
from fleet.store.verify import verify
from tests.store.installations import NOW, Installation, machine, registered

MACHINE = machine(1)


def _everything(one: Installation) -> tuple[object, ...]:
    return (one.events(), one.heads(), projection_digest(one.journal))


def test_events_are_chained_salted_and_digested(desk: Installation) -> None:
    first, second = desk.say(MACHINE, registered(1), registered(1))

    assert (first.header.seq, second.header.seq) == (1, 2)
    assert first.link == next_link(GENESIS, first.header)
    assert second.link == next_link(first.link, second.header)
    assert first.salt != second.salt
    assert first.body == second.body
    assert first.header.body_digest == body_digest(first.salt, first.body or b"")
    assert desk.events() == [first, second]


def test_append_that_fails_writes_nothing_and_the_next_one_goes_on(desk: Installation) -> None:
    desk.say(MACHINE, registered(1))
    before = _everything(desk)

    with pytest.raises(ZeroDivisionError), desk.journal.write() as writer:
        draft = Draft(subject=MACHINE, body=k.Lost(), author="operator:a", act="act", at=NOW)
        writer.append([draft])
        raise ZeroDivisionError

    assert _everything(desk) == before
    assert desk.say(MACHINE, k.Lost())[0].header.seq == 2
    assert list(verify(desk.journal, desk.store)) == []


@pytest.mark.parametrize(
    "body",
    [
        k.MachineDescribed(note="x" * MAX_BODY_BYTES),
        k.MachineDescribed(purchase_value_cents=12.5),  # type: ignore[arg-type]
        k.DiskRegistered(size_bytes=1e12),  # type: ignore[arg-type]
        k.RepairClosed(outcome="exploded"),  # type: ignore[arg-type]
        k.MachineDescribed(model="Latitude\0"),
    ],
    ids=["oversize", "float", "float size", "unknown word", "null character"],
)
def test_body_that_its_kind_does_not_allow_is_refused(desk: Installation, body: k.Body) -> None:
    desk.say(MACHINE, registered(1))
    before = _everything(desk)

    with pytest.raises(BadInput):
        desk.say(MACHINE, body)

    assert _everything(desk) == before


def test_two_programs_on_one_store_take_turns_on_one_chain(
    desk: Installation, store_url: str
) -> None:
    other = Installation.at(desk.home, store_url)

    for number in range(6):
        (desk, other)[number % 2].say(machine(number), registered(number))

    assert [event.header.seq for event in desk.events()] == [1, 2, 3, 4, 5, 6]
    assert list(verify(desk.journal, desk.store)) == []
    with desk.journal.read() as connection:
        assert queries.count_machines(connection, queries.MachineFilter()) == 6
    other.journal.close()


def test_threads_of_one_program_take_turns(desk: Installation) -> None:
    def say(start: int) -> None:
        for number in range(start, start + 10):
            desk.say(machine(number), registered(number))

    threads = [threading.Thread(target=say, args=(start,)) for start in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [event.header.seq for event in desk.events()] == list(range(1, 31))
    assert list(verify(desk.journal, desk.store)) == []


def test_reader_keeps_one_picture_while_others_write(desk: Installation, store_url: str) -> None:
    other = Installation.at(desk.home, store_url)
    desk.say(machine(1), registered(1))

    with desk.journal.read() as connection:
        before = queries.change_token(connection)
        other.say(machine(2), registered(2))
        same = queries.change_token(connection)
        machines = queries.count_machines(connection, queries.MachineFilter())

    assert (same, machines) == (before, 1)
    with desk.journal.read() as connection:
        assert queries.change_token(connection) > before
    other.journal.close()


def test_store_that_stays_locked_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = [pragma for pragma in engine._PRAGMAS if "busy_timeout" not in pragma]
    monkeypatch.setattr(engine, "_PRAGMAS", (*patient, "PRAGMA busy_timeout=50"))
    one, other = Installation.at(tmp_path / "desk"), Installation.at(tmp_path / "desk")
    one.say(MACHINE, registered(1))

    with other.journal.write(), pytest.raises(StoreUnavailable, match="locked"):
        one.say(MACHINE, k.Lost())

    assert one.say(MACHINE, k.Lost())[0].header.seq == 2


def test_lost_connection_is_told_in_words_and_the_next_append_connects_again(
    tmp_path: Path, postgres_url: str
) -> None:
    desk = Installation.at(tmp_path / "desk", postgres_url)
    desk.say(MACHINE, registered(1))
    killer = create_engine(postgres_url)
    with killer.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    killer.dispose()

    with pytest.raises(StoreUnavailable):
        desk.say(MACHINE, k.Lost())

    assert desk.say(MACHINE, k.Lost())[0].header.seq == 2
    assert list(verify(desk.journal, desk.store)) == []
