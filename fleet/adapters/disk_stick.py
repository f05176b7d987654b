# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A USB stick, or a file that will be one: FAT and ext4 written at a place inside, nothing mounted.

No partition node is used: the kernel learns of the partitions once all is written and read back.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from fleet.adapters.disk import Place, RawDisk
from fleet.adapters.disk_block import BlockDevice
from fleet.adapters.disk_file import DiskFile
from fleet.adapters.disk_process import run_tied
from fleet.adapters.process import require, run

_SHORT_S = 120
_LONG_S = 6 * 3600
_CHUNK = 4 << 20
# mtools takes names in the locale's letters.
_LETTERS = {"LC_ALL": "C.UTF-8"}
_TIE = ("setpriv", "--pdeathsig", "KILL")


@contextmanager
def open_stick(path: Path) -> Iterator[BlockDevice | DiskFile]:
    """Open a whole stick, or a file, to write. Raises DiskBusy when another program holds it."""
    raw = RawDisk(path)
    try:
        is_block = stat.S_ISBLK(os.fstat(raw.fileno()).st_mode)
        yield BlockDevice(raw) if is_block else DiskFile(raw)
    finally:
        raw.close()


def is_stick(path: Path) -> bool:
    """Tell whether a block device is plugged in for the occasion (USB, or removable)."""
    told = run(
        ["lsblk", "--json", "--nodeps", "--output", "TRAN,RM,HOTPLUG", str(path)], timeout_s=20
    )
    device = json.loads(told.stdout)["blockdevices"][0]
    return device.get("tran") == "usb" or device.get("rm") in (True, "1")


# 2 KiB: a FAT16 of 9 to 130 MB.
_SMALL_CLUSTER = 4


def make_fat(place: Place, *, label: str, volume_id: str, bits: Literal[16, 32] = 32) -> None:
    """Make an empty FAT on 512-byte sectors. ``volume_id`` is eight hexadecimal digits."""
    run_tied([
        "mkfs.fat", "-F", str(bits),
        "-S", "512",
        "-s", str(_sectors_of_cluster(place.size_bytes) if bits == 32 else _SMALL_CLUSTER),
        "-n", label,
        "-i", volume_id,
        "--offset", str(place.offset_bytes // 512),
        str(place.path), str(place.size_bytes // 1024),
    ], timeout_s=_SHORT_S)  # fmt: skip


def _sectors_of_cluster(size_bytes: int) -> int:
    """Return what Windows takes for FAT32: mkfs.fat makes too few clusters on small ones."""
    limits = ((260 << 20, 1), (8 << 30, 8), (16 << 30, 16), (32 << 30, 32))
    return next((sectors for limit, sectors in limits if size_bytes <= limit), 64)


def make_folders(place: Place, names: Sequence[str]) -> None:
    """Make folders of a FAT, parents first; those that are there stay."""
    for name in names:
        command = [*_TIE, require("mmd"), "-D", "s", "-i", place.mtools, f"::/{name}"]
        run(command, timeout_s=_SHORT_S, environ=_LETTERS)


def put_file(place: Place, name: str, source: Path) -> None:
    """Copy a file into a FAT, over an older one."""
    command = [*_TIE, require("mcopy"), "-o", "-i", place.mtools, str(source), f"::/{name}"]
    run(command, timeout_s=_LONG_S, environ=_LETTERS)


def digest_in_fat(place: Place, name: str, scratch: Path) -> str:
    """Return the SHA-256 of a file of a FAT; empty when it cannot be read."""
    with tempfile.TemporaryDirectory(dir=scratch) as held:
        target = Path(held) / "file"
        command = [*_TIE, require("mcopy"), "-n", "-i", place.mtools, f"::/{name}", str(target)]
        done = run(command, timeout_s=_LONG_S, environ=_LETTERS, check=False)
        return digest_of(target) if done.status == 0 else ""


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def make_store(place: Place, *, label: str, uuid: str, content: Path) -> None:
    """Make a journalled ext4 that holds a folder's content; all of it belongs to root."""
    run_tied([
        "mke2fs", "-q", "-F",
        "-t", "ext4",
        "-b", "4096",
        "-m", "1",
        "-L", label,
        "-U", uuid,
        "-E", f"offset={place.offset_bytes},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0",
        "-d", str(content),
        str(place.path), f"{place.size_bytes // 1024}k",
    ], timeout_s=_LONG_S)  # fmt: skip
    run_tied(
        ["debugfs", "-w", "-R", "set_inode_field / mode 040700", place.e2fsprogs],
        timeout_s=_SHORT_S,
    )


@contextmanager
def staged(files: Sequence[tuple[str, bytes, Path | None]], beside: Path) -> Iterator[Path]:
    """Lay files out in a folder as they will be on the store's partition; big ones are linked."""
    with tempfile.TemporaryDirectory(prefix=".parclibre-key-", dir=beside) as held:
        folder = Path(held)
        for name, content, source in files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source is None:
                target.write_bytes(content)
            else:
                _link_or_copy(source, target)
        yield folder


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
