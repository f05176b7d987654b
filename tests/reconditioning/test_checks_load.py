# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory and processor under load: bounded by what is free, failing on a wrong result or heat."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from reconditioning.checks import CheckAdvanced, CheckContext, CheckEnded, Places, run_check
from reconditioning.checks_heat import heat
from tests.reconditioning.bench_machine import Machine, codes

VM = [
    "stress-ng: info:  [9564] setting to a 60 second run per stressor",
    "stress-ng: info:  [9564] dispatching hogs: 1 vm",
    "stress-ng: info:  [9586] vmstat:  r  b      swpd      free      buff     cache   si   so",
    "stress-ng: info:  [9586] vmstat: 12  0         0  19382184     41012   3294188    0    0",
    "stress-ng: info:  [9564] successful run completed in 60.51s",
]
BAD_BIT = "stress-ng: fail:  [4242] vm: detected 1 bit errors while stressing memory"


def with_memory(machine: Machine, total_mib: int, available_mib: int) -> None:
    machine.write(
        "proc/meminfo",
        f"MemTotal:       {total_mib * 1024} kB\nMemFree:  1 kB\n"
        f"MemAvailable:   {available_mib * 1024} kB\n",
    )


def sensor(machine: Machine, name: str, millidegrees: object, *, number: int = 0) -> None:
    machine.write(f"sys/class/hwmon/hwmon{number}/name", name)
    machine.write(f"sys/class/hwmon/hwmon{number}/temp1_input", str(millidegrees))


def test_memory_is_tested_up_to_what_is_free_less_a_margin(machine: Machine) -> None:
    with_memory(machine, 2048, 1500)
    machine.tools.streams["stress-ng"] = (VM, 0)

    ended = machine.test("memory", profile="rapide")

    command = machine.tools.typed[-1]
    assert command[command.index("--vm-bytes") + 1] == "1244M"
    assert command[command.index("--timeout") + 1] == "60s"
    assert (ended.result, ended.reasons) == ("pass", ("memory_tested=1244|2048",))
    assert "vmstat" in ended.raw


def test_a_bit_that_changed_fails_the_memory(machine: Machine) -> None:
    with_memory(machine, 4096, 3000)
    machine.tools.streams["stress-ng"] = ([*VM[:2], BAD_BIT], 2)

    ended = machine.test("memory")

    assert (ended.result, ended.reasons[0]) == ("fail", "memory_errors")
    assert BAD_BIT in ended.raw


@pytest.mark.parametrize(
    ("total", "available", "status", "why"),
    [
        (2048, 150, 0, "memory_not_free=150"),
        (8192, 600, 0, "memory_mostly_used=344|8192"),
        (4096, 3000, 3, "load_not_run=3"),
    ],
)
def test_a_test_that_covered_too_little_is_no_pass(
    machine: Machine, total: int, available: int, status: int, why: str
) -> None:
    with_memory(machine, total, available)
    machine.tools.streams["stress-ng"] = (VM, status)

    ended = machine.test("memory")

    assert (ended.result, ended.why) == ("skipped", why)


def test_a_machine_that_does_not_tell_its_memory_is_unknown(machine: Machine) -> None:
    machine.write("proc/meminfo", "MemTotal: lots\n")

    assert machine.test("memory").why == "memory_unknown"


@pytest.mark.parametrize(("hottest", "result"), [(99_000, "pass"), (100_000, "fail")])
def test_the_hottest_moment_decides(machine: Machine, hottest: int, result: str) -> None:
    sensor(machine, "coretemp", 45_000)
    machine.tools.streams["stress-ng"] = (VM, 0)
    heated = iter([45_000, hottest, 60_000, 55_000, 50_000])
    original = machine.monotonic

    def warm() -> float:
        sensor(machine, "coretemp", next(heated, 50_000))
        return original()

    ended = machine.test("cpu", monotonic=warm)

    assert ended.result == result
    assert f"cpu_heat=45|{hottest // 1000}" in ended.reasons


@pytest.mark.parametrize("value", [0, -273_000, 255_000, 127_500, "", "lava", "9" * 40])
def test_an_absurd_sensor_is_ignored_and_told(machine: Machine, value: object) -> None:
    sensor(machine, "coretemp", value)
    sensor(machine, "k10temp", 51_400, number=1)
    machine.tools.streams["stress-ng"] = (VM, 0)

    ended = machine.test("cpu")

    assert "cpu_heat=51|51" in ended.reasons
    assert ("sensors_lying=1" in ended.reasons) == bool(value != "")


def test_a_disk_s_sensor_says_nothing_of_the_processor(machine: Machine) -> None:
    sensor(machine, "nvme", 84_000)
    machine.write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp")
    machine.write("sys/class/thermal/thermal_zone0/temp", "40000")
    places = Places(sys=machine.folder / "sys")

    assert heat(places).celsius == 40


def test_a_processor_that_computes_wrong_fails_and_slowing_down_is_told(machine: Machine) -> None:
    throttle = "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count"
    machine.write(throttle, "3")
    machine.tools.streams["stress-ng"] = (VM, 2)
    counts = iter(["3", "3", "10"])
    original = machine.monotonic

    def slower() -> float:
        machine.write(throttle, next(counts, "10"))
        return original()

    ended = machine.test("cpu", monotonic=slower)

    assert (ended.result, codes(ended)) == (
        "fail", ["cpu_errors", "cpu_heat_unknown", "cpu_throttled"],
    )  # fmt: skip


def test_progress_is_told_and_stopping_ends_the_load(machine: Machine) -> None:
    with_memory(machine, 4096, 3000)
    machine.tools.streams["stress-ng"] = (VM * 100, 0)
    told: list[float | None] = []

    events = machine.events("memory", cancelled=lambda: machine.clock > 0.2)

    told = [event.percent for event in events if isinstance(event, CheckAdvanced)]
    assert len(told) > 2
    assert told == sorted(told, key=lambda percent: percent or 0)
    assert isinstance(events[-1], CheckEnded) and events[-1].why == "stopped"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("stress-ng") is None, reason="stress-ng is not installed here")
def test_this_very_machine_is_loaded_and_checked(tmp_path: Path) -> None:
    thresholds = Machine(tmp_path).thresholds
    short = replace(thresholds.rapide, cpu_s=2, memory_s=2)
    context = CheckContext(
        thresholds=replace(thresholds, rapide=short), profile="rapide", scratch=tmp_path
    )

    ends = [list(run_check(name, context))[-1] for name in ("cpu", "memory")]

    assert all(isinstance(end, CheckEnded) and "stress-ng" in end.raw for end in ends)
    assert next(end.result for end in ends if isinstance(end, CheckEnded)) == "pass"
