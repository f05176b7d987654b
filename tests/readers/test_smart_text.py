# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smartctl's printed reports: real samples, old and localised forms, and damage."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings

from fleet.errors import BadInput
from fleet.model.facts import DiskFacts, DiskHealth, DiskKind
from fleet.readers.limits import MAX_BYTES
from fleet.readers.smart_text import read_smart_text
from tests.readers.disk_samples import (
    compare_with_index,
    damaged,
    expected_facts,
    recorded_facts,
    shipped,
    unsafe_texts,
)

KIND = "smartctl_text"
ORIGINALS = [path.read_text(encoding="utf-8") for path in shipped(KIND)]

BANNER = "smartctl 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0] (local build)\n\n"
OLD_FORM = (
    BANNER
    + """\
=== START OF INFORMATION SECTION ===
Device Model:     WDC WD1600JS-60MHB5
Serial Number:    WD-WCANM33344334
LU WWN Device Id: 5 0014ee 2b6578d5f
User Capacity:    {capacity} bytes [160 GB]
SMART support is: Available - device has SMART capability.
SMART support is: {support}

=== START OF READ SMART DATA SECTION ===
SMART overall-health self-assessment test result: PASSED

ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE
  1 Raw_Read_Error_Rate     0x002f   200   200   051    Pre-fail  Always       {failed}      0
  3 Spin_Up_Time            0x0027   148   147   021    Pre-fail  Always       -       1575
  5 Reallocated_Sector_Ct   0x0033   200   200   140    Pre-fail  Always       -       {moved}
  9 Power_On_Hours          0x0032   056   056   000    Old_age   Always       -       {hours}
190 Airflow_Temperature_Cel 0x0022   057   040   045    Old_age   Always   In_the_past 43
197 Current_Pending_Sector  0x0032   200   200   000    Old_age   Always       -       0

{log}
"""
)
PLAIN = {
    "capacity": "160,041,885,696",
    "support": "Enabled",
    "failed": "-",
    "moved": "0",
    "hours": "1250",
    "log": "",
}

SAS = (
    BANNER
    + """\
=== START OF INFORMATION SECTION ===
Vendor:               SEAGATE
Product:              ST3600057SS
User Capacity:        600,127,266,816 bytes [600 GB]
Rotation Rate:        15000 rpm
Logical Unit id:      0x5000c5003b1a2b3c
Serial number:        6SL0ABCD
Transport protocol:   SAS (SPL-3)

=== START OF READ SMART DATA SECTION ===
SMART Health Status: {status}
Elements in grown defect list: {grown}
Accumulated power on time, hours:minutes 12345:06
Error counter log:
read:   4062094867  0  0  4062094867  4062094867  185472.110  {lost}
write:           0  0  0           0           0   12347.456  0

Num  Test              Status                 segment  LifeTime  LBA_first_err [SK ASC ASQ]
# 1  Background long   {test}                   -   12000                 - [-   -    -]
"""
)
SOUND_SAS = {"status": "OK", "grown": "0", "lost": "0", "test": "Completed"}


def disk_of(text: str) -> DiskFacts:
    (report,) = read_smart_text(text)
    return report.disks[0]


def old_form(**changes: str) -> DiskFacts:
    return disk_of(OLD_FORM.format(**(PLAIN | changes)))


def reasons_of(disk: DiskFacts) -> list[str]:
    return [str(reason) for reason in disk.reasons]


@pytest.mark.parametrize("path", shipped(KIND), ids=lambda path: path.stem)
def test_each_sample_gives_its_recorded_facts(path: Path) -> None:
    expected = expected_facts(KIND)[f"{KIND}/{path.name}"]

    (report,) = read_smart_text(path.read_text(encoding="utf-8"))

    assert recorded_facts(report) == expected
    assert not report.has_machine


def test_samples_agree_with_the_index_except_where_it_is_wrong() -> None:
    assert compare_with_index(KIND, read_smart_text) == []


@pytest.mark.parametrize("path", shipped(KIND), ids=lambda path: path.stem)
def test_windows_line_ends_change_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert read_smart_text(text.replace("\n", "\r\n")) == read_smart_text(text)


def test_the_old_attribute_table_is_read() -> None:
    disk = old_form()

    assert disk == DiskFacts(
        model="WDC WD1600JS-60MHB5",
        serial="WD-WCANM33344334",
        wwn="0x50014ee2b6578d5f",
        size_bytes=160_041_885_696,
        kind=DiskKind.HDD,
        transport="ata",
        health=DiskHealth.GOOD,
        reasons=disk.reasons,
        power_on_hours=1250,
    )
    assert reasons_of(disk) == ["no_defect_found", "too_hot_before"]


@pytest.mark.parametrize(
    "capacity",
    ["160,041,885,696", "160.041.885.696", "160 041 885 696", "160\u202f041\u202f885\u202f696",
     "160\xa0041\xa0885\xa0696", "160’041’885’696", "160041885696"],
)  # fmt: skip
def test_sizes_are_read_whatever_groups_the_digits(capacity: str) -> None:
    assert old_form(capacity=capacity).size_bytes == 160_041_885_696


def test_an_attribute_failing_now_makes_the_disk_failing() -> None:
    disk = old_form(failed="FAILING_NOW")

    assert disk.health is DiskHealth.FAILING
    assert "attribute_failing_now=1" in reasons_of(disk)


def test_a_prefailure_attribute_that_failed_before_makes_the_disk_worn() -> None:
    disk = old_form(failed="In_the_past")

    assert disk.health is DiskHealth.WORN
    assert reasons_of(disk)[0] == "attribute_failed_before=1"


