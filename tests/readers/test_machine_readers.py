# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lshw, lscpu, lsblk, hwinfo, GLPI, eReuse and our own reports say."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from fleet.errors import BadInput
from fleet.model.facts import (
    BoardFacts,
    CpuFacts,
    DiskFacts,
    DiskHealth,
    DiskKind,
    Environment,
    ReportFacts,
)
from fleet.readers.ereuse import read_ereuse
from fleet.readers.glpi import read_glpi
from fleet.readers.hwinfo import read_hwinfo
from fleet.readers.lsblk import read_lsblk
from fleet.readers.lscpu import read_lscpu
from fleet.readers.lshw import read_lshw
from fleet.readers.parclibre_report import read_parclibre_report
from tests.readers import machine_texts as texts

GIB = 2**30


def only(reports: tuple[ReportFacts, ...]) -> ReportFacts:
    (facts,) = reports
    return facts


def internal(facts: ReportFacts) -> list[DiskFacts]:
    return [disk for disk in facts.disks if not disk.removable]


def test_lshw_gives_the_machine_without_the_sku_in_its_name() -> None:
    facts = only(read_lshw(texts.LSHW))

    assert (facts.manufacturer, facts.model, facts.sku) == (
        "HP", "HP ProDesk 400 G4", "1EY20EA#ABF")  # fmt: skip
    assert (facts.serial, facts.version) == ("CZC7000001", None)
    assert facts.uuid == "716a9027-4fdd-dd11-bbda-7d495e310023"
    assert facts.board == BoardFacts(manufacturer="HP", model="82A1", serial="PGYX01")
    assert (facts.chassis, facts.firmware_date) == ("Mini Tower", "2017-06-18")
    assert facts.cpu == CpuFacts(model=None, cores=4, threads=8)
    assert (facts.memory_bytes, facts.memory_slots) == (8 * GIB, 2)


def test_lshw_lists_drives_and_marks_what_can_be_taken_away() -> None:
    facts = only(read_lshw(texts.LSHW))

    seen = [(d.model, d.kind, d.transport, d.size_bytes, d.removable) for d in facts.disks]
    assert seen == [
        ("ST1000DM003-1SB1", DiskKind.HDD, "sata", 1000204886016, False),
        ("SAMSUNG MZVLB256", DiskKind.NVME, "nvme", 256060514304, False),
        ("DT 101 G2", DiskKind.UNKNOWN, "usb", 4002910208, True),
    ]
    assert (facts.disks[1].serial, facts.disks[1].wwn) == ("S4GE", "eui.0025388b71b0")
    assert {nic.mac: nic.removable for nic in facts.nics} == {
        "10:e7:c6:11:22:33": False, "00:e0:4c:68:01:db": True, "70:88:6b:86:f4:d6": True,
    }  # fmt: skip


def test_lshw_tells_of_controllers_that_hide_disks() -> None:
    facts = only(read_lshw(texts.LSHW))

    assert facts.hidden_storage
    assert [warning.code for warning in facts.warnings] == ["raid_or_vmd_controller"]


def test_lshw_that_lists_no_namespace_says_that_an_nvme_drive_is_out_of_sight() -> None:
    machine = {"id": "pc", "class": "system", "children": [
        {"id": "storage", "class": "storage", "configuration": {"driver": "nvme"}}]}  # fmt: skip

    facts = only(read_lshw(json.dumps(machine)))

    assert facts.hidden_storage
    assert [warning.code for warning in facts.warnings] == ["nvme_not_listed"]


def test_lshw_of_several_machines_gives_each() -> None:
    other = texts.lshw_machine() | {"serial": "CZC7000002"}

    facts = read_lshw(json.dumps([texts.lshw_machine(), other]))

    assert [machine.serial for machine in facts] == ["CZC7000001", "CZC7000002"]


def test_lshw_of_one_class_is_read_even_as_the_old_broken_json() -> None:
    disk = json.dumps({"id": "disk", "class": "disk", "logicalname": "/dev/sda", "size": 9,
                       "product": "QEMU HARDDISK"})  # fmt: skip

    facts = only(read_lshw(f"{disk},\n{disk},\n"))

    assert [found.model for found in facts.disks] == ["QEMU HARDDISK", "QEMU HARDDISK"]
    assert facts.memory_slots is None


