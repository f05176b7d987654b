# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing on block devices: loop devices on files, and nothing else of this computer."""

from __future__ import annotations

import json
import os
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fleet.adapters.disk import DiskBusy
from fleet.adapters.disk_boot_sector import UEFI_ONLY, message_code
from fleet.errors import UsageError
from fleet.model.install_plan import HomePlace, InstallOptions, InstallPlan, Role
from fleet.services.installer import install, plan_install
from fleet.services.installer_events import Installed, OldContentErased
from fleet.store.keys import ReplicaKey, open_replica_key
from tests.adapters.test_disk_ext4 import tree
from tests.services.installer_runs import killed_after, started
from tests.services.installer_samples import MIB, make_disk, make_image, make_root

pytestmark = pytest.mark.root
OPTIONS = InstallOptions(hostname="poste")
Planned = Callable[[Path], InstallPlan]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> ReplicaKey:
    return open_replica_key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_root(tmp_path_factory.mktemp("root") / "root")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, key: ReplicaKey, root: Path) -> Path:
    return make_image(tmp_path_factory.mktemp("image"), key, root)


@pytest.fixture
def planned(image: Path, key: ReplicaKey) -> Planned:
    return lambda disk: plan_install(image, disk, OPTIONS, trusted_keys=[key.public_key])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with attached(make_disk(tmp_path / "disk.img")) as loop:
        yield loop


@contextmanager
def attached(file: Path, sector_bytes: int = 512) -> Iterator[Path]:
    """A loop device on a file, its partitions forgotten at the end."""
    made = run("losetup", "--find", "--show", "--sector-size", str(sector_bytes), file)
    loop = Path(made.strip())
    try:
        yield loop
    finally:
        subprocess.run(["partx", "--delete", loop], capture_output=True)
        run("losetup", "--detach", loop)


@contextmanager
def mounted(device: Path, point: Path) -> Iterator[Path]:
    point.mkdir(parents=True, exist_ok=True)
    run("mount", device, point)
    try:
        yield point
    finally:
        run("umount", point)


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def carried_out(plan: InstallPlan) -> Installed:
    *_before, done = install(plan, confirmation=plan.asked_text)
    assert isinstance(done, Installed)
    return done


def part_of(disk: Path, number: int) -> Path:
    return Path(f"{disk}p{number}")


def partitioned(disk: Path) -> None:
    run("sgdisk", "-n1:1M:+500M", "-n2:0:0", disk)
    run("partx", "--add", disk)


@pytest.mark.parametrize("sector_bytes", [512, 4096])
def test_linux_mounts_what_was_installed_and_finds_the_image(
    tmp_path: Path, image: Path, key: ReplicaKey, root: Path, sector_bytes: int
) -> None:
    options = InstallOptions(hostname="poste", home=HomePlace.SEPARATE, root_bytes=650 * MIB)
    with attached(make_disk(tmp_path / "disk.img"), sector_bytes) as disk:
        plan = plan_install(image, disk, options, trusted_keys=[key.public_key])

        done = carried_out(plan)

        with (
            mounted(part_of(disk, 3), tmp_path / "m"),
            mounted(part_of(disk, 4), tmp_path / "m" / "home"),
        ):
            found, expected = tree(tmp_path / "m"), tree(root)
            capability = os.getxattr(tmp_path / "m/usr/bin/ping", "security.capability")
        told = run("sfdisk", "--json", disk)
    own = {path for path in expected if found.get(path) != expected[path]}
    assert own == {"etc/hostname", "etc/machine-id", "var/cache/debconf/config.dat"}
    assert capability == os.getxattr(root / "usr/bin/ping", "security.capability")
    assert json.loads(told)["partitiontable"]["sectorsize"] == sector_bytes
    assert done.starts_in_bios is (sector_bytes == 512)


def test_the_first_sector_of_a_4096_disk_says_uefi(
    tmp_path: Path, image: Path, key: ReplicaKey
) -> None:
    with attached(make_disk(tmp_path / "disk.img"), 4096) as disk:
        carried_out(plan_install(image, disk, OPTIONS, trusted_keys=[key.public_key]))

    assert (tmp_path / "disk.img").open("rb").read(440) == message_code(UEFI_ONLY)


