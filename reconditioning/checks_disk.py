# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests disks: SMART's figures, the drive's own short self-test, and real reads in three places.

Nothing is written. A drive without SMART (eMMC, virtual, behind a bridge) passes on its reads
alone, and the result says that its health is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters.process import Finished
from fleet.errors import BadInput, FleetError
from fleet.model.facts import DiskFacts, DiskHealth, DiskKind, Finding
from fleet.model.triage_weight import finding
from fleet.readers.bench_tools import read_speed
from fleet.readers.limits import mapping
from fleet.readers.smart_json import read_smart_json
from fleet.readers.values import disk_kind
from reconditioning.checks_base import (
    WIPE_RUNNING,
    Bench,
    CheckAdvanced,
    Outcome,
    Running,
    absent,
    as_json,
    failed,
    passed,
    undecided,
)
from reconditioning.collect import DISK_NAMES

MIB = 2**20
# A short self-test takes two minutes (ATA) or less (NVMe); no drive is waited for longer.
SELF_TEST_S = 180
_POLL_S = 5
_EMMC_URGENT = 3
_EMMC_SPENT = 0x0B
_CHUNK_MIB = 4
_READ_S = 60
# The self-test execution status, in tenths of what remains, while one runs (ATA ACS, table 61).
_RUNNING = range(0xF0, 0x100)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was found on one disk."""

    faults: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    serial: str | None = None


_Step = Generator[CheckAdvanced, None, _Found]


def disks_of(bench: Bench) -> tuple[Path, ...]:
    """Return the disks asked for, else the machine's own: fixed, and not on USB."""
    if bench.context.disks:
        return bench.context.disks
    places = bench.context.places
    found = [path for path in places.entries("block") if DISK_NAMES.fullmatch(path.name)]
    fixed = [path for path in found if not _is_removable(path)]
    return tuple(places.dev / path.name for path in fixed)


def _is_removable(block: Path) -> bool:
    removable = (block / "removable").read_text().strip() if (block / "removable").exists() else "0"
    return removable == "1" or "/usb" in str(block.resolve())


def check_disks(bench: Bench) -> Running:
    """Test every disk; one that fails fails the test."""
    disks = disks_of(bench)
    if not disks:
        return absent(Finding(code="no_disk"))
    if bench.context.wiping():
        return undecided(WIPE_RUNNING)
    found: list[_Found] = []
    for number, disk in enumerate(disks):
        one = yield from _check_disk(bench, disk, number, len(disks))
        found.append(one)
    return _together(found)


def _together(found: list[_Found]) -> Outcome:
    faults = [fault for one in found for fault in one.faults]
    notes = [note for one in found for note in one.notes]
    serials = [one.serial for one in found if one.serial]
    if twice := [serial for serial in dict.fromkeys(serials) if serials.count(serial) > 1]:
        notes.append(finding("same_serial_twice", *twice))
    return failed(*faults, *notes) if faults else passed(*notes)


def _check_disk(bench: Bench, disk: Path, number: int, total: int) -> _Step:
    """Read SMART, start the self-test, read the disk meanwhile, then wait for the self-test."""
    yield bench.advanced("reading_smart", 100 * number / total, disk.name)
    facts, has_self_test = _smart(bench, disk)
    started = has_self_test and _start_self_test(bench, disk)
    read = yield from _read_disk(bench, disk, _kind(bench, disk, facts))
    self_test: _Found = _Found()
    if started:
        self_test = yield from _await_self_test(bench, disk)
    judged = _emmc(bench, disk) if disk.name.startswith("mmcblk") else _judged(facts, disk.name)
    return _Found(
        faults=(*judged.faults, *read.faults, *self_test.faults),
        notes=(*judged.notes, *read.notes, *self_test.notes),
        serial=facts.serial if facts else None,
    )


