# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks to install on: bytes by their place on the disk, and what a target must offer.

Two targets: a block device (``disk_block``) and a disk file (``disk_file``). They differ only in
where programs find a partition, and in how the root filesystem is filled; all else is shared.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.install_plan import MIB, Part, Role

Finish = Callable[[Path], None]


class DiskBusy(FleetError):
    """The disk is mounted, in use, or being written by another installation."""

    exit_status = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where programs find a partition: a path, and how far inside it begins."""

    path: Path
    offset_bytes: int
    size_bytes: int

    @property
    def mtools(self) -> str:
        """The partition, as mtools names it."""
        return f"{self.path}@@{self.offset_bytes}"

    @property
    def e2fsprogs(self) -> str:
        """The partition, as e2fsck and debugfs name it."""
        return f"{self.path}?offset={self.offset_bytes}" if self.offset_bytes else str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filesystem:
    """An ext4 to make: its partition, and the folder of the system that it holds."""

    part: Part
    uuid: str
    inodes: int

    @property
    def label(self) -> str:
        """The label that people see in their file manager."""
        return "home" if self.part.role is Role.HOME else "system"


class RawDisk:
    """The bytes of a whole disk, locked for one installation at a time."""

    def __init__(self, path: Path) -> None:
        """Open a disk to write. Raises DiskBusy when another installation holds it."""
        self.path = path
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise _cannot_open(path, error) from error
        try:
            # systemd-udevd also leaves alone a disk that is locked so.
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._fd)
            raise DiskBusy(
                _("Another program is writing to {path}.").format(path=path),
                hint=_("Wait until it has finished, or end it, then start again."),
            ) from error

    def fileno(self) -> int:
        """Return the descriptor, for what works on descriptors."""
        return self._fd

    def read(self, at: int, size: int) -> bytes:
        """Return the bytes of a place."""
        return os.pread(self._fd, size, at)

    def write(self, at: int, content: bytes) -> None:
        """Write bytes at a place, and wait until the disk has them."""
        view = memoryview(content)
        while view:
            done = os.pwrite(self._fd, view, at)
            view, at = view[done:], at + done
        os.fsync(self._fd)

    def erase_ends(self, start: int, size: int) -> None:
        """Write zeros over the first and the last mebibyte of a stretch, where signatures live."""
        length = min(MIB, size)
        self.write(start, bytes(length))
        self.write(start + size - length, bytes(length))

    def close(self) -> None:
        """Give the disk back."""
        os.close(self._fd)


class Target(Protocol):
    """A disk that is being installed."""

    raw: RawDisk

    def erase_known_signatures(self) -> None:
        """Erase what is recognised on old partitions, anywhere inside them."""

    def table_written(self) -> None:
        """Make the new partitions usable."""

    def place(self, part: Part) -> Place:
        """Return where programs find a partition."""

    def fill(self, filesystems: Sequence[Filesystem], image: Path, finish: Finish) -> Iterator[int]:
        """Make filesystems that hold the image, then what ``finish`` adds; yield percentages."""

    def forget_caches(self) -> None:
        """Write everything out and drop what memory holds: later reads come from the disk."""


OpenTarget = Callable[[Path], AbstractContextManager[Target]]


def _cannot_open(path: Path, error: OSError) -> FleetError:
    return FleetError(
        _("{path} cannot be opened to write: {why}.").format(path=path, why=error.strerror),
        hint=_("Installing on a disk needs root: sudo parclibre install ..."),
    )
