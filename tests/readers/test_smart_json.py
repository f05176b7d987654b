# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smartctl's JSON reports: real samples, odd shapes, and damage."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.errors import BadInput
from fleet.model.facts import DiskFacts, DiskHealth, DiskKind
from fleet.readers.smart_json import read_smart_json
from tests.readers.disk_samples import (
    SHIPPED,
    compare_with_index,
    damaged,
    expected_facts,
    recorded_facts,
    shipped,
    unsafe_texts,
)

KIND = "smartctl_json"
ORIGINALS = [path.read_text(encoding="utf-8") for path in shipped(KIND)]


def drive(**parts: Any) -> dict[str, Any]:
    """A healthy rotating drive, with some parts replaced."""
    good = {
        "smartctl": {"exit_status": 0},
        "device": {"type": "sat", "protocol": "ATA"},
        "model_name": "ST500DM002-1BD142",
        "rotation_rate": 7200,
        "smart_status": {"passed": True},
        "ata_smart_attributes": {"table": [row(5), row(197), row(198)]},
    }
    return good | parts


def row(number: int, raw: str = "0", name: str = "", **parts: Any) -> dict[str, Any]:
    """One attribute, named as smartctl names it by default."""
    names = {
        5: "Reallocated_Sector_Ct",
        9: "Power_On_Hours",
        197: "Current_Pending_Sector",
        198: "Offline_Uncorrectable",
    }
    plain = {"id": number, "name": name or names.get(number, "Unknown_Attribute"), "value": 100}
    return plain | {"raw": {"value": 0, "string": raw}} | parts


def table(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"table": list(rows)}


def disk_of(value: object) -> DiskFacts:
    (report,) = read_smart_json(json.dumps(value))
    return report.disks[0]


def codes(disk: DiskFacts) -> set[str]:
    return {reason.code for reason in disk.reasons}


@pytest.mark.parametrize("path", shipped(KIND), ids=lambda path: path.stem)
def test_each_sample_gives_its_recorded_facts(path: Any) -> None:
    expected = expected_facts(KIND)[f"{KIND}/{path.name}"]

    (report,) = read_smart_json(path.read_text(encoding="utf-8"))

    assert recorded_facts(report) == expected
    assert not report.has_machine
    assert report.batteries == ()


def test_samples_agree_with_the_index_except_where_it_is_wrong() -> None:
    assert compare_with_index(KIND, read_smart_json) == []


def test_a_list_of_drives_gives_one_report_each() -> None:
    reports = read_smart_json(json.dumps([drive(), drive(model_name="Other")]))

    assert [report.disks[0].model for report in reports] == ["ST500DM002-1BD142", "Other"]


def test_time_of_the_report_is_in_utc() -> None:
    (report,) = read_smart_json(json.dumps(drive(local_time={"time_t": 1645450846})))

    assert report.collected_at == "2022-02-21T13:40:46Z"


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ("304", "304"),
        ("138 (26)", "138"),
        ("1704074", "138"),
        ("8589934592000", ""),
        ("0 (2000 0)", ""),
        ("0x0000000005", "5"),
    ],
)
def test_packed_reallocated_raws_give_the_real_count(raw: str, count: str) -> None:
    disk = disk_of(drive(ata_smart_attributes=table(row(5, raw), row(197))))

    found = [reason.value for reason in disk.reasons if reason.code == "reallocated_sectors"]
    assert found == ([count] if count else [])


def test_raw_value_is_used_when_there_is_no_raw_string() -> None:
    bare = row(197) | {"raw": {"value": 12}}
    disk = disk_of(drive(ata_smart_attributes=table(row(5), bare)))

    assert [str(reason) for reason in disk.reasons] == ["pending_sectors=12"]


