# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events as table rows and back."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select

from fleet.model.events import Clock, Event, Header, Stamp
from fleet.store.schema import events

COLUMNS = (
    events.c.id, events.c.subject, events.c.kind, events.c.version, events.c.at, events.c.clock,
    events.c.author, events.c.act, events.c.replica, events.c.seq, events.c.seen,
    events.c.body_digest, events.c.salt, events.c.body, events.c.link, events.c.lamport,
)  # fmt: skip
SELECT_EVENTS = select(*COLUMNS)
_SEEN = msgspec.json.Decoder(dict[str, int])
_CLOCKS = {clock.value: clock for clock in Clock}


def row_of(event: Event) -> dict[str, Any]:
    """Return an event as a row of the ``events`` table."""
    header = event.header
    return {
        "id": header.id,
        "subject": header.subject,
        "kind": header.kind,
        "version": header.version,
        "at": header.at,
        "clock": header.clock.value,
        "author": header.author,
        "act": header.act,
        "replica": header.replica,
        "seq": header.seq,
        "seen": encode_seen(header.seen),
        "body_digest": header.body_digest,
        "salt": event.salt,
        "body": event.body,
        "link": event.link,
        "lamport": event.stamp.lamport,
    }


def event_of(row: Any) -> Event:
    """Return the event of a row selected by ``SELECT_EVENTS``."""
    (id_, subject, kind, version, at, clock, author, act, replica, seq, seen, digest, salt, body,
     link, lamport) = row  # fmt: skip
    header = Header(
        id=id_,
        subject=subject,
        kind=kind,
        version=version,
        at=at,
        clock=_CLOCKS[clock],
        author=author,
        act=act,
        replica=replica,
        seq=seq,
        seen=_SEEN.decode(seen) if seen != "{}" else {},
        body_digest=digest,
    )
    return Event(
        header=header,
        stamp=Stamp(lamport, replica, seq),
        link=link,
        salt=salt,
        body=bytes(body) if body is not None else None,
    )


def encode_seen(seen: dict[str, int]) -> str:
    """Return ``seen`` as canonical JSON text."""
    return msgspec.json.encode(seen, order="sorted").decode() if seen else "{}"
