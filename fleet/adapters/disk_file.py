# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk file as a target: no loop device, no mount.

The image is unpacked beside the file, and mke2fs copies that folder into the filesystem it makes.
Unpacked bytes are mostly still in memory then, and are erased before they are all written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fleet.adapters.disk import Filesystem, Finish, Place, RawDisk
from fleet.adapters.disk_format import make_ext4
from fleet.adapters.disk_unpack import unpack
from fleet.model.install_plan import Part, Role


class DiskFile:
    """A file that is a disk for a virtual machine."""

    def __init__(self, raw: RawDisk) -> None:
        """Take an open disk."""
        self.raw = raw

    def erase_known_signatures(self) -> None:
        """Do nothing more: the ends of the old partitions are erased by place."""

    def table_written(self) -> None:
        """Do nothing: programs are told places inside the file."""

    def place(self, part: Part) -> Place:
        """Return the partition's place inside the file."""
        return Place(path=self.raw.path, offset_bytes=part.start_bytes, size_bytes=part.size_bytes)

    def fill(self, filesystems: Sequence[Filesystem], image: Path, finish: Finish) -> Iterator[int]:
        """Unpack beside the file, then make filesystems from it; yield unpacking percentages."""
        with _staging(self.raw.path) as staging:
            root = staging / "root"
            yield from unpack(image, root)
            finish(root)
            for filesystem in filesystems:
                content = root
                if filesystem.part.role is Role.ROOT and len(filesystems) > 1:
                    _set_aside(root / "home", staging / "home")
                elif filesystem.part.role is Role.HOME:
                    content = staging / "home"
                make_ext4(self.place(filesystem.part), filesystem, content=content)

    def forget_caches(self) -> None:
        """Write the file out and drop it from memory."""
        os.fsync(self.raw.fileno())
        os.posix_fadvise(self.raw.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextmanager
def open_disk_file(path: Path) -> Iterator[DiskFile]:
    """Open a disk file. Raises DiskBusy when another installation holds it."""
    raw = RawDisk(path)
    try:
        yield DiskFile(raw)
    finally:
        raw.close()


@contextmanager
def _staging(disk: Path) -> Iterator[Path]:
    """Make an empty private folder beside the file; one left by a cut run is erased first."""
    folder = disk.with_name(f".{disk.name}.staging")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _set_aside(home: Path, aside: Path) -> None:
    """Move people's folders to their own filesystem, and leave the folder to mount it on."""
    home.mkdir(exist_ok=True)
    status = home.stat()
    home.rename(aside)
    home.mkdir()
    home.chmod(status.st_mode & 0o7777)
    os.chown(home, status.st_uid, status.st_gid)
