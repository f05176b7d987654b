# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: appends to our own chain, merges the others', keeps the projections in step.

One writer at a time, in one transaction: events and everything computed from them are
committed together or not at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

import msgspec
from sqlalchemy import Connection, Engine, bindparam, func, select
from uuid6 import uuid7

from fleet.errors import StoreDamaged
from fleet.i18n import _
from fleet.model.causality import Causality
from fleet.model.events import (
    GENESIS,
    Clock,
    Event,
    Header,
    Stamp,
    body_digest,
    canonical,
    next_link,
)
from fleet.model.kinds import Body, read_body
from fleet.store.engine import begin_write, snapshot, store_errors
from fleet.store.project import Projector
from fleet.store.rows import encode_seen, row_of
from fleet.store.schema import chain_heads, epochs, events
from fleet.store.sql import fetch_one, upsert, write_rows

_INSERT_EVENTS = events.insert()
_LAST_POS = select(func.max(events.c.pos))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event about to be written by us."""

    subject: str
    body: Body
    author: str
    act: str
    at: datetime
    clock: Clock = Clock.NTP


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """An event of another replica, verified by the caller for trust and signatures."""

    header: Header
    link: str
    salt: str
    body: bytes | None


class Head(msgspec.Struct):
    """The end of one chain as we know it."""

    seq: int = 0
    link: str = GENESIS
    lamport: int = 0


def utc_now() -> datetime:
    """Return the time, the only clock of the store."""
    return datetime.now(UTC)


def stamp_text(at: datetime) -> str:
    """Return a time as the journal writes it: UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


