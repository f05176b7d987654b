# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep, upgrade, parts, recycle: tables of machines, and the real ones of the samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInput
from fleet.model.facts import BatteryFacts, DiskFacts, DiskHealth, DiskKind, ReportFacts
from fleet.model.triage import Opinion, Triage, first_opinion, verdict
from fleet.model.triage_facts import CpuSheet, MemoryModule, MemorySheet, TriageFacts
from fleet.output.triage_text import describe, sentences, triage_lines
from fleet.readers.dmidecode import read_dmidecode
from fleet.readers.lscpu import read_lscpu
from fleet.readers.triage_facts import machine_kind, triage_facts
from fleet.readers.triage_yaml import read_thresholds
from fleet.services.thresholds import SHIPPED, current, shipped
from tests.readers.disk_samples import unsafe_texts

SAMPLES = Path(__file__).parent.parent / "fixtures" / "hardware"
GB = 10**9

SSD = DiskFacts(
    model="SSD 850", serial="S1", size_bytes=250 * GB, kind=DiskKind.SSD, health=DiskHealth.GOOD
)
HDD = replace(SSD, model="ST500", serial="H1", size_bytes=500 * GB, kind=DiskKind.HDD)
EMMC = replace(SSD, model="BJTD4R", serial="E1", size_bytes=32 * GB, kind=DiskKind.EMMC)
DDR3 = MemoryModule(mib=4096, technology="DDR3", form="SO-DIMM")
GOOD = TriageFacts(
    kind="laptop",
    cpu=CpuSheet(model="i5-5200U", bits=64, cores=2, mhz=2700),
    memory=MemorySheet(installed_mib=8192, modules=(DDR3, DDR3), slots=2, max_mib=16384),
    disks=(SSD,),
    lists_disks=True,
    batteries=(BatteryFacts(health_percent=84),),
    lists_batteries=True,
)


def memory(
    *mib: int, slots: int | None = 2, most: int | None = 16384, form: str = "SO-DIMM"
) -> MemorySheet:
    modules = tuple(MemoryModule(mib=size, technology="DDR3", form=form) for size in mib)
    return MemorySheet(installed_mib=sum(mib), modules=modules, slots=slots, max_mib=most)


def opinion(**changes: object) -> Triage:
    return first_opinion(replace(GOOD, **changes), shipped())  # type: ignore[arg-type]


def said(triage: Triage) -> tuple[str, set[str]]:
    return triage.opinion.value, set(triage.codes)


def test_a_good_laptop_is_kept_with_gnome_and_says_why() -> None:
    found = opinion()

    assert (found.opinion, found.desktop) == (Opinion.KEEP, "gnome")
    assert found.codes == ("floors_reached",)
    assert found.thresholds == "2026-11-22"
    assert not found.rejected


@pytest.mark.parametrize(
    ("changes", "outcome", "codes"),
    [
        ({"memory": memory(2048)}, "upgrade",
         {"memory_low=2048|3584", "add_memory=2|DDR3 SO-DIMM"}),
        ({"memory": memory(1024, 1024)}, "upgrade", {"replace_memory=2|2|DDR3 SO-DIMM"}),
        ({"memory": memory(2048, slots=0, form="soldered")}, "recycle", {"memory_soldered"}),
        ({"memory": memory(2048, most=2048)}, "parts",
         {"memory_low=2048|3584", "memory_max=2048", "part_memory=2|DDR3"}),
        ({"memory": memory(4096)}, "keep", {"add_memory=4|DDR3 SO-DIMM"}),
        ({"memory": MemorySheet()}, "keep", {"memory_unknown"}),
        ({"cpu": CpuSheet(bits=32, cores=2, mhz=1660)}, "parts",
         {"cpu_bits=32|64", "part_disk=SSD 850"}),
        ({"cpu": CpuSheet(bits=64, cores=1, mhz=1660)}, "parts", {"cpu_few_cores=1|2"}),
        ({"cpu": CpuSheet(bits=64, cores=2, mhz=800)}, "parts", {"cpu_slow=800|1000"}),
        ({"cpu": CpuSheet()}, "keep", {"cpu_unknown"}),
        ({"disks": (HDD,)}, "keep", {"replace_disk_ssd=ST500"}),
        ({"disks": ()}, "upgrade", {"no_disk", "add_disk_ssd"}),
        ({"disks": (), "lists_disks": False}, "keep", {"disks_unknown"}),
        ({"disks": (), "hidden_storage": True}, "keep", {"hidden_storage", "disks_unknown"}),
        ({"disks": (replace(HDD, health=DiskHealth.FAILING),)}, "upgrade",
         {"disk_failing=ST500", "replace_disk_ssd=ST500"}),
        ({"disks": (replace(HDD, health=DiskHealth.UNKNOWN),)}, "keep",
         {"disk_health_unknown=ST500"}),
        ({"disks": (replace(SSD, health=DiskHealth.WORN),)}, "keep", {"disk_worn=SSD 850"}),
        ({"disks": (replace(EMMC, size_bytes=16 * GB),)}, "parts", {"disk_soldered=BJTD4R"}),
        ({"disks": (replace(EMMC, size_bytes=16 * GB), SSD)}, "keep", {"disk_small=BJTD4R|16|30"}),
        ({"disks": (replace(HDD, health=DiskHealth.FAILING), SSD)}, "upgrade",
         {"disk_failing=ST500", "remove_disk=ST500"}),
        ({"disks": (SSD, SSD)}, "keep", {"same_serial_twice=S1"}),
        ({"batteries": ()}, "keep", {"battery_absent", "replace_battery"}),
        ({"batteries": (), "lists_batteries": False}, "keep", {"battery_unknown"}),
        ({"batteries": (BatteryFacts(health_percent=12),)}, "keep", {"battery_dead=12|25"}),
        ({"batteries": (BatteryFacts(health_percent=12), BatteryFacts(health_percent=90))},
         "keep", set()),
        ({"batteries": (BatteryFacts(design_mwh=None),)}, "keep", {"battery_unknown"}),
        ({"batteries": (), "kind": "desktop"}, "keep", {"floors_reached"}),
    ],
)  # fmt: skip
def test_each_finding_has_its_outcome_and_its_reasons(
    changes: dict[str, object], outcome: str, codes: set[str]
) -> None:
    if outcome == "recycle":
        changes |= {"disks": (), "batteries": ()}

    found = said(opinion(**changes))

    assert found[0] == outcome
    assert codes <= found[1]


