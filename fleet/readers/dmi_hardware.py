# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory and processors out of SMBIOS structures (types 4, 6, 16 and 17)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from fleet.model.facts import CpuFacts
from fleet.readers.limits import count
from fleet.readers.values import parse_size

_NOT_SYSTEM_USES = ("flash memory", "video memory", "non-volatile ram", "cache memory")
_NOT_SYSTEM_TYPES = ("flash", "rom", "eprom", "eeprom", "feprom", "vram", "cdram")
_ROM_LOCATOR = re.compile(r"\bROM\b|\bFLASH\b|\bBIOS\b", re.IGNORECASE)
_NO_PROCESSOR = ("not installed", "none", "cpu", "processor")
_SIZE_FIELDS = ("Size", "Installed Size")


class Fields(Protocol):
    """A structure as the parser gives it."""

    @property
    def kind(self) -> int: ...
    @property
    def handle(self) -> str: ...
    def get(self, *names: str) -> str | None: ...
    def known(self, *names: str) -> str | None: ...


def memory_of(structures: Sequence[Fields]) -> tuple[int | None, int | None]:
    """Return installed bytes and number of slots; None for what the firmware does not say.

    Counts memory devices (type 17) of system memory arrays; machines older than SMBIOS 2.1
    have memory modules (type 6) instead.
    """
    devices = [s for s in structures if s.kind == 17 and s.get("Size") is not None]
    if not devices:
        devices = [s for s in structures if s.kind == 6 and s.get("Installed Size")]
    uses = {s.handle: (s.get("Use") or "").lower() for s in structures if s.kind == 16}
    system = [device for device in devices if _is_system_memory(device, uses)]
    return sum(_installed(device) for device in system) or None, len(system) or None


def _is_system_memory(device: Fields, uses: dict[str, str]) -> bool:
    use = uses.get((device.get("Array Handle") or "").lower(), "")
    technology = (device.get("Type") or "").lower()
    if use in _NOT_SYSTEM_USES or (device.kind == 17 and technology in _NOT_SYSTEM_TYPES):
        return False
    chip = (device.get("Form Factor") or "") == "Chip"
    return not (chip and _ROM_LOCATOR.search(device.get("Locator") or ""))


def _installed(device: Fields) -> int:
    """Return the bytes a module adds to main memory; none for persistent memory modules."""
    persistent = parse_size(device.get("Non-Volatile Size"))
    if persistent and not parse_size(device.get("Volatile Size")):
        return 0
    return parse_size(device.get(*_SIZE_FIELDS)) or 0


def processors_of(structures: Sequence[Fields]) -> CpuFacts:
    """Return the processor's name, with cores and threads over all fitted sockets.

    Empty and disabled sockets count for nothing (coreboot calls them all empty, and then only
    the name is believed). Some firmware lists one structure per
    thread: those share a socket designation and are counted once.
    """
    sockets = [s for s in structures if s.kind == 4 and _is_main_processor(s)]
    populated = [s for s in sockets if "unpopulated" not in (s.get("Status") or "").lower()]
    enabled = [s for s in populated if "disabled" not in (s.get("Status") or "").lower()]
    fitted = _distinct(enabled or populated)
    told = (s.known("Version", "Processor Version") for s in fitted or sockets)
    names = (name for name in told if name and name.lower() not in _NO_PROCESSOR)
    cores = _total(fitted, "Core Count")
    threads = _total(fitted, "Thread Count")
    return CpuFacts(
        model=next(names, None),
        cores=cores,
        threads=None if threads and cores and threads < cores else threads,
    )


def _is_main_processor(structure: Fields) -> bool:
    role = structure.get("Type", "Processor Type") or "Central Processor"
    return role in ("Central Processor", "Other", "Unknown") and (
        structure.get("Socket Designation", "Version", "Status", "Core Count") is not None
    )


def _distinct(sockets: Sequence[Fields]) -> list[Fields]:
    """Drop repeats of one socket: as many structures as it has cores or threads, or no count."""
    repeats = Counter(_designation(socket) for socket in sockets)
    kept: dict[str, Fields] = {}
    result: list[Fields] = []
    for socket in sockets:
        name = _designation(socket)
        per_thread = repeats[name] in (_counted(socket, "Core Count") or repeats[name],
                                       _counted(socket, "Thread Count"))  # fmt: skip
        if name in kept and name and per_thread:
            continue
        kept[name] = socket
        result.append(socket)
    return result


def _designation(socket: Fields) -> str:
    return socket.known("Socket Designation") or ""


def _counted(socket: Fields, field: str) -> int | None:
    return count(socket.get(field), top=4096) or None


def _total(sockets: Sequence[Fields], field: str) -> int | None:
    counts = [_counted(socket, field) for socket in sockets]
    told = [number for number in counts if number]
    return sum(told) if told and len(told) == len(counts) else None
