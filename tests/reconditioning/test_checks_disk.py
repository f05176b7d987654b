# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk test: real SMART answers, self-tests that end well, badly or never, slow reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from fleet.adapters.process import Finished
from fleet.errors import FleetError
from tests.reconditioning.bench_machine import Machine, codes, dd, said, smart

HEALTHY, PENDING = "weee_sata10.json", "weee_sata03.json"
RUNNING = {"status": {"value": 0xF9, "string": "in progress, 90% remaining"}}
PASSED = {"status": {"value": 0, "string": "completed without error", "passed": True}}
BROKEN = {"status": {"value": 0x79, "string": "completed with read failure", "passed": False}}


def self_test(state: Mapping[str, object]) -> Finished:
    capabilities = {"self_tests_supported": True}
    return smart(HEALTHY, ata_smart_data={"self_test": state, "capabilities": capabilities})


def drive(machine: Machine, name: str = "sda", sample: str = HEALTHY, *, ends: int = 1) -> None:
    """Put a disk in; its self-test runs for some polls, then passes."""
    machine.write(f"sys/block/{name}/size", str(500 * 10**9 // 512))
    machine.write(f"sys/block/{name}/removable", "0")
    machine.write(f"sys/block/{name}/queue/rotational", "1")
    machine.tools.answers["dd"] = dd()
    polls = iter([RUNNING] * ends + [PASSED] * 99)

    def smartctl(command: Sequence[str]) -> Finished:
        if "-t" in command:
            return said("{}")
        return self_test(next(polls)) if "selftest" in command else smart(sample)

    machine.tools.answers["smartctl"] = smartctl


def test_a_healthy_disk_is_waited_for_and_passes_with_its_speed(machine: Machine) -> None:
    drive(machine, ends=3)

    ended = machine.test("disk")

    assert (ended.result, codes(ended)) == ("pass", ["disk_read", "self_test_passed"])
    assert "smartctl -t short" in ended.raw and "bytes" in ended.raw
    assert ended.seconds >= 15


def test_a_disk_with_pending_sectors_fails_whatever_it_says_of_itself(machine: Machine) -> None:
    drive(machine, sample=PENDING)

    ended = machine.test("disk")

    assert ended.result == "fail"
    assert ended.reasons[0] == "disk_failing=sda"
    assert "pending_sectors" in codes(ended)


def test_a_self_test_that_finds_a_fault_fails_the_disk(machine: Machine) -> None:
    drive(machine)
    machine.tools.answers["smartctl"] = lambda command: (
        self_test(BROKEN) if "selftest" in command else smart(HEALTHY)
    )

    assert codes(machine.test("disk"))[0] == "self_test_failed_now"


def test_a_self_test_that_never_ends_is_told_and_not_waited_for_for_ever(machine: Machine) -> None:
    drive(machine, ends=10_000)

    ended = machine.test("disk")

    assert "self_test_unfinished" in codes(ended)
    assert "self_test_passed" not in codes(ended)
    assert 180 <= ended.seconds < 240


@pytest.mark.parametrize(
    ("seconds_per_chunk", "result", "code"),
    [(0.02, "pass", "disk_read"), (0.9, "fail", "disk_slow")],
)
def test_a_disk_that_crawls_fails(
    machine: Machine, seconds_per_chunk: float, result: str, code: str
) -> None:
    drive(machine)
    machine.tools.answers["dd"] = dd(seconds_per_chunk)

    ended = machine.test("disk")

    assert (ended.result, code in codes(ended)) == (result, True)


@pytest.mark.parametrize("hangs", [True, False])
def test_a_place_that_cannot_be_read_fails_the_disk(machine: Machine, hangs: bool) -> None:
    drive(machine)
    middle = str(500 * 10**9 // 2**20 // 2 // 4)

    def broken(command: Sequence[str]) -> Finished:
        if f"skip={middle}" not in command:
            return dd()(command)
        if hangs:
            raise FleetError("dd did not answer within 60 s.")
        return said(stderr="dd: error reading '/dev/sda': Input/output error\n", status=1)

    machine.tools.answers["dd"] = broken
    ended = machine.test("disk")

    assert ended.result == "fail"
    assert ended.reasons[0].startswith("disk_unreadable=sda|")


def test_a_disk_without_smart_passes_on_its_reads_and_says_that_its_health_is_unknown(
    machine: Machine,
) -> None:
    drive(machine, "vda")
    words = '{"smartctl":{"exit_status":1,"messages":[{"string":"Unable to detect device type"}]}}'
    machine.tools.answers["smartctl"] = said(words, status=1)

    ended = machine.test("disk")

    assert (ended.result, codes(ended)) == ("pass", ["disk_health_unknown", "disk_read"])


@pytest.mark.parametrize(
    ("pre_eol", "life_time", "result", "codes_"),
    [
        ("0x01", "0x02 0x01", "pass", ["wear_percent", "disk_read"]),
        ("0x02", "0x09 0x09", "pass", ["disk_worn", "wear_percent", "disk_read"]),
        ("0x03", "0x09 0x09", "fail", ["disk_failing", "wear_percent", "disk_read"]),
        ("0x01", "0x0b 0x01", "fail", ["disk_failing", "wear_percent", "disk_read"]),
        ("0x00", "0x00 0x00", "pass", ["disk_health_unknown", "disk_read"]),
        ("?", "\x1b[2J", "pass", ["disk_health_unknown", "disk_read"]),
    ],
)
def test_an_emmc_is_judged_by_its_own_registers(
    machine: Machine, pre_eol: str, life_time: str, result: str, codes_: list[str]
) -> None:
    drive(machine, "mmcblk0")
    machine.tools.answers["smartctl"] = said("{}", status=1)
    machine.write("sys/block/mmcblk0/device/pre_eol_info", pre_eol)
    machine.write("sys/block/mmcblk0/device/life_time", life_time)

    ended = machine.test("disk")

    assert (ended.result, codes(ended)) == (result, codes_)


def test_two_disks_of_one_serial_are_both_read_and_told_apart_by_place(machine: Machine) -> None:
    drive(machine, "sda")
    drive(machine, "sdb")

    ended = machine.test("disk")

    read = [command[1] for command in machine.tools.typed if command[0] == "dd"]
    assert {path.rsplit("/", 1)[1] for path in read} == {"sda", "sdb"}
    assert "same_serial_twice" in codes(ended)


def test_one_bad_disk_of_two_fails_the_machine(machine: Machine) -> None:
    drive(machine, "sda")
    drive(machine, "sdb")
    machine.tools.answers["smartctl"] = lambda command: (
        said("{}") if "-t" in command else self_test(PASSED) if "selftest" in command
        else smart(PENDING if command[-1].endswith("sdb") else HEALTHY)
    )  # fmt: skip

    ended = machine.test("disk")

    assert (ended.result, ended.reasons[0]) == ("fail", "disk_failing=sdb")


def test_the_stick_that_the_bench_runs_from_is_not_tested(machine: Machine) -> None:
    machine.write("sys/block/sdb/removable", "1")
    machine.write("sys/block/loop0/size", "8")
    machine.write("sys/devices/pci0/usb1/1-2/sdc/removable", "0")
    machine.link("sys/block/sdc", "sys/devices/pci0/usb1/1-2/sdc")

    ended = machine.test("disk")

    assert (ended.result, ended.reasons) == ("na", ("no_disk",))


@pytest.mark.parametrize("name", ["\x1b[2Jevil\u202e", "a|b=c", "x" * 500])
def test_a_hostile_serial_reaches_neither_reasons_nor_a_terminal(
    machine: Machine, name: str
) -> None:
    drive(machine, "sda")
    drive(machine, "sdb")
    machine.tools.answers["smartctl"] = smart(HEALTHY, serial_number=name, model_name=name)

    ended = machine.test("disk")

    reasons = " ".join(ended.reasons)
    assert "\x1b" not in reasons and "\u202e" not in reasons
    assert len(reasons) < 600
    assert all(reason.count("|") <= 2 for reason in ended.reasons)


def test_a_person_who_stops_it_gets_no_pass(machine: Machine) -> None:
    drive(machine)

    ended = machine.test("disk", cancelled=lambda: machine.clock > 3)

    assert (ended.result, ended.why) == ("skipped", "stopped")


def test_without_smartctl_the_test_is_left_out_and_names_it(machine: Machine) -> None:
    drive(machine)
    del machine.tools.answers["smartctl"]

    ended = machine.test("disk")

    assert (ended.result, ended.why) == ("skipped", "tool_missing=smartctl")


def test_a_disk_is_not_tested_while_it_is_being_wiped(machine: Machine) -> None:
    drive(machine)

    ended = machine.test("disk", wiping=lambda: True)

    assert ended.why == "wipe_running"
    assert machine.tools.typed == []
