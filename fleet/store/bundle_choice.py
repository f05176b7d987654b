# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which subjects' bodies a partner may see: those of its lots."""

from __future__ import annotations

from sqlalchemy import Connection, select

from fleet.store.queries import MachineFilter, absorbed_by, machine_ids
from fleet.store.schema import attachments
from fleet.store.sql import chunks


def subjects_of_lot(connection: Connection, lot: str) -> frozenset[str]:
    """Return a lot, its machines (with those they absorbed) and every disk they hold or held."""
    machines = machine_ids(connection, MachineFilter(lot=lot))
    for machine in machines:
        machines += absorbed_by(connection, machine)
    disks: set[str] = set()
    for part in chunks(machines):
        query = select(attachments.c.disk).where(attachments.c.machine.in_(part))
        disks.update(connection.execute(query).scalars())
    return frozenset({lot, *machines, *disks})
