# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes and fills filesystems at a place: ext4 by mke2fs, the ESP by mkfs.fat and mtools."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from fleet.adapters.disk import Filesystem, Place
from fleet.adapters.disk_process import run_tied
from fleet.adapters.process import run
from fleet.errors import FleetError
from fleet.i18n import _

_SHORT_S = 120
_LONG_S = 6 * 3600
# GRUB of Ubuntu 22.04 and Debian 12 refuses an ext4 with these two.
_FEATURES = "^orphan_file,^metadata_csum_seed"
_BLOCK_BYTES = 4096
_DEFAULT_INODE_RATIO = 16384


def make_ext4(place: Place, filesystem: Filesystem, *, content: Path | None = None) -> None:
    """Make an ext4, filled with a folder's content when there is one (no mount needed)."""
    options = f"offset={place.offset_bytes}" if place.offset_bytes else "lazy_itable_init=1"
    enough = place.size_bytes // _DEFAULT_INODE_RATIO >= filesystem.inodes
    run_tied([
        "mke2fs", "-q", "-F",
        "-t", "ext4",
        # Small filesystems get 1024-byte blocks otherwise; a disk with 4096-byte sectors cannot.
        "-b", str(_BLOCK_BYTES),
        # The reserve of 5 % was meant for small disks; 1 % of a large one is plenty.
        "-m", "1",
        "-O", _FEATURES,
        "-L", filesystem.label,
        "-U", filesystem.uuid,
        "-E", options,
        *([] if enough else ["-N", str(filesystem.inodes)]),
        *(["-d", str(content)] if content else []),
        str(place.path), f"{place.size_bytes // 1024}k",
    ], timeout_s=_LONG_S)  # fmt: skip
    if content:
        _copy_root_folder(place, content)


def check_ext4(place: Place) -> None:
    """Check an ext4 without writing. Raises FleetError when it has any fault."""
    done = run(["e2fsck", "-f", "-n", place.e2fsprogs], timeout_s=_LONG_S, check=False)
    if done.status:
        raise FleetError(
            _("e2fsck finds faults in the filesystem just made: {end}").format(
                end=done.stdout[-400:].strip()
            ),
            hint=_("The disk may be failing: test it, or replace it."),
        )


def make_esp(place: Place, *, sector_bytes: int, volume_id: str) -> None:
    """Make an empty FAT32. ``volume_id`` is eight hexadecimal digits."""
    # One cluster a sector with 4096-byte sectors: FAT32 must have 65 525 clusters at least.
    run_tied([
        "mkfs.fat", "-F", "32",
        "-S", str(sector_bytes),
        "-s", str(max(1, _BLOCK_BYTES // sector_bytes // 2)),
        "-n", "ESP",
        "-i", volume_id,
        "--offset", str(place.offset_bytes // sector_bytes),
        str(place.path), str(place.size_bytes // 1024),
    ], timeout_s=_SHORT_S)  # fmt: skip


def write_esp(place: Place, files: Mapping[str, bytes]) -> None:
    """Write files (``EFI/BOOT/X`` to content) and the folders that they need."""
    folders = {str(parent) for name in files for parent in Path(name).parents if parent.name}
    for folder in sorted(folders):
        _mtool("mmd", "-D", "s", place=place, names=[f"::/{folder}"])
    with tempfile.TemporaryDirectory() as held:
        for name, content in files.items():
            source = Path(held) / "file"
            source.write_bytes(content)
            run_tied(
                ["mcopy", "-o", "-i", place.mtools, str(source), f"::/{name}"], timeout_s=_SHORT_S
            )


def rename_in_esp(place: Place, old: str, new: str) -> None:
    """Rename a file of the ESP within its folder: one sector changes."""
    _mtool("mren", place=place, names=[f"::/{old}", Path(new).name])


def read_esp(place: Place, name: str) -> bytes:
    """Return a file of the ESP. Raises FleetError when it is not there."""
    with tempfile.TemporaryDirectory() as held:
        target = Path(held) / "file"
        run(["mcopy", "-n", "-i", place.mtools, f"::/{name}", str(target)], timeout_s=_SHORT_S)
        return target.read_bytes()


def signatures_at(place: Place) -> str | None:
    """Return the type of what is recognised at a place; None when nothing or several are."""
    done = run([
        "blkid", "--probe", "--output", "value", "--match-tag", "TYPE",
        "--offset", str(place.offset_bytes),
        "--size", str(place.size_bytes),
        str(place.path),
    ], timeout_s=_SHORT_S, check=False)  # fmt: skip
    return done.stdout.strip() or None if done.status == 0 else None


def _mtool(name: str, *options: str, place: Place, names: list[str]) -> None:
    run_tied([name, *options, "-i", place.mtools, *names], timeout_s=_SHORT_S)


def _copy_root_folder(place: Place, content: Path) -> None:
    """Give the top folder the mode and owner that ``mke2fs -d`` leaves at their defaults."""
    status = content.stat()
    wanted = {"mode": oct(status.st_mode), "uid": status.st_uid, "gid": status.st_gid}
    for field, value in wanted.items():
        run_tied(
            ["debugfs", "-w", "-R", f"set_inode_field / {field} {value}", place.e2fsprogs],
            timeout_s=_SHORT_S,
        )