class Journal:
    """One store seen by one replica. Safe to open from several processes."""

    def __init__(
        self, engine: Engine, replica: str, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.engine = engine
        self.replica = replica
        self.now = now
        self._pos = -1
        self._heads: dict[str, Head] = {}
        self._projector = Projector(Causality())
        self._writing = Lock()
        self._connection: Connection | None = None

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Open one write transaction; leaving with an exception writes nothing.

        Threads of one program wait for each other here, programs at the store's own lock.
        """
        with self._writing, store_errors(self.engine):
            connection = self._write_connection()
            pos, self._pos = self._pos, -1
            with connection.begin():
                begin_write(connection)
                writer = self._catch_up(connection, pos)
                yield writer
                self._projector.flush()
            self._pos = writer.pos

    def _write_connection(self) -> Connection:
        """Keep one connection for writing: opening one costs as much as an append."""
        if self._connection is None or self._connection.invalidated:
            options = {"parclibre_write": True}
            self._connection = self.engine.connect().execution_options(**options)
        return self._connection

    def close(self) -> None:
        """Let go of the store."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read transaction: one consistent picture."""
        with store_errors(self.engine), snapshot(self.engine) as connection:
            yield connection

    def reader(self, connection: Connection) -> Projector:
        """Return a projector to look through in a read transaction; it writes nothing."""
        projector = Projector(read_causality(connection))
        projector.resume(connection, self._today())
        return projector

    def _today(self) -> str:
        return self.now().date().isoformat()

    def _catch_up(self, connection: Connection, known_pos: int) -> Writer:
        """Keep what was learned in the last write, unless somebody else wrote since."""
        row = fetch_one(connection, _LAST_POS, {})
        pos = row[0] or 0
        if pos != known_pos:
            self._heads = read_heads(connection)
            self._projector = Projector(read_causality(connection))
        self._projector.resume(connection, self._today())
        return Writer(self, connection, self._heads, self._projector, pos)


def read_heads(connection: Connection) -> dict[str, Head]:
    """Return the known end of every chain."""
    columns = (chain_heads.c.replica, chain_heads.c.seq, chain_heads.c.link, chain_heads.c.lamport)
    rows = connection.execute(select(*columns))
    return {
        replica: Head(seq=seq, link=link, lamport=lamport) for replica, seq, link, lamport in rows
    }


def read_causality(connection: Connection) -> Causality:
    """Return the vector clocks of the store."""
    rows = connection.execute(select(epochs.c.replica, epochs.c.from_seq, epochs.c.vector))
    return Causality((r, seq, msgspec.json.decode(v, type=dict[str, int])) for r, seq, v in rows)


class Writer:
    """An open write transaction."""

    def __init__(
        self,
        journal: Journal,
        connection: Connection,
        heads: dict[str, Head],
        projector: Projector,
        pos: int = 0,
    ) -> None:
        self.connection = connection
        self.pos = pos
        self.replica = journal.replica
        self.now = journal.now
        self.projector = projector
        self._heads = heads
        self._merging: dict[tuple[str, int], int] = {}

    def heads(self) -> Mapping[str, tuple[int, str]]:
        """Return replica -> (seq, link) of every chain."""
        return {replica: (head.seq, head.link) for replica, head in self._heads.items()}

    def last_pos(self) -> int:
        """Return the store's last arrival number, 0 when empty."""
        return fetch_one(self.connection, _LAST_POS, {})[0] or 0

    def append(self, drafts: Sequence[Draft]) -> list[Event]:
        """Write our own events at the end of our chain.

        Raises BadInput for a body that its kind does not allow, or that is too large.
        """
        if not drafts:
            return []
        seen = self._unseen()
        written = []
        for draft in drafts:
            written.append(self._chain(draft, seen))
            seen = {}
        self._store(written, projected=True)
        return written

    def merge(self, incoming: Sequence[ChainedEvent]) -> list[Event]:
        """Write other replicas' events; those already here are skipped. Returns the new ones.

        Raises StoreDamaged when a chain does not continue what we have, or an event names
        events that we have not.
        """
        pending = [e for e in incoming if e.header.seq > self._head(e.header.replica).seq]
        merged = [self._adopt(event) for event in self._causal_order(pending)]
        self._store(merged, projected=False)
        self.projector.refold_events(merged)
        return merged

    # --- inside ---

    def _head(self, replica: str) -> Head:
        return self._heads.setdefault(replica, Head())

    def _unseen(self) -> dict[str, int]:
        """Return the heads of others that our last event did not know yet."""
        known = self.projector.causality.knowledge(self.replica, self._head(self.replica).seq)
        return {
            replica: head.seq
            for replica, head in self._heads.items()
            if replica != self.replica and head.seq > known.get(replica, 0)
        }

    def _chain(self, draft: Draft, seen: dict[str, int]) -> Event:
        head = self._head(self.replica)
        kind, body, salt = type(draft.body).__name__, canonical(draft.body), secrets.token_hex(8)
        read_body(kind, draft.body.VERSION, body)
        header = Header(
            id=str(uuid7()),
            subject=draft.subject,
            kind=kind,
            version=draft.body.VERSION,
            at=stamp_text(draft.at),
            clock=draft.clock,
            author=draft.author,
            act=draft.act,
            replica=self.replica,
            seq=head.seq + 1,
            seen=seen,
            body_digest=body_digest(salt, body),
        )
        return self._link(header, next_link(head.link, header), salt, body)

    def _adopt(self, event: ChainedEvent) -> Event:
        header = event.header
        head = self._head(header.replica)
        if header.seq != head.seq + 1 or next_link(head.link, header) != event.link:
            raise StoreDamaged(
                _("The chain of {replica} does not continue at event {seq}.").format(
                    replica=header.replica, seq=header.seq
                ),
                hint=_("Ask for a full bundle from that replica."),
            )
        return self._link(header, event.link, event.salt, event.body)

    def _link(self, header: Header, link: str, salt: str, body: bytes | None) -> Event:
        replica, head = header.replica, self._head(header.replica)
        past = max([head.lamport, *(self._lamport(r, s) for r, s in header.seen.items())])
        stamp = Stamp(past + 1, replica, header.seq)
        if (vector := self.projector.causality.learn(replica, header.seq, header.seen)) is not None:
            row = {"replica": replica, "from_seq": header.seq, "vector": encode_seen(vector)}
            self.connection.execute(epochs.insert(), row)
        head.seq, head.link, head.lamport = header.seq, link, stamp.lamport
        return Event(header=header, stamp=stamp, link=link, salt=salt, body=body)

    def _lamport(self, replica: str, seq: int) -> int:
        head = self._head(replica)
        if head.seq == seq:
            return head.lamport
        past = (
            self._merging.get((replica, seq))
            or self.connection.execute(_LAMPORT, {"r": replica, "s": seq}).scalar_one_or_none()
        )
        if past is None:
            raise StoreDamaged(
                _("An event names event {seq} of {replica}, which is not here.").format(
                    seq=seq, replica=replica
                ),
                hint=_("Ask for a full bundle."),
            )
        return past

    def _causal_order(self, pending: Sequence[ChainedEvent]) -> Iterator[ChainedEvent]:
        """Yield chains interleaved so that each event comes after all it has seen."""
        queues: dict[str, list[ChainedEvent]] = {}
        for event in sorted(pending, key=lambda e: e.header.seq, reverse=True):
            queues.setdefault(event.header.replica, []).append(event)
        self._merging = {}
        moved = True
        while moved:
            moved = False
            for queue in queues.values():
                while queue and self._ready(queue[-1].header, queues):
                    moved = True
                    event = queue.pop()
                    yield event
                    head = self._head(event.header.replica)
                    self._merging[event.header.replica, event.header.seq] = head.lamport
        for queue in queues.values():
            yield from reversed(queue)

    def _ready(self, header: Header, queues: Mapping[str, list[ChainedEvent]]) -> bool:
        return all(
            self._head(replica).seq >= seq or not queues.get(replica)
            for replica, seq in header.seen.items()
        )

    def _store(self, written: Sequence[Event], *, projected: bool) -> None:
        if not written:
            return
        write_rows(self.connection, _INSERT_EVENTS, [row_of(event) for event in written])
        self.pos += len(written)
        touched = {event.header.replica for event in written}
        upsert(
            self.connection,
            chain_heads,
            ("replica",),
            [
                {"replica": r, "seq": h.seq, "link": h.link, "lamport": h.lamport}
                for r, h in self._heads.items()
                if r in touched
            ],
        )
        if projected:
            self.projector.apply(written)


_LAMPORT = select(events.c.lamport).where(
    events.c.replica == bindparam("r"), events.c.seq == bindparam("s")
)
