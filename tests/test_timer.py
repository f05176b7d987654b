# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nightly purge that is shipped: systemd takes its files, and its command is a real one."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from fleet.cli.main import build_parser

UNITS = Path(__file__).parent.parent / "fleet" / "data" / "systemd"


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((UNITS / name).read_text(encoding="utf-8"))
    return parser


def test_the_service_runs_a_command_that_the_program_has() -> None:
    program, _name, *words = unit("parclibre-purge.service")["Service"]["ExecStart"].split()[0:]

    args = build_parser().parse_args(words)

    assert program == "/usr/bin/env"
    assert args.due
    assert args.persons == []


def test_the_timer_catches_up_after_a_night_off() -> None:
    timer = unit("parclibre-purge.timer")

    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_reads_both_units_and_the_calendar() -> None:
    calendar = unit("parclibre-purge.timer")["Timer"]["OnCalendar"]

    units = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(UNITS.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    when = subprocess.run(
        ["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=False
    )

    assert "parclibre-purge" not in units.stderr, units.stderr
    assert when.returncode == 0, when.stderr
