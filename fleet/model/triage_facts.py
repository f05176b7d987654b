# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the triage looks at in a machine: more than a report's facts, less than its evidence.

Unknown is a value: ``None`` means that nothing said it.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.model.facts import BatteryFacts, DiskFacts

# Kinds of machine that run on a battery of their own and have their own screen and keyboard.
PORTABLE = frozenset({"laptop", "tablet"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuSheet:
    """The processor. ``bits`` is 32 or 64; ``mhz`` its highest frequency."""

    model: str | None = None
    bits: int | None = None
    cores: int | None = None
    mhz: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryModule:
    """One module. ``technology`` is DDR3...; ``form`` is DIMM, SO-DIMM or soldered."""

    mib: int
    technology: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySheet:
    """The memory. ``installed_mib`` is what the modules hold, else what the system sees.

    ``slots`` counts sockets, ``max_mib`` is the most that the firmware says the board takes.
    """

    installed_mib: int | None = None
    modules: tuple[MemoryModule, ...] = ()
    slots: int | None = None
    max_mib: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFacts:
    """One machine as the triage sees it.

    ``lists_disks``, ``lists_batteries``: the report lists all of them, so that none is none.
    """

    kind: str = "other"
    cpu: CpuSheet = CpuSheet()
    memory: MemorySheet = MemorySheet()
    disks: tuple[DiskFacts, ...] = ()
    lists_disks: bool = False
    hidden_storage: bool = False
    batteries: tuple[BatteryFacts, ...] = ()
    lists_batteries: bool = False

    @property
    def portable(self) -> bool:
        """Whether it is made to run on a battery."""
        return self.kind in PORTABLE
