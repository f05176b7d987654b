# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drives of an lshw report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fleet.model.facts import DiskFacts, DiskKind
from fleet.model.text import known
from fleet.readers.limits import count, items, mapping
from fleet.readers.lshw_nodes import Node
from fleet.readers.values import disk_kind, is_drive

_DRIVE_ID = re.compile(r"(?:disk|namespace|virtio\w*|device|interface)(?::\d+)?")
_ROTATION = re.compile(r"\d+rpm")


def disks_of(nodes: Sequence[Node]) -> tuple[DiskFacts, ...]:
    """Return the drives: no optical drive, no empty card reader, no RAID or eMMC part."""
    return tuple(_disk(node) for node in nodes if _is_disk(node))


def is_unlisted_nvme(node: Node, nodes: Sequence[Node]) -> bool:
    """Tell whether an NVMe controller has no namespace: lshw before 2019 lists none."""
    if node.kind != "storage" or node.driver != "nvme":
        return False
    return not any(child.kind == "disk" and child.parent is node for child in nodes)


def _is_disk(node: Node) -> bool:
    if node.kind != "disk" or not _DRIVE_ID.fullmatch(node.id):
        return False
    if node.names and not any(_names_a_drive(name) for name in node.names):
        return False
    return _size(node) is not None or not (node.on_usb or _takes_media(node) or not node.names)


def _names_a_drive(name: str) -> bool:
    """Tell a block device from the monitors and generic devices listed beside NVMe drives."""
    return name.startswith("/dev/") and is_drive(name)


def _takes_media(node: Node) -> bool:
    return "removable" in mapping(node.fields.get("capabilities"))


def _size(node: Node) -> int | None:
    """Return the size of the drive, or of the medium in it; None when empty or not told."""
    media = [c for c in items(node.fields.get("children")) if c.get("id") == "medium"]
    sizes = (count(fields.get("size")) for fields in (node.fields, *media))
    return next((size for size in sizes if size), None)


def _disk(node: Node) -> DiskFacts:
    parent = node.parent
    nvme = parent if parent and parent.driver == "nvme" else None
    model = known(node.text("product")) or (known(nvme.text("product")) if nvme else None)
    serial = known(node.text("serial")) or (known(nvme.text("serial")) if nvme else None)
    kind = _kind(node, model)
    return DiskFacts(
        model=model,
        serial=serial,
        wwn=_wwn(node),
        size_bytes=_size(node),
        kind=kind,
        transport=_transport(node, kind),
        removable=node.on_usb or _takes_media(node) or _is_card(node),
    )


def _kind(node: Node, model: str | None) -> DiskKind:
    turns = any(_ROTATION.fullmatch(key) for key in mapping(node.fields.get("capabilities")))
    kinds = [disk_kind(name, model, True if turns else None) for name in node.names or ("",)]
    return next((kind for kind in kinds if kind is not DiskKind.UNKNOWN), DiskKind.UNKNOWN)


def _wwn(node: Node) -> str | None:
    settings = mapping(node.fields.get("configuration"))
    wwid = settings.get("wwid")
    return known(wwid) if isinstance(wwid, str) and wwid.startswith(("eui.", "naa.")) else None


def _is_card(node: Node) -> bool:
    """Tell whether an MMC device is a card that slides out rather than a soldered eMMC."""
    return any(
        word in (ancestor.text("description") or "").lower()
        for ancestor in node.line
        for word in ("sd card", "sdcard")
    )


def _transport(node: Node, kind: DiskKind) -> str | None:
    """Return usb, nvme, mmc, virtio, sata, ide, ata or scsi."""
    if node.on_usb:
        return "usb"
    if kind is DiskKind.NVME:
        return "nvme"
    if kind is DiskKind.EMMC:
        return "mmc"
    bus = (node.text("businfo") or "").split("@")[0]
    if bus in ("virtio", "ide"):
        return bus
    if "ATA" in (node.text("description") or ""):
        return "sata" if any("ahci" in ancestor.driver for ancestor in node.line) else "ata"
    return "scsi" if bus == "scsi" else None
