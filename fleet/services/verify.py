# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the journal sound, and can everything shown be computed from it again?"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.services.town import Town
from fleet.store import rebuild as store_rebuild
from fleet.store import verify as store_verify
from fleet.store.verify import Damage

__all__ = ["Damage", "digest", "rebuild", "verify"]


def verify(town: Town) -> Iterator[Damage]:
    """Yield every altered event and attachment by name; nothing when all is sound."""
    return store_verify.verify(town.journal, town.attachments)


def rebuild(town: Town) -> int:
    """Compute every projection again from the journal; returns the number of events read."""
    return store_rebuild.rebuild(town.journal)


def digest(town: Town) -> str:
    """Return the digest of all projections: equal on every store with the same events."""
    return store_rebuild.projection_digest(town.journal)