@pytest.mark.parametrize(
    ("text", "cpu"),
    [
        (texts.LSCPU_FRENCH, ("Intel(R) Core(TM) i7-8565U CPU @ 1.80GHz", 4, 8)),
        (texts.LSCPU_FRENCH.replace(" :", "\u00a0:"),
         ("Intel(R) Core(TM) i7-8565U CPU @ 1.80GHz", 4, 8)),
        (texts.LSCPU_GERMAN, ("AMD EPYC 7413 24-Core Processor", 24, 48)),
        (texts.LSCPU_SPANISH, ("Intel(R) Core(TM) i3-5005U CPU @ 2.00GHz", 2, 4)),
        (texts.LSCPU_MIXED_CORES, ("Cortex-A53 + Cortex-A72", 6, 6)),
        (texts.LSCPU_NAMELESS, (None, 4, 4)),
        (texts.LSCPU_CORES_AT_REST, ("AMD A10-7870K Radeon R7, 12 Compute Cores 4C+8G", None, 4)),
        (texts.LSCPU_JSON, ("12th Gen Intel(R) Core(TM) i7-1260P", 12, 16)),
    ],
    ids=["French", "no-break spaces", "German", "Spanish", "mixed cores", "nameless", "at rest",
         "JSON"],
)  # fmt: skip
def test_lscpu_is_read_in_its_languages_and_shapes(
    text: str, cpu: tuple[str | None, int | None, int]
) -> None:
    facts = only(read_lscpu(text))

    assert (facts.cpu.model, facts.cpu.cores, facts.cpu.threads) == cpu
    assert not facts.lists_disks


def test_lsblk_lists_drives_only() -> None:
    facts = only(read_lsblk(texts.LSBLK))

    seen = [(d.model, d.kind, d.transport, d.size_bytes, d.removable) for d in facts.disks]
    assert seen == [
        ("ST500DM002-1BD142", DiskKind.HDD, "sata", 500107862016, False),
        ("KINGSTON SA400S37240G", DiskKind.SSD, "sata", 256087425024, False),
        ("Flash Disk", DiskKind.UNKNOWN, "usb", 8053063680, True),
        ("SAMSUNG MZVLB512HBJQ", DiskKind.NVME, "nvme", 512110190592, False),
        (None, DiskKind.EMMC, "mmc", 31268536320, False),
    ]
    assert facts.lists_disks


def test_hwinfo_gives_the_machine_and_its_disks() -> None:
    facts = only(read_hwinfo(texts.HWINFO))

    assert (facts.model, facts.serial, facts.chassis) == (
        "Latitude E5530 non-vPro", "D8FTRY1", "Laptop")  # fmt: skip
    assert (facts.memory_bytes, facts.memory_slots) == (4 * GIB, 2)
    assert facts.cpu == CpuFacts(model="Intel(R) Core(TM) i5-3340M CPU @ 2.70GHz", threads=1)
    assert [(d.serial, d.transport, d.removable) for d in facts.disks] == [
        ("TF755AWHKL0LHM", "sata", False), (None, "usb", True)]  # fmt: skip
    assert facts.hidden_storage
    assert read_hwinfo(texts.HWINFO.replace("\n", "\r\n")) == (facts,)


def test_glpi_gives_hardware_and_no_person() -> None:
    facts = only(read_glpi(texts.GLPI))

    assert (facts.model, facts.serial, facts.asset_tag, facts.chassis) == (
        "HP EliteBook 840 G3", "5CG7000001", "MAIRIE-042", "Notebook")  # fmt: skip
    assert (facts.memory_bytes, facts.memory_slots) == (8 * GIB, 2)
    assert [(d.model, d.removable, d.size_bytes) for d in facts.disks] == [
        ("SAMSUNG MZ7LN256HMJP", False, 256060000000), ("DT 101 G2", True, 4002000000)]  # fmt: skip
    assert facts.batteries[0].health_percent == 76
    assert [(nic.mac, nic.removable) for nic in facts.nics] == [
        ("30:e1:71:11:22:33", False), ("00:e0:4c:68:01:db", True)]  # fmt: skip
    assert facts.hidden_storage
    assert "jeanne" not in repr(facts).lower()


def test_a_glpi_inventory_of_a_printer_is_refused() -> None:
    printer = {"deviceid": "x", "itemtype": "Printer", "content": {"versionclient": "1"}}

    with pytest.raises(BadInput, match="Printer"):
        read_glpi(json.dumps(printer))


def test_an_ereuse_snapshot_joins_its_raw_outputs() -> None:
    facts = only(read_ereuse(texts.EREUSE))

    assert facts.display_model == "ThinkPad X250", "dmidecode is believed for identity"
    assert facts.sku == "1EY20EA#ABF", "lshw completes it"
    assert facts.collected_at == "2025-01-23T11:44:29Z"
    assert {disk.serial for disk in internal(facts)} == {"Z9A1", "S4GE", "50026B7782018EE6"}
    assert facts.hidden_storage
    assert facts.lists_disks


