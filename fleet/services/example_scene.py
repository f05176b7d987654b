# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People of the example town at work: each act goes through the services and their guards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from fleet.model import kinds as k
from fleet.model.events import Clock
from fleet.model.policy import tests_asked
from fleet.services import acts, machines, records, reports
from fleet.services.example_report import InventedMachine, report_text
from fleet.services.example_stock import Unit
from fleet.services.town import Town
from fleet.store.journal import Journal

LAST_DAY = date(2026, 6, 26)
_LEVELS: dict[str, tuple[Literal["clear", "purge"], str, Literal["full", "sampled"]]] = {
    "hdd": ("clear", "nwipe, 1 passage de zéros", "full"),
    "ssd": ("purge", "ATA Secure Erase", "sampled"),
    "nvme": ("purge", "nvme format --ses=1", "sampled"),
}


class StoryClock:
    """A clock that is set from day to day and ticks a second at each look."""

    def __init__(self, today: date) -> None:
        self.behind = timedelta(days=max(0, (LAST_DAY - today).days))
        self.moment = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the story's time."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def day(self, iso: str) -> date:
        """Return a day of the story; all are moved back when this computer is not there yet."""
        return date.fromisoformat(iso) - self.behind

    def go_to(self, iso: str) -> None:
        """Set the clock to the morning of a day, never back."""
        self.moment = max(self.moment, datetime.combine(self.day(iso), time(8, 30), UTC))


