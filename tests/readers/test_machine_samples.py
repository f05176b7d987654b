# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every machine sample, shared or shipped, is read, and gives the facts of its index."""

from __future__ import annotations

import re

import pytest

from fleet.model.facts import DiskHealth, DiskKind, ReportFacts
from fleet.model.text import clean, known, known_version
from tests.readers.machine_samples import (
    SHARED,
    SHIPPED,
    corrections,
    holds_control_characters,
    index_rows,
    read_one,
)

ROWS = index_rows()
ABSENT = f"The shared hardware samples are not at {SHARED} (PARCLIBRE_SAMPLES)"
needs_shared = pytest.mark.skipif(not ROWS, reason=ABSENT)
MIB = 2**20

# file: manufacturer, model, board, chassis, cpu, cores, threads, MiB, slots, firmware date
EXPECTED = {
    "dmidecode/Dell-Latitude_Latitude_7300_6506541272EA.txt": (
        "Dell Inc.", "Latitude 7300", "0PYRY5", "Notebook",
        "Intel(R) Core(TM) i7-8665U CPU @ 1.90GHz", 4, 8, 16384, 2, "2020-03-23"),
    "dmidecode/Dell-OptiPlex_OptiPlex_9020_3C2C14F623FB.txt": (
        "Dell Inc.", "OptiPlex 9020", "0KC9NP", "Lunch Box",
        "Intel(R) Core(TM) i5-4590S CPU @ 3.00GHz", 4, 4, 8192, 2, "2018-10-24"),
    "dmidecode/HP-desktop_HP_Compaq_6000_Pro_MT_PC_6CBF3B8FF40E.txt": (
        "Hewlett-Packard", "HP Compaq 6000 Pro MT PC", "3048h", "Mini Tower",
        "Intel(R) Core(TM)2 Duo CPU E8500 @ 3.16GHz", 2, 2, 4096, 4, "2015-10-19"),
    "dmidecode/HP-ProBook-EliteBook_HP_EliteBook_725_G3_595941C62915.txt": (
        "HP", "HP EliteBook 725 G3", "8084", "Notebook",
        "AMD PRO A8-8600B R6, 10 Compute Cores 4C+6G", 4, 4, 8192, 2, "2022-07-28"),
    "dmidecode/Lenovo-ThinkPad_20CLS4PA00_C03715596EB3.txt": (
        "LENOVO", "20CLS4PA00", "20CLS4PA00", "Notebook",
        "Intel(R) Core(TM) i5-5300U CPU @ 2.30GHz", 2, 4, 16384, 1, "2021-07-29"),
    "dmidecode/Apple_MacBookPro8_2_275DEF7B3FAB.txt": (
        "Apple Inc.", "MacBookPro8,2", "Mac-94245A3940C91C80", "Notebook",
        "Intel(R) Core(TM) i7-2635QM CPU @ 2.00GHz", None, None, 8192, 2, "2019-06-13"),
    "dmidecode/Toshiba_SATELLITE_T110_9FCD3A4C13A3.txt": (
        "TOSHIBA", "SATELLITE T110", "SATELLITE T110", "Notebook", None, 1, 1, 4096, 2,
        "2009-12-04"),
    "dmidecode/noname-TBF_To_Be_Filled_By_O.E.M._6A571606D082.txt": (
        None, None, "P43D1600Twins-1394", "Desktop",
        "Intel(R) Core(TM)2 Duo CPU E8400 @ 3.00GHz", 2, 2, 4096, 2, "2008-12-18"),
    "dmidecode/noname-Default-string_Default_string_7CB68D865EB4.txt": (
        None, None, "X99-B5", "Desktop", "Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz", 10, 20,
        16384, 4, "2022-03-04"),
    "dmidecode/Server_Super_Server_983A5B2BDBA1.txt": (
        "Supermicro", "Super Server", "X11SPM-F", "Main Server Chassis",
        "Intel(R) Xeon(R) Bronze 3106 CPU @ 1.70GHz", 8, 8, 16384, 6, "2018-03-13"),
    "dmidecode/noRAM_blank_6EC8507D2ABA.txt": (
        "Hewlett-Packard", None, "30D1", "Notebook", "AMD Turion(tm) 64 X2 Mobile TL58", None,
        None, None, None, "2011-03-22"),
    "dmidecode/Microsoft-Surface_Surface_Pro_3_074C5C2E091B.txt": (
        "Microsoft Corporation", "Surface Pro 3", "Surface Pro 3", "Laptop",
        "Intel(R) Core(TM) i7-4650U CPU @ 1.70GHz", 2, 4, 8192, 2, "2019-04-30"),
    "dmidecode/jc_centos-7.7.txt": (
        "VMware, Inc.", "VMware Virtual Platform", "440BX Desktop Reference Platform", "Other",
        "Intel(R) Core(TM) i5-8279U CPU @ 2.40GHz", 1, None, 4096, 128, "2018-04-13"),
    "lscpu_text/Core_i7-4700MQ_BF909911A4.txt": (
        None, None, None, None, "Intel(R) Core(TM) i7-4700MQ CPU @ 2.40GHz", 4, 8, None, None,
        None),
    "lscpu_text/Ryzen_5_3550H_with_Radeon_Vega_Mobile_Gfx_D53A271C2A.txt": (
        None, None, None, None, "AMD Ryzen 5 3550H with Radeon Vega Mobile Gfx", 4, 8, None, None,
        None),
    "lscpu_text/Core2_T5500_287952FB68.txt": (
        None, None, None, None, "Intel(R) Core(TM)2 CPU T5500 @ 1.66GHz", 2, 2, None, None, None),
    "glpi_inventory/computer_1_partial_batteries.json": (
        "Dell Inc.", "XPS 13 9350", "07TYC2", "Laptop", None, None, None, 7800, None,
        "2016-02-06"),
    "glpi_inventory/computer_1_partial_cpu.json": (
        "Dell Inc.", "XPS 13 9350", "07TYC2", "Laptop",
        "Intel(R) Core(TM) i5-6200U CPU @ 2.30GHz", 2, 4, 7800, None, "2016-02-06"),
    "glpi_inventory/computer_1_partial_memory.json": (
        "Dell Inc.", "XPS 13 9350", "07TYC2", "Laptop", None, None, None, 8192, 2, "2016-02-06"),
}  # fmt: skip


