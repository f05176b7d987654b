# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal as it was at given heads, projected in a store of its own, thrown away afterwards.

So a question about the past is answered by the very code that answers for today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from fleet.store.engine import open_engine
from fleet.store.journal import Journal
from fleet.store.rebuild import rebuild
from fleet.store.schema import chain_heads, epochs, events

_BATCH = 2_000


@contextmanager
def past_journal(journal: Journal, heads: Mapping[str, int]) -> Iterator[Journal]:
    """Give the journal cut at these heads (replica to seq); takes as long as a rebuild."""
    with TemporaryDirectory(prefix="parclibre-past-") as folder:
        past = Journal(
            open_engine(f"sqlite:///{Path(folder) / 'past.db'}"), journal.replica, now=journal.now
        )
        try:
            with journal.read() as source, past.write() as writer:
                _copy(source, writer.connection, heads)
            rebuild(past)
            yield past
        finally:
            past.close()


def _copy(source: Connection, target: Connection, heads: Mapping[str, int]) -> None:
    for replica, seq in sorted(heads.items()):
        _copy_rows(source, target, events, events.c.replica == replica, events.c.seq <= seq)
        _copy_rows(source, target, epochs, epochs.c.replica == replica, epochs.c.from_seq <= seq)
        last = select(events.c.link, events.c.lamport).where(
            events.c.replica == replica, events.c.seq == seq
        )
        for link, lamport in source.execute(last):
            row = {"replica": replica, "seq": seq, "link": link, "lamport": lamport}
            target.execute(insert(chain_heads), row)


def _copy_rows(source: Connection, target: Connection, table: Table, *wanted: Any) -> None:
    """Copy rows without their arrival numbers: those of several chains would not be in order."""
    columns = [column for column in table.columns if column.name != "pos"]
    rows = source.execute(select(*columns).where(*wanted).execution_options(yield_per=_BATCH))
    for page in rows.mappings().partitions(_BATCH):
        target.execute(insert(table), [dict(row) for row in page])
