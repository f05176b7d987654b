# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of a wipe while it lasts, and the sleep that frees frozen drives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.adapters.process import Finished
from fleet.errors import FleetError
from fleet.output.wipe_text import time_left
from reconditioning.wipe_meter import Meter
from reconditioning.wipe_suspend import can_suspend, suspend
from tests.reconditioning.fake_drive import FakeTools

MB = 10**6
DISK = Path("/dev/sda")


def clock(*seconds: float) -> Callable[[], float]:
    times = iter(seconds)
    return lambda: next(times)


def test_speed_and_time_left_count_the_phase_that_follows() -> None:
    meter = Meter(DISK, "wiping", clock(0, 10))

    told = list(meter.bytes(1000 * MB, 5000 * MB, after=5000 * MB))

    assert [(one.percent, one.bytes_per_s, one.left_s) for one in told] == [(20.0, 100 * MB, 90)]


def test_speed_is_that_of_now_not_of_the_whole_phase() -> None:
    meter = Meter(DISK, "reading", clock(0, 100, 106, 112))

    for done in (10_000 * MB, 10_060 * MB):
        list(meter.bytes(done, 20_000 * MB))
    told = list(meter.bytes(10_120 * MB, 20_000 * MB))

    assert told[0].bytes_per_s == 10 * MB


def test_progress_is_not_told_at_every_piece_but_its_end_is() -> None:
    meter = Meter(DISK, "wiping", clock(0, 1, 1.1, 1.2, 1.3))

    told = [list(meter.bytes(done, 400)) for done in (100, 200, 300, 400)]

    assert [len(one) for one in told] == [1, 0, 0, 1]
    assert told[-1][0].percent == 100


def test_a_drive_s_own_percentage_gives_the_time_left() -> None:
    meter = Meter(DISK, "wiping", clock(0, 1, 30))

    early, later = list(meter.percent(0.5)), list(meter.percent(25))

    assert early[0].left_s is None
    assert later[0].left_s == 90


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "less than two minutes"), (600, "10 min"), (5300, "89 min"), (7260, "2 h 01")],
)
def test_the_time_left_is_said_as_people_do(seconds: int, words: str) -> None:
    assert words in time_left(seconds)


class _Sleeper(FakeTools):
    """A computer that may sleep deeply, or not, or not wake by the clock."""

    def __init__(self, sleeps: str, status: int = 0) -> None:
        super().__init__()
        self._sleeps, self._status = sleeps, status

    def kernel(self, path: Path) -> str:
        return self._sleeps

    def run(self, command, *, timeout_s: float) -> Finished:
        self.commands.append(tuple(command))
        return Finished(status=self._status, stdout="", stderr="rtcwake: no alarm")


def test_a_computer_sleeps_some_seconds_and_wakes_by_its_clock() -> None:
    computer = _Sleeper("[s2idle] deep")

    suspend(computer)

    assert computer.told == [("/sys/power/mem_sleep", "deep")]
    assert computer.commands == [("rtcwake", "--mode", "mem", "--seconds", "8")]


def test_a_light_sleep_is_refused_for_it_keeps_the_drives_powered() -> None:
    computer = _Sleeper("[s2idle]")

    with pytest.raises(FleetError):
        suspend(computer)

    assert not can_suspend(computer)
    assert computer.commands == []


def test_a_computer_that_cannot_sleep_says_why() -> None:
    with pytest.raises(FleetError, match="no alarm"):
        suspend(_Sleeper("s2idle [deep]", status=1))
