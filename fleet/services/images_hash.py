# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests of files of any size, and the list of what a root filesystem holds."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fleet.model.image import ImageFile, ImageSizes

# Called with the bytes done and the bytes to do.
Progress = Callable[[int, int], None]
_CHUNK = 4 * 1024 * 1024
# hashlib lets other threads run while it works.
_WORKERS = os.cpu_count() or 1
_ESCAPES = {ord("\\"): rb"\\", ord("\n"): rb"\n", ord("\r"): rb"\r"}


def measure(path: Path, progress: Progress | None = None) -> ImageFile:
    """Return the size and the SHA-256 of a file, read once."""
    digest, done = hashlib.sha256(), 0
    buffer = memoryview(bytearray(_CHUNK))
    with path.open("rb", buffering=0) as file:
        total = os.fstat(file.fileno()).st_size
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
            done += count
            if progress is not None:
                progress(done, total)
    return ImageFile(sha256=digest.hexdigest(), size_bytes=done)


@dataclass(slots=True, kw_only=True)
class _Count:
    """What was met on the way; the bytes of a file with several names count once."""

    bytes: int = 0
    files: int = 0
    folders: int = 0
    links: int = 0
    seen: set[tuple[int, int]] = field(default_factory=set)

    def add(self, status: os.stat_result) -> None:
        """Count a regular file."""
        self.files += 1
        inode = (status.st_dev, status.st_ino)
        if inode not in self.seen:
            self.bytes += status.st_size
        if status.st_nlink > 1:
            self.seen.add(inode)


def list_tree(root: Path, target: Path) -> ImageSizes:
    """Write one line per regular file of a root filesystem (``sha256sum``'s form, sorted).

    ``root`` may be seen through ``/proc/PID/root``; what is mounted inside it is left out.
    Returns how much it holds.
    """
    count = _Count()
    names = sorted(_regular_files(root, count), key=os.fsencode)
    with ThreadPoolExecutor(_WORKERS) as pool, target.open("wb") as file:
        digests = pool.map(lambda name: _digest(root / name), names)
        for name, digest in zip(names, digests, strict=True):
            file.write(_line(os.fsencode(name), digest))
    return ImageSizes(
        uncompressed_bytes=count.bytes,
        files=count.files,
        folders=count.folders,
        links=count.links,
    )


def _regular_files(root: Path, count: _Count) -> Iterator[str]:
    """Yield the names of regular files relative to the root, and count everything."""
    device, folders = root.stat().st_dev, [""]
    while folders:
        folder = folders.pop()
        with os.scandir(root / folder) as entries:
            for entry in entries:
                name, status = folder + entry.name, entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    count.add(status)
                    yield name
                elif stat.S_ISDIR(status.st_mode):
                    count.folders += 1
                    folders += [f"{name}/"] if status.st_dev == device else []
                elif stat.S_ISLNK(status.st_mode):
                    count.links += 1


def _digest(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest().encode("ascii")


def _line(name: bytes, digest: bytes) -> bytes:
    """Return the line that ``sha256sum`` writes, names with a line's end escaped as it does."""
    escaped = b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in name)
    mark = b"\\" if escaped != name else b""
    return mark + digest + b"  ./" + escaped + b"\n"
