# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lots: picking machines by scanning, their values, their deadline, their collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from fleet.errors import GuardRefused, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.model.law import cents, gift_cap
from fleet.model.lots import Lot, lot_of, pick_reasons
from fleet.model.reasons import Reason
from fleet.model.text import fold
from fleet.model.views import MachineView, World
from fleet.services import acts, records
from fleet.services.acts import ActReport
from fleet.services.stocktaking import recognise
from fleet.services.town import Town
from fleet.store.counted import events_of, events_of_kinds
from fleet.store.law import law
from fleet.store.queries import MachineFilter

__all__ = ["Lot", "LotContent", "LotMachine", "Picked", "Picking", "all_lots", "close", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotMachine:
    """A machine of a lot. ``value_cents`` is None until somebody estimated it."""

    id: str
    tag: str
    kind: str
    model: str | None
    serial: str | None
    state: str
    title: str
    value_cents: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotContent:
    """A lot and what it holds. ``cap_cents`` is today's cap of a gift, None when unknown."""

    lot: Lot
    machines: tuple[LotMachine, ...]
    cap_cents: int | None

    @property
    def total_cents(self) -> int:
        """The sum of the values that are known."""
        return sum(machine.value_cents or 0 for machine in self.machines)

    @property
    def unvalued(self) -> tuple[str, ...]:
        """Tags of machines nobody estimated."""
        return tuple(one.tag for one in self.machines if one.value_cents is None)

    @property
    def over_cap(self) -> tuple[str, ...]:
        """Tags of machines worth more than the cap of a gift."""
        cap = self.cap_cents
        return tuple(
            one.tag for one in self.machines if cap is not None and (one.value_cents or 0) > cap
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What one scan gave. ``machine`` is None when no machine bears the tag; ``reasons`` are
    empty when it is in the lot now; ``again``: it was in it before.
    """

    tag: str
    machine: LotMachine | None
    reasons: tuple[Reason, ...] = ()
    again: bool = False

    @property
    def accepted(self) -> bool:
        """Tell whether the machine is in the lot."""
        return self.machine is not None and not self.reasons


def all_lots(town: Town) -> list[Lot]:
    """Return every lot, by name."""
    with town.journal.read() as connection:
        by_lot: dict[str, list[Event]] = {}
        for event in events_of_kinds(connection, {"LotOpened", "LotClosed"}):
            by_lot.setdefault(event.subject, []).append(event)
    found = [lot for id_, events in by_lot.items() if (lot := lot_of(id_, events)) is not None]
    return sorted(found, key=lambda lot: (fold(lot.name), lot.id))


def late_lots(town: Town) -> list[Lot]:
    """Return the lots whose deadline of collection is over today."""
    today = _today(town)
    return [lot for lot in all_lots(town) if lot.is_late(today)]


def get(town: Town, name: str) -> Lot:
    """Return a lot by name or id. Raises NotFound."""
    record = records.find(town, "lot", name)
    with town.journal.read() as connection:
        lot = lot_of(record.id, events_of(connection, record.id))
    return lot or Lot(id=record.id, name=record.name)


def content(town: Town, name: str) -> LotContent:
    """Return a lot with its machines, by tag. Raises NotFound."""
    lot = get(town, name)
    cap = gift_cap(law(), _today(town))
    return LotContent(
        lot=lot,
        machines=tuple(sorted(_machines(town, lot.id), key=lambda one: fold(one.tag))),
        cap_cents=None if cap is None else cents(cap),
    )


class Picking:
    """A lot being picked: each scan is written at once, and counted."""

    def __init__(self, town: Town, name: str) -> None:
        self.town = town
        self.lot = get(town, name)
        if self.lot.partner is None:
            raise UsageError(
                _("The lot {lot} is for nobody yet: what may go in depends on the partner.").format(
                    lot=self.lot.name
                ),
                hint=_("Open it for a partner: parclibre lot add NAME --partner PARTNER"),
            )
        machines = list(_machines(town, self.lot.id))
        self.count = len(machines)
        self.total_cents = sum(machine.value_cents or 0 for machine in machines)

    def take(self, scanned: str) -> Picked:
        """Put the machine of a scanned tag in the lot, when the law and its state let it."""
        sighting = recognise(self.town, scanned)
        if sighting.machine is None:
            return Picked(tag=sighting.tag, machine=None)
        with self.town.act() as act:
            view = act.writer.projector.view(sighting.machine.id)
            assert view is not None  # noqa: S101  (it was just found)
            picked = self._judge(view, act.writer.projector.world)
            if picked.accepted and not picked.again:
                act.add(view.machine.id, k.MachinePutInLot(lot=self.lot.id))
        self._add(picked)
        return picked

    def _judge(self, view: MachineView, world: World) -> Picked:
        machine = lot_machine(view)
        again = view.machine.lot == self.lot.id
        reasons = () if again else pick_reasons(view, self.lot, world)
        return Picked(tag=machine.tag, machine=machine, reasons=reasons, again=again)

    def _add(self, picked: Picked) -> None:
        if picked.machine is not None and picked.accepted and not picked.again:
            self.count += 1
            self.total_cents += picked.machine.value_cents or 0


def leave(
    town: Town, tags: Sequence[str], outcome: str, *, why: str = "", on: str | None = None
) -> ActReport:
    """Take machines out of their lots: refused at the collection, or returned by the partner.

    Raises NotFound, and UsageError when one of them is in no lot.
    """

    def body(view: MachineView) -> k.Body:
        if view.machine.lot is None:
            raise UsageError(
                _("{tag} is in no lot.").format(tag=view.machine.tag),
                hint=_("See the lots: parclibre lot list"),
            )
        fields = {"lot": view.machine.lot, "outcome": outcome, "why": why, "on": on}
        return msgspec.convert(fields, k.LeftLot)

    return acts.record(town, tags, body)


def close(town: Town, name: str, count: int, *, why: str = "", on: str | None = None) -> Lot:
    """Record that a lot was collected, with the count made at the door; returns it.

    Raises NotFound, and GuardRefused when it was collected before, or when the count is not what
    the lot holds and nobody says why.
    """
    held = content(town, name)
    if held.lot.collected_on is not None:
        raise GuardRefused(_("The lot {lot} was collected before.").format(lot=held.lot.name))
    expected = len(held.machines)
    if count != expected and not why.strip():
        raise GuardRefused(
            _("Counted: {count}; in the lot: {expected}.").format(count=count, expected=expected),
            hint=_(
                "Count again, take the missing ones out (parclibre lot leave), or say why: "
                "--why TEXT"
            ),
        )
    with town.act() as act:
        act.add(held.lot.id, k.LotClosed(count=count, expected=expected, why=why.strip(), on=on))
    return get(town, held.lot.id)


def lot_machine(view: MachineView) -> LotMachine:
    """Return what a lot's list says of a machine."""
    machine = view.machine
    return LotMachine(
        id=machine.id,
        tag=machine.tag,
        kind=machine.kind,
        model=machine.full_model,
        serial=machine.serial,
        state=view.life.value,
        title=machine.title,
        value_cents=machine.value_cents,
    )


def _machines(town: Town, lot: str) -> Iterator[LotMachine]:
    return map(lot_machine, acts.views_of(town, MachineFilter(lot=lot)))


def _today(town: Town) -> str:
    return town.now().date().isoformat()
