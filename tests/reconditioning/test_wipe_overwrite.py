# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Overwriting disk files for real; what is left is read from outside."""

from __future__ import annotations

import errno
import itertools
import os
import random
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.wipe import statuses
from fleet.adapters.disk_direct import Disk
from fleet.errors import FleetError
from fleet.model.policy import CLEAR
from fleet.model.wipe import (
    FailedWipe,
    ReadBack,
    VerifiedWipe,
    WipeAdvanced,
    WipeFinished,
    WipeStarted,
    conclude,
)
from reconditioning.wipe_find import find_target, find_targets
from reconditioning.wipe_markers import Planted
from reconditioning.wipe_plan import plan_wipe
from reconditioning.wipe_readback import Left, _places, read_back
from reconditioning.wipe_run import ConfirmationRefused, DiskChanged, wipe
from reconditioning.wipe_tools import SystemTools
from tests.reconditioning.fake_drive import MIB, SECRET, Drive, FakeTools, filled
from tests.reconditioning.wiping import TAG, planned, wiped

LARGE = 24 * MIB


def codes(result: object) -> list[str]:
    assert isinstance(result, FailedWipe)
    return [reason.code for reason in result.reasons]


@pytest.mark.parametrize("size", [8 * MIB, 8 * MIB + 512, 5 * MIB + 1536, MIB, 4096])
def test_a_disk_file_of_any_size_holds_only_zeros_afterwards(tmp_path: Path, size: int) -> None:
    disk = filled(tmp_path / "disk.img", size)

    result = wiped(None, disk)

    assert isinstance(result, VerifiedWipe)
    assert disk.read_bytes() == bytes(size)
    assert result.record.readback is not None
    assert result.record.readback.kind is ReadBack.FULL
    assert result.record.readback.coverage_permille == 1000
    assert result.record.bytes_written == size


def test_the_story_starts_goes_forward_and_ends_once(tmp_path: Path) -> None:
    disk = filled(tmp_path / "disk.img", LARGE)
    plan = planned(SystemTools(), disk)

    events = list(wipe([plan], confirmation=TAG))

    advanced = [event for event in events if isinstance(event, WipeAdvanced)]
    assert isinstance(events[0], WipeStarted)
    assert list(dict.fromkeys(event.phase for event in advanced)) == [
        "marking", "wiping", "reading",
    ]  # fmt: skip
    assert [event for event in advanced if event.phase == "reading"][-1].percent == 100
    assert sum(isinstance(event, WipeFinished) for event in events) == 1
    assert isinstance(events[-1], WipeFinished)


def test_nothing_is_touched_when_the_typed_number_is_another(tmp_path: Path) -> None:
    disk = filled(tmp_path / "disk.img")
    before = disk.read_bytes()

    with pytest.raises(ConfirmationRefused):
        wipe([planned(SystemTools(), disk)], confirmation="VJ-0043")

    assert disk.read_bytes() == before


def test_nothing_is_touched_when_another_disk_took_the_place(tmp_path: Path) -> None:
    disk = filled(tmp_path / "disk.img")
    plan = planned(SystemTools(), disk)
    filled(tmp_path / "other.img").rename(disk)

    with pytest.raises(DiskChanged):
        wipe([plan], confirmation=TAG)

    assert SECRET in disk.read_bytes()


def test_one_disk_that_changed_stops_the_others_too(tmp_path: Path) -> None:
    good, other = filled(tmp_path / "a.img"), filled(tmp_path / "b.img")
    plans = [planned(SystemTools(), disk) for disk in (good, other)]
    other.write_bytes(b"short")

    with pytest.raises(DiskChanged):
        wipe(plans, confirmation=TAG)

    assert SECRET in good.read_bytes()


def test_a_disk_with_the_same_serial_in_the_same_place_is_not_taken_for_it(tmp_path: Path) -> None:
    disk = Drive(path=filled(tmp_path / "sda"))
    tools = FakeTools(disk)
    plan = planned(tools, disk.path)
    filled(tmp_path / "new").rename(disk.path)

    with pytest.raises(DiskChanged):
        wipe([plan], confirmation=TAG, tools=tools)

    assert SECRET in disk.content()


def test_two_disks_with_one_serial_are_told_apart_and_both_wiped(tmp_path: Path) -> None:
    first, second = (
        Drive(path=filled(tmp_path / name), rotating=True, serial="0000WD01")
        for name in ("sda", "sdb")
    )
    tools = FakeTools(first, second)
    targets = find_targets(tools)

    plans = [
        plan_wipe(one, disk=one.path.name, machine_tag=TAG, level=CLEAR, others=targets)
        for one in targets
    ]
    events = list(wipe(plans, confirmation=TAG, tools=tools))

    results = {e.path: e.result for e in events if isinstance(e, WipeFinished)}
    assert all("serial_shared" in {r.code for r in plan.reasons} for plan in plans)
    assert results.keys() == {first.path, second.path}
    assert all(isinstance(result, VerifiedWipe) for result in results.values())


