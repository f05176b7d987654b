# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements that SQLite and PostgreSQL spell alike but SQLAlchemy keeps in two dialects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

CHUNK = 500


def upsert(
    connection: Connection, table: Table, keys: tuple[str, ...], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert rows, or overwrite the given columns of those that exist."""
    if rows:
        statement = _upsert(connection.dialect.name, table, keys, tuple(sorted(rows[0])))
        connection.execute(statement, rows)


@cache
def _upsert(dialect: str, table: Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Any:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    changes = {name: insert.excluded[name] for name in names if name not in keys}
    if not changes:
        return insert.on_conflict_do_nothing(index_elements=list(keys))
    return insert.on_conflict_do_update(index_elements=list(keys), set_=changes)


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of keys to what one IN clause takes."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
