# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``lsblk --json``, with any columns, in bytes or in units."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import DiskFacts, DiskKind, ReportFacts
from fleet.model.text import clean, known
from fleet.readers.limits import MAX_DEPTH, Json, count, items, load_json, mapping, text_of
from fleet.readers.values import disk_kind, is_drive, parse_size

FORMAT = "lsblk_json"
MAX_DISKS = 1_024

_TRANSPORTS = {"sas": "sas", "sata": "sata", "ata": "ata", "ide": "ide", "usb": "usb",
               "nvme": "nvme", "mmc": "mmc", "virtio": "virtio", "spi": "scsi"}  # fmt: skip
_YES = (True, 1, "1", "true")
_NO = (False, 0, "0", "false")


def read_lsblk(text: str) -> tuple[ReportFacts, ...]:
    """Return the disks of one machine. Raises BadInput on other text."""
    return read_lsblk_document(load_json(text))


def read_lsblk_document(document: object) -> tuple[ReportFacts, ...]:
    """Return the disks of parsed lsblk JSON. Raises BadInput on other JSON."""
    devices = mapping(document).get("blockdevices")
    if not isinstance(devices, list):
        raise BadInput(
            _("This is not the JSON output of lsblk."),
            hint=_("Run: lsblk --json --bytes --output-all > report.json"),
        )
    disks: dict[str, DiskFacts] = {}
    for device in _flattened(devices):
        name = _name(device)
        if _is_disk(device, name) and len(disks) < MAX_DISKS:
            disks.setdefault(name or str(len(disks)), _disk(device, name))
    return (ReportFacts(format=FORMAT, disks=tuple(disks.values()), lists_disks=True),)


def _flattened(devices: object) -> Iterator[Json]:
    pending = [(device, 0) for device in reversed(items(devices))]
    while pending:
        device, depth = pending.pop()
        yield device
        if depth < MAX_DEPTH:
            children = items(device.get("children"))
            pending.extend((child, depth + 1) for child in reversed(children))


def _name(device: Json) -> str:
    path = clean(text_of(device, "name", "kname", "path"), limit=64) or ""
    return path.removeprefix("/dev/")


def _is_disk(device: Json, name: str) -> bool:
    if text_of(device, "type") != "disk" or not is_drive(name):
        return False
    return _size(device) is not None or not _removable(device)


def _size(device: Json) -> int | None:
    size = device.get("size")
    plain = count(size)
    if plain is None and isinstance(size, str):
        plain = parse_size(size)
    return plain or None


def _flag(device: Json, key: str) -> bool | None:
    value = device.get(key)
    value = value.strip().lower() if isinstance(value, str) else value
    if isinstance(value, float | dict | list):
        return None
    return True if value in _YES else False if value in _NO else None


def _removable(device: Json) -> bool:
    return _transport(device) == "usb" or _flag(device, "rm") is True


def _transport(device: Json) -> str | None:
    told = (clean(text_of(device, "tran")) or "").lower()
    if told in _TRANSPORTS:
        return _TRANSPORTS[told]
    name = _name(device)
    if name.startswith("nvme"):
        return "nvme"
    if name.startswith("mmcblk"):
        return "mmc"
    return "virtio" if name.startswith("vd") else known(told, limit=32)


def _disk(device: Json, name: str) -> DiskFacts:
    model = known(text_of(device, "model"))
    removable = _removable(device)
    kind = disk_kind(name, model, _flag(device, "rota"))
    if removable and kind is DiskKind.HDD:
        kind = DiskKind.UNKNOWN  # USB bridges and sticks claim rotation whatever they hold
    return DiskFacts(
        model=model,
        serial=known(text_of(device, "serial")),
        wwn=known(text_of(device, "wwn")),
        size_bytes=_size(device),
        kind=kind,
        transport=_transport(device),
        removable=removable,
    )