def test_every_reason_stands_not_only_the_first() -> None:
    found = opinion(
        memory=memory(1024), disks=(replace(HDD, health=DiskHealth.FAILING),), batteries=()
    )

    assert found.opinion is Opinion.UPGRADE
    assert len(found.upgrades) == 2
    assert {"memory_low=1024|3584", "disk_failing=ST500", "battery_absent"} <= set(found.codes)


@pytest.mark.parametrize(
    ("changes", "desktop"),
    [
        ({}, "gnome"),
        ({"memory": memory(4096)}, "xfce"),
        ({"disks": (HDD,)}, "xfce"),
        ({"disks": (replace(HDD, health=DiskHealth.FAILING),)}, "gnome"),
        ({"disks": (replace(SSD, health=DiskHealth.FAILING), HDD)}, "xfce"),
        ({"disks": (replace(SSD, size_bytes=40 * GB),)}, "xfce"),
        ({"cpu": CpuSheet(bits=64, cores=4, mhz=1100)}, "xfce"),
        ({"cpu": CpuSheet(bits=32, cores=4, mhz=3000)}, None),
    ],
)
def test_the_desktop_is_the_one_that_it_runs_once_upgraded(
    changes: dict[str, object], desktop: str | None
) -> None:
    assert opinion(**changes).desktop == desktop


@pytest.mark.parametrize(
    ("tests", "outcome", "codes"),
    [
        ({"memory": "fail"}, "upgrade", {"test_failed=memory", "replace_bad_memory"}),
        ({"cpu": "fail"}, "parts", {"test_failed=cpu"}),
        ({"start": "fail"}, "parts", {"test_failed=start"}),
        ({"disk": "fail"}, "upgrade", {"replace_failed_disk"}),
        ({"screen": "fail"}, "upgrade", {"repair_screen"}),
        ({"firmware": "fail"}, "upgrade", {"unlock_firmware"}),
        ({"network": "fail", "wifi": "pass"}, "keep", {"test_failed=network"}),
        ({"network": "fail", "wifi": "fail"}, "upgrade", {"add_usb_network", "add_usb_wifi"}),
        ({"camera": "fail"}, "keep", {"test_failed=camera"}),
        ({"battery": "fail"}, "keep", {"replace_battery"}),
        ({"usb": "skipped: operator:1, in a hurry"}, "keep", {"test_skipped=usb"}),
        ({"disk": "pass", "wifi": "na"}, "keep", {"floors_reached"}),
    ],
)
def test_the_verdict_weighs_what_the_tests_showed(
    tests: dict[str, str], outcome: str, codes: set[str]
) -> None:
    found = verdict(GOOD, tests, shipped())

    assert found.opinion.value == outcome
    assert codes <= set(found.codes)
    assert "operator:1" not in " ".join(found.codes)


def test_faulty_memory_that_is_soldered_ends_the_machine_and_is_no_part() -> None:
    soldered = replace(GOOD, memory=memory(4096, 4096, slots=0, form="soldered"))

    found = verdict(soldered, {"memory": "fail"}, shipped())

    assert found.rejected
    assert not any(code.startswith("part_memory") for code in found.codes)


def test_a_rejected_machine_lists_what_is_worth_taking_out() -> None:
    found = opinion(cpu=CpuSheet(bits=64, cores=1, mhz=900))

    parts = {str(part) for part in found.parts}
    assert parts == {"part_memory=4|DDR3", "part_disk=SSD 850", "part_battery=84"}


# --- real machines ------------------------------------------------------------------------------


def sample(name: str) -> TriageFacts:
    text = (SAMPLES / "dmidecode" / name).read_text(encoding="utf-8", errors="replace")
    return triage_facts(read_dmidecode(text)[0], dmidecode=text)


