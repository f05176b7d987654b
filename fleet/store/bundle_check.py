# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks an unpacked bundle's events against a store, before anything of it is written.

Chains must continue or repeat ours, end in a head signed by their own replica, and belong to
replicas trusted here or introduced, in this very bundle, by one that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select

from fleet.errors import BadInput, TrustRefused
from fleet.i18n import _
from fleet.model.events import (
    MAX_BODY_BYTES,
    body_digest,
    canonical,
    decode_body,
    next_link,
)
from fleet.model.kinds import is_known, read_body
from fleet.store import sshsig
from fleet.store.bundle import fork
from fleet.store.bundle_format import (
    ChainPart,
    Limits,
    Line,
    Manifest,
    head_message,
    malformed,
    named_digests,
    read_line,
    too_large,
)
from fleet.store.bundle_read import Unpacked
from fleet.store.schema import events
from fleet.store.trust import (
    Statement,
    TrustView,
    link_at,
    read_statements,
    statement_of,
    view_trust,
)

_BATCH = 2000

Known = dict[tuple[str, int], tuple[str, bool]]


def read_lines(path: Path, limits: Limits) -> Iterator[Line]:
    """Yield the events of ``events.jsonl``. Raises BadInput."""
    with path.open("rb") as file:
        while raw := file.readline(limits.line_bytes + 1):
            if len(raw) > limits.line_bytes:
                raise too_large()
            yield read_line(raw)


def batches(path: Path, limits: Limits) -> Iterator[list[Line]]:
    """Yield the same events, many at a time."""
    batch: list[Line] = []
    for line in read_lines(path, limits):
        batch.append(line)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def known_events(connection: Connection, batch: list[Line]) -> Known:
    """Return the link, and whether the body is here, of those events that the store has."""
    ranges: dict[str, tuple[int, int]] = {}
    for line in batch:
        replica, seq = line.header.replica, line.header.seq
        low, high = ranges.get(replica, (seq, seq))
        ranges[replica] = (min(low, seq), max(high, seq))
    known: Known = {}
    columns = (events.c.seq, events.c.link, events.c.body.is_not(None))
    for replica, (low, high) in ranges.items():
        query = select(*columns).where(events.c.replica == replica, events.c.seq.between(low, high))
        for seq, link, told in connection.execute(query):
            known[replica, seq] = (link, told)
    return known


