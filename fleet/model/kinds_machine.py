# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event bodies about what a machine and its disks are."""

from __future__ import annotations

from typing import Literal

from fleet.model.body import Body


class MachineRegistered(Body, frozen=True):
    """A machine enters the journal; ``origin``: stock (the town's) or gift (from outside)."""

    tag: str
    kind: str = "other"
    owner: str = "town"
    provenance: str = "bought"
    origin: Literal["stock", "gift"] = "stock"
    site: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    accounting_number: str | None = None
    purchased_on: str | None = None
    purchase_value_cents: int | None = None
    net_book_value_cents: int | None = None
    system: str | None = None
    note: str | None = None
    on: str | None = None


class MachineDescribed(Body, frozen=True):
    """Corrected or completed fields of a machine; an absent field is left as it is."""

    tag: str | None = None
    kind: str | None = None
    owner: str | None = None
    provenance: str | None = None
    site: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    accounting_number: str | None = None
    purchased_on: str | None = None
    purchase_value_cents: int | None = None
    net_book_value_cents: int | None = None
    system: str | None = None
    note: str | None = None


class ReportImported(Body, frozen=True):
    """What the machine said, once. ``report`` is the digest of the raw evidence.

    ``lists_disks`` and not ``hidden_storage`` from our own collector makes the disks *known*.
    """

    report: str
    format: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    board_serial: str | None = None
    board_model: str | None = None
    uuid: str | None = None
    chassis: str | None = None
    chassis_serial: str | None = None
    macs: tuple[str, ...] = ()
    cpu: str | None = None
    cores: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    memory_slots: int | None = None
    firmware_date: str | None = None
    disks: tuple[str, ...] = ()
    lists_disks: bool = False
    hidden_storage: bool = False
    battery_percent: int | None = None
    environment: str = "unknown"
    collected_at: str | None = None
    clock: str = "unknown"


class ReportHeld(Body, frozen=True):
    """A report that asks for a person's decision. Subject: ``report:<digest>``."""

    format: str
    file: str
    why: str
    candidates: tuple[str, ...] = ()
    summary: str = ""


class ReportSettled(Body, frozen=True):
    """The decision on a held report: same machine, new machine, or dismissed."""

    decision: Literal["same", "new", "dismissed"]
    machine: str | None = None


class DiskAdded(Body, frozen=True):
    """A disk now sits in this machine. ``cause``: report or person."""

    disk: str
    cause: Literal["report", "person"] = "report"


class DiskRemoved(Body, frozen=True):
    """A disk left this machine. ``outcome``: unaccounted, kept, destroyed, moved."""

    disk: str
    outcome: Literal["unaccounted", "kept", "destroyed", "moved"] = "unaccounted"
    note: str | None = None
    on: str | None = None


class DisksDeclared(Body, frozen=True):
    """A person signs the complete list of disks; an empty list is « sans disque »."""

    disks: tuple[str, ...] = ()
    second_person: str | None = None
    on: str | None = None


class Seen(Body, frozen=True):
    """Stock-taking: the machine was physically seen, in this room or elsewhere."""

    room: str | None = None
    site: str | None = None


class MachinePutInLot(Body, frozen=True):
    """The machine belongs to a lot (None takes it out)."""

    lot: str | None = None


class MachinesMerged(Body, frozen=True):
    """The ``absorbed`` machine is the same physical PC as the subject."""

    absorbed: str


class MachinesSplit(Body, frozen=True):
    """Undoes a merge: ``absorbed`` is a machine of its own again."""

    absorbed: str


class DiskRegistered(Body, frozen=True):
    """A disk becomes a subject of its own; ``label`` is ours when it has no serial."""

    model: str | None = None
    serial: str | None = None
    wwn: str | None = None
    size_bytes: int | None = None
    kind: str = "unknown"
    label: str | None = None


class DiskMeasured(Body, frozen=True):
    """SMART verdict from a report."""

    health: str
    reasons: tuple[str, ...] = ()
    power_on_hours: int | None = None
    report: str | None = None


class DiskWiped(Body, frozen=True):
    """A wipe. ``level``: clear, purge. ``readback``: full, sampled, none.

    ``declared`` is a wipe told by a person (report attached, second person named): it never
    makes a certificate, and counts for G1 only when the policy says so. ``logs`` are the digests
    of the tools' own words, which travel with this event.
    """

    VERSION = 2  # logs, from 2 on

    level: Literal["clear", "purge"]
    method: str
    readback: Literal["full", "sampled", "none"]
    succeeded: bool = True
    coverage_permille: int = 0
    declared: bool = False
    report: str | None = None
    second_person: str | None = None
    tool: str | None = None
    logs: tuple[str, ...] = ()
    on: str | None = None


class DiskDestroyed(Body, frozen=True):
    """Physically destroyed, with the report that says so."""

    how: str
    report: str | None = None
    on: str | None = None


class DiskKept(Body, frozen=True):
    """Taken out and kept under our control."""

    where: str
    on: str | None = None
