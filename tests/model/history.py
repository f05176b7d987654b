# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A history written by several replicas, in memory: what rules are tested on."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.model import kinds as k
from fleet.model.causality import Causality
from fleet.model.events import GENESIS, Clock, Event, Header, Stamp, body_digest, canonical
from fleet.model.fold import effective, fold_disk, fold_machine
from fleet.model.policy import policy_from
from fleet.model.reasons import Reason, Refused, Verdict
from fleet.model.state import MachineState
from fleet.model.views import Agreement, MachineView, Partner, World, look

MACHINE = "machine:1"
DISK = "disk:1"
PARTNER = "partner:1"
FAMILY = "beneficiary:1"
DAY = "2026-03-02T09:00:00.000Z"


class History:
    """Events of several replicas; ``sees`` says which others a writer has merged just before."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.causality = Causality()
        self.agreements: dict[str, Agreement] = {}
        self.partners = {PARTNER: Partner(quality="reconnue_utilite_publique")}
        self._heads: dict[str, tuple[int, int]] = {}

    def add(
        self,
        subject: str,
        body: k.Body,
        *,
        replica: str = "town",
        sees: tuple[str, ...] = (),
        at: str = DAY,
        clock: Clock = Clock.NTP,
        kind: str | None = None,
    ) -> Event:
        """Write one event at the end of a replica's chain."""
        seq, lamport = self._heads.get(replica, (0, 0))
        seen = {other: self._heads[other][0] for other in sees}
        past = [lamport, *(self._heads[other][1] for other in sees)]
        stamp = Stamp(max(past) + 1, replica, seq + 1)
        self._heads[replica] = (seq + 1, stamp.lamport)
        self.causality.learn(replica, seq + 1, seen)
        encoded = canonical(body)
        header = Header(
            id=f"{replica}-{seq + 1}", subject=subject, kind=kind or type(body).__name__,
            version=1, at=at, clock=clock, author="operator:1", act=f"act-{replica}-{seq + 1}",
            replica=replica, seq=seq + 1, seen=seen, body_digest=body_digest("", encoded),
        )  # fmt: skip
        event = Event(header=header, stamp=stamp, link=GENESIS, salt="", body=encoded)
        self.events.append(event)
        return event

    def of(self, subject: str) -> list[Event]:
        """Return a subject's events."""
        return [event for event in self.events if event.subject == subject]

    def world(self) -> World:
        """Return what guards know beside machines."""
        policies = [
            (event.stamp, policy_from(k.read_body("PolicyChosen", 1, event.body or b"")))  # type: ignore[arg-type]
            for event in effective(self.of("policy:town"))
        ]
        return World(
            causality=self.causality,
            policies=tuple(policies),
            agreements=self.agreements,
            partners=self.partners,
            beneficiaries={FAMILY: "family"},
        )

    def state(self, machine: str = MACHINE) -> MachineState:
        """Return a machine's folded state."""
        state = fold_machine(machine, self.of(machine), self.causality)
        assert state is not None
        return state

    def view(self, machine: str = MACHINE) -> MachineView:
        """Return a machine with its disks, as guards see it."""
        state = self.state(machine)
        others = [self.state(e) for e in self._machines() if e != machine]
        foreign = {
            disk: [other.disks[disk] for other in others if disk in other.disks]
            for disk in state.disks
        }
        disks = {disk: fold_disk(disk, self.of(disk)) for disk in state.disks}
        return look(state, disks, foreign, self.world())

    def _machines(self) -> list[str]:
        return sorted({e.subject for e in self.events if e.subject.startswith("machine:")})


def codes(verdict: Verdict | tuple[Reason, ...]) -> set[str]:
    """Return the codes of a refusal; empty when allowed."""
    reasons = verdict if isinstance(verdict, tuple) else getattr(verdict, "reasons", ())
    assert isinstance(verdict, tuple) or not isinstance(verdict, Refused) or reasons
    return {reason.code for reason in reasons}


_RAPIDE = ("start", "disk", "memory", "screen", "keyboard", "network")
ALL_PASS: Mapping[str, str] = dict.fromkeys(_RAPIDE, "pass")


def collected(*disks: str, hidden: bool = False) -> k.ReportImported:
    """Return a report of our own collector that lists these disks."""
    return k.ReportImported(
        report="r" * 64, format="parclibre-report", disks=disks, lists_disks=True,
        hidden_storage=hidden,
    )  # fmt: skip


def in_workshop(history: History, *, kind: str = "hdd") -> None:
    """Bring a one-disk machine from stock, through service and retirement, to the workshop."""
    history.add(MACHINE, k.MachineRegistered(tag="PL-1", kind="laptop"))
    history.add(DISK, k.DiskRegistered(model="ST500", serial="S1", kind=kind))
    history.add(MACHINE, k.DiskAdded(disk=DISK))
    history.add(MACHINE, k.Installed(room="room:1", seat="A1"))
    history.add(MACHINE, k.Retired(decision="PV 12"))
    history.add(MACHINE, k.TakenIn())


def wiped(**changes: object) -> k.DiskWiped:
    """Return a verified wipe, good for a rotating disk and, with level purge, for flash."""
    fields = {"level": "clear", "method": "nwipe", "readback": "full"} | changes
    return k.DiskWiped(**fields)  # type: ignore[arg-type]


def made_ready(history: History, *, kind: str = "hdd", level: str = "clear") -> None:
    """Bring a machine from the workshop to ready, everything proven."""
    in_workshop(history, kind=kind)
    history.add(MACHINE, collected(DISK))
    history.add(DISK, wiped(level=level))
    history.add(MACHINE, k.TestsRecorded(profile="rapide", results=dict(ALL_PASS)))
    history.add(MACHINE, k.ImageInstalled(image="famille"))
    history.add(MACHINE, k.MadeReady())
