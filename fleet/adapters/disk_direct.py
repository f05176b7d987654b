# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes a disk past the kernel's memory: what is read came from the disk.

Offsets and sizes are whole sectors. A file on a filesystem without O_DIRECT, or an unaligned end,
goes through memory, written out and dropped around each access.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from fleet.adapters.disk import DiskBusy
from fleet.errors import FleetError
from fleet.i18n import _

CHUNK_BYTES = 4 << 20
_BLKFLSBUF = 0x1261  # include/uapi/linux/fs.h
_NOT_DIRECT = (errno.EINVAL, errno.EOPNOTSUPP)


class Disk(Protocol):
    """The bytes of a whole disk. Reading and writing raise OSError at places that fail."""

    @property
    def size_bytes(self) -> int:
        """The size now: it grows when hidden sectors are lifted."""

    def read(self, at: int, size: int) -> bytes:
        """Return bytes as the disk gives them."""

    def write(self, at: int, content: bytes) -> None:
        """Write bytes."""

    def write_zeros(self, at: int, size: int) -> None:
        """Write zeros; at most ``CHUNK_BYTES`` at once."""

    def flush(self) -> None:
        """Have the disk empty its write cache, and forget what memory holds of it."""


class DirectDisk:
    """A block device or a disk file, held against other programs of ours and udev.

    Several threads may read and write at once.
    """

    def __init__(self, path: Path) -> None:
        """Open a disk to write. Raises DiskBusy when somebody holds it, FleetError otherwise."""
        self._path = path
        self._plain = _opened(path, 0)
        self._direct = self._plain
        with suppress(OSError):
            self._direct = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_DIRECT)
        self._zeros = mmap.mmap(-1, CHUNK_BYTES)
        self._own = threading.local()

    @property
    def size_bytes(self) -> int:
        """The size now."""
        return os.lseek(self._plain, 0, os.SEEK_END)

    def read(self, at: int, size: int) -> bytes:
        """Return bytes as the disk gives them. Raises OSError, EIO when some are missing."""
        buffer = self._buffer(size)
        with memoryview(buffer)[:size] as view:
            done = self._read_into(view, at)
        if done != size:
            raise OSError(errno.EIO, "short read")
        return buffer[:size]

    def _read_into(self, view: memoryview, at: int) -> int:
        try:
            return os.preadv(self._direct, [view], at)
        except OSError as error:
            if error.errno not in _NOT_DIRECT:
                raise
        os.posix_fadvise(self._plain, at, len(view), os.POSIX_FADV_DONTNEED)
        return os.preadv(self._plain, [view], at)

    def write(self, at: int, content: bytes) -> None:
        """Write bytes. Raises OSError, EIO when some are not taken."""
        size = len(content)
        buffer = self._buffer(size)
        buffer[:size] = content
        with memoryview(buffer)[:size] as view:
            self._write(view, at)

    def write_zeros(self, at: int, size: int) -> None:
        """Write zeros; at most ``CHUNK_BYTES`` at once."""
        with memoryview(self._zeros)[:size] as view:
            self._write(view, at)

    def _write(self, view: memoryview, at: int) -> None:
        try:
            done = os.pwrite(self._direct, view, at)
        except OSError as error:
            if error.errno not in _NOT_DIRECT:
                raise
            done = os.pwrite(self._plain, view, at)
            os.fdatasync(self._plain)
        if done != len(view):
            raise OSError(errno.EIO, "short write")

    def flush(self) -> None:
        """Have the disk empty its write cache, and forget what memory holds of it."""
        os.fsync(self._plain)
        os.posix_fadvise(self._plain, 0, 0, os.POSIX_FADV_DONTNEED)
        if stat.S_ISBLK(os.fstat(self._plain).st_mode):
            with suppress(OSError):
                fcntl.ioctl(self._plain, _BLKFLSBUF)

    def close(self) -> None:
        """Give the disk back."""
        for descriptor in {self._direct, self._plain}:
            os.close(descriptor)

    def _buffer(self, size: int) -> mmap.mmap:
        """Return this thread's own memory, aligned as O_DIRECT wants it."""
        found: mmap.mmap | None = getattr(self._own, "buffer", None)
        if found is None or len(found) < size:
            found = self._own.buffer = mmap.mmap(-1, max(size, CHUNK_BYTES))
        return found


def _opened(path: Path, flags: int) -> int:
    """Open and lock a disk; O_EXCL has the kernel refuse one that is mounted or built upon."""
    try:
        exclusive = os.O_EXCL if stat.S_ISBLK(path.stat().st_mode) else 0
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | exclusive | flags)
    except OSError as error:
        kind = DiskBusy if error.errno == errno.EBUSY else FleetError
        raise kind(
            _("{path} cannot be opened to write: {why}.").format(path=path, why=error.strerror),
            hint=_("Wiping a disk needs root, and a disk that nothing uses."),
        ) from error
    try:
        # systemd-udevd also leaves alone a disk that is locked so.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise DiskBusy(
            _("Another program is writing to {path}.").format(path=path),
            hint=_("Wait until it has finished, or end it, then start again."),
        ) from error
    return descriptor


@contextmanager
def open_direct(path: Path) -> Iterator[Disk]:
    """Open a disk past memory, for as long as the block lasts."""
    disk = DirectDisk(path)
    try:
        yield disk
    finally:
        disk.close()
