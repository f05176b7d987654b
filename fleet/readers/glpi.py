# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the JSON inventory of a GLPI Agent, whole or partial.

Only hardware is read: user names, software, processes and addresses never leave the file.
Fields and units: ``inventory.schema.json`` of glpi-project/inventory_format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import (
    BatteryFacts,
    BoardFacts,
    CpuFacts,
    DiskFacts,
    DiskKind,
    Finding,
    NicFacts,
    ReportFacts,
)
from fleet.model.text import clean, known, known_uuid
from fleet.readers.limits import Json, count, items, load_json, mapping, text_of
from fleet.readers.values import (
    chassis_name,
    disk_kind,
    hidden_storage_warning,
    hides_disks,
    is_drive,
    is_usb_nic,
    is_virtual_nic,
    iso_date,
    real_mac,
)

FORMAT = "glpi_inventory"
MAX_ROWS = 1_024

_SECTIONS = ("bios", "hardware", "cpus", "memories", "storages", "batteries", "networks")
_TRANSPORTS = {"sata": "sata", "ata": "ata", "ide": "ide", "usb": "usb", "nvme": "nvme",
               "sas": "sas", "scsi": "scsi", "mmc": "mmc"}  # fmt: skip
_OPTICAL = re.compile(r"\bCD\b|CD-?ROM|\bDVD|\bBD-", re.IGNORECASE)
_FLOPPY = re.compile(r"floppy", re.IGNORECASE)


def looks_like_glpi(document: object) -> bool:
    """Tell whether parsed JSON is a GLPI inventory, partial ones included."""
    root = mapping(document)
    content = mapping(root.get("content"))
    named = "versionclient" in content or "deviceid" in root
    return bool(content) and (named or any(section in content for section in _SECTIONS))


def read_glpi(text: str) -> tuple[ReportFacts, ...]:
    """Return the facts of the one machine described. Raises BadInput on other text."""
    return read_glpi_document(load_json(text))


def read_glpi_document(document: object) -> tuple[ReportFacts, ...]:
    """Return the facts of a parsed inventory. Raises BadInput on other JSON or equipment."""
    if not looks_like_glpi(document):
        raise BadInput(
            _("This is not a GLPI inventory."),
            hint=_("Run: sudo glpi-agent --json --local report.json"),
        )
    root = mapping(document)
    kind = clean(text_of(root, "itemtype"), limit=64) or "Computer"
    if kind != "Computer":
        raise BadInput(
            _("This GLPI inventory describes equipment of type {kind}.").format(kind=kind),
            hint=_("Only inventories of computers can be read."),
        )
    return (_facts(mapping(root.get("content"))),)


def _facts(content: Json) -> ReportFacts:
    bios = mapping(content.get("bios"))
    hardware = mapping(content.get("hardware"))
    memories = _rows(content, "memories")
    hiding = _hiding_controllers(content)
    return ReportFacts(
        format=FORMAT,
        manufacturer=known(text_of(bios, "smanufacturer")),
        model=known(text_of(bios, "smodel")),
        sku=known(text_of(bios, "skunumber")),
        serial=known(text_of(bios, "ssn")),
        uuid=known_uuid(text_of(hardware, "uuid")),
        board=BoardFacts(
            manufacturer=known(text_of(bios, "mmanufacturer")),
            model=known(text_of(bios, "mmodel")),
            serial=known(text_of(bios, "msn")),
        ),
        chassis=chassis_name(text_of(hardware, "chassis_type")),
        chassis_serial=known(text_of(bios, "enclosureserial")),
        asset_tag=known(text_of(bios, "assettag")),
        cpu=_cpu(_rows(content, "cpus")),
        memory_bytes=_memory(memories, hardware),
        memory_slots=len(memories) or None,
        disks=tuple(_disk(row) for row in _rows(content, "storages") if _is_disk(row)),
        lists_disks="storages" in content,
        hidden_storage=bool(hiding),
        batteries=tuple(_battery(row) for row in _rows(content, "batteries")),
        nics=_nics(_rows(content, "networks")),
        firmware_date=iso_date(text_of(bios, "bdate")),
        warnings=hiding,
    )


