# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading ext4 without mounting it: the same as what went in, whoever wrote it."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
from pathlib import Path

import pytest

from fleet.adapters.disk_ext4 import Ext4
from fleet.errors import FleetError
from fleet.i18n import set_language
from tests.services.installer_samples import make_root

MIB = 1 << 20


def opened(path: Path, offset: int = 0) -> Ext4:
    descriptor = os.open(path, os.O_RDONLY)
    return Ext4(lambda at, size: os.pread(descriptor, size, at), offset)


def tree(root: Path) -> dict[str, tuple[object, ...]]:
    """What the kernel tells of every entry below a folder."""
    found: dict[str, tuple[object, ...]] = {}
    for path in root.rglob("*"):
        status = path.lstat()
        target = str(path.readlink()) if path.is_symlink() else None
        plain = path.is_file() and not path.is_symlink()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if plain else None
        name = str(path.relative_to(root))
        if not name.startswith("lost+found"):
            found[name] = (status.st_mode, status.st_uid, status.st_gid, target, digest)
    return found


def read(ext4: Ext4) -> dict[str, tuple[object, ...]]:
    """The same, read by us."""
    return {
        node.path: (
            node.mode, node.uid, node.gid, node.target,
            ext4.digest(node) if node.mode & 0o170000 == 0o100000 else None,
        )
        for node in ext4.nodes()
    }  # fmt: skip


def test_a_filesystem_filled_by_mke2fs_reads_as_its_folder(tmp_path: Path) -> None:
    root = make_root(tmp_path / "root")
    image = tmp_path / "image"
    image.touch()
    os.truncate(image, 80 * MIB)
    subprocess.run(
        ["mke2fs", "-q", "-t", "ext4", "-d", root, "-E", f"offset={3 * MIB}", image, "64M"],
        check=True,
    )

    assert read(opened(image, 3 * MIB)) == tree(root)


@pytest.mark.root
@pytest.mark.parametrize("block", ["1024", "4096"])
def test_a_filesystem_filled_by_linux_reads_as_linux_reads_it(tmp_path: Path, block: str) -> None:
    image, mount = tmp_path / "image", tmp_path / "mount"
    mount.mkdir()
    image.touch()
    os.truncate(image, 200 * MIB)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-b", block, image], check=True)
    subprocess.run(["mount", "-o", "loop", image, mount], check=True)
    try:
        make_root(mount / "root")
        _fragment(mount)
        expected = tree(mount)
    finally:
        subprocess.run(["umount", mount], check=True)

    assert read(opened(image)) == expected


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_bytes(os.urandom(8192))

    with pytest.raises(FleetError, match="superblock"):
        opened(image)


def test_in_french_a_disk_that_ends_too_soon_is_told_in_french() -> None:
    set_language("fr")

    with pytest.raises(FleetError) as caught:
        Ext4(lambda _at, _size: b"")

    assert "ne peut pas être relu" in caught.value.message
    assert "end of the disk" not in caught.value.message


def test_damage_is_a_refusal_or_a_difference_never_a_crash(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for number in range(30):
        (root / f"d{number}").mkdir(parents=True)
        (root / f"d{number}" / "f").write_bytes(bytes([number]) * 5000)
    image = tmp_path / "image"
    image.touch()
    os.truncate(image, 4 * MIB)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", root, image], check=True)
    sound, rng = image.read_bytes(), random.Random(3)

    for _turn in range(150):
        broken = bytearray(sound)
        for _byte in range(40):
            broken[rng.randrange(1024, 400_000)] = rng.randrange(256)
        image.write_bytes(broken)
        try:
            ext4 = opened(image)
            for node in ext4.nodes():
                if node.size < 16 * MIB:
                    ext4.digest(node)
        except FleetError:
            continue


def _fragment(mount: Path) -> None:
    """Two files written by turns, block by block, with holes: trees of extents, not one node."""
    with (mount / "un").open("wb") as one, (mount / "deux").open("wb") as two:
        for turn in range(400):
            for file in (one, two):
                file.seek(turn * 3 * 4096)
                file.write(os.urandom(4096))
                file.flush()
                os.fsync(file.fileno())
