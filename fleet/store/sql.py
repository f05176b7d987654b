# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements of the hot path: compiled once, handed to the driver without SQLAlchemy's way in.

One append runs six statements. SQLAlchemy's bookkeeping costs 60 µs for each, as much as the
whole of plain sqlite3's insert; compiled by it once and run by the driver, they cost 10 µs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

CHUNK = 500
Row = dict[str, Any]


def write_rows(connection: Connection, statement: ClauseElement, rows: Sequence[Row]) -> None:
    """Run one insert or upsert for each row; all rows have the same keys."""
    if not rows:
        return
    sql, names = _compiled(statement, connection.dialect, tuple(rows[0]))
    ready = rows if names is None else [tuple(row[name] for name in names) for row in rows]
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(sql, ready)
    finally:
        cursor.close()


def fetch_one(connection: Connection, statement: ClauseElement, row: Row) -> Any:
    """Return the first row of a query, None without any. Keys of ``row`` are its bind names."""
    rows = fetch_all(connection, statement, row)
    return rows[0] if rows else None


def fetch_all(connection: Connection, statement: ClauseElement, row: Row) -> list[Any]:
    """Return all rows of a query. Keys of ``row`` are its bind names."""
    sql, names = _compiled(statement, connection.dialect, ())
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, row if names is None else tuple(row[name] for name in names))
        return list(cursor.fetchall())
    finally:
        cursor.close()


@cache
def _compiled(
    statement: ClauseElement, dialect: Dialect, keys: tuple[str, ...]
) -> tuple[str, tuple[str, ...] | None]:
    """Return the SQL text, and the order of its parameters when the driver wants positions."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(keys) or None)
    names = compiled.positiontup if dialect.positional else None
    return str(compiled), tuple(names) if names is not None else None


def upsert(
    connection: Connection, table: Table, keys: tuple[str, ...], rows: Sequence[Row]
) -> None:
    """Insert rows, or overwrite the given columns of those that exist."""
    if rows:
        statement = _upsert(connection.dialect.name, table, keys, tuple(rows[0]))
        write_rows(connection, statement, rows)


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
