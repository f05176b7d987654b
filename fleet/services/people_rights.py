# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's rights (RGPD, articles 15 and 17): all that is held about them, and its erasure.

What stays after an erasure is the journal's lines, by an id that names nobody any more: they are
the proof of what became of the town's goods, and of each wipe.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fleet.errors import FleetError, NotFound
from fleet.model.events import Event
from fleet.model.text import fold
from fleet.services import people, people_list
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.mentions import mentions
from fleet.store.people import Identity, PurgeReport

_DIGEST = re.compile(rb"\b[0-9a-f]{64}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that this installation holds about a person. ``papers`` are the sealed ones, opened, by
    digest; ``acts`` are the events that name the id, ``written`` those the person wrote as an
    operator, counted by kind.
    """

    id: str
    role: str
    identity: Identity | None
    purge_on: str | None
    purged_on: str | None
    acts: tuple[Event, ...]
    written: Mapping[str, int]
    papers: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased, and how many events stay, by kind, under an id without a name."""

    purge: PurgeReport
    stays: Mapping[str, int]


def person_of(town: Town, who: str) -> str:
    """Return the id of a person given by id, name, or the reference of a family's request.

    Raises NotFound.
    """
    try:
        return people_list.find_person(town, who)
    except NotFound:
        with town.journal.read() as connection:
            requests = queries.list_records(connection, "beneficiary")
        for request in requests:
            if fold(request.name) == fold(who):
                return people_list.find_person(town, request.id)
        raise


def held_about(town: Town, who: str) -> Held:
    """Return all that is held about a person, by id or name. Raises NotFound."""
    person = person_of(town, who)
    known = next(one for one in people_list.known_people(town) if one.id == person)
    with town.journal.read() as connection:
        identity = town.people.identity_of(connection, person)
        found = list(mentions(connection, person))
    named = tuple(event for event in found if event.header.author != person)
    written = Counter(event.kind for event in found if event.header.author == person)
    return Held(
        id=person,
        role=known.role,
        identity=identity,
        purge_on=known.purge_on,
        purged_on=known.purged_on,
        acts=named,
        written=dict(sorted(written.items())),
        papers=dict(_papers(town, person, found)),
    )


def erase(town: Town, who: str, today: date) -> Erasure:
    """Destroy a person's name, contact and papers for good, and tell what stays.

    Raises NotFound.
    """
    person = person_of(town, who)
    with town.journal.read() as connection:
        stays = Counter(event.kind for event in mentions(connection, person))
    report = people.purge_persons(town, [person], today)
    return Erasure(purge=report, stays=dict(sorted(stays.items())))


def _papers(town: Town, person: str, events: list[Event]) -> Iterator[tuple[str, bytes]]:
    """Yield the papers sealed with the person's key that these events name."""
    named = {found.decode() for event in events for found in _DIGEST.findall(event.body or b"")}
    for digest in sorted(named):
        try:
            yield digest, people.read_paper(town, person, digest)
        except FleetError:
            continue  # somebody else's, not sealed, purged, or not in this store
