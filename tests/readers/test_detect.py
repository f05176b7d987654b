# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Formats are told by content; bytes become text; a report becomes the published JSON."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from fleet.errors import BadInput
from fleet.model.facts import BatteryFacts, DiskFacts, Finding, ReportFacts
from fleet.readers.detect import FORMATS, decode, detect_format, read_report
from fleet.readers.limits import MAX_BYTES
from fleet.readers.report_json import report_to_json
from tests.readers import machine_texts as texts
from tests.readers.machine_samples import SHIPPED

FORMAT_OF = {
    texts.DMI_SERVER: "dmidecode",
    texts.DMI_QUIET: "dmidecode",
    texts.DMI_OF_2003: "dmidecode",
    texts.LSHW: "lshw_json",
    texts.LSCPU_FRENCH: "lscpu_text",
    texts.LSCPU_JSON: "lscpu_json",
    texts.LSBLK: "lsblk_json",
    texts.HWINFO: "hwinfo",
    texts.GLPI: "glpi_inventory",
    texts.EREUSE: "ereuse_snapshot",
    texts.EREUSE_PARSED: "ereuse_snapshot",
    texts.PARCLIBRE: "parclibre-report",
    json.dumps(texts.SMART_OF_THE_KINGSTON): "smartctl_json",
    json.dumps([texts.SMART_OF_THE_KINGSTON]): "smartctl_json",
    "POWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_TYPE=Battery\n": "power_supply_uevent",
    "  native-path:          BAT0\n  battery\n": "upower",
    "Device: /org/freedesktop/UPower/devices/battery_BAT0\n  native-path: BAT0\n": "upower",
    "smartctl 7.2 2020-12-30 r5155\n=== START OF INFORMATION SECTION ===\n": "smartctl_text",
}


@pytest.mark.parametrize(("text", "form"), FORMAT_OF.items(), ids=lambda value: str(value)[:24])
def test_a_format_is_told_by_its_content(text: str, form: str) -> None:
    assert detect_format(text) == form
    assert detect_format(decode(codecs.BOM_UTF8 + text.encode())) == form


def test_warnings_around_the_json_of_lshw_are_dropped() -> None:
    before = "WARNING: you should run this program as super-user.\n"
    after = "\nWARNING: output may be incomplete or inaccurate.\n"

    assert read_report(before + texts.LSHW + after) == read_report(texts.LSHW)


def test_a_line_before_the_text_that_begins_like_a_list_does_no_harm() -> None:
    noisy = "[proxychains] DLL init: proxychains-ng 4.14\n" + texts.LSCPU_GERMAN

    assert read_report(noisy) == read_report(texts.LSCPU_GERMAN)


def test_every_format_has_a_case() -> None:
    assert set(FORMAT_OF.values()) == set(FORMATS)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/*.[jt][sx]*")), ids=lambda path: path.name)
def test_every_shipped_sample_is_told_by_its_folder(path: Path) -> None:
    assert detect_format(decode(path.read_bytes())) == path.parent.name


@pytest.mark.parametrize(
    "text", ["", "   \n", "{}", "[]", "[1, 2]", "{", "tag;model;serial\nA1;X;Y\n", "<xml/>", "\x00"]
)
def test_an_unknown_file_is_refused_with_the_list_of_known_ones(text: str) -> None:
    assert detect_format(text) is None
    with pytest.raises(BadInput) as refused:
        read_report(text)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Modèle".encode(), "Modèle"),
        (codecs.BOM_UTF8 + "Modèle".encode(), "Modèle"),
        (codecs.BOM_UTF16_LE + "Modèle".encode("utf-16-le"), "Modèle"),
        (codecs.BOM_UTF16_BE + "Modèle".encode("utf-16-be"), "Modèle"),
        ("Modèle €".encode("cp1252"), "Modèle €"),
        (b"Mod\x81le \xe9", "Mod\x81le é"),
        (codecs.BOM_UTF16_LE + b"\x00", "\ufffd"),
        (b"", ""),
    ],
)
def test_bytes_become_text_in_the_usual_encodings(raw: bytes, text: str) -> None:
    assert decode(raw) == text


def test_a_file_too_big_for_a_report_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        decode(b" " * (MAX_BYTES + 1))

    assert "too big" in refused.value.message
    assert decode(b" " * 9, limit=9) == " " * 9
    with pytest.raises(BadInput):
        decode(b" " * 10, limit=9)


def test_a_utf16_dump_made_on_windows_is_read() -> None:
    raw = codecs.BOM_UTF16_LE + texts.DMI_SERVER.replace("\n", "\r\n").encode("utf-16-le")

    assert read_report(decode(raw))[0].serial == "2RJF153"


def test_the_published_json_has_every_key_even_when_nothing_is_known() -> None:
    assert report_to_json(ReportFacts(format="dmidecode"), "a.txt") == {
        "file": "a.txt", "format": "dmidecode", "manufacturer": None, "model": None,
        "version": None, "serial": None, "uuid": None,
        "board": {"manufacturer": None, "model": None, "serial": None}, "chassis": None,
        "cpu": {"model": None, "cores": None, "threads": None}, "memory_bytes": None,
        "memory_slots": None, "disks": [], "batteries": [], "firmware_date": None, "warnings": [],
    }  # fmt: skip


def test_the_published_json_leaves_sticks_out_and_says_so() -> None:
    facts = read_report(texts.LSBLK)[0]

    shown = report_to_json(facts, "disks.json")

    assert isinstance(shown["disks"], list)
    assert [disk["kind"] for disk in shown["disks"]] == ["hdd", "ssd", "nvme", "emmc"]
    assert shown["disks"][0] == {
        "model": "ST500DM002-1BD142", "serial": "Z2AYS308", "size_bytes": 500107862016,
        "kind": "hdd", "transport": "sata", "health": "unknown", "reasons": [],
        "power_on_hours": None,
    }  # fmt: skip
    assert shown["warnings"] == ["removable_disk_ignored=Flash Disk"]


def test_a_bare_drive_is_shown_even_when_it_can_be_unplugged() -> None:
    disk = DiskFacts(model="Elements", removable=True, reasons=(Finding(code="a", value="1"),))

    shown = report_to_json(
        ReportFacts(format="smartctl_json", has_machine=False, disks=(disk,)), "a.json"
    )

    assert isinstance(shown["disks"], list)
    assert [row["reasons"] for row in shown["disks"]] == [["a=1"]]


@pytest.mark.parametrize(
    ("battery", "health"),
    [
        (BatteryFacts(design_mwh=51504, full_mwh=39264), 0.76),
        (BatteryFacts(design_mwh=50000, full_mwh=52100), 1.04),
        (BatteryFacts(health_percent=36), 0.36),
        (BatteryFacts(design_mwh=50000), None),
        (BatteryFacts(), None),
    ],
)
def test_battery_health_is_the_share_of_the_design_energy(
    battery: BatteryFacts, health: float | None
) -> None:
    shown = report_to_json(ReportFacts(format="upower", batteries=(battery,)), "a.txt")

    assert isinstance(shown["batteries"], list)
    assert shown["batteries"][0]["health"] == health


def test_energies_are_shown_in_watt_hours() -> None:
    battery = BatteryFacts(model="B", design_mwh=51504, full_mwh=39264, cycles=12)

    shown = report_to_json(ReportFacts(format="upower", batteries=(battery,)), "a.txt")

    assert shown["batteries"] == [
        {"model": "B", "design_wh": 51.5, "full_wh": 39.26, "health": 0.76, "cycles": 12}
    ]