def test_smart_switched_off_is_unknown_with_its_reason() -> None:
    assert reasons_of(old_form(support="Disabled"))[0] == "smart_disabled"


@pytest.mark.parametrize(
    ("log", "failed"),
    [
        ("# 1  Extended offline    Completed: read failure       90%      1200         1234", True),
        ("# 1  Extended offline    Completed without error       00%      1200         -", False),
        ("# 1  Short offline       Aborted by host               00%      1200         -", False),
        ("Self-test execution status:      ( 121)\tThe previous self-test completed having", True),
        (
            "Self-test execution status:      (   0)\tThe previous self-test routine completed",
            False,
        ),
    ],
)
def test_a_failed_self_test_makes_the_disk_worn(log: str, failed: bool) -> None:
    disk = old_form(log=log)

    assert ("self_test_failed" in reasons_of(disk)) == failed
    assert disk.health is (DiskHealth.WORN if failed else DiskHealth.GOOD)


def test_the_pending_defects_log_counts_as_pending_sectors() -> None:
    rows = "\n".join(f"{i:5} {i + 228834464:18} {36091:8}" for i in range(3))

    disk = old_form(log=f"Pending Defects log (GP Log 0x0c)\nIndex   LBA    Hours\n{rows}\n\n")

    assert reasons_of(disk)[0] == "pending_sectors=3"


def test_a_sas_drive_gives_its_facts() -> None:
    disk = disk_of(SAS.format(**SOUND_SAS))

    assert (disk.model, disk.serial, disk.transport) == ("SEAGATE ST3600057SS", "6SL0ABCD", "sas")
    assert (disk.wwn, disk.size_bytes) == ("0x5000c5003b1a2b3c", 600_127_266_816)
    assert (disk.kind, disk.power_on_hours) == (DiskKind.HDD, 12345)
    assert disk.health is DiskHealth.GOOD


@pytest.mark.parametrize(
    ("changes", "health", "reason"),
    [
        (
            {"status": "FAILURE PREDICTION THRESHOLD EXCEEDED [asc=5d, ascq=0]"},
            DiskHealth.FAILING,
            "self_assessment_failed",
        ),
        ({"grown": "7"}, DiskHealth.WORN, "grown_defects=7"),
        ({"lost": "3"}, DiskHealth.WORN, "uncorrected_errors=3"),
        (
            {"test": "Completed\n  Pending defect count:2 Pending Defects: index, LBA"},
            DiskHealth.FAILING,
            "pending_sectors=2",
        ),
        ({"test": "Failed in segment -->  3"}, DiskHealth.WORN, "self_test_failed"),
    ],
)
def test_a_sas_drive_is_judged(changes: dict[str, str], health: DiskHealth, reason: str) -> None:
    disk = disk_of(SAS.format(**(SOUND_SAS | changes)))

    assert (disk.health, reasons_of(disk)[0]) == (health, reason)


def test_several_drives_in_one_file_give_one_report_each() -> None:
    reports = read_smart_text("\n".join(ORIGINALS))

    assert len(reports) == len(ORIGINALS)
    assert [read_smart_text(text)[0] for text in ORIGINALS] == list(reports)


def test_identity_alone_leaves_the_health_unknown() -> None:
    text = ORIGINALS[0].split("=== START OF READ SMART DATA SECTION ===")[0]

    disk = disk_of(text)

    assert disk.model == "ST31000528AS"
    assert (disk.health, reasons_of(disk)) == (DiskHealth.UNKNOWN, ["no_smart_data"])


@pytest.mark.parametrize("path", shipped(KIND), ids=lambda path: path.stem)
def test_a_report_that_lost_its_banner_is_read_all_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    start = min(
        i
        for mark in ("Model Family:", "Device Model:", "Model Number:")
        if (i := text.find(mark)) >= 0
    )

    assert read_smart_text(text[start:]) == read_smart_text(text)


def test_a_drive_that_does_not_open_is_unknown() -> None:
    disk = disk_of(BANNER + "Smartctl open device: /dev/sda failed: Permission denied\n")

    assert disk == DiskFacts(reasons=disk.reasons)
    assert reasons_of(disk) == ["not_opened"]


@pytest.mark.parametrize("text", ["", "\n\n", "# dmidecode 3.2\n", "Serial Number: X\n", "\x00"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_smart_text(text)


@settings(max_examples=150)
@given(text=damaged(ORIGINALS))
def test_damaged_reports_are_refused_or_read_without_control_characters(text: str) -> None:
    try:
        reports = read_smart_text(text)
    except BadInput:
        return

    assert unsafe_texts(reports) == []


@pytest.mark.parametrize(
    "line",
    [
        "read:" + " " * 4000,
        "  5 " + "a" * 4000,
        " " * 4000,
        "5 a 0x0033 " + "-" * 3000 + " ",
        "A" + " (" * 2000,
        "# 1 Short" + " completed" * 400,
        "0x07 0x008 1 9 " + "A-" * 1500,
        "ab",
        "",
    ],
    ids=range(9),
)
def test_hostile_lines_cost_little_time_and_memory(line: str) -> None:
    text = BANNER + f"{line}\n" * ((MAX_BYTES - len(BANNER)) // (len(line) + 1))
    tracemalloc.start()
    began = time.process_time()

    with_luck_refused(text)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 2**20
    assert time.process_time() - began < 10


def with_luck_refused(text: str) -> None:
    """Read a hostile text; both a refusal and an unknown disk are right."""
    try:
        assert read_smart_text(text)[0].disks[0].health is DiskHealth.UNKNOWN
    except BadInput as refusal:
        assert "too many lines" in refusal.message
