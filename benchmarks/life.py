# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lives of simulated machines: from purchase to a family, or to the recycler.

A life yields steps in order of time. It goes through the workshop only after the workshop's
replica can know the last use, so that nearly all exits are clean, as in a town that works well;
a few wipes are forgotten and stand in the inbox.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from benchmarks.catalogue import GIB, MODELS, DiskModel, MachineModel
from fleet.model import kinds as k
from fleet.model.policy import tests_asked
from fleet.services.machines import disk_id

DAY_S = 86_400
TOWN = 0
KEYS = (1, 2)
SYNC_DAYS = 7
PROFILE = "rapide"
FORGOTTEN_WIPES = 0.004
BETWEEN_VISITS_DAYS = (300, 420)
_LETTERS = string.ascii_uppercase + string.digits
_HEALTH = ("good",) * 16 + ("worn", "worn", "unknown", "failing")
_FAULTS = ("ne démarre plus", "écran cassé", "clavier", "lent", "disque bruyant", "batterie")


class Step(NamedTuple):
    """One event to come: seconds since 1970, who writes it (``TOWN`` or a key), what."""

    at_s: int
    desk: int
    subject: str
    body: k.Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The records that machines name: (site, room) pairs, partners, the lots."""

    rooms: tuple[tuple[str, str], ...]
    partners: tuple[str, ...]
    lots: tuple[str, ...]


def draw_id(random: Random, type_: str) -> str:
    """Return a random subject id of a type."""
    digits = f"{random.getrandbits(128):032x}"
    groups = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return f"{type_}:{'-'.join(groups)}"


def draw_serial(random: Random, length: int = 10) -> str:
    """Return a serial number such as makers print."""
    return "".join(random.choices(_LETTERS, k=length))


@dataclass(slots=True, kw_only=True)
class Life:
    """One machine's life under way; ``at_s`` is its present."""

    random: Random
    places: Places
    tag: str
    at_s: int
    desk: int = TOWN
    environment: str = "installed"
    id: str = field(init=False)
    model: MachineModel = field(init=False)
    serial: str = field(init=False)
    disks: dict[str, tuple[str, DiskModel]] = field(init=False, default_factory=dict)
    registered: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.id = draw_id(self.random, "machine")
        self.model = self.random.choice(MODELS)
        self.serial = draw_serial(self.random)
        for model in self.model.disks and self.random.choices(self.model.disks, k=1):
            self._fit(model)

    def steps(self) -> Iterator[Step]:
        """Yield the whole life."""
        yield self._own(self._registration())
        yield from self._report()
        self._wait(1, 20)
        yield from self._serve()
        self._wait(1, 90)
        yield self._own(k.Retired(decision=f"DEL-{self._day()[:4]}-{self.random.randint(1, 60)}"))
        self._wait(SYNC_DAYS + 1, 60)
        if self.random.random() < 0.62 and self.model.kind not in ("screen", "printer"):
            yield from self._second_life()
        else:
            yield from self._recycle()

    # --- in service --------------------------------------------------------------------------

    def _serve(self) -> Iterator[Step]:
        yield self._own(self._install())
        years = self.random.choices((3, 4, 5, 6, 7), (1, 3, 5, 3, 1))[0]
        for _visit in range(years):
            self._wait(*BETWEEN_VISITS_DAYS)
            yield from self._visit()

    def _visit(self) -> Iterator[Step]:
        draw = self.random.random()
        yield self._own(k.CheckedIn(system="Debian 12" if draw < 0.5 else None))
        if draw < 0.10:
            yield from self._repair()
        elif draw < 0.25:
            yield self._own(k.Moved(**self._place()))
        elif draw < 0.45:
            yield from self._report()
        elif draw < 0.75:
            site, room = self._room()
            yield self._own(k.Seen(site=site, room=room))

    def _repair(self) -> Iterator[Step]:
        yield self._own(k.RepairOpened(fault=self.random.choice(_FAULTS)))
        self._wait(1, 30)
        if self.disks and self.random.random() < 0.3:
            yield from self._swap_disk()
        yield self._own(
            k.RepairClosed(
                outcome="repaired", back_to="in_service", minutes=self.random.randint(5, 120)
            )
        )

    def _swap_disk(self) -> Iterator[Step]:
        gone = next(iter(self.disks))
        del self.disks[gone]
        yield self._step(gone, k.DiskDestroyed(how="percé"))
        yield self._own(k.DiskRemoved(disk=gone, outcome="destroyed"))
        self._fit(self.random.choice(self.model.disks))
        yield from self._report()

    # --- after service -----------------------------------------------------------------------

    def _second_life(self) -> Iterator[Step]:
        self.desk, self.environment = self.random.choice((TOWN, *KEYS)), "live"
        lot = self.random.randrange(len(self.places.lots))
        partner = lot % len(self.places.partners)
        yield self._own(k.TakenIn())
        yield self._own(k.MachinePutInLot(lot=self.places.lots[lot]))
        yield from self._report()
        self._wait(1, 20)
        yield from self._wipe()
        yield self._own(k.TestsRecorded(profile=PROFILE, results=self._results()))
        yield self._own(k.VerdictGiven(rejected=False))
        yield self._own(k.ImageInstalled(image=f"famille-{self._day()[:7]}"))
        yield self._own(k.MadeReady())
        self._wait(1, 120)
        taker = self.places.partners[partner]
        yield self._own(k.TitleTransferred(way="gift", taker=taker, commitment="C-1"))
        yield from self._give(taker)

    def _give(self, partner: str) -> Iterator[Step]:
        beneficiary = draw_id(self.random, "beneficiary")
        reference = f"D-{self.random.randrange(10**6):06d}"
        yield self._step(beneficiary, k.BeneficiaryReferred(referrer="CCAS", reference=reference))
        receipt = f"{self.random.getrandbits(256):064x}"
        yield self._own(k.HandedOver(partner=partner, beneficiary=beneficiary, receipt=receipt))

    def _recycle(self) -> Iterator[Step]:
        for disk in self.disks:
            yield self._step(disk, k.DiskDestroyed(how="broyé"))
        self._wait(1, 40)
        yield self._own(k.ToRecycle(why="hors d'usage"))
        self._wait(1, 60)
        yield self._own(k.Recycled(slip=f"BSD-{self._day()[:7]}-{self.random.randint(1, 9)}"))

    def _wipe(self) -> Iterator[Step]:
        if self.random.random() < FORGOTTEN_WIPES:
            return
        for disk, (_serial, model) in self.disks.items():
            hdd = model.kind == "hdd"
            yield self._step(
                disk,
                k.DiskWiped(
                    level="clear" if hdd else "purge",
                    method="overwrite" if hdd else "nvme format",
                    readback="full",
                    coverage_permille=1000,
                    tool="parclibre",
                ),
            )

    def _results(self) -> dict[str, str]:
        return dict.fromkeys(tests_asked(PROFILE, self.model.kind), "pass")

    # --- reports -----------------------------------------------------------------------------

    def _report(self) -> Iterator[Step]:
        """A report of our collector, as ``fleet.services.report_events`` writes it."""
        if not self.model.disks:
            return
        digest = f"{self.random.getrandbits(256):064x}"
        yield self._own(self._report_body(digest))
        for disk, (serial, model) in self.disks.items():
            fresh = disk not in self.registered
            if fresh:
                self.registered.add(disk)
                yield self._step(disk, _registration(model, serial))
            yield self._step(disk, self._measure(digest))
            if fresh:
                yield self._own(k.DiskAdded(disk=disk))

    def _report_body(self, digest: str) -> k.ReportImported:
        return k.ReportImported(
            report=digest,
            format="parclibre-report",
            manufacturer=self.model.manufacturer,
            model=self.model.model,
            serial=self.serial,
            board_serial=f"PB{self.serial}",
            board_model=f"{self.serial[:3]}0AA",
            uuid=f"4c4c4544-{self.id[-27:]}",
            chassis=self.model.kind,
            macs=(f"3c:52:82:{self.id[-6:-4]}:{self.id[-4:-2]}:{self.id[-2:]}",),
            cpu=self.model.cpus[len(self.tag) % len(self.model.cpus)],
            cores=2,
            threads=4,
            memory_bytes=8 * GIB,
            memory_slots=2,
            firmware_date="2017-06-02",
            disks=tuple(self.disks),
            lists_disks=True,
            battery_percent=self.random.randint(30, 100) if self.model.kind == "laptop" else None,
            environment=self.environment,
            collected_at=f"{self._day()}T08:00:00Z",
            clock="ntp",
        )

    def _measure(self, digest: str) -> k.DiskMeasured:
        health = self.random.choice(_HEALTH)
        return k.DiskMeasured(
            health=health,
            reasons=() if health == "good" else (f"reallocated_sectors={len(digest)}",),
            power_on_hours=self.random.randint(10, 40_000),
            report=digest,
        )

    # --- small things ------------------------------------------------------------------------

    def _fit(self, model: DiskModel) -> None:
        serial = draw_serial(self.random, 12)
        self.disks[disk_id(model.model, serial)] = (serial, model)

    def _registration(self) -> k.MachineRegistered:
        return k.MachineRegistered(
            tag=self.tag,
            kind=self.model.kind,
            site=self._room()[0],
            manufacturer=self.model.manufacturer,
            model=self.model.model,
            serial=self.serial,
            accounting_number=f"INV{self.random.randrange(10**7):07d}",
            purchased_on=self._day(),
            purchase_value_cents=self.random.randint(30_000, 110_000),
        )

    def _install(self) -> k.Installed:
        return k.Installed(**self._place(), image="bureau-2020-01", system="Debian 12")

    def _room(self) -> tuple[str, str]:
        return self.random.choice(self.places.rooms)

    def _place(self) -> dict[str, str]:
        site, room = self._room()
        seat = f"{self.random.choice('ABCDE')}{self.random.randint(1, 6)}"
        return {"site": site, "room": room, "seat": seat}

    def _wait(self, least_days: int, most_days: int) -> None:
        self.at_s += self.random.randint(least_days * DAY_S, most_days * DAY_S)

    def _day(self) -> str:
        return datetime.fromtimestamp(self.at_s, UTC).date().isoformat()

    def _own(self, body: k.Body) -> Step:
        return self._step(self.id, body)

    def _step(self, subject: str, body: k.Body) -> Step:
        return Step(self.at_s, self.desk, subject, body)


def _registration(model: DiskModel, serial: str) -> k.DiskRegistered:
    return k.DiskRegistered(
        model=model.model, serial=serial, size_bytes=model.size_bytes, kind=model.kind
    )