@pytest.mark.parametrize(
    ("raw", "name", "hours"),
    [
        ("1338h+05m+52s", "Power_On_Seconds", 1338),
        ("48300h+43m+14.090s", "Power_On_Hours_and_Msec", 48300),
        ("600", "Power_On_Minutes", 10),
        ("7200", "Power_On_Seconds", 2),
        ("1200", "Power_On_Half_Minutes", 10),
        ("20513 (163 89 0)", "Power_On_Hours", 20513),
        ("4661094", "Power_On_Hours", None),
    ],
)
def test_hours_are_read_in_their_unit(raw: str, name: str, hours: int | None) -> None:
    attributes = table(row(5), row(197), row(9, raw, name))

    disk = disk_of(drive(ata_smart_attributes=attributes))

    assert disk.power_on_hours == hours
    assert ("impossible_hours" in codes(disk)) == (hours is None)


def test_impossible_hours_give_way_to_the_statistics_page() -> None:
    page = {"table": [{"name": "Power-on Hours", "value": 1200, "flags": {"valid": True}}]}

    disk = disk_of(drive(power_on_time={"hours": 4661094}, ata_device_statistics={"pages": [page]}))

    assert disk.power_on_hours == 1200


@pytest.mark.parametrize(
    ("name", "number", "value", "raw", "wear"),
    [
        ("Wear_Leveling_Count", 177, 15, "1300", 85),
        ("SSD_Life_Left", 231, 12, "12", 88),
        ("SSD_Life_Left", 231, 99, "90194313217", None),
        ("Remaining_Lifetime_Perc", 169, 100, "9", 91),
        ("Percent_Lifetime_Remain", 202, 4, "96", 96),
        ("Percent_Lifetime_Used", 202, 10, "90", 90),
        ("Drive_Life_Used%", 173, 100, "84", 84),
        ("Lifetime_Remaining%", 177, 11, "11", 89),
        ("Percent_Lifetime_Remain", 202, 100, "1", None),
        ("Media_Wearout_Indicator", 233, 1, "0", 99),
        ("Media_Wearout_Indicator", 230, 1, "8598458435946", None),
        ("Wear_Range_Delta", 177, 0, "1", None),
        ("Wear_Leveling_Count", 177, 0, "0", None),
        ("Wear_Leveling_Count", 173, 185, "657160077603", None),
        ("SandForce_Internal", 233, 0, "50100", None),
        ("Data_Address_Mark_Errs", 202, 0, "1", None),
    ],
)
def test_wear_is_read_by_the_name_of_the_attribute(
    name: str, number: int, value: int, raw: str, wear: int | None
) -> None:
    attributes = table(row(5), row(number, raw, name, value=value))

    disk = disk_of(drive(model_name="ACME", rotation_rate=0, ata_smart_attributes=attributes))

    found = [reason.value for reason in disk.reasons if reason.code == "wear_percent"]
    assert found == ([str(wear)] if wear is not None else [])


def test_address_mark_errors_of_a_rotating_disk_are_no_wear() -> None:
    marks = row(202, "0", "Data_Address_Mark_Errs", value=1)

    disk = disk_of(drive(ata_smart_attributes=table(row(5), row(197), marks)))

    assert disk.health is DiskHealth.GOOD


def test_endurance_statistic_wins_over_attributes() -> None:
    page = {"table": [{"name": "Percentage Used Endurance Indicator", "value": 120}]}
    level = row(177, "3", "Wear_Leveling_Count", value=98)

    disk = disk_of(
        drive(
            rotation_rate=0,
            ata_smart_attributes=table(row(5), level),
            ata_device_statistics={"pages": [page]},
        )
    )

    assert disk.health is DiskHealth.FAILING
    assert [str(reason) for reason in disk.reasons] == ["wear_percent=120"]


