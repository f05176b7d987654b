# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``hwinfo`` text, whole or by class (``hwinfo --disk --bios``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import BoardFacts, CpuFacts, DiskFacts, Finding, NicFacts, ReportFacts
from fleet.model.text import known, known_uuid
from fleet.readers.limits import lines
from fleet.readers.values import (
    CHASSIS_NAMES,
    disk_kind,
    hidden_storage_warning,
    hides_disks,
    is_drive,
    iso_date,
    parse_size,
    real_mac,
)

FORMAT = "hwinfo"
MAX_FIELDS = 60_000

_TITLE = re.compile(r"\d{1,4}: [\w()/]{1,20} [0-9a-f]{1,8}\.[0-9a-f]{1,3}: [0-9a-f]{4,5} (.*)")
_FIELD = re.compile(r"( {2,8})([A-Z][\w ()/.+-]{0,48}): ?(.*)$")
_QUOTED = re.compile(r'"([^"]*)"')
_BYTES = re.compile(r"\((\d{1,19}) bytes\)")
_WWN = re.compile(r"/wwn-(0x[0-9a-f]{16,32})\b")
_CHASSIS_CODE = re.compile(r"0x([0-9a-f]{2})\b")
_USB_PATH = re.compile(r"/usb\d+/|-usb-\d")


@dataclass(slots=True)
class Block:
    """A titled group of fields: a device, or one SMBIOS record inside the BIOS device."""

    title: str
    fields: dict[str, str] = field(default_factory=dict)

    def raw(self, name: str) -> str:
        return self.fields.get(name, "")

    def quoted(self, name: str) -> str | None:
        """Return the first quoted part of a field, unless it is junk."""
        match = _QUOTED.search(self.raw(name))
        return known(match[1]) if match else None


def looks_like_hwinfo(text: str) -> bool:
    """Tell whether a text is made of hwinfo's numbered devices."""
    head = text[:65536]
    return bool(re.search(r"^\d{1,4}: .{1,40}: [0-9a-f]{4,5} .*\r?\n {2}\[Created at ", head, re.M))


def read_hwinfo(text: str) -> tuple[ReportFacts, ...]:
    """Return the facts of the one machine described. Raises BadInput on other text."""
    if not looks_like_hwinfo(text):
        raise BadInput(
            _("This is not the output of hwinfo."), hint=_("Run: sudo hwinfo > report.txt")
        )
    return (_facts(tuple(_blocks(text))),)


def _blocks(text: str) -> Iterator[Block]:
    """Yield devices, then SMBIOS records, which are indented one step further."""
    device: Block | None = None
    record: Block | None = None
    budget = MAX_FIELDS
    for line in lines(text):
        if title := _TITLE.match(line):
            yield from (block for block in (record, device) if block)
            device, record = Block(title[1].strip()), None
        elif budget > 0 and device and (match := _FIELD.match(line)):
            budget -= 1
            indent, name, value = match.groups()
            if len(indent) == 2 and value.startswith("#") and "Handle" not in name:
                yield from (block for block in (record,) if block)
                record = Block(name, {"Handle": value})
            target = record if record and len(indent) > 2 else device
            target.fields.setdefault(name, value[:1024])
    yield from (block for block in (record, device) if block)


def _facts(blocks: Sequence[Block]) -> ReportFacts:
    system = _first(blocks, "System Info")
    board = _first(blocks, "Board Info")
    chassis = _first(blocks, "Chassis Info")
    memory_bytes, memory_slots = _memory(blocks)
    warnings = tuple(_hidden_storage(blocks))
    return ReportFacts(
        format=FORMAT,
        manufacturer=system.quoted("Manufacturer"),
        model=system.quoted("Product"),
        version=system.quoted("Version"),
        serial=system.quoted("Serial"),
        uuid=known_uuid(system.raw("UUID").strip('" ')),
        board=BoardFacts(
            manufacturer=board.quoted("Manufacturer"),
            model=board.quoted("Product"),
            serial=board.quoted("Serial"),
        ),
        chassis=_chassis(chassis.raw("Type")),
        chassis_serial=chassis.quoted("Serial"),
        asset_tag=chassis.quoted("Asset Tag"),
        cpu=_cpu(blocks),
        memory_bytes=memory_bytes,
        memory_slots=memory_slots,
        disks=_disks(blocks),
        lists_disks=True,
        hidden_storage=bool(warnings),
        nics=_nics(blocks),
        firmware_date=iso_date(_first(blocks, "BIOS Info").raw("Date").strip('" ')),
        warnings=warnings,
    )


