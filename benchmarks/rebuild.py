# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long ``journal rebuild`` takes, and whether it grows in step with the journal."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.measure import Figure, Plan
from benchmarks.simulate import EVENTS_PER_MACHINE, store_url
from fleet.services.town import open_town
from fleet.store.rebuild import rebuild

TARGET_S = 120
# Per event, against a store ten times smaller: what an n log n index costs is allowed.
LINEAR = 1.5


def run(plan: Plan) -> Iterator[Figure]:
    """Rebuild the large store and one a tenth of its size."""
    (small, _cpu), (large, cpu) = (
        _seconds(plan, machines) for machines in (plan.machines // 10, plan.machines)
    )
    events = plan.machines * EVENTS_PER_MACHINE
    yield Figure(
        section="rebuild",
        name=f"journal rebuild, {events} events",
        value=large,
        unit="s",
        ratio=TARGET_S / large,
        target=f"under {TARGET_S} s for 2 000 000",
        met=large < TARGET_S,
    )
    yield Figure(section="rebuild", name="of which processor time", value=cpu, unit="s")
    growth = large / (10 * small)
    yield Figure(
        section="rebuild",
        name=f"time per event, against {events // 10} events",
        value=large / events * 1e6,
        unit="µs",
        against=small / (events // 10) * 1e6,
        ratio=1 / growth,
        target=f"linear: at most {LINEAR} times",
        met=growth <= LINEAR,
    )


def _seconds(plan: Plan, machines: int) -> tuple[float, float]:
    """Return how long a rebuild takes, and its processor time."""
    with plan.copy(machines) as home:
        journal = open_town(home, store_url(home)).journal
        began, cpu_began = time.perf_counter(), time.process_time()
        rebuild(journal)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu_began
        journal.engine.dispose()
    return took, cpu
