# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests the memory and the processor under load, with stress-ng checking its own results.

Memory: what is free, less a margin for the system; pages in use are out of reach of any test that
runs beside a system, and the result says how much was tested. stress-ng(1): status 2 means that
a check failed, 3 that it lacked resources.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from fleet.adapters.process import ProgramFailed
from fleet.model.facts import Finding
from fleet.model.triage_weight import finding
from reconditioning.checks_base import (
    Bench,
    CheckAdvanced,
    Outcome,
    Running,
    failed,
    passed,
    undecided,
)
from reconditioning.checks_heat import heat, throttled

MIB = 2**20
# Left to the system: for its killer of processes never to start, and for its own files to stay in
# memory, since a live system reads them again from a slow key.
MARGIN_MIB = 256
LEAST_MIB = 32
_CHECK_FAILED = 2
_STALL_S = 45
_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d{1,12}) kB$", re.MULTILINE)
_TOTAL = re.compile(r"^MemTotal:\s+(\d{1,12}) kB$", re.MULTILINE)


def check_memory(bench: Bench) -> Running:
    """Write patterns in the free memory and read them back, for as long as the profile says."""
    meminfo = bench.read(bench.context.places.proc / "meminfo")
    free, total = _mib(_AVAILABLE, meminfo), _mib(_TOTAL, meminfo)
    if free is None or total is None:
        return undecided(Finding(code="memory_unknown"))
    tested = free - MARGIN_MIB
    if tested < LEAST_MIB:
        return undecided(finding("memory_not_free", max(free, 0)))
    seconds = bench.context.durations.memory_s
    command = [
        "stress-ng", "--vm", "1", "--vm-bytes", f"{tested}M", "--vm-method", "all", "--verify",
        "--oom-avoid", "--vmstat", "2", "--timeout", f"{seconds}s",
    ]  # fmt: skip
    status = yield from _load(bench, "testing_memory", command, seconds)
    share = finding("memory_tested", tested, total)
    if status:
        return _broken("memory_errors", status, share)
    if 100 * tested < bench.context.limits.memory_percent * total:
        return undecided(finding("memory_mostly_used", tested, total))
    return passed(share)


def check_cpu(bench: Bench) -> Running:
    """Load every core and watch the heat; results that differ fail, and so does too much heat."""
    places = bench.context.places
    before, slowed = heat(places), throttled(places)
    seconds = bench.context.durations.cpu_s
    command = [
        "stress-ng", "--cpu", "0", "--cpu-method", "all", "--verify", "--thermalstat", "2",
        "--timeout", f"{seconds}s",
    ]  # fmt: skip
    hottest: list[int] = [before.celsius] if before.celsius is not None else []
    status = yield from _load(bench, "testing_cpu", command, seconds, hottest)
    notes = tuple(_heat_notes(hottest, before.lying, throttled(places) - slowed))
    if status:
        return _broken("cpu_errors", status, *notes)
    limit = bench.context.limits.cpu_celsius
    if hottest and max(hottest) >= limit:
        return failed(finding("cpu_too_hot", max(hottest), limit), *notes)
    return passed(*notes)


def _broken(code: str, status: int, *notes: Finding) -> Outcome:
    """Return a failure when a check of stress-ng failed; else it could not be carried out."""
    if status == _CHECK_FAILED:
        return failed(Finding(code=code), *notes)
    return undecided(finding("load_not_run", status), *notes)


def _heat_notes(hottest: Sequence[int], lying: int, slowed: int) -> list[Finding]:
    notes = []
    if hottest:
        notes.append(finding("cpu_heat", hottest[0], max(hottest)))
    else:
        notes.append(Finding(code="cpu_heat_unknown"))
    if lying:
        notes.append(finding("sensors_lying", lying))
    if slowed > 0:
        notes.append(finding("cpu_throttled", slowed))
    return notes


def _load(
    bench: Bench,
    doing: str,
    command: Sequence[str],
    seconds: int,
    hottest: list[int] | None = None,
) -> Generator[CheckAdvanced, None, int]:
    """Run stress-ng to its end and return its status; note the temperature at each line."""
    context = bench.context
    started = context.monotonic()
    lines = bench.stream(command, stall_s=seconds + _STALL_S)
    yield bench.advanced(doing, 0)
    try:
        for _line in lines:
            celsius = heat(context.places).celsius
            if hottest is not None and celsius is not None:
                hottest.append(celsius)
            spent = context.monotonic() - started
            shown = f"{celsius} °C" if celsius is not None else ""
            yield bench.advanced(doing, min(99.0, 100 * spent / max(seconds, 1)), shown)
    except ProgramFailed as error:
        return error.status
    finally:
        close = getattr(lines, "close", None)
        if close:
            close()
    return 0


def _mib(pattern: re.Pattern[str], meminfo: str) -> int | None:
    found = pattern.search(meminfo)
    return int(found[1]) * 1024 // MIB if found else None
