# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Free text over machines: trigrams where they help, plain scans where they do not.

SQLite's trigrams answer words of three letters or more. They find a rare word at once; a common
word they find everywhere, and sorting all that costs more than walking the sorted table until a
page is full.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, text

from fleet.model.text import clean, fold
from fleet.store.engine import is_sqlite
from fleet.store.schema import machines
from fleet.store.sql import fetch_one

_TRIGRAM = 3
# From one machine in this many on, a walk fills its page sooner than a sort of all that is found.
_COMMON = 50
_SAMPLE = 300
# A walk also passes over the pages before: beyond this many rows, sorting is quicker again.
WALK_UP_TO = 2_000
_FOUND = text("SELECT count(*) FROM search WHERE search MATCH :typed").bindparams(
    bindparam("typed")
)
_ALL = select(func.count()).select_from(machines)


def text_conditions(
    typed: str, connection: Connection, *, walk: bool = False
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that every typed word is in a machine's text; ``walk`` avoids trigrams."""
    words = _words(typed)
    if not is_sqlite(connection):
        for word in words:
            yield machines.c.text.contains(word, autoescape=True)
    elif walk or not words:
        yield from _has(words, machines.c.text)
    elif quoted := _quoted(words):
        found = text("machines.no IN (SELECT rowid FROM search WHERE search MATCH :typed)")
        yield found.bindparams(typed=quoted)  # type: ignore[misc]
        yield from _has([word for word in words if len(word) < _TRIGRAM], machines.c.text)
    else:
        # The index on the text alone is a tenth of the table.
        inner = machines.alias()
        yield machines.c.no.in_(select(inner.c.no).where(*_has(words, inner.c.text)))


def _has(words: list[str], column: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
    for word in words:
        yield func.instr(column, word) > 0


def count_found(connection: Connection, typed: str) -> int | None:
    """Return how many machines a text finds; None when trigrams alone cannot tell."""
    words = _words(typed)
    short = any(len(word) < _TRIGRAM for word in words)
    return None if short else _count_long(connection, words)


def is_common(connection: Connection, typed: str) -> bool:
    """Tell whether a text finds so much that walking the sorted table is quicker.

    Words too short for trigrams are judged on a sample: without them, a common word followed by
    a rare pair of letters would walk the whole table.
    """
    words = _words(typed)
    if not words or not is_sqlite(connection):
        return False
    found = _count_long(connection, words)
    if found is not None and found * _COMMON <= int(fetch_one(connection, _ALL, {})[0]):
        return False
    if min(map(len, words)) >= _TRIGRAM:
        return True
    sample = select(machines.c.text).order_by(machines.c.tag).limit(_SAMPLE).subquery()
    query = select(func.count()).select_from(sample).where(*_has(words, sample.c.text))
    return connection.execute(query).scalar_one() * _COMMON > _SAMPLE


def _count_long(connection: Connection, words: list[str]) -> int | None:
    quoted = _quoted(words)
    if not quoted or not is_sqlite(connection):
        return None
    return int(fetch_one(connection, _FOUND, {"typed": quoted})[0])


def _words(typed: str) -> list[str]:
    return fold(clean(typed) or "").split()


def _quoted(words: list[str]) -> str:
    return " ".join('"' + w.replace('"', '""') + '"' for w in words if len(w) >= _TRIGRAM)
