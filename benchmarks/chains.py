# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the chains of several replicas straight into ``events``: what the journal holds after
years of weekly exchanges. Projections are left to ``journal rebuild``.

The rows are those that ``fleet.store.journal`` would write; a test merges them there and
compares. Ids and salts come from the seed, so that a seed always gives the same store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import Connection

from benchmarks.life import DAY_S, SYNC_DAYS, Step
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
from fleet.store.journal import stamp_text
from fleet.store.rows import encode_seen, row_of
from fleet.store.schema import chain_heads, epochs, events

_BATCH = 5_000
_OPERATORS = 4


@dataclass(slots=True, kw_only=True)
class _Chain:
    """One replica's chain under way, and which heads of the others its next event names."""

    replica: str
    seq: int = 0
    link: str = GENESIS
    lamport: int = 0
    unseen: dict[str, tuple[int, int]] = field(default_factory=dict)


class ChainWriter:
    """Takes steps in order of time and writes them as events of their replica."""

    def __init__(self, connection: Connection, replicas: Sequence[str], random: Random) -> None:
        self.connection = connection
        self.written = 0
        self._random = random
        self._chains = [_Chain(replica=replica) for replica in replicas]
        self._causality = Causality()
        self._synced_week = 0
        self._act = ("", 0, 0)
        self._rows: list[dict[str, Any]] = []

    def write(self, step: Step) -> None:
        """Write one step at the end of its desk's chain."""
        if (week := step.at_s // (SYNC_DAYS * DAY_S)) != self._synced_week:
            self._synced_week = week
            self._exchange()
        self._rows.append(row_of(self._event(step)))
        self.written += 1
        if len(self._rows) >= _BATCH:
            self._flush()

    def finish(self) -> None:
        """Write what is left, and the heads."""
        self._flush()
        heads = [
            {"replica": c.replica, "seq": c.seq, "link": c.link, "lamport": c.lamport}
            for c in self._chains
            if c.seq
        ]
        self.connection.execute(chain_heads.insert(), heads)

    def _exchange(self) -> None:
        """Every replica takes in the bundles of the others."""
        for chain in self._chains:
            known = self._causality.knowledge(chain.replica, chain.seq)
            chain.unseen = {
                other.replica: (other.seq, other.lamport)
                for other in self._chains
                if other is not chain and other.seq > known.get(other.replica, 0)
            }

    def _event(self, step: Step) -> Event:
        chain = self._chains[step.desk]
        body, salt = canonical(step.body), f"{self._random.getrandbits(64):016x}"
        seen = {replica: seq for replica, (seq, _lamport) in chain.unseen.items()}
        header = Header(
            id=self._id(step.at_s),
            subject=step.subject,
            kind=type(step.body).__name__,
            version=step.body.VERSION,
            at=stamp_text(datetime.fromtimestamp(step.at_s, UTC)),
            clock=Clock.NTP,
            author=f"operator:{step.desk}-{chain.seq // 50 % _OPERATORS}",
            act=self._act_of(step),
            replica=chain.replica,
            seq=chain.seq + 1,
            seen=seen,
            body_digest=body_digest(salt, body),
        )
        return self._link(chain, header, salt, body)

    def _link(self, chain: _Chain, header: Header, salt: str, body: bytes) -> Event:
        past = max([chain.lamport, *(lamport for _seq, lamport in chain.unseen.values())])
        vector = self._causality.learn(chain.replica, header.seq, header.seen)
        if vector is not None:
            row = {
                "replica": chain.replica, "from_seq": header.seq, "vector": encode_seen(vector),
            }  # fmt: skip
            self.connection.execute(epochs.insert(), row)
        chain.unseen = {}
        chain.seq, chain.lamport = header.seq, past + 1
        chain.link = next_link(chain.link, header)
        stamp = Stamp(chain.lamport, chain.replica, chain.seq)
        return Event(header=header, stamp=stamp, link=chain.link, salt=salt, body=body)

    def _act_of(self, step: Step) -> str:
        """Events of one desk in one second are one act."""
        act, at_s, desk = self._act
        if (at_s, desk) != (step.at_s, step.desk):
            act = self._id(step.at_s)
            self._act = (act, step.at_s, step.desk)
        return act

    def _id(self, at_s: int) -> str:
        """Return a UUIDv7 of the seed."""
        tail = 0x7 << 76 | self._random.getrandbits(76) & ~(0b11 << 62) | 0b10 << 62
        digits = f"{at_s * 1000:012x}{tail:020x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _flush(self) -> None:
        if self._rows:
            self.connection.execute(events.insert(), self._rows)
            self._rows = []
