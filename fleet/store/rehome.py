# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way out of a fork: a copy goes on under a new replica id and key.

Events that others have stay under the old id. The later ones are written again under the new
id with what each of them had seen, so that nothing claims to know more than it did.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, delete, select, update
from uuid6 import uuid7

from fleet.errors import StoreDamaged, TrustRefused, UsageError
from fleet.i18n import _
from fleet.model.causality import Vector
from fleet.model.events import GENESIS, Event, Header, body_digest, canonical, next_link
from fleet.model.kinds import Body, ReplicaRehomed
from fleet.store import sshsig
from fleet.store.bundle import keep_signed_head, published_name
from fleet.store.bundle_format import head_message
from fleet.store.journal import (
    ChainedEvent,
    Draft,
    Journal,
    Writer,
    read_causality,
    read_heads,
    stamp_text,
)
from fleet.store.keys import ReplicaKey, adopt_next_key, open_replica_key, prepare_next_key
from fleet.store.project import Projector
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import chain_heads, epochs, events, local
from fleet.store.sql import upsert
from fleet.store.trust import enrolment, trusting


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehomed:
    """What a rehome did. ``common``: the last event left under the old id."""

    old: str
    new: str
    common: int
    rewritten: int


def rehome(
    journal: Journal, home: Path, *, author: str, act: str, common: int | None = None
) -> Rehomed:
    """Mint a new key and id, and write again under it what came after ``common``.

    ``common`` is the last event that the other installations have under the old id, as the
    refusal of our bundle tells; by default the last one exported. The journal goes on under
    the new id; others must trust that one. Raises UsageError and TrustRefused.
    """
    old = open_replica_key(home)
    if old.replica != journal.replica:
        raise _other_key(old.replica)
    new = prepare_next_key(home)
    with journal.write() as writer:
        connection = writer.connection
        head = writer.heads().get(old.replica, (0, GENESIS))[0]
        last = _common(connection, old.replica, head, common)
        _refuse_if_known_elsewhere(connection, old.replica, last)
        moved = _take_out(connection, old, last)
        link = _cut(writer, old, last)
        opening = _opening(journal, old, new, (last, link), author=author, act=act)
        chain = list(_chain(new.replica, {old.replica: last} if last else {}, opening, moved))
        _write_as(new.replica, journal, connection, chain)
        became = {"name": _became(old.replica), "value": new.replica}
        upsert(connection, local, ("name",), [became])
    adopt_next_key(home, new.replica)
    journal.replica = new.replica
    return Rehomed(old=old.replica, new=new.replica, common=last, rewritten=len(moved))


def finish_rehome(engine: Engine, home: Path) -> ReplicaKey:
    """Return the key in force; puts the new one in place when a rehome was stopped half-way."""
    key = open_replica_key(home)
    with engine.connect() as connection:
        query = select(local.c.value).where(local.c.name == _became(key.replica))
        became = connection.execute(query).scalar()
    return key if became is None else adopt_next_key(home, became)


def _became(replica: str) -> str:
    return f"rehomed:{replica}"


def _common(connection: Connection, replica: str, head: int, common: int | None) -> int:
    query = select(local.c.value).where(local.c.name == published_name(replica))
    last = int(connection.execute(query).scalar() or 0) if common is None else common
    if not 0 <= last <= head:
        raise UsageError(
            _("Our chain has no event {seq}; it ends at {head}.").format(seq=last, head=head),
            hint=_("Give the number that the refusal of the bundle names."),
        )
    return last


def _refuse_if_known_elsewhere(connection: Connection, replica: str, last: int) -> None:
    rows = connection.execute(select(epochs.c.replica, epochs.c.vector))
    for other, vector in rows:
        if other != replica and msgspec.json.decode(vector, type=Vector).get(replica, 0) > last:
            raise TrustRefused(
                _("{other} already knows events after {seq} of this installation.").format(
                    other=other, seq=last
                ),
                hint=_("Rehome the other copy instead, or name a later common event."),
            )