def summary(facts: ReportFacts) -> tuple[object, ...]:
    megabytes = facts.memory_bytes // MIB if facts.memory_bytes else None
    return (
        facts.manufacturer, facts.model, facts.board.model, facts.chassis, facts.cpu.model,
        facts.cpu.cores, facts.cpu.threads, megabytes, facts.memory_slots, facts.firmware_date,
    )  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_shipped_sample_gives_its_facts(name: str) -> None:
    facts = read_one(SHIPPED / name)

    assert summary(facts) == EXPECTED[name]
    assert not holds_control_characters(facts)


def test_every_shipped_machine_sample_is_checked() -> None:
    kinds = {name.split("/")[0] for name in EXPECTED}
    files = {
        f"{kind}/{path.name}"
        for kind in kinds
        for path in (SHIPPED / kind).iterdir()
        if path.suffix in (".txt", ".json")
    }

    assert files == set(EXPECTED)


def test_every_shipped_machine_sample_names_its_source_and_licence() -> None:
    sources = (SHIPPED / "SOURCES.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| (\S+/\S+) \|.*\| (\S+) \|$", sources, re.MULTILINE))

    assert set(named) == set(EXPECTED)
    assert set(named.values()) <= {"CC-BY-4.0", "MIT", "Apache-2.0"}


@needs_shared
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_shared_sample_gives_the_facts_of_the_index(row: dict[str, str]) -> None:
    facts = read_one(SHARED / row["file"])

    assert facts.format == row["kind"]
    assert not holds_control_characters(facts)
    for field, told in indexed_facts(row).items():
        expected = corrections().get((row["file"], field), told)
        assert fact(facts, field) == expected, field


def indexed_facts(row: dict[str, str]) -> dict[str, str]:
    """What the index says of one sample, by field; placeholders as unknown."""
    told = {}
    if row["manufacturer"] or row["model"]:
        told = {name: known(row[name]) or "" for name in ("manufacturer", "model", "serial")}
    if row["ram_mb"]:
        told["ram_mb"] = row["ram_mb"] if row["ram_mb"] != "0" else ""
    if row["cpu"]:
        told["cpu"] = known(row["cpu"]) or ""
    if row["disk_model"]:
        told |= {name: row[name] for name in ("disk_model", "disk_bytes")}
    return told | noted_facts(row["notes"])


