# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The automatic tests by name, and how one is run: always an end, never a pass for work not done.

Names are those of ``fleet.model.policy.PROFILES``. Tests that only a person can do are in
``fleet.model.bench_tests.GUIDED``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from fleet.errors import FleetError, ToolMissing
from fleet.model.facts import Finding
from fleet.model.triage_weight import finding
from reconditioning.checks_base import (
    Bench,
    Cancelled,
    Check,
    CheckAdvanced,
    CheckContext,
    CheckEnded,
    Places,
    RealTools,
    Running,
    Tools,
    undecided,
)
from reconditioning.checks_battery import check_battery
from reconditioning.checks_disk import check_disks
from reconditioning.checks_firmware import check_firmware, check_start
from reconditioning.checks_load import check_cpu, check_memory
from reconditioning.checks_media import check_camera, check_sound
from reconditioning.checks_network import check_network
from reconditioning.checks_radio import check_bluetooth, check_wifi
from reconditioning.checks_usb import check_usb

__all__ = [
    "CHECKS",
    "Check",
    "CheckAdvanced",
    "CheckContext",
    "CheckEnded",
    "Places",
    "RealTools",
    "Tools",
    "run_check",
]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "start": check_start,
        "disk": check_disks,
        "memory": check_memory,
        "cpu": check_cpu,
        "network": check_network,
        "wifi": check_wifi,
        "bluetooth": check_bluetooth,
        "camera": check_camera,
        "sound": check_sound,
        "usb": check_usb,
        "battery": check_battery,
        "firmware": check_firmware,
    }
)


def run_check(name: str, context: CheckContext) -> Iterator[CheckAdvanced | CheckEnded]:
    """Run one automatic test; the last event is its ``CheckEnded``, whatever happens.

    Raises KeyError for a test that is not automatic. A missing tool, a tool that hangs and a
    person who stops it give ``skipped`` with the reason.
    """
    bench = Bench(name, context)
    started = context.monotonic()
    outcome = yield from _outcome(CHECKS[name], bench)
    yield CheckEnded(
        test=name,
        result=outcome.result,
        seconds=max(0, round(context.monotonic() - started)),
        reasons=tuple(dict.fromkeys(map(str, outcome.reasons))),
        raw=bench.raw,
        why=outcome.why,
        ask_person=outcome.ask_person,
    )


def _outcome(check: Check, bench: Bench) -> Running:
    try:
        return (yield from check(bench))
    except Cancelled:
        return undecided(Finding(code="stopped"))
    except ToolMissing as error:
        bench.keep("missing", error.message)
        return undecided(finding("tool_missing", bench.tool))
    except FleetError as error:
        bench.keep("failed", error.message)
        return undecided(finding("tool_failed", bench.tool))