def test_one_disk_is_not_planned_twice(tmp_path: Path) -> None:
    plan = planned(SystemTools(), filled(tmp_path / "disk.img"))

    with pytest.raises(DiskChanged):
        wipe([plan, plan], confirmation=TAG)


def test_disks_are_wiped_together_and_a_bad_one_does_not_stop_the_other(tmp_path: Path) -> None:
    good = Drive(path=filled(tmp_path / "sda"), rotating=True, serial="A1")
    bad = Drive(path=filled(tmp_path / "sdb"), rotating=True, serial="B2",
                bad_sectors=frozenset({5 * MIB}))  # fmt: skip
    tools = FakeTools(good, bad)

    events = list(
        wipe([planned(tools, disk.path) for disk in (good, bad)], confirmation=TAG, tools=tools)
    )

    results = {e.path: e.result for e in events if isinstance(e, WipeFinished)}
    assert isinstance(results[good.path], VerifiedWipe)
    assert codes(results[bad.path]) == ["unwritable_sectors", "not_read_back"]


def test_a_bad_sector_is_narrowed_down_and_everything_else_is_erased(tmp_path: Path) -> None:
    disk = Drive(path=filled(tmp_path / "sda"), rotating=True, bad_sectors=frozenset({3 * MIB}))

    result = wiped(FakeTools(disk), disk.path)

    left = disk.content()
    assert codes(result) == ["unwritable_sectors", "not_read_back"]
    assert result.record.problems[0].params == {"bytes": "512", "first": str(3 * MIB)}
    assert not any(left[: 3 * MIB])
    assert not any(left[3 * MIB + 512 :])


def test_a_disk_that_fails_everywhere_is_not_tried_for_days(tmp_path: Path) -> None:
    class Dead(FakeTools):
        @contextmanager
        def open(self, path: Path) -> Iterator[Disk]:
            with super().open(path) as disk:
                yield DeadAfterMarkers(disk)

    disk = Drive(path=tmp_path / "sda", rotating=True)
    with disk.path.open("wb") as file:
        file.truncate(8 << 30)

    result = wiped(Dead(disk), disk.path)

    assert codes(result) == ["disk_gone", "not_read_back"]


class DeadAfterMarkers:
    """A disk whose head crashes once the wipe begins; the file behind is never written."""

    size_bytes = 8 << 30

    def __init__(self, disk: Disk) -> None:
        self.read, self.write, self.flush = disk.read, disk.write, disk.flush

    def write_zeros(self, at: int, size: int) -> None:
        raise OSError(errno.EIO, "Input/output error")


def test_a_disk_that_drops_writes_is_seen_at_the_markers(tmp_path: Path) -> None:
    disk = Drive(path=filled(tmp_path / "sda"), rotating=True, drops_writes=True)

    result = wiped(FakeTools(disk), disk.path)

    assert "writes_not_kept" in codes(result)
    assert SECRET in disk.content()


def test_a_disk_that_keeps_old_data_under_acknowledged_writes_is_seen_at_the_end(
    tmp_path: Path,
) -> None:
    disk = Drive(path=filled(tmp_path / "sda"), rotating=True, loses_writes_later=True)

    result = wiped(FakeTools(disk), disk.path)

    assert codes(result) == ["marker_found", "old_data_found"]
    assert result.record.readback is not None
    assert result.record.readback.foreign_bytes == 8 * MIB


def test_a_cancelled_wipe_is_a_failed_one(tmp_path: Path) -> None:
    disk = filled(tmp_path / "disk.img", LARGE)
    stop = threading.Event()
    results = []

    for event in wipe([planned(SystemTools(), disk)], confirmation=TAG, cancelled=stop.is_set):
        stop.set()
        results += [event.result] if isinstance(event, WipeFinished) else []

    assert [codes(result) for result in results] == [["cancelled", "not_read_back"]]


def test_closing_the_story_lets_the_disk_go(tmp_path: Path) -> None:
    disk = filled(tmp_path / "disk.img", LARGE)
    story = wipe([planned(SystemTools(), disk)], confirmation=TAG)
    assert isinstance(story, Iterator)
    next(story)

    story.close()  # type: ignore[attr-defined]

    assert isinstance(wiped(None, disk), VerifiedWipe)


