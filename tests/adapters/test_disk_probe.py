# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at disks: what lsblk tells of use, and what is found on disk files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from fleet.adapters.disk_probe import find_disk, uses_of
from fleet.errors import NotFound, UsageError

MIB = 1 << 20


def disk(*parts: dict[str, object], mounts: tuple[str | None, ...] = (None,)) -> dict[str, object]:
    return {
        "path": "/dev/sda", "type": "disk", "mountpoints": list(mounts), "children": list(parts),
    }  # fmt: skip


def part(*children: dict[str, object], mount: str | None = None) -> dict[str, object]:
    return {
        "path": "/dev/sda1", "type": "part", "mountpoints": [mount], "children": list(children),
    }  # fmt: skip


def built(kind: str, mount: str | None = None) -> dict[str, object]:
    return {"path": f"/dev/mapper/{kind}", "type": kind, "mountpoints": [mount]}


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (disk(part(mount="/")), "the system that runs now (/dev/sda1 is /)"),
        (disk(part(mount="/boot/efi")), "the system that runs now"),
        (disk(part(built("lvm", "/"))), "the system that runs now"),
        (disk(mounts=("/run/live/medium",)), "the system that runs now"),
        (disk(part(mount="/mnt")), "/dev/sda1 is mounted on /mnt"),
        (disk(part(mount="[SWAP]")), "/dev/sda1 is used as swap"),
        (disk(part(built("raid1"))), "/dev/mapper/raid1 (raid1) is built on it and active"),
        (disk(part(built("lvm"))), "(lvm) is built on it"),
        (disk(part(built("crypt"))), "(crypt) is built on it"),
        (disk(part(built("lvm", "[SWAP]"))), "used as swap"),
    ],
)
def test_a_disk_in_use_says_by_what(device: dict[str, object], words: str) -> None:
    assert words in "; ".join(uses_of(device))


def test_a_disk_with_idle_partitions_is_free() -> None:
    assert list(uses_of(disk(part(), part()))) == []


def test_a_disk_file_tells_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "disk.img"
    path.touch()
    os.truncate(path, 64 * MIB)
    subprocess.run(
        ["sgdisk", "-n1:1M:+20M", "-n2:21M:+20M", path], check=True, stdout=subprocess.DEVNULL
    )
    subprocess.run(
        ["mke2fs", "-q", "-t", "ext4", "-L", "anciens", "-E", f"offset={MIB}", path, "20M"],
        check=True,
    )

    found = find_disk(path)

    assert (found.table, found.uses) == ("gpt", ())
    assert [(one.number, one.content, one.label) for one in found.parts] == [
        (1, "ext4", "anciens"), (2, None, None),
    ]  # fmt: skip
    assert found.identity.asked_text == "disk.img"


def test_what_lies_on_a_whole_disk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "disk.img"
    path.touch()
    os.truncate(path, 64 * MIB)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", path], check=True)

    assert [(one.number, one.content) for one in find_disk(path).parts] == [(0, "ext4")]


def test_no_disk_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        find_disk(tmp_path / "none")
    with pytest.raises(UsageError):
        find_disk(tmp_path)
    with pytest.raises(UsageError):
        find_disk(Path("/dev/null"))