def noted_facts(notes: str) -> dict[str, str]:
    parts = dict(part.partition("=")[::2] for part in notes.split("; "))
    told: dict[str, str] = {}
    for name in ("version", "board", "chassis"):
        if name in parts:
            rule = known_version if name == "version" else known
            told[name] = rule(parts[name]) or ""
    if slots := re.match(r"\d+", parts.get("slots", "")):
        told["slots"] = slots[0] if slots[0] != "0" else ""
    if counts := re.match(r"CPU\(s\)=(\d+) .*cores/socket=(\d+) sockets=(\d+)", notes):
        told |= {"threads": counts[1], "cores": str(int(counts[2]) * int(counts[3]))}
    return told


def fact(facts: ReportFacts, field: str) -> str:
    values = {
        "manufacturer": facts.manufacturer,
        "model": facts.model,
        "serial": facts.serial,
        "version": facts.version,
        "board": facts.board.model,
        "chassis": facts.chassis,
        "cpu": facts.cpu.model,
        "cores": facts.cpu.cores,
        "threads": facts.cpu.threads,
        "slots": facts.memory_slots,
        "ram_mb": facts.memory_bytes // MIB if facts.memory_bytes else None,
        "disk_model": "|".join(disk.model or "" for disk in facts.disks),
        "disk_bytes": "|".join(str(disk.size_bytes or "") for disk in facts.disks),
    }
    return str(values[field] if values[field] is not None else "")


@needs_shared
def test_every_correction_contradicts_the_index() -> None:
    by_file = {row["file"]: indexed_facts(row) for row in ROWS}

    for (file, field), really in corrections().items():
        assert by_file[file][field] != really, (file, field)


@needs_shared
def test_the_two_dumps_of_the_dc7900_tell_one_machine() -> None:
    before, after = (
        read_one(SHARED / "lshw_json" / f"{n}.lshw.json") for n in ("7900", "erased-i5")
    )

    identities = {(f.serial, f.uuid, f.board.serial, f.nics[0].mac) for f in (before, after)}
    internal = [{d.serial for d in f.disks if not d.removable} for f in (before, after)]

    assert identities == {
        ("CZC901381R", "716a9027-4fdd-dd11-bbda-7d495e310023", "CZC901381R", "00:23:7d:49:5e:31")
    }
    assert internal == [{"6RX7AWEZ", "WD-WCARW0244414", "WD-WCC2ETY84203"}, {"6RX7AWEZ"}]


@needs_shared
def test_lshw_and_hwinfo_agree_on_the_same_machine() -> None:
    for name in ("7900", "e5530"):
        lshw = read_one(SHARED / "lshw_json" / f"{name}.lshw.json")
        hwinfo = read_one(SHARED / "hwinfo" / f"{name}.hwinfo.txt")

        for field in ("manufacturer", "model", "serial", "board", "chassis", "memory_bytes",
                      "memory_slots", "firmware_date", "hidden_storage"):  # fmt: skip
            assert getattr(lshw, field) == getattr(hwinfo, field), (name, field)
        assert internal_disks(lshw) == internal_disks(hwinfo)


def internal_disks(facts: ReportFacts) -> set[tuple[str | None, str | None, int | None]]:
    return {(d.model, d.serial, d.size_bytes) for d in facts.disks if not d.removable}


@needs_shared
def test_a_snapshot_gives_one_machine_with_the_health_of_its_disk() -> None:
    folder = SHARED / "ereuse_snapshot"
    (path,) = folder.glob("2022-03-31*")

    facts = read_one(path)
    (disk,) = (disk for disk in facts.disks if not disk.removable)

    assert clean(facts.display_model) == "ThinkPad X1 Carbon 5th"
    assert facts.memory_bytes == 16 * 2**30
    assert (disk.serial, disk.kind, disk.size_bytes) == (
        "S35ANX0J401001", DiskKind.NVME, 1024209543168)  # fmt: skip
    assert disk.health is DiskHealth.GOOD
    assert {nic.mac for nic in facts.nics if nic.removable} == {"48:65:ee:17:57:1a"}
