# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Partition tables as bytes: writes GPT, reads GPT and MBR, for any sector size.

UEFI 2.10, chapter 5. No program writes GPT with 4096-byte sectors into a plain file; and sgdisk
would need the kernel to see partitions that do not exist yet.
"""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_MAGIC = b"EFI PART"
_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
_ENTRY = struct.Struct("<16s16sQQQ72s")
_COUNT = 128
_ENTRIES_BYTES = _COUNT * _ENTRY.size
_MBR_TABLE = 0x1BE
_MBR_ENTRY = struct.Struct("<B3sB3sII")
_SIGNATURE = b"\x55\xaa"
_PROTECTIVE = 0xEE
_EXTENDED = (0x05, 0x0F, 0x85)
_MAX_LOGICAL = 60

Read = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One partition of a GPT to write."""

    type_guid: uuid.UUID
    guid: uuid.UUID
    start_bytes: int
    size_bytes: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Where a partition of an existing table lies."""

    number: int
    start_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The bytes of a GPT: after the first sector, and at the very end of the disk."""

    primary: bytes
    backup: bytes
    protective: bytes


def gpt(
    entries: Sequence[Entry], *, disk_guid: uuid.UUID, size_bytes: int, sector_bytes: int,
    active: bool = False,
) -> Table:  # fmt: skip
    """Return a GPT with its protective MBR's 66 last bytes.

    ``active`` marks the protective entry bootable: some old BIOS start no disk without it.
    """
    sectors = size_bytes // sector_bytes
    per_entries = -(-_ENTRIES_BYTES // sector_bytes)
    body = b"".join(_entry(entry, sector_bytes) for entry in entries)
    body = body.ljust(_ENTRIES_BYTES, b"\0")
    first, last = 2 + per_entries, sectors - per_entries - 2
    common = (first, last, disk_guid, zlib.crc32(body))
    primary = _header(1, sectors - 1, 2, common)
    backup = _header(sectors - 1, 1, sectors - per_entries - 1, common)
    padded = body.ljust(per_entries * sector_bytes, b"\0")
    return Table(
        primary=primary.ljust(sector_bytes, b"\0") + padded,
        backup=padded + backup.ljust(sector_bytes, b"\0"),
        protective=_protective(sectors, active=active),
    )


def read_table(
    read: Read, *, size_bytes: int, sector_bytes: int
) -> tuple[str | None, list[Extent]]:
    """Return the kind of table (gpt, dos) and its partitions; None when there is none."""
    if size_bytes < 2 * sector_bytes:  # a card reader without a card
        return None, []
    mbr = read(0, 512)
    for place in (sector_bytes, size_bytes - sector_bytes):
        extents = _read_gpt(read, place, size_bytes, sector_bytes)
        if extents is not None:
            return "gpt", extents
    if mbr[510:512] != _SIGNATURE or not _plausible(mbr):
        return None, []
    found = list(_read_mbr(read, mbr, sector_bytes))
    inside = [one for one in found if one.start_bytes + one.size_bytes <= size_bytes]
    return ("dos", inside) if inside else (None, [])


def _header(
    here: int, other: int, entries_at: int, common: tuple[int, int, uuid.UUID, int]
) -> bytes:
    first, last, guid, crc = common

    def packed(own_crc: int) -> bytes:
        return _HEADER.pack(
            _MAGIC, 0x10000, _HEADER.size, own_crc, 0, here, other, first, last,
            guid.bytes_le, entries_at, _COUNT, _ENTRY.size, crc,
        )  # fmt: skip

    return packed(zlib.crc32(packed(0)))


def _entry(entry: Entry, sector_bytes: int) -> bytes:
    first = entry.start_bytes // sector_bytes
    last = first + entry.size_bytes // sector_bytes - 1
    name = entry.name.encode("utf-16-le")[:72].ljust(72, b"\0")
    return _ENTRY.pack(entry.type_guid.bytes_le, entry.guid.bytes_le, first, last, 0, name)


def _protective(sectors: int, *, active: bool) -> bytes:
    size = min(sectors - 1, 0xFFFFFFFF)
    first = _MBR_ENTRY.pack(
        0x80 if active else 0, b"\x00\x02\x00", _PROTECTIVE, b"\xff\xff\xff", 1, size
    )
    return first.ljust(64, b"\0") + _SIGNATURE


def _read_gpt(read: Read, place: int, size_bytes: int, sector_bytes: int) -> list[Extent] | None:
    raw = read(place, _HEADER.size)
    if len(raw) < _HEADER.size or not raw.startswith(_MAGIC):
        return None
    fields = _HEADER.unpack(raw)
    entries_at, count, each = fields[10] * sector_bytes, min(fields[11], 1024), fields[12]
    if each < _ENTRY.size or each > 4096:
        return None
    body = read(entries_at, count * each)
    found = []
    for number, at in enumerate(range(0, len(body) - _ENTRY.size + 1, each), start=1):
        kind, _guid, first, last, _flags, _name = _ENTRY.unpack_from(body, at)
        end = (last + 1) * sector_bytes
        if any(kind) and first <= last and end <= size_bytes:
            start = first * sector_bytes
            found.append(Extent(number=number, start_bytes=start, size_bytes=end - start))
    return found


def _plausible(mbr: bytes) -> bool:
    # A FAT boot sector ends with the same two bytes; its "table" holds text or code.
    flags = {mbr[_MBR_TABLE + 16 * index] for index in range(4)}
    return flags <= {0, 0x80}


def _read_mbr(read: Read, mbr: bytes, sector_bytes: int) -> Iterator[Extent]:
    for index in range(4):
        _flag, _first, kind, _last, start, size = _MBR_ENTRY.unpack_from(
            mbr, _MBR_TABLE + 16 * index
        )
        if not kind or not size or kind == _PROTECTIVE:
            continue
        if kind in _EXTENDED:
            yield from _read_logical(read, start, sector_bytes)
        else:
            yield _extent(index + 1, start, size, sector_bytes)


def _read_logical(read: Read, base: int, sector_bytes: int) -> Iterator[Extent]:
    record = base
    for number in range(5, 5 + _MAX_LOGICAL):
        sector = read(record * sector_bytes, 512)
        if sector[510:512] != _SIGNATURE:
            return
        own = _MBR_ENTRY.unpack_from(sector, _MBR_TABLE)
        following = _MBR_ENTRY.unpack_from(sector, _MBR_TABLE + 16)
        if own[2] and own[5]:
            yield _extent(number, record + own[4], own[5], sector_bytes)
        if following[2] not in _EXTENDED or base + following[4] <= record:
            return
        record = base + following[4]


def _extent(number: int, start: int, size: int, sector_bytes: int) -> Extent:
    return Extent(number=number, start_bytes=start * sector_bytes, size_bytes=size * sector_bytes)
