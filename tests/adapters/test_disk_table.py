# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Partition tables: sgdisk and sfdisk read what we write, and we read what they write."""

from __future__ import annotations

import os
import subprocess
import uuid
from pathlib import Path

import pytest

from fleet.adapters.disk_table import Entry, Extent, gpt, read_table

MIB = 1 << 20
SIZE = 64 * MIB
ENTRIES = (
    Entry(
        type_guid=uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"), guid=uuid.uuid4(),
        start_bytes=MIB, size_bytes=20 * MIB, name="ESP",
    ),
    Entry(
        type_guid=uuid.UUID("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"), guid=uuid.uuid4(),
        start_bytes=21 * MIB, size_bytes=42 * MIB, name="système",
    ),
)  # fmt: skip
EXTENTS = [
    Extent(number=1, start_bytes=MIB, size_bytes=20 * MIB),
    Extent(number=2, start_bytes=21 * MIB, size_bytes=42 * MIB),
]


def write(path: Path, sector_bytes: int) -> Path:
    table = gpt(ENTRIES, disk_guid=uuid.uuid4(), size_bytes=SIZE, sector_bytes=sector_bytes)
    with path.open("wb") as file:
        file.truncate(SIZE)
        file.seek(446)
        file.write(table.protective)
        file.seek(sector_bytes)
        file.write(table.primary)
        file.seek(SIZE - len(table.backup))
        file.write(table.backup)
    return path


def read(path: Path, sector_bytes: int = 512) -> tuple[str | None, list[Extent]]:
    with path.open("rb") as file:
        return read_table(
            lambda at, size: os.pread(file.fileno(), size, at),
            size_bytes=path.stat().st_size,
            sector_bytes=sector_bytes,
        )


def test_sgdisk_finds_no_fault_in_our_table(tmp_path: Path) -> None:
    disk = write(tmp_path / "disk", 512)

    told = subprocess.run(["sgdisk", "--verify", "--print", disk], capture_output=True, text=True)

    assert "No problems found" in told.stdout
    assert "système" in told.stdout
    assert "EF00" in told.stdout
    assert "8304" in told.stdout


@pytest.mark.parametrize("sector_bytes", [512, 4096])
def test_our_table_is_read_back_from_either_end(tmp_path: Path, sector_bytes: int) -> None:
    disk = write(tmp_path / "disk", sector_bytes)
    assert read(disk, sector_bytes) == ("gpt", EXTENTS)

    with disk.open("r+b") as file:
        file.write(bytes(64 * 1024))

    assert read(disk, sector_bytes) == ("gpt", EXTENTS)


@pytest.mark.root
def test_the_kernel_reads_our_table_with_sectors_of_4096_bytes(tmp_path: Path) -> None:
    disk = write(tmp_path / "disk", 4096)
    made = subprocess.run(
        ["losetup", "--find", "--show", "--read-only", "--sector-size", "4096", disk],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    loop = made.stdout.strip()
    try:
        told = subprocess.run(["sfdisk", "--verify", loop], capture_output=True, text=True)
        listed = subprocess.run(["sfdisk", "--json", loop], capture_output=True, text=True)
    finally:
        subprocess.run(["losetup", "--detach", loop], check=True)

    assert "No errors detected" in told.stdout + told.stderr
    assert '"start": 5376' in listed.stdout


def test_logical_partitions_of_an_old_table_are_read(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.touch()
    os.truncate(disk, SIZE)
    script = (
        "label: dos\nx1 : start=2048,size=8192,type=7\nx2 : start=16384,size=80000,type=5\n"
        "x5 : size=8192,type=83\nx6 : size=8192,type=83\n"
    )
    subprocess.run(["sfdisk", "--quiet", disk], input=script, text=True, check=True)

    kind, extents = read(disk)

    assert kind == "dos"
    assert [(one.number, one.size_bytes) for one in extents] == [
        (1, 4 * MIB), (5, 4 * MIB), (6, 4 * MIB),
    ]  # fmt: skip
    listed = subprocess.run(["sfdisk", "--dump", disk], capture_output=True, text=True).stdout
    assert all(f"start={one.start_bytes // 512:>12}" in listed for one in extents)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 4096, os.urandom(4096), b"EFI PART" * 512],
    ids=["empty", "ones", "noise", "signatures only"],
)
def test_a_disk_without_a_table_has_none(tmp_path: Path, content: bytes) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(content)
    os.truncate(disk, SIZE)

    assert read(disk) == (None, [])


def test_a_fat_on_the_whole_disk_is_no_table(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.touch()
    os.truncate(disk, SIZE)
    subprocess.run(["mkfs.fat", disk], check=True, capture_output=True)

    assert read(disk) == (None, [])
