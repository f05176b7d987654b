# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench's wizard: how long each handler holds the interface's thread, over the scripted walk.

The walk is the one of the tests, by keys, on a disk file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.held import Held, Walk, timing
from benchmarks.measure import Figure, Plan
from tests.bench.test_walk import walk_to_the_end
from tests.bench.workshop import set_up
from tests.tui.bench.stage import Volunteer, wizard
from tests.tui.stage import settled

MOST_MS = 20


def run(plan: Plan) -> Iterator[Figure]:
    """Walk several times; each screen's longest handler is the median of its walks."""
    return figures("bench", [walked() for _round in range(plan.tours)])


def walked() -> Walk:
    """Return what one walk of one laptop took."""
    walk = Walk()
    with TemporaryDirectory(prefix="parclibre-walk-") as folder:
        asyncio.run(_walk(Path(folder), walk))
    return walk


async def _walk(folder: Path, walk: Walk) -> None:
    app = wizard(set_up(folder))
    app.warm = True
    with timing(walk):
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await walk_to_the_end(Volunteer(pilot))


def figures(section: str, walks: Sequence[Walk]) -> Iterator[Figure]:
    """Yield a line for each screen, then one for the longest handler of Textual's own."""
    for screen in walks[0].ours:
        yield _figure(section, screen, [walk.ours[screen] for walk in walks if screen in walk.ours])
    drawn = [max(walk.others.values(), key=lambda held: held.processor_ms) for walk in walks]
    yield _figure(section, "layout and painting of Textual", drawn)


def _figure(section: str, screen: str, found: Sequence[Held]) -> Figure:
    wall = median(held.wall_ms for held in found)
    longest = max(found, key=lambda held: held.wall_ms)
    ours = longest.ours
    return Figure(
        section=section,
        name=f"{screen}, {longest.handler}",
        value=wall,
        unit="ms",
        against=median(held.processor_ms for held in found),
        target=f"under {MOST_MS} ms" if ours else "",
        met=wall < MOST_MS if ours else None,
    )
