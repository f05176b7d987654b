# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stock-taking of a room: what was scanned against what the journal expects there.

Nothing is written before the end, so that it can be interrupted and resumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fleet.model import kinds as k
from fleet.model.places import IN_PLACE
from fleet.model.text import clean, fold
from fleet.services import acts
from fleet.services.acts import Refusal
from fleet.services.town import Town
from fleet.store import listings, queries
from fleet.store.queries import MachineFilter, MachineLine, Record

__all__ = [
    "MachineLine", "Sighting", "StockReport", "StockTaking", "finish", "readings", "recognise",
    "resume", "start",
]  # fmt: skip

QR_PREFIX = "parclibre:"
_WHOLE_ROOM = 5000
# What a reader set for an American keyboard types on a French one, and what it meant.
_FRENCH_KEYS = str.maketrans(
    "&é\"'(-è_çà)°qazwQAZW,;:!M?", "1234567890-_aqwzAQWZm,./:M"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One tag that was scanned. ``machine`` is None when no machine bears it."""

    tag: str
    machine: MachineLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTaking:
    """A room being counted: what is expected there, and what was scanned, in order."""

    room: Record
    expected: tuple[MachineLine, ...]
    sightings: tuple[Sighting, ...] = ()

    @property
    def seen(self) -> tuple[MachineLine, ...]:
        """Expected machines that were scanned."""
        scanned = self._scanned()
        return tuple(line for line in self.expected if line.id in scanned)

    @property
    def missing(self) -> tuple[MachineLine, ...]:
        """Expected machines not scanned yet."""
        scanned = self._scanned()
        return tuple(line for line in self.expected if line.id not in scanned)

    @property
    def unexpected(self) -> tuple[MachineLine, ...]:
        """Scanned machines that the journal has elsewhere."""
        here = {line.id for line in self.expected}
        lines = (sighting.machine for sighting in self.sightings)
        return tuple(line for line in lines if line is not None and line.id not in here)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Scanned tags that no machine bears."""
        return tuple(sighting.tag for sighting in self.sightings if sighting.machine is None)

    def with_sighting(self, sighting: Sighting) -> StockTaking:
        """Return the stock-taking with one more scan; a second scan of a tag changes nothing."""
        if self.knows(sighting):
            return self
        return replace(self, sightings=(*self.sightings, sighting))

    def knows(self, sighting: Sighting) -> bool:
        """Tell whether this was scanned before."""
        return _identity(sighting) in {_identity(one) for one in self.sightings}

    def _scanned(self) -> set[str]:
        return {sighting.machine.id for sighting in self.sightings if sighting.machine}


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReport:
    """What the end of a stock-taking wrote: tags seen, tags moved here, refused moves."""

    seen: tuple[str, ...]
    moved: tuple[str, ...]
    refused: tuple[Refusal, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def readings(scanned: str) -> tuple[str, ...]:
    """Return the tags a scan may stand for: as typed, then as a reader set for an American
    keyboard types on a French one. The prefix of our QR codes is taken off.
    """
    as_typed = clean(scanned) or ""
    both = (as_typed, as_typed.translate(_FRENCH_KEYS))
    return tuple(dict.fromkeys(text.removeprefix(QR_PREFIX).strip() for text in both))


def recognise(town: Town, scanned: str) -> Sighting:
    """Return the machine that bears a scanned tag, or the tag alone when none does."""
    tags = readings(scanned)
    with town.journal.read() as connection:
        for tag in tags:
            if (machine := queries.find_by_tag(connection, tag)) is not None:
                return Sighting(tag=tag, machine=listings.lines_of(connection, [machine])[0])
    return Sighting(tag=tags[0], machine=None)


def start(town: Town, room: Record) -> StockTaking:
    """Return the stock-taking of a room, with nothing scanned yet."""
    return StockTaking(room=room, expected=_expected(town, room))


def resume(town: Town, taking: StockTaking) -> StockTaking:
    """Return an interrupted stock-taking against what the journal expects now."""
    return replace(taking, expected=_expected(town, taking.room))


def finish(town: Town, taking: StockTaking, move: Sequence[str] = ()) -> StockReport:
    """Write who was seen, and move here the unexpected machines whose tags are in ``move``.

    Raises UsageError when nobody is acting.
    """
    seen = [line.tag for line in (*taking.seen, *taking.unexpected)]
    place = {"room": taking.room.id, "site": str(taking.room.body["site"])}
    if seen:
        acts.record(town, seen, k.Seen(**place))
    moved = acts.transition(town, move, k.Moved(**place)) if move else None
    return StockReport(
        seen=tuple(seen),
        moved=moved.accepted if moved else (),
        refused=moved.refused if moved else (),
        missing=tuple(line.tag for line in taking.missing),
        unknown=taking.unknown,
    )


def _expected(town: Town, room: Record) -> tuple[MachineLine, ...]:
    wanted = MachineFilter(room=room.id, states=IN_PLACE)
    with town.journal.read() as connection:
        return tuple(queries.page_machines(connection, wanted, limit=_WHOLE_ROOM))


def _identity(sighting: Sighting) -> str:
    return sighting.machine.id if sighting.machine else fold(sighting.tag)
