# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit reads: the fold of every machine, open violations, events of a few kinds.

One pass over the machines and one indexed query per kind of event; never the whole journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from fleet.model.events import Event
from fleet.model.fold import undone_by
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import aliases, attachments, chain_heads, disks, events, issues, machines

_AT_ONCE = 2_000
FLASH = ("ssd", "nvme")
_SEVERAL = select(attachments.c.machine).group_by(attachments.c.machine).having(func.count() > 1)
_MIXED = (
    select(attachments.c.machine)
    .join(disks, disks.c.id == attachments.c.disk)
    .where(attachments.c.machine.in_(_SEVERAL))
    .group_by(attachments.c.machine)
    .having(
        func.max(case((disks.c.kind == "hdd", 1), else_=0)) == 1,
        func.max(case((disks.c.kind.in_(FLASH), 1), else_=0)) == 1,
    )
)


def folds(connection: Connection) -> Iterator[tuple[bytes, int]]:
    """Yield the fold of each machine (JSON) and how many of its disks are not proven wiped."""
    query = select(machines.c.fold, machines.c.unproven_disks)
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    return ((bytes(fold), unproven) for fold, unproven in rows)


def violations(connection: Connection) -> dict[str, set[str]]:
    """Return the keys of exits that are not proven and of unlawful deeds, by machine."""
    found: dict[str, set[str]] = {}
    query = select(issues.c.subject, issues.c.key).where(
        issues.c.kind.in_(("violation", "unlawful"))
    )
    for machine, key in connection.execute(query):
        found.setdefault(machine, set()).add(key)
    return found


def events_of(connection: Connection, kinds: Sequence[str]) -> Iterator[Event]:
    """Yield every event of some kinds, in no order."""
    query = SELECT_EVENTS.where(events.c.kind.in_(kinds))
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    return map(event_of, rows)


class Told(NamedTuple):
    """An event without what the audit does not read of it. ``at`` is its claimed time."""

    lamport: int
    replica: str
    seq: int
    id: str
    subject: str
    kind: str
    version: int
    at: str
    body: bytes | None


def told(connection: Connection, kinds: Sequence[str]) -> list[Told]:
    """Return the events of some kinds that count, in causal order."""
    query = select(*(events.c[name] for name in Told._fields)).where(events.c.kind.in_(kinds))
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    undone = _undone(connection)
    found = [Told._make(row) for row in rows if row[3] not in undone]
    return sorted(found, key=itemgetter(0, 1, 2))


def _undone(connection: Connection) -> set[str]:
    """Return the ids of the events that do not count any more."""
    undoing = sorted(events_of(connection, ("Undone",)), key=lambda event: event.stamp)
    dead: set[str] = set()
    for event in reversed(undoing):
        if event.header.id not in dead:
            dead.update(undone_by(event))
    return dead


def disks_fitted(connection: Connection) -> Iterator[Event]:
    """Yield the arrivals of disks in machines that had rotating ones and flash ones."""
    kind = events.c.kind.concat("")  # not by the index of kinds: these machines are few
    query = SELECT_EVENTS.where(kind == "DiskAdded", events.c.subject.in_(_MIXED))
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    return map(event_of, rows)


def disk_kinds(connection: Connection) -> dict[str, str]:
    """Return the kind of every disk that sat in one of these machines."""
    query = select(disks.c.id, disks.c.kind).where(
        disks.c.id == attachments.c.disk, attachments.c.machine.in_(_MIXED)
    )
    return dict(connection.execute(query).all())


def roots(connection: Connection) -> dict[str, str]:
    """Return which machine absorbed which."""
    query = select(aliases.c.absorbed, aliases.c.into)
    return dict(connection.execute(query).all())


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Return the end of every chain: (seq, link)."""
    query = select(chain_heads.c.replica, chain_heads.c.seq, chain_heads.c.link)
    return {replica: (seq, link) for replica, seq, link in connection.execute(query)}


def heads_known_on(connection: Connection, replica: str, day: str) -> dict[str, tuple[int, str]]:
    """Return the chains as this installation had them at the end of a day (ISO).

    That is all that had arrived when our own replica wrote its last event of that day or before;
    an installation that wrote nothing by then is taken to have known what was dated by then.
    """
    end = f"{day}~"
    own = select(func.max(events.c.pos)).where(events.c.replica == replica, events.c.at < end)
    last = connection.execute(own).scalar_one()
    known: Any = events.c.pos <= last if last is not None else events.c.at < end
    top = select(events.c.replica, func.max(events.c.seq)).where(known).group_by(events.c.replica)
    found = connection.execute(top).all()
    return {replica: (seq, link_of(connection, replica, seq)) for replica, seq in found}


def link_of(connection: Connection, replica: str, seq: int) -> str:
    """Return the link of one event of a chain; empty when it is not here."""
    query = select(events.c.link).where(events.c.replica == replica, events.c.seq == seq)
    return connection.execute(query).scalar_one_or_none() or ""
