# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench measures becomes the machine's test sheet."""

from __future__ import annotations

from fleet.model import bench_tests
from fleet.model import kinds as k
from fleet.model.policy import PROFILES
from fleet.model.views import g2_reasons
from tests.model.history import MACHINE, History

REGISTERED = k.MachineRegistered(tag="VJ-0001", kind="laptop")


def test_each_measured_test_fills_the_sheet_until_the_profile_is_complete() -> None:
    history = History()
    history.add(MACHINE, REGISTERED)
    history.add(MACHINE, k.BenchStarted(profile="rapide"))
    for test in PROFILES["rapide"][:-1]:
        history.add(MACHINE, k.TestMeasured(test=test, result="pass"))
    incomplete = g2_reasons(history.view(), history.world())

    history.add(MACHINE, k.TestMeasured(test=PROFILES["rapide"][-1], result="na"))

    assert incomplete[0].params["tests"] == PROFILES["rapide"][-1]
    assert g2_reasons(history.view(), history.world()) == ()


def test_a_test_left_out_says_by_whom_and_why_and_a_later_pass_replaces_it() -> None:
    history = History()
    history.add(MACHINE, REGISTERED)
    left_out = k.TestMeasured(test="wifi", result="skipped", who="operator:1", why="no network")
    history.add(MACHINE, left_out)
    before = history.state().tests["wifi"]

    history.add(MACHINE, k.TestMeasured(test="wifi", result="pass", seconds=9))

    assert before == "skipped: operator:1, no network"
    assert history.state().tests == {"wifi": "pass"}


def test_the_sheet_of_a_machine_put_back_in_service_is_forgotten() -> None:
    history = History()
    history.add(MACHINE, REGISTERED)
    for test in PROFILES["complet"]:
        history.add(MACHINE, k.TestMeasured(test=test, result="pass"))
    tested = bench_tests.tested_on_all_functions(history.state().tests, "laptop")

    history.add(MACHINE, k.Installed(image="bureau"))

    assert tested
    assert not bench_tests.tested_on_all_functions(history.state().tests, "laptop")
