# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose chains are accepted here: computed from the journal's own trust events.

- We trust ourselves. A ``ReplicaTrusted`` counts when it is in our chain, or in the chain of a
  replica trusted by the same rule, never when a replica speaks of itself.
- Our own latest word on a key wins; among others the first word to arrive is kept, so that
  nobody swaps the key of a known replica.
- Our own chain keeps its say here even when others revoked us: only our bundles are refused.
- A ``ReplicaRevoked`` counts in any of those chains, and for good; the lowest ``last_seq`` wins.
  A replica may disown itself. What a revoked replica said after its ``last_seq`` counts for
  nothing, and its earlier events stay proven by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from fleet.errors import NotFound, TrustRefused
from fleet.i18n import _
from fleet.model.events import GENESIS
from fleet.model.kinds import (
    Body,
    ReplicaEnrolled,
    ReplicaRevoked,
    ReplicaTrusted,
    is_known,
    read_body,
)
from fleet.store import sshsig
from fleet.store.schema import chain_heads, events

_Limits = Mapping[str, ReplicaRevoked]
_KINDS = ("ReplicaEnrolled", "ReplicaRehomed", "ReplicaRevoked", "ReplicaTrusted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A trust event: what one replica (``speaker``) said of another, or of itself."""

    speaker: str
    seq: int
    subject: str
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReplica:
    """A replica for people to look at. ``fingerprint`` is None when no key is known."""

    replica: str
    label: str
    fingerprint: str | None
    trusted: bool
    revoked_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """The keys of trusted replicas (revoked ones too) and what was revoked."""

    keys: Mapping[str, str]
    revocations: Mapping[str, ReplicaRevoked]

    def key_of(self, replica: str) -> str:
        """Return the key that proves a replica's events. Raises TrustRefused when unknown."""
        if replica not in self.keys:
            raise TrustRefused(
                _("The installation {replica} is not trusted here.").format(replica=replica),
                hint=_(
                    "Give a bundle it made, and compare the fingerprint shown: "
                    "parclibre replica trust BUNDLE"
                ),
            )
        return self.keys[replica]

    def sender_key(self, replica: str) -> str:
        """Return the key of a replica that may send bundles: trusted and not revoked."""
        key = self.key_of(replica)
        if replica in self.revocations:
            raise TrustRefused(
                _("The installation {replica} was revoked.").format(replica=replica),
                hint=_("It must be rehomed, then trusted under its new name."),
            )
        return key

    def last_good(self, replica: str) -> int | None:
        """Return the last seq accepted from a revoked replica, None when not revoked."""
        revocation = self.revocations.get(replica)
        return None if revocation is None else revocation.last_seq


def read_statements(connection: Connection) -> list[Statement]:
    """Return the store's trust events in order of arrival."""
    columns = (
        events.c.replica, events.c.seq, events.c.subject, events.c.kind, events.c.version,
        events.c.body,
    )  # fmt: skip
    query = select(*columns).where(events.c.kind.in_(_KINDS), events.c.body.is_not(None))
    rows = connection.execute(query.order_by(events.c.pos))
    found = (statement_of(*row) for row in rows)
    return [statement for statement in found if statement is not None]


def statement_of(
    speaker: str, seq: int, subject: str, kind: str, version: int, body: bytes | None
) -> Statement | None:
    """Return an event's fields as a trust statement, or None when it is not one."""
    if kind not in _KINDS or body is None or not is_known(kind, version):
        return None
    content = read_body(kind, version, bytes(body))
    return Statement(speaker=speaker, seq=seq, subject=subject, body=content)


def view_trust(own: str, own_key: str, statements: Iterable[Statement]) -> TrustView:
    """Return who is trusted, from the point of view of our own replica."""
    words = sorted(statements, key=lambda s: (s.speaker != own, -s.seq if s.speaker == own else 0))
    ours = _revocations({own: own_key}, words, {})
    heard = _pinned_keys(own, own_key, words, _without(own, ours))
    revocations = _revocations(heard, words, _without(own, ours))
    keys = _pinned_keys(own, own_key, words, _without(own, revocations))
    return TrustView(keys=keys, revocations={**ours, **revocations})


def known_replicas(view: TrustView, statements: Iterable[Statement]) -> list[KnownReplica]:
    """Return every replica named in the journal, for a list."""
    labels: dict[str, str] = dict.fromkeys(view.keys, "")
    announced: dict[str, str] = {}
    for statement in statements:
        labels.setdefault(statement.subject, "")
        if isinstance(statement.body, ReplicaEnrolled):
            labels[statement.subject] = statement.body.label or labels[statement.subject]
            announced[statement.subject] = statement.body.public_key
    return [
        KnownReplica(
            replica=replica,
            label=label,
            fingerprint=_fingerprint(view.keys.get(replica) or announced.get(replica)),
            trusted=replica in view.keys and replica not in view.revocations,
            revoked_after=view.last_good(replica),
        )
        for replica, label in sorted(labels.items())
    ]


# --- what to write ------------------------------------------------------------------------------


def enrolment(public_key: str, label: str) -> ReplicaEnrolled:
    """Return the event that makes a replica known by its key; it gives no trust."""
    return ReplicaEnrolled(public_key=sshsig.normal_public(public_key), label=label)


def trusting(public_key: str) -> ReplicaTrusted:
    """Return the event that accepts a replica's bundles. Raises TrustRefused on a bad key."""
    return ReplicaTrusted(public_key=sshsig.normal_public(public_key))


def revocation(
    connection: Connection, replica: str, *, last_seq: int | None = None, why: str = ""
) -> ReplicaRevoked:
    """Return the event that refuses all after ``last_seq`` (default: all we do not have yet).

    Raises NotFound when we do not have the event at ``last_seq``.
    """
    if last_seq is None:
        query = select(chain_heads.c.seq).where(chain_heads.c.replica == replica)
        last_seq = connection.execute(query).scalar() or 0
    link = link_at(connection, replica, last_seq)
    if link is None:
        raise NotFound(
            _("Event {seq} of {replica} is not in this store.").format(
                seq=last_seq, replica=replica
            ),
            hint=_("Name the last good event among those listed by « journal show »."),
        )
    return ReplicaRevoked(last_seq=last_seq, last_link=link, why=why)


def link_at(connection: Connection, replica: str, seq: int) -> str | None:
    """Return the chain link of a stored event (``GENESIS`` before the first), None if absent."""
    if seq == 0:
        return GENESIS
    query = select(events.c.link).where(events.c.replica == replica, events.c.seq == seq)
    return connection.execute(query).scalar()


# --- inside -------------------------------------------------------------------------------------


def _counts(statement: Statement, speakers: Mapping[str, str], limits: _Limits) -> bool:
    limit = limits.get(statement.speaker)
    within = limit is None or statement.seq <= limit.last_seq
    return statement.speaker in speakers and within


def _pinned_keys(
    own: str, own_key: str, words: Iterable[Statement], limits: _Limits
) -> dict[str, str]:
    """Who speaks must be known first, so speaking of oneself changes nothing."""
    keys = {own: own_key}
    claims = [(word, word.body) for word in words if isinstance(word.body, ReplicaTrusted)]
    grown = -1
    while grown != len(keys):
        grown = len(keys)
        for word, body in claims:
            if _counts(word, keys, limits):
                keys.setdefault(word.subject, body.public_key)
    return keys


def _revocations(
    speakers: Mapping[str, str], words: Iterable[Statement], limits: _Limits
) -> dict[str, ReplicaRevoked]:
    found = dict(limits)
    for word in words:
        if isinstance(word.body, ReplicaRevoked) and _counts(word, speakers, limits):
            known = found.get(word.subject)
            if known is None or word.body.last_seq < known.last_seq:
                found[word.subject] = word.body
    return found


def _without(own: str, limits: _Limits) -> _Limits:
    return {replica: limit for replica, limit in limits.items() if replica != own}


def _fingerprint(public_key: str | None) -> str | None:
    if public_key is None:
        return None
    try:
        return sshsig.fingerprint(public_key)
    except TrustRefused:
        return None