def _first(blocks: Sequence[Block], title: str) -> Block:
    return next((block for block in blocks if block.title == title), Block(title))


def _of_class(blocks: Sequence[Block], name: str) -> list[Block]:
    return [block for block in blocks if block.raw("Hardware Class") == name]


def _chassis(kind: str) -> str | None:
    match = _CHASSIS_CODE.match(kind)
    code = int(match[1], 16) & 0x7F if match else 0
    name = CHASSIS_NAMES[code] if code < len(CHASSIS_NAMES) else ""
    return None if name in ("", "Unknown") else name


def _cpu(blocks: Sequence[Block]) -> CpuFacts:
    """Return the name and the threads: hwinfo lists one device per thread and no core count."""
    threads = _of_class(blocks, "cpu")
    sockets = [block for block in blocks if block.title == "Processor Info"]
    names = [thread.quoted("Model") for thread in threads]
    names += [socket.quoted("Version") for socket in sockets]
    return CpuFacts(model=next((n for n in names if n), None), threads=len(threads) or None)


def _memory(blocks: Sequence[Block]) -> tuple[int | None, int | None]:
    """Return installed bytes and slots from the SMBIOS records of system memory arrays."""
    flash = {
        block.raw("Handle")
        for block in blocks
        if block.title == "Physical Memory Array" and "flash" in block.raw("Use").lower()
    }
    sizes = [
        parse_size(block.raw("Size")) or 0
        for block in blocks
        if block.title == "Memory Device" and block.raw("Memory Array") not in flash
    ]
    return sum(sizes) or None, len(sizes) or None


def _disks(blocks: Sequence[Block]) -> tuple[DiskFacts, ...]:
    return tuple(_disk(block) for block in _of_class(blocks, "disk") if _is_disk(block))


def _is_disk(block: Block) -> bool:
    if not is_drive(_device(block)):
        return False
    return _size(block) is not None or not (
        _on_usb(block) or "no medium" in block.raw("Drive status")
    )


def _device(block: Block) -> str:
    return block.raw("Device File").split(" ", 1)[0].rstrip(",")


def _size(block: Block) -> int | None:
    match = _BYTES.search(block.raw("Capacity"))
    return (int(match[1]) if match else 0) or None


def _on_usb(block: Block) -> bool:
    paths = (block.raw("SysFS Device Link"), block.raw("SysFS ID"), block.raw("Device Files"))
    return any(_USB_PATH.search(path) for path in paths) or "usb-storage" in block.raw("Driver")


def _disk(block: Block) -> DiskFacts:
    model = block.quoted("Model")
    wwn = _WWN.search(block.raw("Device Files"))
    return DiskFacts(
        model=None if model == "Disk" else model,
        serial=block.quoted("Serial ID"),
        wwn=wwn[1] if wwn else None,
        size_bytes=_size(block),
        kind=disk_kind(_device(block), model, None),
        transport=_transport(block),
        removable=_on_usb(block),
    )


def _transport(block: Block) -> str | None:
    if _on_usb(block):
        return "usb"
    name = _device(block).removeprefix("/dev/")
    for prefix, transport in (("nvme", "nvme"), ("mmcblk", "mmc"), ("vd", "virtio")):
        if name.startswith(prefix):
            return transport
    if '"ahci"' in block.raw("Driver"):
        return "sata"
    return "ata" if "/by-id/ata-" in block.raw("Device Files") else None


def _nics(blocks: Sequence[Block]) -> tuple[NicFacts, ...]:
    found: dict[str, NicFacts] = {}
    for block in _of_class(blocks, "network interface") + _of_class(blocks, "network"):
        mac = real_mac(block.raw("Permanent HW Address") or block.raw("HW Address"))
        if mac:
            name = known(_device(block))
            found.setdefault(mac, NicFacts(mac=mac, name=name, removable=_on_usb(block)))
    return tuple(found.values())


def _hidden_storage(blocks: Sequence[Block]) -> Iterator[Finding]:
    for block in _of_class(blocks, "storage"):
        if hides_disks(block.title, block.quoted("Model"), block.quoted("Device")):
            yield hidden_storage_warning(block.quoted("Model") or block.title)