def test_a_fault_of_the_program_is_a_failed_wipe_of_that_disk(tmp_path: Path) -> None:
    class Broken(FakeTools):
        def open(self, path: Path):
            raise RuntimeError("a bug")

    disk = Drive(path=filled(tmp_path / "sda"))

    result = wiped(Broken(disk), disk.path)

    assert codes(result) == ["program_failed"]


def test_two_wipes_do_not_meet_on_one_disk(tmp_path: Path) -> None:
    disk = filled(tmp_path / "disk.img")

    with SystemTools().open(disk), pytest.raises(FleetError), SystemTools().open(disk):
        pass


def test_samples_cover_what_the_plan_asks_and_both_ends() -> None:
    size = 200 << 30

    places = list(_places(size, ReadBack.SAMPLED, 100, random.Random(1)))

    assert sum(length for _at, length in places) * 1000 // size >= 100
    assert places[0][0] == 0
    assert sum(places[-1]) == size
    assert all(a + length <= b for (a, length), (b, _l) in itertools.pairwise(places))


@pytest.mark.parametrize(
    ("left", "content", "foreign"),
    [
        (Left.ZEROS, bytes(MIB), 0),
        (Left.ZEROS, bytes(MIB - 1) + b"\1", 512),
        (Left.CONSTANT, b"\xff" * MIB, 0),
        (Left.CONSTANT, b"\xff" * (MIB - 512) + bytes(512), 0),
        (Left.CONSTANT, b"\xff" * (MIB - 512) + SECRET.ljust(512), 512),
        (Left.SCRAMBLED, os.urandom(MIB), 0),
        (Left.SCRAMBLED, os.urandom(MIB - 8192) + bytes(8192), 0),
        (Left.SCRAMBLED, os.urandom(MIB - 4096) + (SECRET * 99)[:4096], 4096),
        (Left.CONSTANT, os.urandom(MIB), MIB),
    ],
    ids=range(9),
)
def test_what_a_technique_may_not_leave_is_counted(
    tmp_path: Path, left: Left, content: bytes, foreign: int
) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(content)
    planted = Planted(markers=(), witnesses={}, problems=())

    with SystemTools().open(path) as disk:
        reading = read_back(
            disk, planted, left=left, kind=ReadBack.FULL, permille=1000, sector_bytes=512,
            rng=random.Random(1), cancelled=lambda: False,
        )  # fmt: skip
        found = None
        while found is None:
            try:
                next(reading)
            except StopIteration as end:
                found = end.value

    assert found.foreign_bytes == foreign
    assert (found.first_foreign_offset is None) == (foreign == 0)


def test_a_record_without_its_markers_proves_nothing(tmp_path: Path) -> None:
    record = wiped(None, filled(tmp_path / "disk.img")).record
    assert record.readback is not None

    result = conclude(replace(record, readback=replace(record.readback, markers_planted=0)))

    assert codes(result) == ["no_marker_planted"]


@pytest.mark.root
def test_a_block_device_is_wiped_and_one_in_use_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("loop devices need root")
    disk = filled(tmp_path / "disk.img", 32 * MIB)
    attached = subprocess.run(
        ["losetup", "--find", "--show", disk], capture_output=True, text=True, check=False
    )
    if attached.returncode:
        pytest.skip(f"no loop device here: {attached.stderr}")
    loop = Path(attached.stdout.strip())
    try:
        through = find_target(disk, SystemTools())
        with loop.open("rb") as held:
            assert held.read(1)
            result = wiped(None, loop)
        subprocess.run(["mkfs.ext2", "-q", loop], check=True)
        (mount := tmp_path / "mnt").mkdir()
        subprocess.run(["mount", loop, mount], check=True)
        try:
            mounted = find_target(loop, SystemTools())
        finally:
            subprocess.run(["umount", mount], check=True)
    finally:
        subprocess.run(["losetup", "--detach", loop], check=True)

    assert isinstance(result, VerifiedWipe)
    assert "looped" in {reason.code for reason in through.obstacles}
    assert {reason.code for reason in mounted.obstacles} == {"mounted"}


def test_the_benchmark_believes_nwipe_by_its_closing_table_only() -> None:
    log = (
        "     loop0 |           0 |                    0 |                    0\n"
        "********************************* Drive Status *********************************\n"
        "!   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n"
        "--------------------------------------------------------------------------------\n"
        "!    loop0 |UABORTED|   0 B/s | 00:05:01 | Loopback device/\n"
        "       vda | Erased |  98 MB/s | 00:00:21 | QEMU HARDDISK/QM00001\n"
        "!      vdb |-FAILED-|  98 MB/s | 00:00:21 | QEMU HARDDISK/QM00002\n"
    )

    assert statuses(log) == {"loop0": "UABORTED", "vda": "Erased", "vdb": "-FAILED-"}