def _take_out(connection: Connection, old: ReplicaKey, last: int) -> list[Event]:
    after = (events.c.replica == old.replica) & (events.c.seq > last)
    rows = connection.execute(SELECT_EVENTS.where(after).order_by(events.c.seq)).all()
    connection.execute(delete(events).where(after))
    connection.execute(
        delete(epochs).where(epochs.c.replica == old.replica, epochs.c.from_seq > last)
    )
    return [event_of(row) for row in rows]


def _cut(writer: Writer, old: ReplicaKey, last: int) -> str:
    """End the old chain at its last common event, signed; return that event's link."""
    connection, ours = writer.connection, chain_heads.c.replica == old.replica
    if last == 0:
        connection.execute(delete(chain_heads).where(ours))
        return GENESIS
    query = select(events.c.link, events.c.lamport)
    link, lamport = connection.execute(
        query.where(events.c.replica == old.replica, events.c.seq == last)
    ).one()
    end = {"seq": last, "link": link, "lamport": lamport, "signed_seq": None}
    connection.execute(update(chain_heads).where(ours).values(end))
    signature = old.sign(head_message(old.replica, last, link), sshsig.HEAD_NAMESPACE)
    keep_signed_head(writer, old.replica, last, link, signature)
    return str(link)


def _opening(
    journal: Journal,
    old: ReplicaKey,
    new: ReplicaKey,
    end: tuple[int, str],
    *,
    author: str,
    act: str,
) -> list[Draft]:
    """Return the first events under the new id. The old id stays trusted: it is the original's."""
    bodies: list[tuple[str, Body]] = [
        (new.replica, ReplicaRehomed(old=old.replica, old_seq=end[0], old_link=end[1])),
        (new.replica, enrolment(new.public_key, "")),
        (old.replica, trusting(old.public_key)),
    ]
    at = journal.now()
    return [
        Draft(subject=subject, body=body, author=author, act=act, at=at) for subject, body in bodies
    ]


def _chain(
    replica: str, seen: Vector, opening: Sequence[Draft], moved: Sequence[Event]
) -> Iterator[ChainedEvent]:
    """Yield the new chain. Event ids stay: an undo finds its event under either replica."""
    told = [_told(draft) for draft in opening]
    told += [(event.header, event.salt, _own_body(event)) for event in moved]
    link = GENESIS
    for seq, (old, salt, body) in enumerate(told, start=1):
        known = seen if seq == 1 else old.seen
        header = msgspec.structs.replace(old, replica=replica, seq=seq, seen=known)
        link = next_link(link, header)
        yield ChainedEvent(header=header, link=link, salt=salt, body=body)


def _told(draft: Draft) -> tuple[Header, str, bytes]:
    body, salt = canonical(draft.body), secrets.token_hex(8)
    header = Header(
        id=str(uuid7()),
        subject=draft.subject,
        kind=type(draft.body).__name__,
        version=draft.body.VERSION,
        at=stamp_text(draft.at),
        clock=draft.clock,
        author=draft.author,
        act=draft.act,
        replica="",
        seq=0,
        seen={},
        body_digest=body_digest(salt, body),
    )
    return header, salt, body


def _own_body(event: Event) -> bytes:
    if event.body is None:
        raise StoreDamaged(
            _("Event {seq} of our own chain has no body.").format(seq=event.header.seq),
            hint=_("Restore the store from a backup, then rehome."),
        )
    return event.body


def _write_as(
    replica: str, journal: Journal, connection: Connection, chain: Sequence[ChainedEvent]
) -> None:
    projector = Projector(read_causality(connection))
    projector.resume(connection)
    writer = Writer(
        Journal(journal.engine, replica, now=journal.now),
        connection,
        read_heads(connection),
        projector,
    )
    writer.merge(chain)
    projector.flush()


def _other_key(replica: str) -> StoreDamaged:
    return StoreDamaged(
        _("The key in « keys » is that of {replica}, not of this store.").format(replica=replica),
        hint=_("Put back the « keys » folder that belongs to this store."),
    )
