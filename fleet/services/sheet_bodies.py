# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One good row of an inventory as the events that bring the machine in, with its past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fleet.model import kinds as k
from fleet.model.state import State
from fleet.model.text import fold
from fleet.readers.sheet_plan import SheetMachine

UNKNOWN_TAKER = "unknown"
_GIFTS = ("given_by_person", "given_by_company")
_AFTER_RETIREMENT = frozenset(
    {"in_workshop", "ready", "given", "sold_or_transferred", "dismantled", "to_recycle", "recycled"}
)
_TITLE_LEAVES: Mapping[str, Literal["gift", "sale"]] = {
    "given": "gift",
    "sold_or_transferred": "sale",
}
_SITE_WORDS = {
    "school": ("ecole", "college", "lycee", "maternelle", "elementaire", "primaire", "school"),
    "town_hall": ("mairie", "hotel de ville", "town hall"),
    "workshop": ("atelier", "repair", "recyclerie", "ressourcerie", "workshop"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Ids of the sites, rooms and partners that rows name, by folded name."""

    sites: Mapping[str, str]
    rooms: Mapping[tuple[str, str], str]
    partners: Mapping[str, str]


def bodies_of(row: SheetMachine, places: Places, sheet: str) -> Iterator[k.Body]:
    """Yield the events of a machine: registered, then its past as declared, with its dates."""
    site = places.sites.get(fold(row.site or ""))
    room = places.rooms.get((fold(row.site or ""), fold(row.room or "")))
    yield _registered(row, site)
    source = f"{sheet}:{row.line}"
    if row.retired_on is not None and row.state in _AFTER_RETIREMENT:
        yield k.StateDeclared(state=State.RETIRED, source=source, on=_iso(row.retired_on))
    yield k.StateDeclared(
        state=State(row.state),
        site=site,
        room=room,
        seat=row.seat if room else None,
        system=row.system_name,
        source=source,
        on=_iso(row.state_on),
    )
    way = _TITLE_LEAVES.get(row.state)
    if way is not None and row.owner == "town":
        taker = places.partners.get(fold(row.recipient or ""), UNKNOWN_TAKER)
        yield k.TitleTransferred(way=way, taker=taker, proof=source, on=_iso(row.state_on))


def site_kind(name: str) -> str:
    """Return the kind of a site by the words of its name; ``other`` when none tells."""
    words = fold(name)
    for kind, marks in _SITE_WORDS.items():
        if any(mark in words for mark in marks):
            return kind
    return "other"


def _registered(row: SheetMachine, site: str | None) -> k.MachineRegistered:
    return k.MachineRegistered(
        tag=row.tag,
        kind=row.kind,
        owner=row.owner,
        provenance=row.provenance or "bought",
        origin="gift" if row.provenance in _GIFTS else "stock",
        site=site,
        manufacturer=row.manufacturer,
        model=row.model,
        serial=row.serial,
        accounting_number=row.accounting_number,
        purchased_on=_iso(row.purchased_on),
        purchase_value_cents=row.purchase_value_cents,
        net_book_value_cents=row.net_book_value_cents,
        system=row.system_name,
        note=_note(row, site),
        on=_first_day(row),
    )


def _note(row: SheetMachine, site: str | None) -> str | None:
    """Return the note, with the room that no site could be found for."""
    stray = row.room if row.room and not site else None
    return " — ".join(part for part in (stray, row.note) if part) or None


def _first_day(row: SheetMachine) -> str | None:
    """Return the earliest day that the row gives: the machine was there from then on."""
    days = [day for day in (row.purchased_on, row.retired_on, row.state_on) if day is not None]
    return _iso(min(days, default=None))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