def test_nothing_stays_mounted_and_no_process_stays(disk: Path, planned: Planned) -> None:
    before = mounts_of(disk)

    carried_out(planned(disk))

    assert mounts_of(disk) == before == []
    # Nobody holds it, in this namespace or another.
    os.close(os.open(disk, os.O_RDONLY | os.O_EXCL))


def mounts_of(disk: Path) -> list[str]:
    """The mounts of a disk: what other tests mount meanwhile does not count."""
    lines = Path("/proc/mounts").read_text().splitlines()
    return [line for line in lines if line.startswith(str(disk))]


def make_raid(disk: Path) -> None:
    _md_superblock(part_of(disk, 1), at_end=False)
    _md_superblock(part_of(disk, 2), at_end=True)


def _md_superblock(part: Path, *, at_end: bool) -> None:
    """A version 1 superblock as mdadm writes it: creating the array would start it."""
    size = int(run("blockdev", "--getsize64", part))
    offset = (size // 512 - 16) // 8 * 8 if at_end else 8
    block = bytearray(256)
    block[0:8] = (0xA92B4EFC).to_bytes(4, "little") + (1).to_bytes(4, "little")
    block[16:32] = os.urandom(16)
    block[144:152] = offset.to_bytes(8, "little")  # super_offset
    total = sum(int.from_bytes(block[at : at + 4], "little") for at in range(0, 256, 4))
    block[216:220] = (((total & 0xFFFFFFFF) + (total >> 32)) & 0xFFFFFFFF).to_bytes(4, "little")
    with part.open("r+b") as file:
        file.seek(offset * 512)
        file.write(block)


def make_lvm(disk: Path) -> None:
    for number in (1, 2):
        _lvm_label(part_of(disk, number))


def _lvm_label(device: Path) -> None:
    """The label that pvcreate writes, with LVM's own start value of the CRC."""
    body = (32).to_bytes(4, "little") + b"LVM2 001" + b"Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4f"
    body = body.ljust(512 - 20, b"\0")
    crc = zlib.crc32(body, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
    label = b"LABELONE" + (1).to_bytes(8, "little") + crc.to_bytes(4, "little") + body
    with device.open("r+b") as file:
        file.seek(512)
        file.write(label)


def make_zfs(disk: Path) -> None:
    """Uberblocks of the four labels of a ZFS member, which is what blkid looks for."""
    for number in (1, 2):
        size = int(run("blockdev", "--getsize64", part_of(disk, number)))
        with part_of(disk, number).open("r+b") as file:
            for label in (0, 256 << 10, size - (512 << 10), size - (256 << 10)):
                for slot in range(8):
                    file.seek(label + (128 << 10) + slot * 1024)
                    file.write((0x00BAB10C).to_bytes(8, "little"))


def make_luks_and_btrfs(disk: Path) -> None:
    with part_of(disk, 1).open("r+b") as file:
        file.write(b"LUKS\xba\xbe\x00\x01" + bytes(160) + b"9d0c3b7e-8d2c-4c1c-9f5e-2b6f1a000001")
    with part_of(disk, 2).open("r+b") as file:
        for place in (64 << 10, 64 << 20):
            file.seek(place + 64)
            file.write(b"_BHRfS_M")


def make_whole_disk_lvm(disk: Path) -> None:
    run("partx", "--delete", disk)
    run("wipefs", "--all", disk)
    _lvm_label(disk)


@pytest.mark.parametrize(
    ("prepare", "content"),
    [
        (make_raid, "linux_raid_member"),
        (make_lvm, "LVM2_member"),
        (make_zfs, "zfs_member"),
        (make_luks_and_btrfs, "crypto_LUKS"),
        (make_whole_disk_lvm, "LVM2_member"),
    ],
)
def test_signatures_of_an_older_life_are_shown_then_gone(
    disk: Path, planned: Planned, prepare: Callable[[Path], None], content: str
) -> None:
    partitioned(disk)
    prepare(disk)
    plan = planned(disk)
    assert content in {part.content for part in plan.found.parts}

    carried_out(plan)

    after = planned(disk).found
    assert [part.content for part in after.parts] == [None, "vfat", "ext4"]
    signatures = [run("wipefs", "--json", "--no-act", part_of(disk, n)) for n in (2, 3)]
    assert '"ext4"' in signatures[1]
    assert content not in "".join(signatures) + run("wipefs", "--json", "--no-act", disk)


def test_an_old_table_at_the_end_of_the_disk_is_gone(disk: Path, planned: Planned) -> None:
    partitioned(disk)
    with disk.open("r+b") as file:
        file.write(bytes(64 << 10))
    plan = planned(disk)
    assert [part.number for part in plan.found.parts] == [1, 2]

    done = carried_out(plan)

    assert done.disk_guid.upper() in run("sgdisk", "--print", disk)
    assert "No problems found" in run("sgdisk", "--verify", disk)


def test_a_mounted_partition_is_refused_and_named(
    disk: Path, planned: Planned, tmp_path: Path
) -> None:
    partitioned(disk)
    run("mke2fs", "-q", "-t", "ext4", part_of(disk, 1))

    with (
        mounted(part_of(disk, 1), tmp_path / "m"),
        pytest.raises(DiskBusy, match=f"{part_of(disk, 1)} is mounted on {tmp_path}/m"),
    ):
        planned(disk)


def test_a_partition_mounted_where_nobody_sees_it_is_refused_too(
    disk: Path, planned: Planned, tmp_path: Path
) -> None:
    partitioned(disk)
    run("mke2fs", "-q", "-t", "ext4", part_of(disk, 1))
    holder = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c",
         f"mount {part_of(disk, 1)} /mnt && echo ready && cat"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"
        with pytest.raises(DiskBusy, match="is in use"):
            planned(disk)
    finally:
        holder.communicate()


def test_swap_in_use_is_refused(disk: Path, planned: Planned) -> None:
    partitioned(disk)
    run("mkswap", part_of(disk, 2))
    subprocess.run(["swapon", part_of(disk, 2)], check=True)
    try:
        with pytest.raises(DiskBusy, match="used as swap"):
            planned(disk)
    finally:
        run("swapoff", part_of(disk, 2))


def test_a_device_built_on_the_disk_is_refused(disk: Path, planned: Planned) -> None:
    partitioned(disk)
    with attached(part_of(disk, 1)) as upper:
        run("mke2fs", "-q", "-t", "ext4", upper)
        with pytest.raises(DiskBusy, match="attached to"):
            planned(disk)


def test_a_use_that_begins_after_the_plan_is_refused(
    disk: Path, planned: Planned, tmp_path: Path
) -> None:
    partitioned(disk)
    run("mke2fs", "-q", "-t", "ext4", part_of(disk, 1))
    plan = planned(disk)

    with mounted(part_of(disk, 1), tmp_path / "m"), pytest.raises(DiskBusy):
        next(install(plan, confirmation=plan.asked_text))


def test_killed_while_it_unpacks_it_lets_go_of_the_disk(
    disk: Path, planned: Planned, image: Path, key: ReplicaKey
) -> None:
    process = started(image, disk, key)
    killed_after(process, "UnpackAdvanced 100")

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not is_free(disk):
        time.sleep(0.1)

    carried_out(planned(disk))


def is_free(disk: Path) -> bool:
    try:
        os.close(os.open(disk, os.O_RDONLY | os.O_EXCL))
    except OSError:
        return False
    return True


def test_two_installations_of_one_disk_do_not_meet(disk: Path, planned: Planned) -> None:
    plan = planned(disk)
    running = install(plan, confirmation=plan.asked_text)
    next(running)

    with pytest.raises(DiskBusy, match="Another program"):
        next(install(plan, confirmation=plan.asked_text))
    assert isinstance(next(running), OldContentErased)


def test_a_partition_is_not_a_disk(disk: Path, planned: Planned) -> None:
    partitioned(disk)

    with pytest.raises(UsageError, match="not a whole disk"):
        planned(part_of(disk, 1))


def test_unpacking_goes_on_the_partition_itself(disk: Path, planned: Planned) -> None:
    plan = planned(disk)

    carried_out(plan)

    offset = plan.part(Role.ROOT).start_bytes
    assert offset % 4096 == 0
    assert "system" in run("e2label", part_of(disk, 3))
