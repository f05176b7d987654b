# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batteries, from upower and from the kernel: real samples, odd firmware, and damage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from fleet.errors import BadInput
from fleet.model.facts import BatteryFacts, ReportFacts
from fleet.readers.battery import read_uevent, read_upower
from tests.readers.disk_samples import (
    corrections,
    damaged,
    index_of,
    shared_samples,
    shipped,
    unsafe_texts,
)

LAPTOP_DUMP = """\
Device: /org/freedesktop/UPower/devices/line_power_AC
  native-path:          AC
  power supply:         yes
  line-power
    online:              yes

Device: /org/freedesktop/UPower/devices/battery_BAT0
  native-path:          BAT0
  vendor:               SANYO
  model:                45N1775
  serial:               6081
  power supply:         yes
  battery
    present:             yes
    energy-full:         {full} Wh
    energy-full-design:  {design} Wh
    charge-cycles:       {cycles}
    capacity:            {capacity}%

Device: /org/freedesktop/UPower/devices/battery_BAT1
  native-path:          BAT1
  model:                45N1127
  power supply:         yes
  battery
    present:             yes
    energy-full:         18.2 Wh
    energy-full-design:  23.48 Wh

Device: /org/freedesktop/UPower/devices/mouse_hidpp_battery_0
  native-path:          hidpp_battery_0
  model:                M185 Compact Wireless Mouse
  power supply:         no
  mouse
    present:             yes
    percentage:          55%

Device: /org/freedesktop/UPower/devices/DisplayDevice
  power supply:         yes
  battery
    present:             yes
    energy-full:         40 Wh
    energy-full-design:  46 Wh

Daemon:
  daemon-version:  0.99.20
"""
PLAIN = {"full": "20.1", "design": "23.2", "cycles": "N/A", "capacity": "86.6"}

SUPPLY = {
    "NAME": "BAT0",
    "TYPE": "Battery",
    "PRESENT": "1",
    "CYCLE_COUNT": "0",
    "VOLTAGE_MIN_DESIGN": "10800000",
    "CHARGE_FULL_DESIGN": "4400000",
    "CHARGE_FULL": "3801000",
    "MODEL_NAME": "1001PXD",
    "MANUFACTURER": "ASUS",
    "SERIAL_NUMBER": " ",
}
UPOWER_ORIGINALS = [p.read_text(encoding="utf-8") for p in shipped("upower")] + [
    LAPTOP_DUMP.format(**PLAIN)
]


def uevent(**changes: str | None) -> str:
    """A sysfs uevent file, with some fields changed, and those that are None left out."""
    fields = SUPPLY | changes
    return "".join(f"POWER_SUPPLY_{k}={v}\n" for k, v in fields.items() if v is not None)


def only(reports: tuple[ReportFacts, ...]) -> ReportFacts:
    (report,) = reports
    assert not report.has_machine
    return report


def battery_of(text: str, read: Callable[[str], tuple[ReportFacts, ...]]) -> BatteryFacts:
    (battery,) = only(read(text)).batteries
    return battery


def warned(report: ReportFacts) -> list[str]:
    return [str(warning) for warning in report.warnings]


@pytest.mark.parametrize(
    ("file", "battery"),
    [
        (
            "upower/glpi_1.txt",
            BatteryFacts(model="G71C000G7210", design_mwh=51504, full_mwh=39264, health_percent=76),
        ),
        (
            "upower/glpi_4_1.txt",
            BatteryFacts(
                model="DELL XDY9K16",
                serial="3829",
                design_mwh=54000,
                full_mwh=54000,
                health_percent=100,
            ),
        ),
        (
            "power_supply_uevent/1001pxd.battery.ini",
            BatteryFacts(model="1001PXD", design_mwh=47520, full_mwh=41051, health_percent=86),
        ),
        (
            "power_supply_uevent/e5530.battery.ini",
            BatteryFacts(
                model="DELL HMYXT37",
                serial="19075",
                design_mwh=62160,
                full_mwh=22167,
                health_percent=36,
            ),
        ),
    ],
)
def test_each_shared_sample_gives_its_battery(file: str, battery: BatteryFacts) -> None:
    read = read_upower if file.startswith("upower/") else read_uevent

    assert battery_of((shared_samples() / file).read_text(encoding="utf-8"), read) == battery


@pytest.mark.parametrize("kind", ["upower", "power_supply_uevent"])
def test_samples_agree_with_the_index_except_where_it_is_wrong(kind: str) -> None:
    read = read_upower if kind == "upower" else read_uevent
    wrong = []

    for row in index_of(kind):
        text = (shared_samples() / row["file"]).read_text(encoding="utf-8")
        batteries = only(read(text)).batteries or (BatteryFacts(),)
        for fact, found in (("model", batteries[0].model), ("serial", batteries[0].serial)):
            said = corrections().get((row["file"], fact), row[fact])
            if said != (found or ""):
                wrong.append((row["file"], fact, said, found))

    assert wrong == []


@pytest.mark.parametrize("path", shipped("upower"), ids=lambda path: path.stem)
def test_a_machine_without_battery_is_said_so(path: object) -> None:
    report = only(read_upower(UPOWER_ORIGINALS[shipped("upower").index(path)]))  # type: ignore[arg-type]

    assert report.batteries == ()
    assert warned(report) == ["no_battery"]


