# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine and a disk have become: mutable accumulators that the fold fills.

They are serialised as the projections' ``fold`` column, so that one more event costs one more
step and not a replay. Only ``fleet.model.fold`` writes in them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from fleet.model.events import Stamp

Frontier = dict[str, int]


class State(StrEnum):
    """Where a machine is in its life."""

    IN_STOCK = "in_stock"
    IN_SERVICE = "in_service"
    IN_REPAIR = "in_repair"
    RETIRED = "retired"
    IN_WORKSHOP = "in_workshop"
    READY = "ready"
    GIVEN = "given"
    LOANED = "loaned"
    SOLD_OR_TRANSFERRED = "sold_or_transferred"
    DISMANTLED = "dismantled"
    TO_RECYCLE = "to_recycle"
    RECYCLED = "recycled"
    LOST = "lost"


class Presence(StrEnum):
    """What became of a disk once seen in a machine."""

    PRESENT = "present"
    UNACCOUNTED = "unaccounted"
    KEPT = "kept"
    DESTROYED = "destroyed"
    MOVED = "moved"


class Uses(msgspec.Struct, omit_defaults=True):
    """Possible uses of a disk: the last event of each replica, and the latest sure date."""

    frontier: Frontier = {}
    last_on: str = ""

    def add(self, stamp: Stamp, on: str) -> None:
        """Record one more use; ``on`` is empty when its date is not sure."""
        if stamp.seq > self.frontier.get(stamp.replica, 0):
            self.frontier[stamp.replica] = stamp.seq
        self.last_on = max(self.last_on, on)


class Attachment(msgspec.Struct, omit_defaults=True):
    """A disk's stay in a machine: stamps of its first arrival and of its removal."""

    since: Stamp
    presence: Presence = Presence.PRESENT
    uses: Uses = msgspec.field(default_factory=Uses)
    removed: Stamp | None = None


class Exit(msgspec.Struct, omit_defaults=True):
    """One passage out of our hands, with what had to be wiped before it."""

    event: str
    kind: str
    stamp: Stamp
    disks: dict[str, Uses]
    known: bool
    agreement: str | None = None


class Deed(msgspec.Struct, omit_defaults=True):
    """A transfer of title, a sale or a hand-over as it was done, for the law of its day.

    ``said`` is its body, with its day (ISO); owner, provenance, value (of the configuration, in
    cents) and waivers (codes of reasons) are those just before it.
    """

    event: str
    kind: str
    stamp: Stamp
    said: dict[str, Any]
    title: str = "town"
    provenance: str = "bought"
    value_cents: int | None = None
    waived: tuple[str, ...] = ()


class Interval(msgspec.Struct, omit_defaults=True):
    """Time in one state, by effective date. ``sure`` is False under a doubtful clock."""

    state: State
    from_on: str
    known_at: str
    sure: bool = True


class Former(msgspec.Struct, array_like=True, gc=False):
    """What values were until a day (ISO), the first on which they were others."""

    until_on: str
    was: tuple[str | None, ...]


class Conflict(msgspec.Struct, omit_defaults=True):
    """An event that the lifecycle could not apply."""

    event: str
    kind: str
    state: str


class Wipe(msgspec.Struct, omit_defaults=True):
    """One wipe of a disk, as recorded."""

    event: str
    stamp: Stamp
    level: str
    readback: str
    succeeded: bool
    declared: bool
    documented: bool
    on: str


class DiskState(msgspec.Struct, omit_defaults=True):
    """A disk as its own events tell it."""

    id: str
    model: str | None = None
    serial: str | None = None
    wwn: str | None = None
    size_bytes: int | None = None
    kind: str = "unknown"
    label: str | None = None
    health: str = "unknown"
    reasons: tuple[str, ...] = ()
    power_on_hours: int | None = None
    reports: list[str] = []
    wipes: list[Wipe] = []
    fate: str = ""
    fate_stamp: Stamp | None = None
    unknown: list[str] = []

    @property
    def is_known(self) -> bool:
        """Tell whether an event that still counts says anything of this disk."""
        return self != DiskState(id=self.id)


class Facts(msgspec.Struct, omit_defaults=True):
    """The latest known facts of a machine, from its reports."""

    board_model: str | None = None
    chassis: str | None = None
    cpu: str | None = None
    cores: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    memory_slots: int | None = None
    firmware_date: str | None = None
    battery_percent: int | None = None
    reports: list[str] = []


class MachineState(msgspec.Struct, omit_defaults=True):
    """A machine as its events tell it, before its disks are looked at."""

    id: str
    tag: str = ""
    other_tags: list[str] = []
    kind: str = "other"
    owner: str = "town"
    provenance: str = "bought"
    origin: str = "stock"
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    accounting_number: str | None = None
    purchased_on: str | None = None
    purchase_value_cents: int | None = None
    net_book_value_cents: int | None = None
    system: str | None = None
    note: str | None = None
    state: State = State.IN_STOCK
    site: str | None = None
    room: str | None = None
    seat: str | None = None
    holder: str | None = None
    custody: str = "town"
    title: str = "town"
    title_way: str | None = None
    lot: str | None = None
    workshop_partner: str | None = None
    facts: Facts = msgspec.field(default_factory=Facts)
    evidence: dict[str, list[str]] = {}
    disks: dict[str, Attachment] = {}
    uses: Uses = msgspec.field(default_factory=Uses)
    known: str = ""
    known_stamp: Stamp | None = None
    tests: dict[str, str] = {}
    tests_profile: str = ""
    rejected: bool = False
    verdict_reasons: tuple[str, ...] = ()
    image: str | None = None
    bare: bool = False
    image_stamp: Stamp | None = None
    exits: list[Exit] = []
    deeds: list[Deed] = []
    intervals: list[Interval] = []
    former_places: list[Former] = []
    former_systems: list[Former] = []
    waived: list[tuple[str, str]] = []
    conflicts: dict[str, Conflict] = {}
    settled: list[str] = []
    unknown: list[str] = []
    withheld: int = 0
    last_seen: str | None = None
    value_cents: int | None = None
    screen_cents: int = 0
    retirement_list: str | None = None
    followed_on: str | None = None
    followed: str | None = None

    @property
    def full_model(self) -> str | None:
        """Maker and model; None when neither is known."""
        return " ".join(part for part in (self.manufacturer, self.model) if part) or None

    @property
    def since(self) -> str:
        """The effective date of the present state."""
        return self.intervals[-1].from_on if self.intervals else ""
