# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody the people table knows or knew, for a list."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from fleet.store.people import People
from fleet.store.schema import people as table


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person of the table. ``name`` is None once purged; dates are ISO."""

    id: str
    role: str
    name: str | None
    purge_on: str | None
    purged_on: str | None


def list_people(people: People, connection: Connection) -> list[KnownPerson]:
    """Return everybody, by role then id."""
    query = select(table.c.id, table.c.role, table.c.purge_on, table.c.purged_on)
    return [
        KnownPerson(
            id=id_,
            role=role,
            name=people.name_of(connection, id_),
            purge_on=purge_on,
            purged_on=purged_on,
        )
        for id_, role, purge_on, purged_on in connection.execute(
            query.order_by(table.c.role, table.c.id)
        )
    ]
