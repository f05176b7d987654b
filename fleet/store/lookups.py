# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what guards need beside the machine: policies over time and the records they name."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from fleet.model import kinds as k
from fleet.model.causality import Causality
from fleet.model.events import Event, Stamp
from fleet.model.fold import effective
from fleet.model.fold_giving import DEEDS
from fleet.model.policy import STRICTEST, Policy, policy_from
from fleet.model.views import Agreement, Partner, World
from fleet.store.law import law
from fleet.store.mentions import mentions
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events, issues, records

Policies = tuple[tuple[Stamp, Policy], ...]
POLICY_SUBJECT = "policy:town"
_DEALINGS = ("MachineRegistered", "MachineDescribed", *sorted(DEEDS))
_RECORD = select(records.c.body).where(records.c.id == bindparam("id"))


class _Records(Mapping[str, str]):
    """Record ids of one type, asked one by one: a region has thousands of beneficiaries."""

    def __init__(self, connection: Connection, prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix

    def __getitem__(self, key: str) -> str:
        if not key.startswith(self._prefix):
            raise KeyError(key)
        body = self._connection.execute(_RECORD, {"id": key}).scalar_one_or_none()
        if body is None:
            raise KeyError(key)
        return str(body)

    def __iter__(self) -> Iterator[str]:
        query = select(records.c.id).where(records.c.id.startswith(self._prefix, autoescape=True))
        return iter(self._connection.execute(query).scalars().all())

    def __len__(self) -> int:
        query = select(func.count()).where(records.c.id.startswith(self._prefix, autoescape=True))
        return self._connection.execute(query).scalar_one()


class _Agreements(Mapping[str, Agreement]):
    """Agreements by id."""

    def __init__(self, bodies: _Records) -> None:
        self._bodies = bodies

    def __getitem__(self, key: str) -> Agreement:
        body = msgspec.json.decode(self._bodies[key], type=k.AgreementSigned)
        return Agreement(partner=body.partner, data_clause=body.data_clause, until=body.until)

    def __iter__(self) -> Iterator[str]:
        return iter(self._bodies)

    def __len__(self) -> int:
        return len(self._bodies)


class _Partners(Mapping[str, Partner]):
    """Partners by id, with their qualities over time; each is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bodies = _Records(connection, "partner:")
        self._read: dict[str, tuple[tuple[Stamp, str], ...]] = {}

    def __getitem__(self, key: str) -> Partner:
        if not key.startswith("partner:"):
            raise KeyError(key)
        if key not in self._read:
            self._read[key] = tuple(_qualities(self._connection, key))
        if not self._read[key]:
            raise KeyError(key)
        return Partner(quality=self._read[key][-1][1], qualities=self._read[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._bodies)

    def __len__(self) -> int:
        return len(self._bodies)


class _Withheld(Container[str]):
    """Ids of records that a bundle names without showing them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __contains__(self, id_: object) -> bool:
        query = select(events.c.pos).where(events.c.subject == id_, events.c.body.is_(None))
        return self._connection.execute(query.limit(1)).first() is not None


def _qualities(connection: Connection, partner: str) -> Iterator[tuple[Stamp, str]]:
    query = SELECT_EVENTS.where(events.c.subject == partner)
    for event in effective(map(event_of, connection.execute(query))):
        body = k.body_of(event)
        if isinstance(body, k.PartnerAdded):
            yield event.stamp, body.quality


def world_of(connection: Connection, causality: Causality, policies: Policies, today: str) -> World:
    """Return what guards know; its record mappings read through this connection."""
    return World(
        causality=causality,
        policies=policies,
        agreements=_Agreements(_Records(connection, "agreement:")),
        partners=_Partners(connection),
        withheld=_Withheld(connection),
        beneficiaries=_Records(connection, "beneficiary:"),
        law=law(),
        today=today,
    )


def taken_in_under(connection: Connection, agreements: Collection[str]) -> list[str]:
    """Return the machines that went to a partner under one of these agreements."""
    if not agreements:
        return []
    query = SELECT_EVENTS.where(events.c.kind == "TakenIn")
    bodies = ((e.subject, k.body_of(e)) for e in map(event_of, connection.execute(query)))
    return [
        subject
        for subject, body in bodies
        if isinstance(body, k.TakenIn) and body.agreement in agreements
    ]


def dealt_with(connection: Connection, partners: Collection[str]) -> list[str]:
    """Return the machines that one of these partners owned, received, or handed over."""
    found = {
        event.subject for partner in partners for event in mentions(connection, partner, _DEALINGS)
    }
    return sorted(found)


def unlawful(connection: Connection) -> list[str]:
    """Return the machines with an open breach of the law."""
    query = select(issues.c.subject).where(issues.c.kind == "unlawful")
    return list(connection.execute(query).scalars())


def read_policies(connection: Connection) -> Policies:
    """Return every policy chosen so far, in causal order."""
    query = SELECT_EVENTS.where(events.c.subject == POLICY_SUBJECT)
    found = [event_of(row) for row in connection.execute(query)]
    return tuple((event.stamp, policy) for event in effective(found) if (policy := _policy(event)))


def _policy(event: Event) -> Policy | None:
    """Return the policy that an event chose; the strictest for one that cannot be read here."""
    body = k.body_of(event)
    if body is None:
        return STRICTEST
    return policy_from(body) if isinstance(body, k.PolicyChosen) else None
