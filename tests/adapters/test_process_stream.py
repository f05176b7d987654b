# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The streaming door to other programs, on real ones."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from fleet.adapters.process import ProgramFailed, stream
from fleet.errors import FleetError, ToolMissing


def _sh(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)


def test_progress_bars_come_as_lines_while_the_program_runs() -> None:
    lines = stream(_sh(r"printf '1%%\r2%%\r'; sleep 5; echo never"), stall_s=4)

    started = time.monotonic()
    first, second = next(lines), next(lines)
    waited = time.monotonic() - started
    lines.close()  # type: ignore[attr-defined]

    assert (first, second) == ("1%", "2%")
    assert waited < 4


def test_both_streams_and_an_unended_line_are_read_and_kept_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"

    lines = list(stream(_sh("echo one; echo two >&2; printf three"), stall_s=5, log=log))

    assert lines == ["one", "two", "three"]
    assert log.read_text() == "one\ntwo\nthree\n"


def test_failure_tells_the_status_and_the_last_lines() -> None:
    with pytest.raises(ProgramFailed) as failed:
        list(stream(_sh("echo the reason; exit 3"), stall_s=5, name="packer"))

    assert failed.value.status == 3
    assert failed.value.tail == ("the reason",)
    assert "packer" in failed.value.message


def test_silent_program_is_stopped() -> None:
    started = time.monotonic()

    with pytest.raises(FleetError, match="said nothing"):
        list(stream(_sh("sleep 60"), stall_s=0.2))

    assert time.monotonic() - started < 10


def test_closing_kills_the_program_and_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    child = f"(while :; do touch {mark}; sleep 0.05; done) & echo started; wait"
    lines = stream(_sh(child), stall_s=5)
    next(lines)

    lines.close()  # type: ignore[attr-defined]

    mark.unlink(missing_ok=True)
    time.sleep(0.3)
    assert not mark.exists()


def test_absent_program_is_named() -> None:
    with pytest.raises(ToolMissing, match="no-such-program"):
        list(stream(["no-such-program"], stall_s=5))
