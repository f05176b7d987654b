# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of some kinds over all machines, with the machine and lot they count for today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.model.fold import effective
from fleet.model.state import MachineState
from fleet.services.town import Town
from fleet.store import listings
from fleet.store.queries import Connection

_PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One event that still counts, its body, and the machine as it stands."""

    event: Event
    body: k.Body
    machine: MachineState


def counted(town: Town, *kinds: str) -> list[Counted]:
    """Return the events of these kinds in causal order, without what was undone or withheld."""
    with town.journal.read() as connection:
        events = effective(_read(connection, kinds))
        projector = town.journal.reader(connection)
        found: list[Counted] = []
        for event in events:
            body = k.body_of(event) if event.kind in kinds else None
            machine = projector.machine(projector.root(event.subject))
            if body is not None and machine is not None:
                found.append(Counted(event=event, body=body, machine=machine))
        return found


def _read(connection: Connection, kinds: tuple[str, ...]) -> Iterator[Event]:
    wanted = listings.EventFilter(kinds=(*kinds, "Undone"))
    before: int | None = None
    while page := listings.page_events(connection, wanted, before_pos=before, limit=_PAGE):
        yield from (event for _pos, event in page)
        before = page[-1][0]