def _smart(bench: Bench, disk: Path) -> tuple[DiskFacts | None, bool]:
    """Return the drive's facts, and whether it can test itself; through SAT behind a bridge."""
    done = _smartctl(bench, disk, "-x")
    if "nknown USB bridge" in done.stdout:
        done = _smartctl(bench, disk, "-x", "-d", "sat")
    try:
        facts = read_smart_json(done.stdout)[0].disks
    except BadInput:
        return None, False
    return (facts[0] if facts else None), _can_test_itself(as_json(done.stdout))


def _smartctl(bench: Bench, disk: Path, *options: str) -> Finished:
    return bench.run(["smartctl", *options, "--json=c", str(disk)], timeout_s=60)


def _can_test_itself(document: object) -> bool:
    report = mapping(document)
    ata = mapping(mapping(report.get("ata_smart_data")).get("capabilities"))
    return ata.get("self_tests_supported") is True or "nvme_self_test_log" in report


def _judged(facts: DiskFacts | None, name: str) -> _Found:
    if facts is None or facts.health is DiskHealth.UNKNOWN:
        return _Found(notes=(finding("disk_health_unknown", name),))
    if facts.health is DiskHealth.FAILING:
        return _Found(faults=(finding("disk_failing", name), *facts.reasons))
    if facts.health is DiskHealth.WORN:
        return _Found(notes=(finding("disk_worn", name), *facts.reasons))
    return _Found()


def _emmc(bench: Bench, disk: Path) -> _Found:
    """Return what an eMMC says of its wear (JEDEC JESD84-B51, EXT_CSD 267 to 269).

    Life time is in tenths of the endurance used, 0x0B past its end; 0 is « not told ».
    """
    device = bench.context.places.sys / "block" / disk.name / "device"
    ends = _hexadecimal(bench.read(device / "pre_eol_info"))
    used = _hexadecimal(bench.read(device / "life_time"))
    if not any(ends) and not any(used):
        return _Found(notes=(finding("disk_health_unknown", disk.name),))
    wear = finding("wear_percent", min(10 * max(used, default=0), 100))
    if max(ends, default=0) >= _EMMC_URGENT or max(used, default=0) >= _EMMC_SPENT:
        return _Found(faults=(finding("disk_failing", disk.name), wear))
    worn = max(ends, default=0) > 1
    return _Found(notes=(finding("disk_worn", disk.name), wear) if worn else (wear,))


def _hexadecimal(text: str) -> tuple[int, ...]:
    words = text.split()[:2]
    return tuple(int(word, 16) for word in words if re.fullmatch(r"0x[0-9a-fA-F]{1,2}", word))


def _kind(bench: Bench, disk: Path, facts: DiskFacts | None) -> DiskKind:
    if facts is not None and facts.kind is not DiskKind.UNKNOWN:
        return facts.kind
    rotational = bench.context.places.sys / "block" / disk.name / "queue/rotational"
    flag = rotational.read_text().strip() if rotational.exists() else ""
    return disk_kind(disk.name, None, {"0": False, "1": True}.get(flag))


def _start_self_test(bench: Bench, disk: Path) -> bool:
    return _smartctl(bench, disk, "-t", "short").status & 0b111 == 0


def _await_self_test(bench: Bench, disk: Path) -> _Step:
    """Wait for the drive, at most ``SELF_TEST_S``; a test that never ends is told, not passed."""
    context = bench.context
    started = context.monotonic()
    while (spent := context.monotonic() - started) < SELF_TEST_S:
        yield bench.advanced("waiting_self_test", min(99.0, 100 * spent / SELF_TEST_S), disk.name)
        bench.wait(_POLL_S)
        report = mapping(as_json(_smartctl(bench, disk, "-c", "-l", "selftest").stdout))
        ended = _self_test_ended(report)
        if ended is True:
            return _Found(notes=(finding("self_test_passed", disk.name),))
        if ended is False:
            return _Found(faults=(finding("self_test_failed_now", disk.name),))
    return _Found(notes=(finding("self_test_unfinished", disk.name),))


