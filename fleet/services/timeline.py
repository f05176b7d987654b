# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal as a person pages through it: who did what, to what, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from fleet.model.events import Event, decode_body, subject_type
from fleet.output.events import event_summary
from fleet.output.words import author_name
from fleet.services.town import Town
from fleet.store import listings
from fleet.store.listings import EventFilter

__all__ = ["EventFilter", "EventLine", "EventPages", "operators", "page_of_events"]

PAGE = 200
PEOPLE = ("operator", "holder", "donor")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event with the names that the store has for its ids. ``pos`` is its place here."""

    pos: int
    event: Event
    subject: str
    author: str
    summary: str

    @property
    def body(self) -> dict[str, Any] | None:
        """The event's body, None when it was withheld."""
        return decode_body(self.event.body) if self.event.body is not None else None


def page_of_events(
    town: Town,
    wanted: EventFilter,
    *,
    before_pos: int | None = None,
    skip: int = 0,
    limit: int = PAGE,
    named: Collection[str] = PEOPLE,
) -> list[EventLine]:
    """Return the latest matching events that arrived before a position, newest first, without
    the first ``skip`` of them. ``named``: the roles whose names are read; the others stay ids.
    """
    with town.journal.read() as connection:
        page = listings.page_events(
            connection, wanted, before_pos=before_pos, skip=skip, limit=limit
        )
        ids = _ids_in(event for _, event in page)
        names = listings.names_of(connection, ids)
        people = {
            id_: town.people.name_of(connection, id_) for id_ in ids if subject_type(id_) in named
        }
    return [_line(pos, event, names, people) for pos, event in page]


class EventPages:
    """The journal as pages by row number. What arrives later is not in it: positions of pages
    already read are the way to the next ones, so that going on is as fast as the first page.
    """

    def __init__(self, town: Town, wanted: EventFilter) -> None:
        self._town = town
        self._wanted = wanted
        self._before: dict[int, int | None] = {0: None}

    def count(self) -> int:
        """Return how many events match."""
        with self._town.journal.read() as connection:
            return listings.count_events(connection, self._wanted)

    def page(self, offset: int, limit: int) -> list[EventLine]:
        """Return the matching events from a row number, newest first."""
        known = max(row for row in self._before if row <= offset)
        lines = page_of_events(
            self._town,
            self._wanted,
            before_pos=self._before[known],
            skip=offset - known,
            limit=limit,
        )
        if lines:
            self._before[offset] = lines[0].pos + 1
            self._before[offset + len(lines)] = lines[-1].pos
        return lines


def operators(town: Town) -> list[tuple[str, str]]:
    """Return (id, name) of everybody who acts here; a purged name is shown as its id."""
    with town.journal.read() as connection:
        ids = listings.authors(connection)
        return [(id_, town.people.name_of(connection, id_) or id_) for id_ in ids]


def _line(
    pos: int, event: Event, names: dict[str, str], people: dict[str, str | None]
) -> EventLine:
    author = event.header.author
    return EventLine(
        pos=pos,
        event=event,
        subject=_subject_name(event.subject, names, people),
        author=author_name(author, people.get),
        summary=event_summary(event, {**names, **people}.get),
    )


def _is_person(id_: str) -> bool:
    return subject_type(id_) in PEOPLE


def _subject_name(subject: str, names: dict[str, str], people: dict[str, str | None]) -> str:
    if _is_person(subject):
        return people.get(subject) or subject
    return names.get(subject) or subject


def _ids_in(page: Iterable[Event]) -> set[str]:
    found: set[str] = set()
    for event in page:
        found.update((event.subject, event.header.author))
        if event.body is not None:
            for value in decode_body(event.body).values():
                found.update(v for v in _leaves(value) if ":" in v)
    return found


def _leaves(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return (v for v in value if isinstance(v, str)) if isinstance(value, list) else ()