@pytest.mark.parametrize(
    ("parts", "kind", "transport"),
    [
        ({"rotation_rate": 5400, "sata_version": {"value": 1}}, DiskKind.HDD, "sata"),
        ({"rotation_rate": 0}, DiskKind.SSD, "ata"),
        ({"rotation_rate": None, "model_name": "X", "trim": {"supported": True}}, "ssd", "ata"),
        ({"rotation_rate": None, "model_name": "SATA3 120GB SSD"}, DiskKind.SSD, "ata"),
        ({"rotation_rate": None, "model_name": "X"}, DiskKind.UNKNOWN, "ata"),
        ({"device": {"protocol": "NVMe"}, "rotation_rate": None}, DiskKind.NVME, "nvme"),
        ({"device": {"type": "usbjmicron", "protocol": "ATA"}}, DiskKind.HDD, "usb"),
        ({"device": {"type": "megaraid,1", "protocol": ""}}, DiskKind.HDD, None),
        ({"device": {"protocol": "SCSI"}, "rotation_rate": 0}, DiskKind.UNKNOWN, "scsi"),
        ({"rotation_rate": 1, "model_name": "X"}, DiskKind.UNKNOWN, "ata"),
        (
            {
                "device": {"protocol": "SCSI"},
                "rotation_rate": 0,
                "endurance_used": {"current_percent": 1},
                "scsi_transport_protocol": {"name": "SAS (SPL-4)"},
            },
            DiskKind.SSD,
            "sas",
        ),
    ],
)
def test_kind_and_transport_follow_what_the_drive_says(
    parts: dict[str, Any], kind: str, transport: str | None
) -> None:
    disk = disk_of(drive(**parts))

    assert (disk.kind, disk.transport) == (kind, transport)


@pytest.mark.parametrize(
    ("model", "number", "value", "wear"),
    [("KINGSTON SUV400", 231, 15, 85), ("CT500MX500SSD1", 202, 9, 91), ("ACME", 231, 15, None)],
)
def test_wear_of_an_unnamed_attribute_is_known_for_some_makers(
    model: str, number: int, value: int, wear: int | None
) -> None:
    attributes = table(row(5), row(number, "0", "Unknown_SSD_Attribute", value=value))

    disk = disk_of(drive(model_name=model, rotation_rate=0, ata_smart_attributes=attributes))

    assert ("wear_percent" in codes(disk)) == (wear is not None)


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [
        (187, "Reported_UE_Counts", "reported_uncorrectable"),
        (187, "Reported_Uncorr_Errors", "reported_uncorrectable"),
        (187, "Read_Fail_Count", None),
        (198, "Offline_Scan_UNC_SectCt", "offline_uncorrectable"),
        (198, "Read_Sectors_Tot_Ct", None),
        (197, "Total_Pending_Sectors", "pending_sectors"),
        (197, "Not_In_Use", None),
        (199, "SATA_CRC_Error_Count", "crc_errors"),
        (199, "Write_Sectors_Tot_Ct", None),
        (5, "Retired_Block_Count", "reallocated_sectors"),
        (5, "Later_Bad_Block", "reallocated_sectors"),
    ],
)
def test_a_number_counts_only_where_its_name_means_it(
    number: int, name: str, code: str | None
) -> None:
    rows = [row(5), row(197), row(number, "77", name)]

    found = codes(disk_of(drive(ata_smart_attributes=table(*rows))))

    known = {"reported_uncorrectable", "offline_uncorrectable", "pending_sectors", "crc_errors"}
    assert found & (known | {"reallocated_sectors"}) == ({code} if code else set())


@pytest.mark.parametrize(
    ("wwn", "name"),
    [
        ({"naa": 5, "oui": 3152, "id": 1234567890}, "0x5000c500499602d2"),
        ({"naa": 0, "oui": 0, "id": 0}, None),
        ({"naa": 5, "oui": 9911, "id": 1111222223333}, None),
        ({"naa": 5, "oui": 9911}, None),
        ("5000c500499602d2", None),
    ],
)
def test_world_wide_name_is_hexadecimal_or_unknown(wwn: object, name: str | None) -> None:
    assert disk_of(drive(wwn=wwn)).wwn == name


