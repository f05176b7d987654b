# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is known by name here, and finding one of them."""

from __future__ import annotations

from fleet.errors import NotFound
from fleet.i18n import _
from fleet.model.text import fold
from fleet.services.town import Town
from fleet.store.people import PurgeReport
from fleet.store.people_list import KnownPerson, list_people

__all__ = ["KnownPerson", "PurgeReport", "find_person", "known_people", "next_purge"]


def known_people(town: Town) -> list[KnownPerson]:
    """Return everybody the people table knows or knew."""
    with town.journal.read() as connection:
        return list_people(town.people, connection)


def next_purge(town: Town) -> str | None:
    """Return the day the next name is due (ISO), None without one."""
    days = [person.purge_on for person in known_people(town) if person.purge_on is not None]
    return min(days, default=None)


def find_person(town: Town, who: str) -> str:
    """Return the id of a person given by id or name. Raises NotFound."""
    for person in known_people(town):
        if person.id == who or (person.name is not None and fold(person.name) == fold(who)):
            return person.id
    raise NotFound(
        _("Nobody is known here as {who}.").format(who=who),
        hint=_("See the list: parclibre people list"),
    )