@pytest.mark.parametrize(
    ("name", "outcome", "told"),
    [
        ("Dell-Latitude_Latitude_7300_6506541272EA.txt", "keep", "disks_unknown"),
        ("HP-desktop_HP_Compaq_6000_Pro_MT_PC_6CBF3B8FF40E.txt", "keep", "add_memory=4|DDR3 DIMM"),
        ("Toshiba_SATELLITE_T110_9FCD3A4C13A3.txt", "recycle", "cpu_few_cores=1|2"),
        ("noRAM_blank_6EC8507D2ABA.txt", "keep", "memory_unknown"),
    ],
)
def test_real_machines_have_the_opinion_of_the_table(name: str, outcome: str, told: str) -> None:
    found = first_opinion(sample(name), shipped())

    assert found.opinion.value == outcome
    assert told in found.codes


def test_firmware_that_says_less_than_what_is_fitted_is_not_believed() -> None:
    apple = sample("Apple_MacBookPro8_2_275DEF7B3FAB.txt").memory

    assert apple.max_mib is not None and apple.installed_mib is not None
    assert apple.max_mib >= apple.installed_mib


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("Architecture: i686\nCPU op-mode(s): 32-bit\nCPU(s): 1\n", 32),
        ("Architecture: i686\nCPU op-mode(s): 32-bit, 64-bit\nCPU(s): 2\n", 64),
        ("Architecture: x86_64\nCPU(s): 2\n", 64),
        ("Architecture: i686\nCPU(s): 2\n", None),
    ],
)
def test_a_32_bit_system_on_a_64_bit_processor_is_not_a_32_bit_machine(
    text: str, bits: int | None
) -> None:
    assert triage_facts(read_lscpu(text)[0], lscpu=text).cpu.bits == bits


@pytest.mark.parametrize(
    ("chassis", "kind"), [("Notebook", "laptop"), ("Mini PC", "mini_pc"), ("Blade", "other")]
)
def test_the_chassis_tells_the_kind(chassis: str, kind: str) -> None:
    assert machine_kind(ReportFacts(format="x", chassis=chassis)) == kind


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_of_a_tool_can_break_the_facts(dmidecode: str, lscpu: str) -> None:
    wrapped = f"Handle 0x0001, DMI type 17, 34 bytes\nMemory Device\n\tSize: {dmidecode}\n"
    found = triage_facts(ReportFacts(format="x"), dmidecode=wrapped, lscpu=lscpu)

    assert found.cpu.bits in (None, 32, 64)
    first_opinion(found, shipped())


@given(st.text(max_size=40))
def test_a_hostile_name_stays_in_one_part_and_on_one_line(name: str) -> None:
    disk = replace(HDD, model=name, health=DiskHealth.FAILING)

    found = opinion(disks=(disk,))

    for code in found.codes:
        assert code.count("|") <= 2
    assert unsafe_texts((found.codes, *map(describe, found.codes))) == []


# --- words and limits -----------------------------------------------------------------------------


def test_every_line_is_a_sentence_with_its_figures() -> None:
    found = opinion(memory=memory(2048), disks=(replace(HDD, health=DiskHealth.FAILING),))

    lines = list(triage_lines(found))

    assert lines[0] == "Keep it, with an upgrade"
    assert "Because: It has 2 GiB of memory; at least 3.5 GiB are needed." in lines
    assert "To do: add 2 GiB of memory (DDR3 SO-DIMM)" in lines
    assert lines[-1] == "Limits of 2026-11-22."


def test_sentences_take_what_their_codes_carry() -> None:
    for code, sentence in sentences().items():
        assert describe(f"{code}=1|2|3")
        assert "{value}" not in sentence


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("cores: {value: 2,", "cores: {value: two,", ":14:18:"),
        ("cores: {value: 2,", "corse: {value: 2,", "cores"),
        ("ssd: {value: 0,", "ssd: {value: 2,", "0 to 1"),
        ('dated: "2026-11-22"', 'dated: "in winter"', "in winter"),
        ("memory_mib: {value: 3584, source:", "memory_mib: {value: 3584, sauce:", "source"),
    ],
)
def test_a_mistake_in_the_limits_names_the_file_and_the_line(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    (tmp_path / "triage.yml").write_text(SHIPPED.read_text("utf-8").replace(before, after, 1))

    with pytest.raises(BadInput) as refused:
        current(tmp_path)

    assert str(tmp_path / "triage.yml") in refused.value.message
    assert told in refused.value.message
    assert "docs/seuils.md" in refused.value.hint


def test_the_town_s_own_limits_count_and_each_has_a_source(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8").replace(
        "memory_mib: {value: 3584", "memory_mib: {value: 1792"
    )
    (tmp_path / "triage.yml").write_text(text, encoding="utf-8")

    low = first_opinion(replace(GOOD, memory=memory(2048)), current(tmp_path))

    assert low.opinion is Opinion.KEEP
    assert all(source for source in shipped().sources.values())
    assert len(shipped().sources) == 32


@given(st.binary(max_size=200))
def test_no_bytes_are_taken_for_limits(raw: bytes) -> None:
    with pytest.raises(BadInput):
        read_thresholds(raw, "triage.yml")
