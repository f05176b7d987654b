# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wipe on disks that QEMU emulates: bad sectors, a disk that lies, several slow ones."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from fleet.model.wipe import FailedWipe, VerifiedWipe, WipeAdvanced, WipeFinished
from reconditioning.wipe_run import wipe
from reconditioning.wipe_tools import SystemTools
from tests.bench.lying_disk import Forgets, LyingDisk, every_hundredth_mebibyte, everything
from tests.reconditioning.emulated_disk import (
    faulty,
    raw,
    remote,
    require_emulation,
    shown,
    slow,
)
from tests.reconditioning.fake_drive import MIB, SECRET, filled
from tests.reconditioning.wiping import TAG, planned, wiped

pytestmark = pytest.mark.root
SIZE = 16 * MIB
# A busy machine may disturb one comparison: then another is made, and printed.
TURNS = 3
BAD = 10 * MIB // 512


@pytest.fixture(autouse=True)
def emulation() -> None:
    require_emulation()


def codes(result: object) -> set[str]:
    assert isinstance(result, FailedWipe)
    return {reason.code for reason in result.reasons}


def test_a_sound_emulated_disk_is_wiped(tmp_path: Path) -> None:
    behind = filled(tmp_path / "disk.raw", SIZE)

    with shown([raw(behind)], tmp_path) as (disk,):
        result = wiped(None, disk)

    assert isinstance(result, VerifiedWipe)
    assert not any(behind.read_bytes())


def test_a_sector_that_cannot_be_written_fails_the_wipe_of_a_disk_otherwise_erased(
    tmp_path: Path,
) -> None:
    behind = filled(tmp_path / "disk.raw", SIZE)
    bad = faulty(behind, {"iotype": "write", "sector": BAD, "errno": 5})

    with shown([bad], tmp_path) as (disk,):
        result = wiped(None, disk)

    left = behind.read_bytes()
    where = int(result.record.problems[0].params["first"])
    size = 4096  # FUSE asks by pages
    assert "unwritable_sectors" in codes(result)
    assert where <= BAD * 512 < where + size
    assert SECRET[:16] in left[where : where + size]
    assert not any(left[:where])
    assert not any(left[where + size :])


def test_a_sector_that_cannot_be_read_back_fails_the_wipe(tmp_path: Path) -> None:
    behind = filled(tmp_path / "disk.raw", SIZE)
    bad = faulty(behind, {"iotype": "read", "sector": BAD, "errno": 5})

    with shown([bad], tmp_path) as (disk,):
        result = wiped(None, disk)

    assert "unreadable_sectors" in codes(result)
    assert result.record.readback is not None
    assert 0 < result.record.readback.unreadable_bytes <= 4096


@pytest.mark.parametrize(
    ("forgets", "expected"),
    [(everything, "writes_not_kept"), (every_hundredth_mebibyte, "old_data_found")],
    ids=["every-write", "one-write-in-a-hundred"],
)
def test_a_disk_that_acknowledges_and_keeps_old_bytes_gets_no_certificate(
    tmp_path: Path, forgets: Forgets, expected: str
) -> None:
    behind = filled(tmp_path / "disk.raw", SIZE)

    with (
        LyingDisk(behind, tmp_path, forgets) as liar,
        shown([remote(liar.socket)], tmp_path) as (disk,),
    ):
        result = wiped(None, disk)

    assert SECRET in behind.read_bytes()
    assert codes(result) & {expected, "writes_not_kept"}


@pytest.mark.slow
def test_three_slow_disks_together_take_hardly_longer_than_one(tmp_path: Path) -> None:
    behind = [filled(tmp_path / f"{n}.raw", 48 * MIB) for n in range(3)]
    nodes = [slow(path) for path in behind]

    with shown(nodes, tmp_path, bytes_per_s=8 * MIB) as disks:
        for turn in range(1, TURNS + 1):
            started = time.monotonic()
            alone = wiped(None, disks[0])
            one_s = time.monotonic() - started
            plans = [planned(SystemTools(), disk) for disk in disks]
            started = time.monotonic()
            events = list(wipe(plans, confirmation=TAG))
            three_s = time.monotonic() - started
            told = f"turn {turn}: one disk {one_s:.1f} s, three together {three_s:.1f} s"
            print(told)  # noqa: T201 - turns are counted and shown
            if three_s <= 1.15 * one_s:
                break

    results = [event.result for event in events if isinstance(event, WipeFinished)]
    speeds = {event.path for event in events if isinstance(event, WipeAdvanced) and event.left_s}
    assert all(isinstance(result, VerifiedWipe) for result in (alone, *results))
    assert speeds == set(disks)
    assert three_s <= 1.15 * one_s
