# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A family's name and one contact, kept apart until their purge date."""

from __future__ import annotations

from fleet.errors import GuardRefused, UsageError
from fleet.i18n import _
from fleet.model.text import clean
from fleet.services import records
from fleet.services.town import Town
from fleet.store.people import Person, Role


def keep_name(town: Town, reference: str, name: str, contact: str | None = None) -> str:
    """Keep the name and one contact of the family of a request; returns the day of its purge.

    Raises NotFound, UsageError for a blank name, and GuardRefused after a purge.
    """
    if clean(name) is None:
        raise UsageError(_("The name is blank."), hint=_("Give a name."))
    person = Person(
        id=records.find(town, "beneficiary", reference).id,
        role=Role.BENEFICIARY,
        name=name,
        contact=contact,
        last_contact=town.now().date(),
    )
    with town.journal.write() as writer:
        if town.people.is_purged(writer.connection, person.id):
            raise GuardRefused(
                _("The name of this request was purged."), hint=_("Record a new request.")
            )
        return town.people.keep(writer.connection, person) or ""
