# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine, a disk or a battery says about itself, as read from one report.

Unknown is a value: ``None`` (or ``UNKNOWN``) means the source did not say, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DiskKind(StrEnum):
    """Storage technology; decides which wipe counts."""

    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"
    EMMC = "emmc"
    UNKNOWN = "unknown"


class DiskHealth(StrEnum):
    """Verdict on a disk; GOOD needs more than the drive's own PASSED."""

    GOOD = "good"
    WORN = "worn"
    FAILING = "failing"
    UNKNOWN = "unknown"


class Environment(StrEnum):
    """What the machine was running when it was read: our live system or its own disk."""

    LIVE = "live"
    INSTALLED = "installed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A coded observation, e.g. ``pending_sectors=67``; the catalogue turns it into a sentence."""

    code: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.code}={self.value}" if self.value else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFacts:
    """Mainboard (SMBIOS type 2)."""

    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuFacts:
    """Processor; cores and threads are totals over all sockets."""

    model: str | None = None
    cores: int | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NicFacts:
    """Network interface; a removable one (USB, dock) identifies nothing."""

    mac: str
    name: str | None = None
    removable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFacts:
    """One drive. ``size_bytes`` as reported; ``power_on_hours`` None when absent or impossible."""

    model: str | None = None
    serial: str | None = None
    wwn: str | None = None
    size_bytes: int | None = None
    kind: DiskKind = DiskKind.UNKNOWN
    transport: str | None = None
    removable: bool = False
    health: DiskHealth = DiskHealth.UNKNOWN
    reasons: tuple[Finding, ...] = ()
    power_on_hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryFacts:
    """One battery. Energies in milliwatt-hours; health in percent of design (raw, may pass 100)."""

    model: str | None = None
    serial: str | None = None
    design_mwh: int | None = None
    full_mwh: int | None = None
    health_percent: int | None = None
    cycles: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Everything one report says about one machine, or about one bare disk or battery.

    ``has_machine`` is False for a bare SMART or battery dump, which fills only ``disks`` or
    ``batteries``. ``hidden_storage`` is True when a RAID or VMD controller may hide disks.
    """

    format: str
    has_machine: bool = True
    manufacturer: str | None = None
    model: str | None = None
    version: str | None = None
    sku: str | None = None
    serial: str | None = None
    uuid: str | None = None
    board: BoardFacts = BoardFacts()
    chassis: str | None = None
    chassis_serial: str | None = None
    asset_tag: str | None = None
    cpu: CpuFacts = CpuFacts()
    memory_bytes: int | None = None
    memory_slots: int | None = None
    disks: tuple[DiskFacts, ...] = ()
    lists_disks: bool = False
    hidden_storage: bool = False
    batteries: tuple[BatteryFacts, ...] = ()
    nics: tuple[NicFacts, ...] = ()
    firmware_date: str | None = None
    environment: Environment = Environment.UNKNOWN
    collected_at: str | None = None
    clock: str = "unknown"
    warnings: tuple[Finding, ...] = ()

    @property
    def display_model(self) -> str | None:
        """The name a person would use: Lenovo's version, else the product, else the board."""
        if (self.manufacturer or "").casefold().startswith("lenovo") and self.version:
            return self.version
        return self.model or self.board.model