def check_bundle(
    connection: Connection, own: str, own_key: str, unpacked: Unpacked, limits: Limits
) -> TrustView:
    """Return the trust as it will be; refuse the bundle when anything in it does not hold."""
    walk = _Walk(connection=connection, own=own, manifest=unpacked.manifest)
    walk.start()
    for batch in batches(unpacked.events, limits):
        known = known_events(connection, batch)
        for line in batch:
            walk.take(line, known)
    walk.finish()
    view = _prove_chains(connection, own, own_key, unpacked.manifest, walk.statements)
    for part in unpacked.manifest.chains:
        if part.replica in view.revocations:
            _check_revocation(connection, part, unpacked, walk, view, limits)
    return view


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The one pass over the events: chain ends so far, and what later checks need."""

    connection: Connection
    own: str
    manifest: Manifest
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    newly_told: dict[str, int] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    heads: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        """Check that each part starts where our own copy of the chain can be continued."""
        for part in self.manifest.chains:
            ours = link_at(self.connection, part.replica, part.first_seq - 1)
            if ours is None:
                raise BadInput(
                    _("Events before {seq} of {replica} are missing here.").format(
                        seq=part.first_seq, replica=part.replica
                    ),
                    hint=_("Ask the sender for a full bundle."),
                )
            if ours != part.previous_link:
                raise fork(part.replica, None)
            self.ends[part.replica] = (part.first_seq - 1, part.previous_link)

    def take(self, line: Line, known: Known) -> None:
        """Check one event."""
        self._chain(line, known)
        self._check_seen(line)
        if line.body is not None:
            self._take_body(line, known)

    def finish(self) -> None:
        """Check that each part ended where it said, and that no attachment is a stowaway."""
        for part in self.manifest.chains:
            if self.ends[part.replica] != (part.last_seq, part.last_link):
                raise malformed(_("a chain does not end where the manifest says"))
        if not {piece.digest for piece in self.manifest.attachments} <= self.named:
            raise malformed(_("it holds an attachment that none of its events names"))

    def _chain(self, line: Line, known: Known) -> None:
        replica, seq = line.header.replica, line.header.seq
        if replica not in self.ends:
            raise malformed(_("an event's chain is not in the manifest"))
        last_seq, last_link = self.ends[replica]
        if seq != last_seq + 1 or next_link(last_link, line.header) != line.link:
            raise malformed(_("the chain of {replica} is broken").format(replica=replica))
        ours = known.get((replica, seq))
        if (ours is None and replica == self.own) or (ours is not None and ours[0] != line.link):
            raise fork(replica, last_seq)
        self.ends[replica] = (seq, line.link)

    def _check_seen(self, line: Line) -> None:
        for replica, seq in line.header.seen.items():
            here = self.ends.get(replica, (0, ""))[0]
            if seq > here and seq > self._head(replica):
                raise malformed(
                    _("an event names event {seq} of {replica}, which is not here").format(
                        seq=seq, replica=replica
                    )
                )

    def _head(self, replica: str) -> int:
        if replica not in self.heads:
            query = select(events.c.seq).where(events.c.replica == replica)
            last = self.connection.execute(query.order_by(events.c.seq.desc()).limit(1)).scalar()
            self.heads[replica] = last or 0
        return self.heads[replica]

    def _take_body(self, line: Line, known: Known) -> None:
        header = line.header
        _check_body(line)
        if not known.get((header.replica, header.seq), ("", False))[1]:
            self.newly_told[header.replica] = header.seq
        self.named.update(named_digests(header.subject, line.body_bytes))
        statement = statement_of(
            header.replica, header.seq, header.subject, header.kind, header.version, line.body_bytes
        )
        if statement is not None:
            self.statements.append(statement)


def _check_body(line: Line) -> None:
    header, body = line.header, line.body_bytes or b""
    if len(body) > MAX_BODY_BYTES:
        raise too_large()
    if body_digest(line.salt, body) != header.body_digest:
        raise malformed(_("an event's body was altered"))
    try:
        plain = canonical(decode_body(body)) == body
    except (RecursionError, ValueError, OverflowError) as error:
        raise malformed(_("an event's body cannot be read")) from error
    if not plain:
        raise malformed(_("an event's body is not in canonical form"))
    if is_known(header.kind, header.version):
        read_body(header.kind, header.version, body)


def _prove_chains(
    connection: Connection, own: str, own_key: str, manifest: Manifest, said: list[Statement]
) -> TrustView:
    """Return whom we trust once every chain's signed end was checked with a trusted key.

    A chain speaks on trust only once it is proven, so the order in a bundle does not matter.
    """
    statements = read_statements(connection)
    view = view_trust(own, own_key, statements)
    waiting = {part.replica: part for part in manifest.chains}
    while ready := [part for replica, part in waiting.items() if replica in view.keys]:
        for part in ready:
            message = head_message(part.replica, part.last_seq, part.last_link)
            key = view.keys[part.replica]
            sshsig.check(part.signature, message, key, sshsig.HEAD_NAMESPACE)
            del waiting[part.replica]
            statements += [one for one in said if one.speaker == part.replica]
        view = view_trust(own, own_key, statements)
    for replica in waiting:
        view.key_of(replica)
    return view


def _check_revocation(
    connection: Connection,
    part: ChainPart,
    unpacked: Unpacked,
    walk: _Walk,
    view: TrustView,
    limits: Limits,
) -> None:
    """Refuse facts told after a revocation, and a chain that is not the one that was revoked.

    Bare headers after it are let through: good events of others may name them as seen.
    """
    revocation = view.revocations[part.replica]
    seq = revocation.last_seq
    if walk.newly_told.get(part.replica, 0) > seq:
        raise TrustRefused(
            _("The bundle holds events of {replica}, revoked after event {seq}.").format(
                replica=part.replica, seq=seq
            ),
            hint=_("Have the sender import the revocation first, then ask for a new bundle."),
        )
    link = link_at(connection, part.replica, seq)
    if link is None and seq <= part.last_seq:
        lines = read_lines(unpacked.events, limits)
        names = ((line.header.replica, line.header.seq, line.link) for line in lines)
        link = next(link for replica, at, link in names if (replica, at) == (part.replica, seq))
    if link not in (None, revocation.last_link):
        raise TrustRefused(
            _("The chain of {replica} is not the one whose revocation is known.").format(
                replica=part.replica
            ),
            hint=_("Ask the installation that revoked it which event was the last good one."),
        )
