# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two real programs write while a third reads."""

from __future__ import annotations

import time
from pathlib import Path

from fleet.store import queries
from fleet.store.rebuild import projection_digest, rebuild
from fleet.store.verify import verify
from tests.store.appender import start
from tests.store.installations import Installation

COUNT = 60


def test_two_programs_write_while_a_third_reads(tmp_path: Path, store_url: str) -> None:
    desk = Installation.at(tmp_path / "desk", store_url)
    writers = [start(tmp_path / "desk", store_url, name, COUNT) for name in ("left", "right")]

    tokens = [0]
    while any(writer.poll() is None for writer in writers):
        with desk.journal.read() as connection:
            tokens.append(queries.change_token(connection))
            lines = queries.page_machines(connection, queries.MachineFilter())
            assert len(lines) == queries.count_machines(connection, queries.MachineFilter())
        time.sleep(0.01)
    said = [writer.communicate()[0].split() for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0]
    stored = [event.header.id for event in desk.events()]
    assert len(stored) == 2 * COUNT
    for ids in said:
        assert [one for one in stored if one in set(ids)] == ids
    assert tokens == sorted(tokens)
    assert list(verify(desk.journal, desk.store)) == []
    left = projection_digest(desk.journal)
    rebuild(desk.journal)
    assert projection_digest(desk.journal) == left
    desk.journal.close()


def test_reader_knows_of_a_change_within_a_second(tmp_path: Path, store_url: str) -> None:
    desk = Installation.at(tmp_path / "desk", store_url)
    with desk.journal.read() as connection:
        before = queries.change_token(connection)

    with start(tmp_path / "desk", store_url, "pc", 1) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        told = time.monotonic()
        while True:
            with desk.journal.read() as connection:
                if queries.change_token(connection) != before:
                    break
            assert time.monotonic() - told < 1

    assert time.monotonic() - told < 1
    desk.journal.close()
