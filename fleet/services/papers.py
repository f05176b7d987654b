# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Papers and people that an act names: receipts sealed for their bearer, holders, witnesses."""

from __future__ import annotations

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model.text import clean
from fleet.services.people import keep_paper
from fleet.services.town import Town, new_id
from fleet.store.people import Person, Role


def keep_receipt(town: Town, beneficiary: str, data: bytes) -> str:
    """Keep a receipt that bears a beneficiary's name, sealed until their purge; its digest."""
    with town.journal.write() as writer:
        if town.people.identity_of(writer.connection, beneficiary) is None:
            town.people.add(writer.connection, _bearer(town, beneficiary, Role.BENEFICIARY, ""))
    return keep_paper(town, beneficiary, data)


def add_holder(town: Town, name: str) -> str:
    """Keep the name of a person to whom a machine is entrusted; returns their id.

    Raises UsageError when the name is blank.
    """
    if clean(name) is None:
        raise UsageError(_("The holder has no name."), hint=_("Give a name: --holder NAME"))
    holder = new_id("holder")
    with town.journal.write() as writer:
        town.people.add(writer.connection, _bearer(town, holder, Role.HOLDER, name))
    return holder


def second_person(town: Town, name: str) -> str:
    """Return the id of a second person, who must not be the one who acts. Raises UsageError."""
    other = town.acting_as(name).operator
    if other is None or other == town.operator:
        raise UsageError(
            _("The second person must be somebody else than the one who acts."),
            hint=_("Name the colleague who was there: --second-person NAME"),
        )
    return other


def _bearer(town: Town, person: str, role: Role, name: str) -> Person:
    return Person(id=person, role=role, name=name, last_contact=town.now().date())
