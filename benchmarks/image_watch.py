# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build cost: time on the clock, time of processors, and the part that was dpkg's.

Whatever builds, installing packages is dpkg's work: it is the limit that no tool passes. A build
on a busy computer takes longer on the clock than its processors worked; both are told.
"""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.1


@dataclass(slots=True, kw_only=True)
class Cost:
    """Seconds. ``dpkg_s`` is how long a dpkg was running, within ``wall_s``."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    dpkg_s: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """Give a cost that is filled in at the end."""
    cost, ended = Cost(), threading.Event()
    watch = threading.Thread(target=_watch_dpkg, args=(cost, ended), daemon=True)
    began, cpu = time.perf_counter(), _cpu_s()
    watch.start()
    try:
        yield cost
    finally:
        cost.wall_s = time.perf_counter() - began
        ended.set()
        watch.join()
        cost.cpu_s = _cpu_s() - cpu


def _watch_dpkg(cost: Cost, ended: threading.Event) -> None:
    last = time.perf_counter()
    while not ended.wait(_EVERY_S):
        now = time.perf_counter()
        cost.dpkg_s += now - last if _dpkg_runs() else 0.0
        last = now


def _dpkg_runs() -> bool:
    for entry in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if entry.read_text() == "dpkg\n":
                return True
    return False


def _cpu_s() -> float:
    """Processor time of this process and of all its ended children, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