def test_a_dump_gives_the_batteries_and_neither_mouse_nor_mains_nor_aggregate() -> None:
    report = only(read_upower(LAPTOP_DUMP.format(**PLAIN)))

    assert [(b.model, b.design_mwh, b.full_mwh, b.health_percent) for b in report.batteries] == [
        ("45N1775", 23200, 20100, 87),
        ("45N1127", 23480, 18200, 78),
    ]
    assert report.warnings == ()


def test_several_single_device_outputs_are_read_as_several_devices() -> None:
    one = (
        "  native-path: BAT{n}\n  battery\n    energy-full: 20 Wh\n    energy-full-design: 40 Wh\n"
    )

    report = only(read_upower(one.format(n=0) + "\n" + one.format(n=1)))

    assert [battery.health_percent for battery in report.batteries] == [50, 50]


@pytest.mark.parametrize(
    ("changes", "facts", "warnings"),
    [
        (
            {"full": "39,264", "design": "51,504"},
            (51504, 39264, 76),
            ["battery_capacity_differs=87"],
        ),
        ({"design": "0"}, (None, 20100, None), []),
        ({"full": "0"}, (23200, None, None), []),
        ({"full": "25.0", "capacity": "100"}, (23200, 25000, 108), []),
        ({"full": "-3"}, (23200, None, None), ["battery_figure_impossible=-3000"]),
        ({"full": "6553.5"}, (23200, None, None), ["battery_figure_impossible=6553500"]),
        ({"full": "232"}, (23200, 232000, None), ["battery_health_impossible=1000"]),
        ({"full": "?"}, (23200, None, None), []),
    ],
)
def test_upower_energies_give_a_health_or_unknown(
    changes: dict[str, str], facts: tuple[int | None, ...], warnings: list[str]
) -> None:
    report = only(read_upower(LAPTOP_DUMP.format(**(PLAIN | changes))))

    first = report.batteries[0]
    assert (first.design_mwh, first.full_mwh, first.health_percent) == facts
    assert warned(report) == warnings


@pytest.mark.parametrize(
    ("cycles", "read", "warnings"),
    [
        ("321", 321, []),
        ("0", None, []),
        ("N/A", None, []),
        ("-1", None, ["battery_cycles_impossible=-1"]),
        ("65535", None, ["battery_cycles_impossible=65535"]),
    ],
)
def test_zero_or_absurd_cycles_are_unknown(
    cycles: str, read: int | None, warnings: list[str]
) -> None:
    report = only(read_upower(LAPTOP_DUMP.format(**(PLAIN | {"cycles": cycles}))))

    assert report.batteries[0].cycles == read
    assert warned(report) == warnings


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({}, (47520, 41051, 86)),
        ({"VOLTAGE_MIN_DESIGN": None}, (None, None, 86)),
        ({"VOLTAGE_MIN_DESIGN": "0"}, (None, None, 86)),
        ({"CHARGE_FULL_DESIGN": "0"}, (None, 41051, None)),
        ({"CHARGE_FULL": "0"}, (47520, None, None)),
        ({"ENERGY_FULL": "30000000", "ENERGY_FULL_DESIGN": "50000000"}, (50000, 30000, 60)),
        ({"ENERGY_FULL": "30000000", "CHARGE_FULL": None}, (47520, None, None)),
        ({"CHARGE_FULL": "-1"}, (47520, None, None)),
    ],
)
def test_charges_and_energies_are_never_mixed(
    changes: dict[str, str | None], facts: tuple[int | None, ...]
) -> None:
    battery = battery_of(uevent(**changes), read_uevent)

    assert (battery.design_mwh, battery.full_mwh, battery.health_percent) == facts


@pytest.mark.parametrize(
    "changes",
    [{"TYPE": "Mains"}, {"TYPE": "USB"}, {"SCOPE": "Device"}, {"PRESENT": "0"}],
)
def test_what_is_no_battery_of_the_machine_is_left_out(changes: dict[str, str | None]) -> None:
    report = only(read_uevent(uevent(**changes)))

    assert report.batteries == ()
    assert warned(report) == ["no_battery"]


@pytest.mark.parametrize(
    ("maker", "model"),
    [("-Virtual Battery 0-", "-Virtual Battery 0-"), ("innotek", "1"), ("QEMU", "x")],
)
def test_a_battery_made_up_by_a_hypervisor_is_left_out(maker: str, model: str) -> None:
    report = only(read_uevent(uevent(MANUFACTURER=maker, MODEL_NAME=model)))

    assert report.batteries == ()
    assert warned(report) == [f"virtual_battery={maker} {model}", "no_battery"]


def test_several_supplies_in_one_file_are_read_apart() -> None:
    mains = "POWER_SUPPLY_NAME=AC\nPOWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=1\n"

    report = only(read_uevent(mains + uevent() + uevent(NAME="BAT1", CHARGE_FULL="2200000")))

    assert [battery.health_percent for battery in report.batteries] == [86, 50]


@pytest.mark.parametrize("read", [read_upower, read_uevent])
@pytest.mark.parametrize("text", ["", "\x00", "smartctl 7.3\n", "A=1\n", "Device: x\n"])
def test_other_text_is_refused(read: Callable[[str], tuple[ReportFacts, ...]], text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


@settings(max_examples=150)
@given(text=damaged([*UPOWER_ORIGINALS, uevent(), uevent() * 3]))
def test_damaged_reports_are_refused_or_read_without_control_characters(text: str) -> None:
    for read in (read_upower, read_uevent):
        try:
            reports = read(text)
        except BadInput:
            continue
        assert unsafe_texts(reports) == []
