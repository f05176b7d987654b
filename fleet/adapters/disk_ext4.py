# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an ext4 from the bytes of a disk, without mounting it: every entry, every content.

Enough of ext4 for what mke2fs and Linux write: extents, 64-bit block numbers, linear and hashed
folders. It reads what is on the disk, in the order of the disk, and never writes. Layout:
Documentation/filesystems/ext4 of Linux.
"""

from __future__ import annotations

import hashlib
import stat
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from fleet.errors import FleetError
from fleet.i18n import _

_MAGIC = 0xEF53
_ROOT_INODE = 2
_EXTENTS_FLAG = 0x80000
_EXTENT_MAGIC = 0xF30A
_UNWRITTEN = 0x8000
_INLINE_LINK = 60
_INCOMPAT_KNOWN = 0x2 | 0x40 | 0x80 | 0x200 | 0x2000  # filetype extents 64bit flex_bg csum_seed
_INCOMPAT_64BIT = 0x80
_CHUNK = 4 << 20
_MAX_DEPTH = 5
_MAX_BLOCK_SHIFT = 6
_MAX_LINK = 4096
_MAX_FOLDER = 256 << 20
_LEAST_INODE = 128
_FARTHEST = 1 << 62

Read = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One entry of the filesystem, named from its root, without a leading slash."""

    path: str
    inode: int
    mode: int
    uid: int
    gid: int
    size: int
    links: int
    # The target of a symbolic link; None for others.
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Contiguous blocks: where in the file, where on the disk, how many; 0 on disk is zeros."""

    logical: int
    physical: int
    count: int


class Ext4:
    """An ext4 at a place of a disk. Raises FleetError when it is not one, or a foreign kind."""

    def __init__(self, read: Read, offset: int = 0) -> None:
        """Read the superblock."""
        self._read_raw, self._offset = read, offset
        raw = self._read_disk(offset + 1024, 1024)
        if struct.unpack_from("<H", raw, 56)[0] != _MAGIC:
            raise _unreadable(_("the superblock"))
        incompatible = struct.unpack_from("<I", raw, 96)[0]
        if incompatible & ~_INCOMPAT_KNOWN:
            raise _unreadable(_("features {bits}").format(bits=f"{incompatible:#x}"))
        shift: int = struct.unpack_from("<I", raw, 24)[0]
        if shift > _MAX_BLOCK_SHIFT:
            raise _unreadable(_("the superblock"))
        self._block: int = 1024 << shift
        self._inodes_per_group: int = struct.unpack_from("<I", raw, 40)[0]
        self._inode_size: int = struct.unpack_from("<H", raw, 88)[0]
        if not self._inodes_per_group or self._inode_size < _LEAST_INODE:
            raise _unreadable(_("the superblock"))
        wide = incompatible & _INCOMPAT_64BIT
        self._group_size: int = struct.unpack_from("<H", raw, 254)[0] if wide else 32
        self._table_at = lru_cache(maxsize=None)(self._find_table)
        self._table_part = lru_cache(maxsize=16)(self._read_table_part)

    def nodes(self) -> Iterator[Node]:
        """Yield every entry but the root folder itself and lost+found."""
        pending, met = [("", _ROOT_INODE)], set()
        while pending:
            prefix, number = pending.pop()
            if number in met:
                raise _unreadable(_("a folder inside itself"))
            met.add(number)
            for name, child in self._entries(number):
                if not prefix and name == "lost+found":
                    continue
                node = self._node(f"{prefix}{name}", child)
                yield node
                if stat.S_ISDIR(node.mode):
                    pending.append((f"{prefix}{name}/", child))

    def root(self) -> Node:
        """Return the root folder."""
        return self._node("", _ROOT_INODE)

    def first_block(self, node: Node) -> int:
        """Return where a file's content begins on the disk, to read files in that order."""
        runs = self._runs(self._inode(node.inode))
        return runs[0].physical if runs else 0

    def digest(self, node: Node) -> str:
        """Return the SHA-256 of a file's content, in hexadecimal."""
        digest = hashlib.sha256()
        for piece in self._content(self._inode(node.inode), node.size):
            digest.update(piece)
        return digest.hexdigest()

    def _node(self, path: str, number: int) -> Node:
        raw = self._inode(number)
        mode, uid, low = struct.unpack_from("<HHI", raw, 0)
        gid, links = struct.unpack_from("<HH", raw, 24)
        uid_high, gid_high = struct.unpack_from("<HH", raw, 120)
        size = low | struct.unpack_from("<I", raw, 108)[0] << 32
        target = self._link(raw, size) if stat.S_ISLNK(mode) else None
        return Node(
            path=path, inode=number, mode=mode, size=size, links=links, target=target,
            uid=uid | uid_high << 16, gid=gid | gid_high << 16,
        )  # fmt: skip

    def _link(self, raw: bytes, size: int) -> str:
        flags = struct.unpack_from("<I", raw, 32)[0]
        if size > _MAX_LINK:
            raise _unreadable(_("a symbolic link"))
        if size < _INLINE_LINK and not flags & _EXTENTS_FLAG:
            return raw[40 : 40 + size].decode("utf-8", "replace")
        return b"".join(self._content(raw, size)).decode("utf-8", "replace")

    def _entries(self, number: int) -> Iterator[tuple[str, int]]:
        raw = self._inode(number)
        size = struct.unpack_from("<I", raw, 4)[0]
        if size > _MAX_FOLDER:
            raise _unreadable(_("a folder"))
        content = b"".join(self._content(raw, size))
        for start in range(0, len(content), self._block):
            yield from _folder_block(content[start : start + self._block])

    def _content(self, raw: bytes, size: int) -> Iterator[bytes]:
        at = 0
        for run in self._runs(raw):
            start = run.logical * self._block
            if start >= size:
                break  # blocks kept ahead of the end
            yield from _zeros(start - at)
            at = min(size, start + run.count * self._block)
            yield from self._stretch(run.physical, at - start)
        yield from _zeros(size - at)

    def _stretch(self, physical: int, length: int) -> Iterator[bytes]:
        if not physical:
            yield from _zeros(length)
            return
        start = self._offset + physical * self._block
        for at in range(0, length, _CHUNK):
            yield self._read_disk(start + at, min(_CHUNK, length - at))

    def _runs(self, raw: bytes) -> list[_Run]:
        flags = struct.unpack_from("<I", raw, 32)[0]
        if flags & _EXTENTS_FLAG:
            return sorted(self._extents(raw[40:100], 0), key=lambda run: run.logical)
        if any(raw[40:100]) and stat.S_IFMT(struct.unpack_from("<H", raw, 0)[0]) in (
            stat.S_IFREG, stat.S_IFDIR,
        ):  # fmt: skip
            raise _unreadable(_("a block map"))
        return []

    def _extents(self, node: bytes, level: int) -> Iterator[_Run]:
        magic, count, _most, depth = struct.unpack_from("<HHHH", node, 0)
        if magic != _EXTENT_MAGIC or level > _MAX_DEPTH or 12 + 12 * count > len(node):
            raise _unreadable(_("the extents of a file"))
        for at in range(12, 12 + 12 * count, 12):
            logical, second, third, low = struct.unpack_from("<IHHI", node, at)
            if depth:
                # Index entry: block, leaf low (two halves), leaf high.
                block = second | third << 16 | (low & 0xFFFF) << 32
                yield from self._extents(self._read_block(block), level + 1)
            else:
                unwritten = second > _UNWRITTEN
                length = second - _UNWRITTEN if unwritten else second
                physical = 0 if unwritten else low | third << 32
                yield _Run(logical=logical, physical=physical, count=length)

    def _inode(self, number: int) -> bytes:
        group, index = divmod(number - 1, self._inodes_per_group)
        block, inside = divmod(index * self._inode_size, _CHUNK)
        part = self._table_part(self._table_at(group) + block * _CHUNK)
        raw = part[inside : inside + self._inode_size]
        if len(raw) < self._inode_size:
            raise _unreadable(_("inode {number}").format(number=number))
        return raw

    def _find_table(self, group: int) -> int:
        first = 1 if self._block > 1024 else 2
        at = self._offset + first * self._block + group * self._group_size
        raw = self._read_disk(at, self._group_size)
        low: int = struct.unpack_from("<I", raw, 8)[0]
        high: int = struct.unpack_from("<I", raw, 40)[0] if self._group_size >= 64 else 0
        return self._offset + (low | high << 32) * self._block

    def _read_table_part(self, at: int) -> bytes:
        # The last group's table may end nearer than a whole part.
        return self._read_some(at, min(_CHUNK, self._inodes_per_group * self._inode_size))

    def _read_disk(self, at: int, size: int) -> bytes:
        raw = self._read_some(at, size)
        if len(raw) < size:
            raise _unreadable(_("the end of the disk"))
        return raw

    def _read_some(self, at: int, size: int) -> bytes:
        return self._read_raw(at, size) if at < _FARTHEST else b""

    def _read_block(self, number: int) -> bytes:
        return self._read_disk(self._offset + number * self._block, self._block)


def _folder_block(block: bytes) -> Iterator[tuple[str, int]]:
    at = 0
    while at + 8 <= len(block):
        inode, length, name_length = struct.unpack_from("<IHB", block, at)
        if length < 8 + name_length:
            raise _unreadable(_("a folder"))
        name = block[at + 8 : at + 8 + name_length]
        if inode and name_length and name not in (b".", b".."):
            yield name.decode("utf-8", "replace"), inode
        at += length


def _zeros(length: int) -> Iterator[bytes]:
    while length > 0:
        piece = min(length, _CHUNK)
        yield bytes(piece)
        length -= piece


def _unreadable(what: str) -> FleetError:
    return FleetError(
        _("The filesystem just made cannot be read back ({what}).").format(what=what),
        hint=_("The disk may be failing: test it, or replace it."),
    )
