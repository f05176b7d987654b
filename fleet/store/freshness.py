# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projections made by another version of the program are computed again when a store opens."""

from __future__ import annotations

from fleet.store.journal import Journal
from fleet.store.rebuild import rebuild
from fleet.store.schema import PROJECTIONS, metadata
from fleet.store.shape import noted_shape, shape


def refresh(journal: Journal) -> bool:
    """Rebuild projections of another shape; tells whether it had to.

    Stopped half-way, it starts again at the next opening: the rebuild notes the shape at its end.
    """
    with journal.read() as connection:
        if noted_shape(connection) == shape():
            return False
    with journal.write() as writer:
        metadata.drop_all(writer.connection, tables=PROJECTIONS)
        metadata.create_all(writer.connection, tables=PROJECTIONS)
        writer.projector.forget()
    rebuild(journal)
    return True
