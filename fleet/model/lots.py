# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lot as its events tell it, and what a machine picked for it must be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.model.fold_giving import OURS
from fleet.model.law import Quality
from fleet.model.lifecycle import can
from fleet.model.reasons import Reason, Refused
from fleet.model.state import State
from fleet.model.views import MachineView, World

# States in which a machine waits for a taker.
PICKED_FROM = (State.RETIRED, State.IN_WORKSHOP, State.READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A lot. Days are ISO; ``collected_on`` is None until it was closed with a count."""

    id: str
    name: str
    partner: str | None = None
    agreement: str | None = None
    opened_on: str = ""
    collect_by: str | None = None
    place: str | None = None
    collected_on: str | None = None
    count: int | None = None
    expected: int | None = None

    def is_late(self, today: str) -> bool:
        """Tell whether its deadline of collection is over (ISO day)."""
        return self.collected_on is None and self.collect_by is not None and self.collect_by < today


def lot_of(lot: str, events: Iterable[Event]) -> Lot | None:
    """Return a lot from the events that count on it, in causal order; None when never opened."""
    found: Lot | None = None
    for event in events:
        body = k.body_of(event)
        if isinstance(body, k.LotOpened):
            found = _opened(lot, body, event)
        elif isinstance(body, k.LotClosed) and found is not None:
            found = replace(
                found,
                collected_on=body.on or event.header.at[:10],
                count=body.count,
                expected=body.expected,
            )
    return found


def _opened(lot: str, body: k.LotOpened, event: Event) -> Lot:
    return Lot(
        id=lot,
        name=body.name,
        partner=body.partner,
        agreement=body.agreement,
        opened_on=body.on or event.header.at[:10],
        collect_by=body.collect_by,
        place=body.place,
    )


def pick_reasons(view: MachineView, lot: Lot, world: World) -> tuple[Reason, ...]:
    """Return why a machine may not go in a lot: its state, its owner, its taker, its value."""
    machine, found = view.machine, []
    if lot.collected_on is not None:
        found.append(_record("lot_collected", on=lot.collected_on))
    if machine.lot is not None and machine.lot != lot.id:
        found.append(_record("in_another_lot", lot=machine.lot))
    law = _law(view, lot, world)
    retired = all(reason.code != "not_retired" for reason in law)
    gift_in_stock = view.life is State.IN_STOCK and machine.origin == "gift"
    if retired and view.life not in PICKED_FROM and not gift_in_stock:
        found.append(_record("not_to_pick", state=view.life.value))
    return (*found, *law)


def _law(view: MachineView, lot: Lot, world: World) -> tuple[Reason, ...]:
    """Ask the guards what they will say on the day the title passes to the lot's partner."""
    title = view.machine.title
    if title not in OURS:
        return () if title == lot.partner else (_record("lot_of_another_owner", title=title),)
    partner = world.partners.get(lot.partner or "")
    quality = partner.quality if partner is not None else Quality.UNKNOWN
    body = k.TitleTransferred(way=way_to(quality), taker=lot.partner or "")
    verdict = can(view, "TitleTransferred", world, body)
    return verdict.reasons if isinstance(verdict, Refused) else ()


Way = Literal["gift", "staff_gift", "sale", "transfer", "take_back"]
_WAYS: dict[str, Way] = {
    Quality.PUBLIC_BODY: "transfer",
    Quality.COMPANY: "sale",
    Quality.STAFF: "staff_gift",
}


def way_to(quality: str) -> Way:
    """Return the way the title passes to a partner of this quality."""
    return _WAYS.get(quality, "gift")


def _record(code: str, **params: str) -> Reason:
    return Reason(code=code, guard="records", params=params)