def _self_test_ended(report: object) -> bool | None:
    """Return whether the last self-test passed; None while it runs, or when nobody says."""
    ata = mapping(mapping(mapping(mapping(report).get("ata_smart_data")).get("self_test")))
    status = mapping(ata.get("status"))
    value, ok = status.get("value"), status.get("passed")
    if isinstance(value, int) and value in _RUNNING:
        return None
    if isinstance(ok, bool):
        return ok
    return _nvme_self_test_ended(mapping(mapping(report).get("nvme_self_test_log")))


def _nvme_self_test_ended(log: object) -> bool | None:
    running = mapping(mapping(log).get("current_self_test_operation")).get("value")
    if running != 0:
        return None
    rows = mapping(log).get("table")
    newest = mapping(rows[0]) if isinstance(rows, list) and rows else {}
    result = mapping(newest.get("self_test_result")).get("value")
    return result == 0 if isinstance(result, int) else None


def _read_disk(bench: Bench, disk: Path, kind: DiskKind) -> _Step:
    """Read at the start, in the middle and at the end, past the kernel's cache."""
    size = _size_mib(bench, disk)
    if size is None:
        return _Found(faults=(finding("disk_size_unknown", disk.name),))
    budget = bench.context.durations.disk_read_s / 3
    speeds: list[int] = []
    for place, percent in ((0, 10), (size // 2, 40), (max(size - 512, 0), 70)):
        yield bench.advanced("reading_disk", percent, disk.name)
        speed = _speed_at(bench, disk, place, budget)
        if speed is None:
            return _Found(faults=(finding("disk_unreadable", disk.name, place),))
        speeds.append(speed)
    return _speed_found(bench, disk, kind, min(speeds), max(speeds))


def _speed_found(bench: Bench, disk: Path, kind: DiskKind, worst: int, best: int) -> _Found:
    limits = bench.context.limits
    flash = kind in (DiskKind.SSD, DiskKind.NVME)
    floor = limits.flash_read_mb_s if flash else limits.hdd_read_mb_s
    if worst < floor:
        return _Found(faults=(finding("disk_slow", disk.name, worst, floor),))
    return _Found(notes=(finding("disk_read", disk.name, worst, best),))


def _size_mib(bench: Bench, disk: Path) -> int | None:
    sectors = bench.read(bench.context.places.sys / "block" / disk.name / "size")
    if sectors.isdigit() and int(sectors):
        return int(sectors) * 512 // MIB
    size = bench.run(["blockdev", "--getsize64", str(disk)]).stdout.strip()
    return int(size) // MIB if size.isdigit() and int(size) else None


def _speed_at(bench: Bench, disk: Path, place_mib: int, budget_s: float) -> int | None:
    """Return MB/s there, read for about ``budget_s``; None when a read fails or hangs."""
    bytes_read, seconds, chunks = 0, 0.0, 4
    while seconds < budget_s:
        measured = _dd(bench, disk, place_mib // _CHUNK_MIB, chunks)
        if measured is None:
            return None
        bytes_read, seconds = bytes_read + measured[0], seconds + measured[1]
        if measured[0] < chunks * _CHUNK_MIB * MIB or chunks >= 64:
            break
        chunks *= 4
    return round(bytes_read / seconds / 10**6)


def _dd(bench: Bench, disk: Path, skip: int, chunks: int) -> tuple[int, float] | None:
    command = [
        "dd", f"if={disk}", "of=/dev/null", f"bs={_CHUNK_MIB}M",
        f"skip={skip}", f"count={chunks}", "iflag=direct",
    ]  # fmt: skip
    try:
        done = bench.run(command, timeout_s=_READ_S)
    except FleetError as error:
        bench.keep("dd", error.message)
        return None
    return read_speed(done.stderr) if done.status == 0 else None