class Scene:
    """The town with its three people: the head of IT, a technician, a volunteer."""

    def __init__(self, town: Town) -> None:
        self.clock = StoryClock(town.now().date())
        journal = Journal(town.journal.engine, town.journal.replica, now=self.clock)
        # Nobody's computer kept this time: it counts as entered by hand.
        self._town = replace(town, journal=journal, clock=Clock.BY_HAND)
        self.ids: dict[str, str] = {}

    def open(self, iso: str) -> None:
        """Name the people, on the first day."""
        self.clock.go_to(iso)
        self.head = self._town.acting_as("Sylvie Marchand")
        self.technician = self._town.acting_as("Nadia Ferrand")
        self.volunteer = self._town.acting_as("Loïc Perrin")

    # --- lifecycle -------------------------------------------------------------------------

    def move_on(self, who: Town, units: Sequence[Unit], body: k.Body) -> None:
        """Do a transition that must be accepted on every machine."""
        self._must(acts.transition(who, _tags(units), body))

    def each(self, who: Town, units: Sequence[Unit], make: Callable[[Unit], k.Body]) -> None:
        """Do a transition whose event differs from machine to machine."""
        by_tag = {unit.tag: unit for unit in units}
        body = acts.transition(who, _tags(units), lambda view: make(by_tag[view.machine.tag]))
        self._must(body)

    def note(self, who: Town, units: Sequence[Unit], body: k.Body) -> None:
        """Record a fact on every machine."""
        acts.record(who, _tags(units), body)

    def install(self, units: Sequence[Unit], image: str) -> None:
        """Put machines into service with our image, each on its seat."""
        rooms = {unit.batch.name: self.room(unit) for unit in units}
        self.each(
            self.technician,
            units,
            lambda unit: k.Installed(
                site=self.ids[unit.batch.site],
                room=rooms[unit.batch.name],
                seat=unit.seat,
                image=image,
                system="Debian 12",
            ),
        )

    def room(self, unit: Unit) -> str:
        """Return the id of a machine's room."""
        return records.find_room(self.technician, unit.batch.room, unit.batch.site).id

    def register(self, units: Sequence[Unit]) -> None:
        """Register new machines one by one."""
        for unit in units:
            model, batch = unit.batch.model, unit.batch
            bought = self.clock.day(batch.purchased).isoformat() if batch.purchased else None
            body = k.MachineRegistered(
                tag=unit.tag,
                kind=model.kind,
                provenance=batch.provenance or "bought",
                origin="gift" if batch.provenance else "stock",
                site=self.ids.get(batch.site),
                manufacturer=model.brand,
                model=model.name,
                serial=unit.serial,
                accounting_number=f"2183-{bought[:4]}-{unit.tag[-3:]}" if bought else None,
                purchased_on=bought,
                purchase_value_cents=model.cents or None,
            )
            machines.register(self.technician, body)

    # --- the workshop ----------------------------------------------------------------------

    def report(
        self, unit: Unit, environment: str = "live", machine: InventedMachine | None = None
    ) -> None:
        """Import what the collector wrote on a machine."""
        told = machine or unit.machine
        text = report_text(told, self.clock(), environment)
        reports.import_text(self.volunteer, text, f"parclibre-{told.serial or 'inconnu'}.json")

    def wipe(self, units: Sequence[Unit]) -> None:
        """Record each disk's wipe as declared, with its report and a second person."""
        for unit in units:
            for disk in unit.machine.disks:
                level, method, readback = _LEVELS[disk.model.kind]
                paper = f"Effacement {unit.tag}\n{disk.model.name} {disk.serial}\n{method}\n"
                body = k.DiskWiped(
                    level=level,
                    method=method,
                    readback=readback,
                    coverage_permille=1000,
                    declared=True,
                    report=self.volunteer.attachments.put(paper.encode()),
                    second_person=self.technician.operator,
                )
                machines.record_on_disk(self.volunteer, unit.tag, disk.serial, body)

    def test(self, units: Sequence[Unit], *, but: Sequence[str] = ()) -> None:
        """Fill the test sheet, except some tests."""
        asked = tests_asked("rapide", "laptop")
        results = {test: "pass" for test in asked if test not in but}
        self.note(self.volunteer, units, k.TestsRecorded(profile="rapide", results=results))

    def prepare(self, units: Sequence[Unit], image: str = "famille-debian12-2024.1") -> None:
        """Wipe, test, install, and make ready."""
        self.wipe(units)
        self.test(units)
        self.note(self.volunteer, units, k.ImageInstalled(image=image))
        self.move_on(self.volunteer, units, k.MadeReady())

    def hand_over(self, unit: Unit, reference: str, need: str) -> None:
        """Give a machine to a family referred by the social services."""
        beneficiary = self.refer(reference, need)
        body = k.HandedOver(
            partner=self.ids["partner"], beneficiary=beneficiary, receipt=f"Reçu {reference}"
        )
        self.move_on(self.volunteer, [unit], body)

    def refer(self, reference: str, *needs: str) -> str:
        """Record a family's request that the social services attest; returns its id."""
        ccas, today = self.ids["ccas"], self.head.now().date().isoformat()
        return records.refer_beneficiary(
            self.head, ccas, reference, needs=needs, eligible_by=ccas, eligible_on=today
        )

    def give_title(self, units: Sequence[Unit], proof: str) -> None:
        """Estimate machines, then pass their ownership to the association that hands over."""
        worth = k.ValueEstimated(
            machine_cents=6_000, accessories_cents=500, basis="Cote des reconditionneurs"
        )
        self.note(self.head, units, worth)
        body = k.TitleTransferred(
            way="gift",
            taker=self.ids["partner"],
            commitment="Remise à des publics en difficulté (CG3P, art. L3212-2)",
            proof=proof,
        )
        self.move_on(self.head, units, body)

    def take_in(self, units: Sequence[Unit]) -> None:
        """Receive machines at the workshop, under the agreement with its data clause."""
        body = k.TakenIn(partner=self.ids["partner"], agreement=self.ids["agreement"])
        self.move_on(self.volunteer, units, body)

    def recycle(self, units: Sequence[Unit], slip: str) -> None:
        """Have waste collected, with its slip."""
        self.move_on(self.technician, units, k.Recycled(slip=slip))

    @staticmethod
    def _must(report: acts.ActReport) -> None:
        acts.require(replace(report, accepted=()), lambda reason: reason.code)


def _tags(units: Sequence[Unit]) -> list[str]:
    return [unit.tag for unit in units]
