# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole audit of a town, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.model.audit import Audit
from fleet.model.audit_carbon import carbon
from fleet.model.audit_decree import decree
from fleet.model.audit_fleet import fleet, forecast, states
from fleet.model.audit_life import Town
from fleet.model.audit_lifespan import lifespan
from fleet.model.audit_money import money
from fleet.model.audit_workshop import wiping, workshop

SECTIONS = (fleet, decree, wiping, workshop, lifespan, states, carbon, money, forecast)


def audit(town: Town, heads: Mapping[str, tuple[int, str]], known_at: str = "") -> Audit:
    """Return every figure of a town's year. ``heads`` are those of the journal it was read from.

    Raises BadInput when a dated value that a rule needs is missing.
    """
    sections = tuple(section(town) for section in SECTIONS)
    return Audit(
        year=town.year, day=town.day, sections=sections, heads=dict(heads), known_at=known_at
    )
