# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds any altered event or attachment and names it.

Events are read by arrival, without any index, as raw bytes: what is checked is what is on disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, LargeBinary, and_, cast, func, select, true
from sqlalchemy.exc import DatabaseError

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.events import (
    GENESIS,
    Clock,
    Event,
    Header,
    Stamp,
    body_digest,
    next_link,
)
from fleet.model.kinds import is_known, read_body
from fleet.store.attachments import Attachments
from fleet.store.engine import is_sqlite
from fleet.store.journal import Journal, read_heads
from fleet.store.schema import events

_NAMES = (
    "id", "subject", "kind", "version", "at", "clock", "author", "act", "replica", "seq", "seen",
    "body_digest", "salt", "body", "link", "lamport",
)  # fmt: skip
_NUMBERS = frozenset({"version", "seq", "lamport"})
_PAGE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One altered thing: ``where`` names it, ``what`` says how it was found."""

    where: str
    what: str


def verify(journal: Journal, attachments: Attachments) -> Iterator[Damage]:
    """Yield every damage of the journal and of the attachments; nothing when all is sound."""
    with journal.read() as connection:
        try:
            yield from _file_problems(connection)
            yield from _Check(connection, journal.replica).run()
        except DatabaseError as error:
            yield Damage(where=_("the store's file"), what=str(error.orig))
    for damage in attachments.verify_all():
        yield Damage(
            where=_("attachment {digest}").format(digest=damage.digest),
            what=_("its content is not what its name says, or cannot be read"),
        )


class _Check:
    """Chains being followed: per replica, the links that the next event may build on."""

    def __init__(self, connection: Connection, replica: str) -> None:
        self.connection = connection
        self.replica = replica
        self.links: dict[str, tuple[str, str]] = {}
        self.seqs: dict[str, int] = {}
        self.lamports: dict[tuple[str, int], int] = {}
        self.heads = read_heads(connection)

    def run(self) -> Iterator[Damage]:
        for pos, typed, row in _raw_rows(self.connection):
            try:
                event = _event(row)
            except (ValueError, KeyError, TypeError, msgspec.MsgspecError):
                yield Damage(
                    where=_("event at position {pos}").format(pos=pos),
                    what=_("it cannot be read as an event"),
                )
                continue
            if not typed:
                yield Damage(where=_name(event), what=_("a column has another type"))
            for what in self._problems(event):
                yield Damage(where=_name(event), what=what)
        yield from self._ends()

    def _problems(self, event: Event) -> Iterator[str]:
        replica, seq = event.header.replica, event.header.seq
        if seq != self.seqs.get(replica, 0) + 1:
            yield _("it does not follow event {seq} of its chain").format(
                seq=self.seqs.get(replica, 0)
            )
        computed = [next_link(link, event.header) for link in self._before(replica)]
        if event.link not in computed:
            yield _("its header or its link was altered")
        self.seqs[replica] = seq
        self.links[replica] = (event.link, computed[0])
        yield from self._body_problems(event)
        yield from self._order_problems(event)

    def _before(self, replica: str) -> tuple[str, ...]:
        return self.links.get(replica, (GENESIS,))

    def _body_problems(self, event: Event) -> Iterator[str]:
        if event.body is None:
            if event.header.replica == self.replica:
                yield _("its body is missing")
            return
        if body_digest(event.salt, event.body) != event.header.body_digest:
            yield _("its body was altered")
        elif is_known(event.kind, event.header.version):
            try:
                read_body(event.kind, event.header.version, event.body)
            except FleetError as error:
                yield error.message

    def _order_problems(self, event: Event) -> Iterator[str]:
        replica, seq = event.header.replica, event.header.seq
        seen = [(replica, seq - 1), *event.header.seen.items()]
        expected = 1 + max((self.lamports.get(past, 0) for past in seen), default=0)
        if event.stamp.lamport != expected:
            yield _("its place in the causal order was altered")
        self.lamports[replica, seq] = event.stamp.lamport

    def _ends(self) -> Iterator[Damage]:
        for replica in sorted(self.heads.keys() | self.seqs.keys()):
            head = self.heads.get(replica)
            known = (self.seqs.get(replica, 0), self.links.get(replica, (GENESIS,))[0])
            if head is None or (head.seq, head.link) != known:
                yield Damage(
                    where=_("the end of the chain {replica}").format(replica=replica),
                    what=_("events are missing, or the noted end was altered"),
                )


def _name(event: Event) -> str:
    header = event.header
    return _("event {seq} of {replica} ({kind}, {id})").format(
        seq=header.seq, replica=header.replica, kind=header.kind, id=header.id
    )


def _file_problems(connection: Connection) -> Iterator[Damage]:
    """Ask SQLite whether the events' table and its indexes hold together."""
    if is_sqlite(connection):
        for problem in connection.exec_driver_sql("PRAGMA integrity_check(events)").scalars():
            if problem != "ok":
                yield Damage(where=_("the store's file"), what=problem)


def _typed(raw: bool) -> ColumnElement[bool]:
    """SQLite keeps any type in any column: ask for those that were written."""
    if not raw:
        return true()
    return and_(
        func.typeof(events.c.body).in_(("blob", "null")),
        *(
            func.typeof(events.c[name]) == ("integer" if name in _NUMBERS else "text")
            for name in _NAMES
            if name != "body"
        ),
    )


def _raw_rows(connection: Connection) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    raw = is_sqlite(connection)
    columns = [
        cast(events.c[name], LargeBinary).label(name)
        if raw and name not in _NUMBERS and name != "body"
        else events.c[name]
        for name in _NAMES
    ]
    last = -1
    while True:  # In a damaged file positions may go back: read on only while they grow.
        query = select(events.c.pos, _typed(raw), *columns).where(events.c.pos > last)
        rows = connection.execute(query.order_by(events.c.pos).limit(_PAGE)).all()
        reached = max((row[0] for row in rows), default=last)
        if reached <= last:
            return
        for row in rows:
            yield row[0], row[1], dict(zip(_NAMES, row[2:], strict=True))
        last = reached


def _event(row: dict[str, Any]) -> Event:
    text = {name: _text(row[name]) for name in _NAMES if name not in _NUMBERS and name != "body"}
    header = Header(
        id=text["id"],
        subject=text["subject"],
        kind=text["kind"],
        version=int(row["version"]),
        at=text["at"],
        clock=Clock(text["clock"]),
        author=text["author"],
        act=text["act"],
        replica=text["replica"],
        seq=int(row["seq"]),
        seen=msgspec.json.decode(text["seen"], type=dict[str, int]),
        body_digest=text["body_digest"],
    )
    body = None if row["body"] is None else bytes(row["body"])
    stamp = Stamp(int(row["lamport"]), header.replica, header.seq)
    return Event(header=header, stamp=stamp, link=text["link"], salt=text["salt"], body=body)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).decode("utf-8")
