# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what guards need beside the machine: policies over time and the records they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from fleet.model import kinds as k
from fleet.model.causality import Causality
from fleet.model.events import Event, Stamp
from fleet.model.fold import effective
from fleet.model.policy import STRICTEST, Policy, policy_from
from fleet.model.views import Agreement, Partner, World
from fleet.store.law import law
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events, records

Policies = tuple[tuple[Stamp, Policy], ...]
POLICY_SUBJECT = "policy:town"
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
    """Partners by id."""

    def __init__(self, bodies: _Records) -> None:
        self._bodies = bodies

    def __getitem__(self, key: str) -> Partner:
        body = msgspec.json.decode(self._bodies[key], type=k.PartnerAdded)
        return Partner(quality=body.quality)

    def __iter__(self) -> Iterator[str]:
        return iter(self._bodies)

    def __len__(self) -> int:
        return len(self._bodies)


def world_of(connection: Connection, causality: Causality, policies: Policies, today: str) -> World:
    """Return what guards know; its record mappings read through this connection."""
    return World(
        causality=causality,
        policies=policies,
        agreements=_Agreements(_Records(connection, "agreement:")),
        partners=_Partners(_Records(connection, "partner:")),
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