def test_a_signed_ereuse_credential_is_read_from_its_evidence() -> None:
    credential = {"type": ["VerifiableCredential"], "evidence": [
        {"type": "HardwareList", "operation": "dmidecode", "output": texts.DMI_QUIET}]}  # fmt: skip

    facts = only(read_ereuse(json.dumps(credential)))

    assert facts.serial == "PC0A1B2C"
    assert not facts.lists_disks


def test_an_unreadable_part_of_a_snapshot_is_named() -> None:
    snapshot = {"type": "Snapshot", "data": {"dmidecode": texts.DMI_QUIET, "lshw": "<broken"}}

    facts = only(read_ereuse(json.dumps(snapshot)))

    assert facts.serial == "PC0A1B2C"
    assert [str(warning) for warning in facts.warnings] == ["unreadable_part=lshw"]


def test_a_parsed_ereuse_snapshot_gives_its_components() -> None:
    facts = only(read_ereuse(texts.EREUSE_PARSED))

    assert (facts.manufacturer, facts.model, facts.chassis) == ("Acer", "AOHAPPY", "Notebook")
    assert facts.board == BoardFacts(manufacturer="Acer", model="AOHAPPY")
    assert (facts.memory_bytes, facts.memory_slots) == (2 * GIB, 2)
    assert facts.cpu == CpuFacts(model="Intel Atom CPU N450 @ 1.66GHz", cores=1, threads=2)
    assert [(d.kind, d.size_bytes) for d in facts.disks] == [
        (DiskKind.HDD, 160041885696), (DiskKind.SSD, 120034000000), (DiskKind.SSD, 120034000000),
    ]  # fmt: skip
    assert (facts.batteries[0].health_percent, facts.batteries[0].cycles) == (30, 12)
    assert facts.firmware_date == "2010-08-12"


def test_our_report_joins_its_tools_and_names_those_that_failed() -> None:
    facts = only(read_parclibre_report(texts.PARCLIBRE))

    assert facts.serial == "PC0A1B2C"
    assert facts.cpu == CpuFacts(
        model="Intel(R) Core(TM) i7-8565U CPU @ 1.80GHz", cores=4, threads=8
    )
    assert (facts.environment, facts.collected_at) == (Environment.LIVE, "2026-11-22T10:00:00Z")
    assert facts.lists_disks
    assert facts.hidden_storage
    assert {nic.mac: nic.removable for nic in facts.nics} == {
        "10:e7:c6:11:22:33": False, "00:e0:4c:68:01:db": True}  # fmt: skip
    assert "tool_missing=lshw" in [str(warning) for warning in facts.warnings]


def test_smart_completes_the_disk_with_its_serial_and_no_other() -> None:
    facts = only(read_parclibre_report(texts.PARCLIBRE))

    judged = {disk.serial: disk for disk in internal(facts)}
    assert judged["50026B7782018EE6"].power_on_hours == 6892
    assert judged["Z2AYS308"].power_on_hours is None
    assert judged["Z2AYS308"].health is DiskHealth.UNKNOWN
    assert len(judged) == 4


def test_a_truncated_scsi_name_is_completed_by_smart_of_the_same_size() -> None:
    lshw = {"id": "pc", "class": "system", "children": [
        {"id": "disk", "class": "disk", "product": "KINGSTON SA400S3", "size": 240057409536,
         "logicalname": "/dev/sda", "description": "ATA Disk"}]}  # fmt: skip
    report = texts.parclibre_report(
        lshw=json.dumps(lshw), smartctl__sda=json.dumps(texts.SMART_OF_THE_KINGSTON)
    )

    (disk,) = only(read_parclibre_report(json.dumps(report))).disks

    assert disk.model == "KINGSTON SA400S37240G"
    assert disk.serial == "50026B7782018EE6"
    assert disk.kind is DiskKind.SSD


def test_a_report_of_a_newer_collector_is_refused() -> None:
    newer = texts.parclibre_report() | {"version": 2}

    with pytest.raises(BadInput) as refused:
        read_parclibre_report(json.dumps(newer))

    assert "Upgrade" in refused.value.hint


def test_a_report_where_no_tool_worked_knows_nothing_and_lists_no_disk() -> None:
    report = texts.parclibre_report(dmidecode="!denied", lshw="!missing", lsblk="!failed")

    facts = only(read_parclibre_report(json.dumps(report)))

    assert (facts.serial, facts.disks, facts.lists_disks) == (None, (), False)
    assert {str(warning) for warning in facts.warnings} == {
        "tool_denied=dmidecode", "tool_missing=lshw", "tool_failed=lsblk"}  # fmt: skip


@pytest.mark.parametrize(
    "read",
    [read_lshw, read_lscpu, read_lsblk, read_hwinfo, read_glpi, read_ereuse, read_parclibre_report],
)
@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "hello", '{"format": 3}'])
def test_other_text_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)

    assert refused.value.hint
