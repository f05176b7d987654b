# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ranges of asset tags in the journal: ours, and those that were given to keys."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from fleet.model.kinds import ReplicaRehomed, TagsReserved, TagsTaken, is_known, read_body
from fleet.model.tags import TagRange
from fleet.store.schema import chain_heads, events

_KINDS = ("TagsReserved", "TagsTaken", "ReplicaRehomed")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRanges:
    """What one replica may issue (``own``, empty: anything) and must not (``given``)."""

    own: tuple[TagRange, ...]
    given: tuple[TagRange, ...]


def read_tag_ranges(connection: Connection, replica: str) -> TagRanges:
    """Return the ranges that count for a replica, those of its former ids included."""
    # By subject, which is indexed: replicas are few, events are not.
    speakers = select(chain_heads.c.replica)
    query = (
        select(events.c.replica, events.c.kind, events.c.version, events.c.body)
        .where(events.c.subject.in_(speakers), events.c.kind.in_(_KINDS))
        .where(events.c.body.is_not(None))
        .order_by(events.c.pos)
    )
    ours, own, given = {replica}, [], []
    told = [
        (speaker, read_body(kind, version, bytes(body)))
        for speaker, kind, version, body in connection.execute(query)
        if is_known(kind, version)
    ]
    for speaker, body in reversed(told):
        if isinstance(body, ReplicaRehomed) and speaker in ours:
            ours.add(body.old)
    for speaker, body in told:
        if isinstance(body, TagsTaken) and speaker in ours:
            own.append(_range(body))
        elif isinstance(body, TagsReserved):
            given.append(_range(body))
    return TagRanges(own=tuple(own), given=tuple(given))


def _range(body: TagsReserved | TagsTaken) -> TagRange:
    return TagRange(id=body.range, prefix=body.prefix, first=body.first, last=body.last)