def test_a_sas_drive_is_judged_by_its_grown_defects() -> None:
    sas = {
        "smartctl": {"exit_status": 0},
        "device": {"type": "scsi", "protocol": "SCSI"},
        "scsi_vendor": "SEAGATE",
        "scsi_product": "ST3600057SS",
        "logical_unit_id": "0x5000c5003b1a2b3c",
        "rotation_rate": 15000,
        "scsi_transport_protocol": {"name": "SAS (SPL-3)"},
        "smart_status": {"passed": True},
        "scsi_error_counter_log": {"read": {"total_uncorrected_errors": 0}},
    }

    good = disk_of(sas | {"scsi_grown_defect_list": 0})
    worn = disk_of(sas | {"scsi_grown_defect_list": 14})
    bare = disk_of(sas)

    assert (good.model, good.transport, good.wwn) == (
        "SEAGATE ST3600057SS",
        "sas",
        "0x5000c5003b1a2b3c",
    )
    assert good.health is DiskHealth.GOOD
    assert worn.health is DiskHealth.WORN
    assert bare.health is DiskHealth.UNKNOWN


@pytest.mark.parametrize(
    ("tests", "failed"),
    [
        (["Extended offline/Completed: read failure"], True),
        (
            ["Short offline/Completed without error", "Extended offline/Completed: read failure"],
            True,
        ),
        (
            ["Extended offline/Completed without error", "Short offline/Completed: read failure"],
            False,
        ),
        (["Extended offline/Aborted by host"], False),
        ([], False),
    ],
)
def test_a_failed_self_test_counts_until_a_full_one_passes(tests: list[str], failed: bool) -> None:
    rows = [
        {"type": {"string": kind}, "status": {"string": status}}
        for kind, status in (test.split("/") for test in tests)
    ]

    disk = disk_of(drive(ata_smart_self_test_log={"standard": table(*rows)}))

    assert ("self_test_failed" in codes(disk)) == failed


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "[1, 2]", "null", '"smartctl"', "{", "[" * 100_000, "{\"a\":" * 50_000,
     '{"smartctl": ' + "9" * 50_000 + "}", '{"lshw": {"smartctl": {}}}', "NaN", "\x00"],
    ids=range(13),
)  # fmt: skip
def test_other_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_smart_json(text)

    assert refusal.value.message.endswith(".")


def test_wrong_types_everywhere_give_an_unknown_disk() -> None:
    wrong: list[Any] = [None, True, -1, 1e308, "x", [], {}, [[]], {"a": 1}]
    keys = {key for original in ORIGINALS for key in first_drive(original)}

    for value in wrong:
        disk = disk_of({"smartctl": value, "model_name": "X"} | dict.fromkeys(keys, value))
        assert disk.health is DiskHealth.UNKNOWN, value


def first_drive(text: str) -> dict[str, Any]:
    decoded = json.loads(text)
    drive: dict[str, Any] = decoded[0] if isinstance(decoded, list) else decoded
    return drive


@settings(max_examples=150)
@given(text=damaged(ORIGINALS))
def test_damaged_reports_are_refused_or_read_without_control_characters(text: str) -> None:
    try:
        reports = read_smart_json(text)
    except BadInput:
        return

    assert unsafe_texts(reports) == []


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
)


@settings(max_examples=150)
@given(data=st.data())
def test_any_value_at_any_place_is_survived(data: st.DataObject) -> None:
    tree = first_drive(data.draw(st.sampled_from(ORIGINALS)))
    node: Any = tree
    while isinstance(node, dict | list) and node:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or data.draw(st.integers(0, 4)) == 0:
            node[key] = data.draw(VALUES)
            break
        node = node[key]

    try:
        reports = read_smart_json(json.dumps(tree))
    except BadInput:
        return
    assert unsafe_texts(reports) == []


def test_the_largest_file_stays_within_memory_and_time() -> None:
    rows = [row(number % 256, "1 " * 20) for number in range(20_000)]
    text = json.dumps([drive(ata_smart_attributes=table(*rows[:1000])) for _ in range(10)])
    tracemalloc.start()
    began = time.monotonic()

    read_smart_json(text)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 2**20
    assert time.monotonic() - began < 5


def test_every_shipped_sample_is_named_with_its_licence() -> None:
    sources = (SHIPPED / "SOURCES-disks.md").read_text(encoding="utf-8")

    unnamed = [
        path.name
        for kind in ("smartctl_json", "smartctl_text", "upower")
        for path in shipped(kind)
        if f"| {kind}/{path.name} |" not in sources
    ]
    assert unnamed == []