def _rows(content: Json, section: str) -> tuple[Json, ...]:
    return items(content.get(section))[:MAX_ROWS]


def _cpu(rows: Sequence[Json]) -> CpuFacts:
    """Return the processor; ``core`` and ``thread`` are totals of each socket."""
    names = (known(text_of(row, "name", "familyname")) for row in rows)
    return CpuFacts(
        model=next((name for name in names if name), None),
        cores=_total(rows, "core"),
        threads=_total(rows, "thread"),
    )


def _total(rows: Sequence[Json], field: str) -> int | None:
    counts = [count(row.get(field), top=4096) for row in rows]
    told = [number for number in counts if number]
    return sum(told) if told and len(told) == len(counts) else None


def _memory(rows: Sequence[Json], hardware: Json) -> int | None:
    """Return bytes of the modules, else what the system sees (both in MB of 2**20)."""
    modules = sum(count(row.get("capacity"), top=2**30) or 0 for row in rows)
    return (modules or count(hardware.get("memory"), top=2**30) or 0) * 2**20 or None


def _is_disk(row: Json) -> bool:
    words = " ".join(
        text_of(row, key) or "" for key in ("type", "description", "model", "interface")
    )
    return is_drive(text_of(row, "name")) and not (_OPTICAL.search(words) or _FLOPPY.search(words))


def _disk(row: Json) -> DiskFacts:
    transport = _transport(row)
    model = known(text_of(row, "model"))
    size = count(row.get("disksize"), top=10**12)
    kind = disk_kind(text_of(row, "name"), model, None)
    if transport == "nvme" and kind is DiskKind.UNKNOWN:
        kind = DiskKind.NVME
    removable = transport == "usb" or "removable" in (text_of(row, "type") or "").lower()
    return DiskFacts(
        model=model,
        serial=known(text_of(row, "serial", "serialnumber")),
        wwn=known(text_of(row, "wwn")),
        size_bytes=size * 1_000_000 if size else None,
        kind=kind,
        transport=transport,
        removable=removable,
    )


def _transport(row: Json) -> str | None:
    name = (text_of(row, "name") or "").removeprefix("/dev/")
    if name.startswith("nvme"):
        return "nvme"
    told = (text_of(row, "interface") or text_of(row, "description") or "").strip().lower()
    return _TRANSPORTS.get(told)


def _battery(row: Json) -> BatteryFacts:
    design = count(row.get("capacity"), top=10_000_000) or None
    full = count(row.get("real_capacity"), top=10_000_000) or None
    return BatteryFacts(
        model=known(text_of(row, "name")),
        serial=known(text_of(row, "serial")),
        design_mwh=design,
        full_mwh=full,
        health_percent=round(100 * full / design) if design and full else None,
        cycles=count(row.get("cycles"), top=100_000),
    )


def _nics(rows: Sequence[Json]) -> tuple[NicFacts, ...]:
    found: dict[str, NicFacts] = {}
    for row in rows:
        name, mac = text_of(row, "description"), real_mac(text_of(row, "mac"))
        wired = text_of(row, "type") in ("ethernet", "wifi", None)
        if mac and wired and row.get("virtualdev") is not True and not is_virtual_nic(name):
            removable = is_usb_nic(name, text_of(row, "driver"))
            removable = removable or "USB" in (text_of(row, "pnpdeviceid") or "")
            found.setdefault(mac, NicFacts(mac=mac, name=known(name), removable=removable))
    return tuple(found.values())


def _hiding_controllers(content: Json) -> tuple[Finding, ...]:
    rows = _rows(content, "controllers")
    return tuple(
        hidden_storage_warning(text_of(row, "name") or text_of(row, "type"))
        for row in rows
        if hides_disks(text_of(row, "type"), text_of(row, "name"), text_of(row, "caption"))
    )[:16]
