# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the projections of this version look like, noted in the store that holds them."""

from __future__ import annotations

import hashlib
from functools import cache

import msgspec
from sqlalchemy import Connection, select

from fleet.model.state import DiskState, MachineState
from fleet.store.schema import PROJECTIONS, local
from fleet.store.sql import upsert

# Raise it when the fold gives other states from the same events, in the same shape.
FOLD_VERSION = 2
_NAME = "projections"


@cache
def shape() -> str:
    """Return a digest of what projections look like: states, columns, and the fold's version."""
    states = msgspec.json.schema_components([MachineState, DiskState])
    columns = [
        (str(table.name), str(column.name)) for table in PROJECTIONS for column in table.columns
    ]
    told = msgspec.json.encode((FOLD_VERSION, states, columns), order="sorted")
    return hashlib.sha256(told).hexdigest()


def noted_shape(connection: Connection) -> str | None:
    """Return the shape of the projections that the store holds; None when never noted."""
    query = select(local.c.value).where(local.c.name == _NAME)
    return connection.execute(query).scalar_one_or_none()


def note_shape(connection: Connection) -> None:
    """Note that the store's projections are of this version."""
    upsert(connection, local, ("name",), [{"name": _NAME, "value": shape()}])
