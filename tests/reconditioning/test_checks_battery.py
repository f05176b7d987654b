# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The battery test: its own word, a real discharge, and gauges that lie or say nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconditioning.checks import CheckAdvanced
from tests.reconditioning.bench_machine import Machine, codes

FULL_UWH = 40_000_000


def battery(
    machine: Machine, *, now: int = 30_000_000, design: int = 50_000_000, name: str = "BAT0"
) -> None:
    folder = f"sys/class/power_supply/{name}"
    uevent = {
        "NAME": name, "TYPE": "Battery", "PRESENT": 1, "MODEL_NAME": "45N1775",
        "ENERGY_FULL": FULL_UWH, "ENERGY_FULL_DESIGN": design, "ENERGY_NOW": now,
    }  # fmt: skip
    lines = "".join(f"POWER_SUPPLY_{key}={value}\n" for key, value in uevent.items())
    machine.write(f"{folder}/uevent", lines)
    machine.write(f"{folder}/type", "Battery")
    machine.write(f"{folder}/present", "1")
    machine.write(f"{folder}/energy_full", str(FULL_UWH))
    machine.write(f"{folder}/energy_now", str(now))
    machine.write(f"{folder}/capacity", str(round(100 * now / FULL_UWH)))


def charger(machine: Machine, online: bool) -> None:
    machine.write("sys/class/power_supply/AC/type", "Mains")
    machine.write("sys/class/power_supply/AC/online", "1" if online else "0")


def emptying(machine: Machine, watts: float) -> Callable[[float], None]:
    """A battery that loses energy as the clock goes, once the charger is out."""

    def sleep(seconds: float) -> None:
        machine.sleep(seconds)
        if (machine.folder / "sys/class/power_supply/AC/online").read_text() == "0":
            path = machine.folder / "sys/class/power_supply/BAT0/energy_now"
            left = int(path.read_text()) - round(watts * 1_000_000 * seconds / 3600)
            path.write_text(str(max(left, 0)))

    return sleep


def on_the_bench(machine: Machine) -> None:
    """A laptop on the mains; a person takes the charger out, and puts it back when asked."""
    battery(machine)
    charger(machine, True)
    machine.happens.append((6, lambda: charger(machine, False)))
    machine.happens.append((700, lambda: charger(machine, True)))


def test_a_discharge_is_measured_and_projected(machine: Machine) -> None:
    on_the_bench(machine)

    events = machine.events("battery", sleep=emptying(machine, 12.0))

    ended = events[-1]
    assert getattr(ended, "result", "") == "pass"
    assert "battery_health=80|65" in getattr(ended, "reasons", ())
    assert "discharged=5|10|200" in getattr(ended, "reasons", ())
    asked = [e.doing for e in events if isinstance(e, CheckAdvanced) and e.asks]
    assert list(dict.fromkeys(asked)) == ["unplug_charger", "plug_charger"]


def test_a_battery_that_boasts_but_empties_fails(machine: Machine) -> None:
    on_the_bench(machine)

    ended = machine.test("battery", sleep=emptying(machine, 130.0))

    assert ended.result == "fail"
    assert ended.reasons[0].startswith("battery_short=")


@pytest.mark.parametrize("design", [0, -1, 10**12])
def test_a_design_capacity_that_makes_no_sense_is_unknown_and_not_zero(
    machine: Machine, design: int
) -> None:
    on_the_bench(machine)
    battery(machine, design=design)

    ended = machine.test("battery", sleep=emptying(machine, 12.0))

    assert "design_capacity_unknown" in ended.reasons
    assert not any(reason.startswith("battery_health=0") for reason in ended.reasons)
    assert ended.result == "pass"


def test_a_gauge_that_does_not_move_is_no_pass(machine: Machine) -> None:
    on_the_bench(machine)

    assert machine.test("battery").why == "no_loss_measured"


def test_two_batteries_are_weighed_together(machine: Machine) -> None:
    on_the_bench(machine)
    battery(machine, name="BAT1")

    ended = machine.test("battery", sleep=emptying(machine, 12.0))

    # The same loss, out of twice the energy.
    assert any(r.startswith(("discharged=2|10|4", "discharged=3|10|4")) for r in ended.reasons)


def charger_left_in(machine: Machine) -> None:
    charger(machine, True)


def charger_unseen(machine: Machine) -> None:
    """Nothing: no charger's file is there."""


def nearly_empty(machine: Machine) -> None:
    battery(machine, now=FULL_UWH // 10)
    charger(machine, False)


def charger_put_back(machine: Machine) -> None:
    charger(machine, False)
    machine.happens.append((30, lambda: charger(machine, True)))


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (charger_left_in, "charger_left_in"),
        (charger_unseen, "no_charger_seen"),
        (nearly_empty, "battery_empty=10"),
        (charger_put_back, "charger_back_early"),
    ],
)
def test_a_discharge_that_was_not_measured_is_no_pass(
    machine: Machine, prepare: Callable[[Machine], None], why: str
) -> None:
    battery(machine)
    prepare(machine)

    ended = machine.test("battery")

    assert (ended.result, ended.why) == ("skipped", why)
    assert "battery_health=80|65" in ended.reasons


def test_a_laptop_without_a_battery_fails_and_a_desktop_has_none_to_test(machine: Machine) -> None:
    machine.write("sys/class/power_supply/hidpp_battery_0/type", "Battery")
    machine.write("sys/class/power_supply/hidpp_battery_0/scope", "Device")

    assert machine.test("battery", kind="laptop").result == "fail"
    assert machine.test("battery", kind="desktop").result == "na"


def test_a_weak_battery_is_told_even_when_it_lasts(machine: Machine) -> None:
    on_the_bench(machine)
    battery(machine, design=80_000_000)

    ended = machine.test("battery", sleep=emptying(machine, 12.0))

    assert "battery_weak" in codes(ended)
    assert ended.result == "pass"


@pytest.mark.parametrize("begins_s", [0, 4, 60])
def test_the_charger_is_never_asked_out_while_a_disk_is_being_wiped(
    machine: Machine, begins_s: int
) -> None:
    on_the_bench(machine)

    events = machine.events(
        "battery", wiping=lambda: machine.clock >= begins_s, sleep=emptying(machine, 12.0)
    )

    asked = [e for e in events if isinstance(e, CheckAdvanced) and e.doing == "unplug_charger"]
    assert (len(asked) > 0) is (begins_s > 0)
    assert getattr(events[-1], "why", "") == "wipe_running"
    if begins_s == 60:
        assert getattr(events[-2], "doing", "") == "plug_charger"
