# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files written whole or not at all, and readable by their owner only."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def private_folder(folder: Path) -> Path:
    """Return the folder, made if absent, closed to other users."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def sync_folder(folder: Path) -> None:
    """Make the renames and removals done in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of what is done in a folder; they wait."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def new_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a 0600 temporary file of a folder; it is gone afterwards unless it was renamed."""
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def finish(file: BinaryIO) -> None:
    """Put a file's bytes on the disk."""
    file.flush()
    os.fsync(file.fileno())


def publish_new(temporary: Path, target: Path) -> None:
    """Give a finished file of the same folder its name. Raises FileExistsError, never replaces."""
    # Reserved first, since FAT sticks know no hard link: an existing file is kept.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    temporary.replace(target)
    sync_folder(target.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Write a private file in one step, over an older one if there is one."""
    with new_file(path.parent) as (file, temporary):
        file.write(content)
        finish(file)
        temporary.rename(path)
    sync_folder(path.parent)
