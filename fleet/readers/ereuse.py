# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads eReuse snapshots: raw tool outputs (Workbench since 2022) or parsed components."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import (
    BatteryFacts,
    BoardFacts,
    CpuFacts,
    DiskFacts,
    DiskKind,
    NicFacts,
    ReportFacts,
)
from fleet.model.text import clean, known, known_version
from fleet.readers.limits import Json, count, items, load_json, mapping, text_of
from fleet.readers.merge import merge
from fleet.readers.parts import part_of
from fleet.readers.values import chassis_name, disk_kind, iso_date, real_mac, utc_time

FORMAT = "ereuse_snapshot"

_RAW_TOOLS = ("dmidecode", "lshw", "hwinfo", "lscpu", "lsblk", "lspci", "smart", "smartctl")
_DISK_TYPES = ("HardDrive", "SolidStateDrive", "DataStorage")
_NUMBER = re.compile(r"\s*(\d{1,12})(?:\.\d*)?")


def looks_like_ereuse(document: object) -> bool:
    """Tell whether parsed JSON is an eReuse snapshot, bare, wrapped or signed."""
    snapshot = _unwrapped(mapping(document))
    return bool(_raw_outputs(snapshot)) or _is_parsed(snapshot)


def read_ereuse(text: str) -> tuple[ReportFacts, ...]:
    """Return the facts of the one machine described. Raises BadInput on other text."""
    return read_ereuse_document(load_json(text))


def read_ereuse_document(document: object) -> tuple[ReportFacts, ...]:
    """Return the facts of a parsed eReuse snapshot. Raises BadInput on other JSON."""
    snapshot = _unwrapped(mapping(document))
    outputs = _raw_outputs(snapshot)
    if outputs:
        parts = tuple(part for tool in _RAW_TOOLS for part in part_of(tool, outputs.get(tool)))
    elif _is_parsed(snapshot):
        parts = (_parsed(snapshot),)
    else:
        raise BadInput(
            _("This is not an eReuse snapshot."),
            hint=_("Give the JSON file that Workbench wrote."),
        )
    facts = merge(FORMAT, parts)
    return (
        replace(
            facts,
            lists_disks=facts.lists_disks or bool(facts.disks),
            collected_at=utc_time(text_of(snapshot, "timestamp", "endTime")),
        ),
    )


def _unwrapped(document: Json) -> Json:
    """Return the snapshot itself: the DeviceSnapshotV1 envelope and credentials wrap one."""
    inner = mapping(document.get("data"))
    if inner.get("type") == "Snapshot":
        return inner
    return document


def _raw_outputs(snapshot: Json) -> Json:
    """Return tool outputs by tool name: of ``data``, or of a credential's ``evidence``."""
    data = mapping(snapshot.get("data"))
    if any(tool in data for tool in ("dmidecode", "lshw", "hwinfo", "smartctl")):
        return data
    evidence = items(snapshot.get("evidence"))
    return {text_of(item, "operation") or "": item.get("output") for item in evidence[:64]}


def _is_parsed(snapshot: Json) -> bool:
    return isinstance(snapshot.get("device"), dict) and (
        snapshot.get("type") == "Snapshot" or isinstance(snapshot.get("components"), list)
    )


def _parsed(snapshot: Json) -> ReportFacts:
    device = mapping(snapshot.get("device"))
    components = items(snapshot.get("components"))[:4096]
    board = next(iter(_of_type(components, "Motherboard")), {})
    modules = _of_type(components, "RamModule")
    memory = sum(_leading(module.get("size")) or 0 for module in modules) * 2**20
    return ReportFacts(
        format=FORMAT,
        manufacturer=known(text_of(device, "manufacturer")),
        model=known(text_of(device, "model")),
        version=known_version(text_of(device, "version")),
        sku=known(text_of(device, "sku")),
        serial=known(text_of(device, "serialNumber")),
        board=BoardFacts(
            manufacturer=known(text_of(board, "manufacturer")),
            model=known(text_of(board, "model")),
            serial=known(text_of(board, "serialNumber")),
        ),
        chassis=chassis_name(text_of(device, "chassis")),
        cpu=_cpu(_of_type(components, "Processor")),
        memory_bytes=memory or None,
        memory_slots=_leading(board.get("ramSlots")) or len(modules) or None,
        disks=tuple(_disk(c) for c in components if c.get("type") in _DISK_TYPES),
        lists_disks=True,
        batteries=tuple(_battery(c) for c in _of_type(components, "Battery")),
        nics=tuple(_nics(components)),
        firmware_date=iso_date(text_of(board, "biosDate")),
    )


def _of_type(components: Sequence[Json], kind: str) -> list[Json]:
    return [component for component in components if component.get("type") == kind]


def _leading(value: object) -> int | None:
    """Return the whole number a value begins with: ``160042.0 MB`` is 160042."""
    match = _NUMBER.match(value) if isinstance(value, str) else None
    return int(match[1]) if match else count(value, top=10**12)


def _cpu(processors: Sequence[Json]) -> CpuFacts:
    names = (known(text_of(processor, "model")) for processor in processors)
    cores = _total(processors, "cores")
    return CpuFacts(
        model=next((name for name in names if name), None),
        cores=cores,
        threads=_total(processors, "threads") if cores else None,
    )


def _total(processors: Sequence[Json], field: str) -> int | None:
    counts = [_leading(processor.get(field)) for processor in processors]
    told = [number for number in counts if number]
    return sum(told) if told and len(told) == len(counts) else None


def _disk(component: Json) -> DiskFacts:
    """Return a disk; sizes are in MB of one million bytes, rounded at the source."""
    interface = (clean(text_of(component, "interface"), limit=32) or "").lower() or None
    model = known(text_of(component, "model"))
    return DiskFacts(
        model=model,
        serial=known(text_of(component, "serialNumber")),
        size_bytes=_megabytes(component.get("size")),
        kind=_kind(component, model, interface),
        transport=interface,
        removable=interface == "usb",
    )


def _kind(component: Json, model: str | None, interface: str | None) -> DiskKind:
    """Return the kind; Workbench 11 calls every drive it knows little of a HardDrive."""
    if interface == "nvme":
        return DiskKind.NVME
    told = component.get("type")
    turns = {"SolidStateDrive": False, "HardDrive": True if interface else None}
    return disk_kind(None, model, turns.get(told) if isinstance(told, str) else None)


def _megabytes(value: object) -> int | None:
    if isinstance(value, float) and 0 < value < 10**12:
        return round(value * 1_000_000)
    size = _leading(value)
    return size * 1_000_000 if size else None


def _battery(component: Json) -> BatteryFacts:
    """Return a battery without energies: the snapshot gives charge (mAh), not energy."""
    measures = [a for a in items(component.get("actions")) if a.get("type") == "MeasureBattery"]
    last = measures[-1] if measures else {}
    design, full = _leading(component.get("size")), _leading(last.get("size"))
    return BatteryFacts(
        model=known(text_of(component, "model")),
        serial=known(text_of(component, "serialNumber")),
        health_percent=round(100 * full / design) if design and full else None,
        cycles=_leading(last.get("cycleCount")),
    )


def _nics(components: Sequence[Json]) -> Iterator[NicFacts]:
    for component in _of_type(components, "NetworkAdapter"):
        if mac := real_mac(text_of(component, "serialNumber")):
            yield NicFacts(mac=mac)
