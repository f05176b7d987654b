# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An installation killed at any moment: the disk starts whole, or says that it is not finished."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from fleet.adapters.disk import Place
from fleet.adapters.disk_boot_sector import UNFINISHED, message_code
from fleet.adapters.disk_format import check_ext4, read_esp
from fleet.adapters.disk_table import read_table
from fleet.errors import FleetError
from fleet.services.installer_image import read_digests
from fleet.store.keys import ReplicaKey, open_replica_key
from tests.services.installer_runs import killed_after, started
from tests.services.installer_samples import MIB, make_disk, make_image, make_root, nodes_by_path

pytestmark = pytest.mark.root
_OWN = 8  # files that the installer writes over or adds, at the most


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> ReplicaKey:
    return open_replica_key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, key: ReplicaKey) -> Path:
    folder = tmp_path_factory.mktemp("image")
    return make_image(folder / "home", key, make_root(folder / "root"))


def starts_in_bios(disk: Path) -> bool:
    with disk.open("rb") as file:
        code = file.read(512)
    return code[510:] == b"\x55\xaa" and code[:440] != message_code(UNFINISHED)


def starts_in_uefi(disk: Path) -> bool:
    try:
        return bool(read_esp(Place(path=disk, offset_bytes=2 * MIB, size_bytes=256 * MIB),
                             "EFI/BOOT/BOOTX64.EFI"))  # fmt: skip
    except FleetError:
        return False


def is_whole(disk: Path, image: Path) -> bool:
    """Whether the disk holds all of the image: told by means of its own, not the installer's."""
    start = 258 * MIB
    check_ext4(Place(path=disk, offset_bytes=start, size_bytes=0))
    ext4, nodes = nodes_by_path(disk, start)
    digests = read_digests(image)
    wrong = [
        path for path, digest in digests.items()
        if path not in nodes or ext4.digest(nodes[path]) != digest
    ]  # fmt: skip
    return len(wrong) <= _OWN and "etc/hostname" in wrong


def require_whole_or_unfinished(disk: Path, image: Path, where: str) -> bool:
    """Return whether the disk starts; fail when it starts and is not whole."""
    starts = starts_in_bios(disk) or starts_in_uefi(disk)
    if starts:
        assert is_whole(disk, image), where
        return True
    with disk.open("rb") as file:
        code = file.read(440)
        table, _extents = read_table(
            lambda at, size: os.pread(file.fileno(), size, at), size_bytes=MIB, sector_bytes=512
        )
    blank = code == bytes(440) and table is None
    assert blank or code == message_code(UNFINISHED), where
    return False


EVENTS = (
    "planned", "InstallStarted", "OldContentErased", "PartitionsMade", "UnpackAdvanced 100",
    "SystemUnpacked", "BootFilesWritten", "ReadBackAdvanced 0", "ReadBackAdvanced 100",
    "ReadBackMatched",
)  # fmt: skip


@pytest.mark.parametrize("event", EVENTS)
def test_killed_at_an_event_the_disk_is_unfinished_and_installs_again(
    tmp_path: Path, image: Path, key: ReplicaKey, event: str
) -> None:
    disk = make_disk(tmp_path / "disk.img")

    killed_after(started(image, disk, key), event)

    require_whole_or_unfinished(disk, image, event)
    killed_after(started(image, disk, key), "Installed")
    assert starts_in_bios(disk)
    assert starts_in_uefi(disk)
    assert is_whole(disk, image)
    assert not list(tmp_path.glob(".*staging*"))


@pytest.mark.slow
def test_killed_at_any_time_a_disk_that_starts_is_whole(
    tmp_path: Path, image: Path, key: ReplicaKey
) -> None:
    disk = make_disk(tmp_path / "disk.img")
    begun = time.monotonic()
    killed_after(started(image, disk, key), "Installed")
    whole_s, outcomes = time.monotonic() - begun, []

    # Each run begins on what the one before left: an installed disk, or an unfinished one.
    for turn in range(14):
        process = started(image, disk, key)
        time.sleep(whole_s * (0.3 + 0.7 * turn / 13))
        process.kill()
        process.communicate()
        process.wait()
        outcomes.append(require_whole_or_unfinished(disk, image, f"turn {turn}"))

    assert not all(outcomes)
