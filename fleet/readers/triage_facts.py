# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a report and the raw words of dmidecode and lscpu to what the triage looks at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fleet.errors import BadInput
from fleet.model.facts import ReportFacts
from fleet.model.triage_facts import CpuSheet, MemoryModule, MemorySheet, TriageFacts
from fleet.readers.dmidecode import Structure, parse_structures
from fleet.readers.limits import check_size, load_json, mapping, text_of
from fleet.readers.values import parse_size

MIB = 2**20
MHZ = range(100, 10_001)

_MOST_MODULES = 64
_MODES = re.compile(r"^CPU op-mode\(s\):\s*(.{1,80})$", re.MULTILINE)
_ARCHITECTURE = re.compile(r"^Architecture:\s*(\S{1,40})$", re.MULTILINE)
_MAX_MHZ = re.compile(r"^CPU max MHz:\s*(\d{1,6})", re.MULTILINE)
_NAMED_GHZ = re.compile(r"(\d{1,2})[.,](\d{1,3})\s?GHz", re.IGNORECASE)
_64_BIT = re.compile(r"^\s*64-bit capable\s*$", re.MULTILINE)
_TECHNOLOGY = re.compile(r"(?:LP)?DDR\d?")
_FORMS = {
    "dimm": "DIMM", "sodimm": "SO-DIMM", "so-dimm": "SO-DIMM", "srimm": "SO-DIMM",
    "row of chips": "soldered", "chip": "soldered", "die": "soldered",
}  # fmt: skip
# Laptops, from the chassis as dmidecode names it; tablets and all-in-ones apart.
_KINDS = {
    "notebook": "laptop", "laptop": "laptop", "portable": "laptop", "sub notebook": "laptop",
    "convertible": "laptop", "detachable": "tablet", "tablet": "tablet",
    "all in one": "all_in_one", "mini pc": "mini_pc", "stick pc": "mini_pc",
    "desktop": "desktop", "low profile desktop": "desktop", "mini tower": "desktop",
    "tower": "desktop", "pizza box": "desktop", "space-saving": "desktop",
}  # fmt: skip


def triage_facts(
    report: ReportFacts,
    *,
    dmidecode: str = "",
    lscpu: str = "",
    kind: str | None = None,
    lists_batteries: bool = False,
) -> TriageFacts:
    """Return what the triage looks at; ``kind`` of machine when a person said it.

    ``lists_batteries``: upower or the kernel was asked, and not the firmware alone.
    """
    structures = _structures(dmidecode)
    return TriageFacts(
        kind=kind or machine_kind(report),
        cpu=_cpu(report, dmidecode, lscpu),
        memory=_memory(report, structures),
        # What hangs on USB is not the machine's: it is the key, or a dock.
        disks=tuple(d for d in report.disks if not d.removable and d.transport != "usb"),
        lists_disks=report.lists_disks,
        hidden_storage=report.hidden_storage,
        batteries=report.batteries,
        lists_batteries=lists_batteries,
    )


def triage_facts_of_report(
    text: str, report: ReportFacts, *, kind: str | None = None
) -> TriageFacts:
    """Return the same from our collector's report, whose raw outputs are looked up in ``text``."""
    tools = mapping(mapping(_json(text)).get("tools"))
    return triage_facts(
        report,
        dmidecode=_output(tools, "dmidecode"),
        lscpu=_output(tools, "lscpu"),
        kind=kind,
        # The collector reads the kernel's batteries, with or without upower.
        lists_batteries=bool(tools),
    )


def machine_kind(report: ReportFacts) -> str:
    """Return the kind of machine that a chassis tells; a battery makes a laptop."""
    known = _KINDS.get((report.chassis or "").lower())
    if known:
        return known
    return "laptop" if report.batteries else "other"


def _json(text: str) -> object:
    try:
        return load_json(text)
    except BadInput:
        return None


def _output(tools: Mapping[str, object], name: str) -> str:
    return text_of(mapping(tools.get(name)), "output") or ""


def _structures(dmidecode: str) -> tuple[Structure, ...]:
    check_size(dmidecode)
    return tuple(parse_structures(dmidecode))


def _cpu(report: ReportFacts, dmidecode: str, lscpu: str) -> CpuSheet:
    check_size(lscpu)
    return CpuSheet(
        model=report.cpu.model,
        bits=_bits(lscpu) or (64 if _64_BIT.search(dmidecode) else None),
        cores=report.cpu.cores,
        mhz=_mhz(lscpu, report.cpu.model or ""),
    )


def _bits(lscpu: str) -> int | None:
    """Return what the processor can do; a 32-bit system may run on a 64-bit one."""
    if modes := _MODES.search(lscpu):
        return 64 if "64-bit" in modes[1] else 32
    if architecture := _ARCHITECTURE.search(lscpu):
        return 64 if "64" in architecture[1] else None
    return None


def _mhz(lscpu: str, model: str) -> int | None:
    if (told := _MAX_MHZ.search(lscpu)) and int(told[1]) in MHZ:
        return int(told[1])
    named = _NAMED_GHZ.search(model)
    if named is None:
        return None
    mhz = int(named[1]) * 1000 + int(named[2].ljust(3, "0"))
    return mhz if mhz in MHZ else None


def _memory(report: ReportFacts, structures: Sequence[Structure]) -> MemorySheet:
    devices = [s for s in structures if s.kind == 17][:_MOST_MODULES]
    modules = tuple(module for device in devices if (module := _module(device)))
    arrays = [s for s in structures if s.kind == 16]
    system = [s for s in arrays if (s.get("Use") or "").lower() in ("", "system memory")]
    told = report.memory_bytes // MIB if report.memory_bytes else None
    installed = told or sum(module.mib for module in modules) or None
    most = max((_mib(array.get("Maximum Capacity")) for array in system), default=0)
    return MemorySheet(
        installed_mib=installed,
        modules=modules,
        slots=_slots(devices) if devices else report.memory_slots,
        # Some firmware (Apple) says less than what is in it.
        max_mib=max(most, installed or 0) if most else None,
    )


def _slots(devices: Sequence[Structure]) -> int:
    return sum(1 for device in devices if _form(device) != "soldered")


def _module(device: Structure) -> MemoryModule | None:
    size = _mib(device.get("Size"))
    if not size:
        return None
    technology = _TECHNOLOGY.match((device.get("Type") or "").strip().upper())
    return MemoryModule(
        mib=size, technology=technology[0] if technology else None, form=_form(device)
    )


def _form(device: Structure) -> str | None:
    return _FORMS.get((device.get("Form Factor") or "").strip().lower())


def _mib(size: str | None) -> int:
    return (parse_size(size) or 0) // MIB
