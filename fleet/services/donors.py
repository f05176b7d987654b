# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Donors of machines: their names are kept apart, as everybody's."""

from __future__ import annotations

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model.text import clean
from fleet.services.town import Town, new_id
from fleet.store.people import Person, Role


def add_donor(town: Town, name: str, contact: str | None = None) -> str:
    """Keep a donor's name and one contact, sealed; returns their id. Raises UsageError."""
    if clean(name) is None:
        raise UsageError(_("The donor has no name."), hint=_("Give a name: --donor NAME"))
    donor = new_id("donor")
    person = Person(
        id=donor, role=Role.DONOR, name=name, contact=contact, last_contact=town.now().date()
    )
    with town.journal.write() as writer:
        town.people.add(writer.connection, person)
    return donor
