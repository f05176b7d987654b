# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packing and unpacking: nothing lost, the same bytes twice, nothing half-written kept."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.adapters import process
from fleet.adapters.rootfs import open_view
from fleet.adapters.squashfs import pack, unpack
from fleet.errors import FleetError

pytestmark = pytest.mark.root

_EPOCH = 1_790_000_000


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree with all that a root filesystem can hold."""
    root = tmp_path / "tree"
    (root / "bin").mkdir(parents=True)
    (root / "bin/ping").write_bytes(Path("/bin/true").read_bytes())
    (root / "bin/link").symlink_to("/etc/target")
    os.link(root / "bin/ping", root / "bin/hard")
    (root / "old").write_text("old")
    os.utime(root / "old", (1_600_000_000, 1_600_000_000))
    os.chown(root / "old", 1000, 33)
    (root / "old").chmod(0o4750)
    os.setxattr(root / "old", "user.note", b"kept")
    process.run(["setcap", "cap_net_raw+ep", str(root / "bin/ping")], timeout_s=5)
    (root / "noise").write_bytes(os.urandom(3_000_000))
    return root


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _pack(tree: Path, target: Path) -> list[float]:
    with open_view([tree]) as view:
        return [step.percent for step in pack(view, target, epoch=_EPOCH, level=1)]


def test_everything_that_was_packed_is_unpacked(tree: Path, tmp_path: Path) -> None:
    image, out = tmp_path / "image.squashfs", tmp_path / "out"

    percents = _pack(tree, image)
    unpacked = [step.percent for step in unpack(image, out)]

    assert percents[-1] == unpacked[-1] == 100
    assert percents == sorted(set(percents))
    facts = (out / "old").stat()
    assert (facts.st_uid, facts.st_gid, facts.st_mode & 0o7777) == (1000, 33, 0o4750)
    assert facts.st_mtime == 1_600_000_000
    assert (out / "noise").stat().st_mtime == _EPOCH
    assert os.getxattr(out / "old", "user.note") == b"kept"
    assert "cap_net_raw" in process.run(["getcap", str(out / "bin/ping")], timeout_s=5).stdout
    assert (out / "bin/ping").stat().st_ino == (out / "bin/hard").stat().st_ino
    assert (out / "bin/link").readlink() == Path("/etc/target")
    assert (out / "noise").read_bytes() == (tree / "noise").read_bytes()


def test_same_tree_gives_the_same_bytes_at_another_time(tree: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    _pack(tree, first)
    os.utime(tree / "noise")
    _pack(tree, second)

    assert _digest(first) == _digest(second)


def test_existing_folder_is_filled(tree: Path, tmp_path: Path) -> None:
    image, disk = tmp_path / "image.squashfs", tmp_path / "disk"
    disk.mkdir()
    (disk / "lost+found").mkdir()
    _pack(tree, image)

    list(unpack(image, disk))

    assert (disk / "lost+found").is_dir()
    assert (disk / "old").read_text() == "old"


def test_packing_that_is_given_up_leaves_nothing(tree: Path, tmp_path: Path) -> None:
    (tree / "more").write_bytes(os.urandom(9_000_000))
    with open_view([tree]) as view:
        packing = pack(view, tmp_path / "image.squashfs", epoch=_EPOCH, level=9)
        next(packing)
        packing.close()  # type: ignore[attr-defined]

    assert not list(tmp_path.glob("image*"))


def test_altered_image_is_not_unpacked(tree: Path, tmp_path: Path) -> None:
    image, out = tmp_path / "image.squashfs", tmp_path / "out"
    _pack(tree, image)
    image.write_bytes(image.read_bytes()[: image.stat().st_size // 2])

    with pytest.raises(FleetError):
        list(unpack(image, out))

    assert not out.exists() and not list(tmp_path.glob("out*"))


def test_full_disk_is_told_when_packing(tree: Path, tmp_path: Path) -> None:
    with open_view([tree]) as view:
        full = tmp_path / "full"
        full.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(full)]
        process.run([*view.enter, *mount], timeout_s=5)

        with pytest.raises(FleetError, match="disk is full"):
            list(pack(view, full / "image.squashfs", epoch=_EPOCH, level=1))


def test_full_disk_is_told_when_unpacking(tree: Path, tmp_path: Path) -> None:
    image, disk = tmp_path / "image.squashfs", tmp_path / "disk"
    disk.mkdir()
    _pack(tree, image)
    script = (
        "import subprocess, sys; from pathlib import Path; from fleet.adapters.squashfs import *\n"
        "image, disk = sys.argv[1:]\n"
        "from fleet.errors import FleetError; from fleet.i18n import set_language\n"
        "set_language('en')\n"
        "subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], check=True)\n"
        "try: list(unpack(Path(image), Path(disk)))\n"
        "except FleetError as error: print(error.message)\n"
    )
    words = ["unshare", "--mount", sys.executable, "-c", script, str(image), str(disk)]

    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    assert "disk is full" in said
