# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the store: an embedded SQLite file, or PostgreSQL by URL. Tables made when missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from fleet.errors import StoreUnavailable
from fleet.i18n import _
from fleet.store.schema import metadata

# FULL: a commit that returned survives a power cut, not only a killed process.
# secure_delete: a purged name must not stay in free pages.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-48000",
    "PRAGMA wal_autocheckpoint=4000",
)

SEARCH_TRIGGERS = (
    "CREATE TRIGGER IF NOT EXISTS machines_search_insert AFTER INSERT ON machines BEGIN"
    " INSERT INTO search(rowid, text) VALUES (new.no, new.text); END",
    "CREATE TRIGGER IF NOT EXISTS machines_search_delete AFTER DELETE ON machines BEGIN"
    " INSERT INTO search(search, rowid, text) VALUES ('delete', old.no, old.text); END",
    "CREATE TRIGGER IF NOT EXISTS machines_search_update AFTER UPDATE ON machines"
    " WHEN old.text IS NOT new.text BEGIN"
    " INSERT INTO search(search, rowid, text) VALUES ('delete', old.no, old.text);"
    " INSERT INTO search(rowid, text) VALUES (new.no, new.text); END",
)
_SEARCH_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search USING"
    " fts5(text, content='machines', content_rowid='no', tokenize='trigram')"
)
# One or two letters are too few for trigrams: their scan reads this index, not the whole rows.
_WORDS_INDEX = "CREATE INDEX IF NOT EXISTS machines_words ON machines(text)"
_LOCK_KEY = 7_272_001  # any constant: the journal's one writer lock on PostgreSQL


def open_engine(url: str) -> Engine:
    """Return an engine on a ready store. Raises StoreUnavailable when it cannot be reached."""
    engine = create_engine(url, future=True)
    if is_sqlite(engine):
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _create(engine)
    except (OperationalError, DBAPIError) as error:
        raise StoreUnavailable(
            _("The store cannot be opened: {error}.").format(error=str(error.orig).strip()),
            hint=_("Check PARCLIBRE_STORE and the rights on PARCLIBRE_HOME."),
        ) from error
    return engine


def snapshot(engine: Engine) -> Connection:
    """Return a connection whose statements all see the store at one moment."""
    connection = engine.connect()
    if is_sqlite(engine):
        return connection
    return connection.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def store_errors(engine: Engine) -> Iterator[None]:
    """Turn a store that is locked, full, read-only or gone into StoreUnavailable."""
    driver = engine.dialect.loaded_dbapi.OperationalError
    try:
        yield
    except (OperationalError, driver) as error:
        reason = str(getattr(error, "orig", error)).strip()
        raise StoreUnavailable(
            _("The store does not answer: {error}.").format(error=reason),
            hint=_("Check the free space and PARCLIBRE_STORE, then do it again."),
        ) from error


def is_sqlite(bind: Engine | Connection) -> bool:
    """Tell whether the store is the embedded one."""
    return bind.dialect.name == "sqlite"


def begin_write(connection: Connection) -> None:
    """Take the one writer lock for the rest of this transaction."""
    if is_sqlite(connection):
        cursor = connection.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        cursor.close()
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})


def _prepare_sqlite(dbapi_connection: Any, record: Any) -> None:
    dbapi_connection.isolation_level = None
    for pragma in _PRAGMAS:
        dbapi_connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    """Leave BEGIN to ``begin_write`` for writers; readers get a snapshot."""
    if not connection.get_execution_options().get("parclibre_write"):
        connection.exec_driver_sql("BEGIN")


def _create(engine: Engine) -> None:
    options = {"parclibre_write": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        begin_write(connection)
        metadata.create_all(connection)
        if is_sqlite(connection):
            for statement in (_SEARCH_TABLE, *SEARCH_TRIGGERS, _WORDS_INDEX):
                connection.exec_driver_sql(statement)
    if not is_sqlite(engine):
        _index_text(engine)


def _index_text(engine: Engine) -> None:
    """Ask PostgreSQL for trigram search; without the right to, plain scans still answer."""
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(
                text(
                    "CREATE INDEX IF NOT EXISTS machines_text ON machines"
                    " USING gin (text gin_trgm_ops)"
                )
            )
    except DBAPIError:
        return
