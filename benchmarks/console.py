# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console in a real terminal: first paint, key press to the end of the last paint, memory.

One scripted tour of the fleet table (filter as one types, scroll, sort), pooled. The large and
the small installation take turns, so that a busy moment meets both.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.console_child import OPERATOR
from benchmarks.measure import Figure, Plan, percentile_95
from benchmarks.simulate import store_url
from benchmarks.terminal import Terminal
from fleet.services.town import open_town

FIRST_PAINT_S, MEDIAN_MS, P95_MS, GROWTH, MEMORY_MB = 0.3, 60, 150, 1.5, 250
DOWN, UP, LEFT, RIGHT = "\x1b[B", "\x1b[A", "\x1b[D", "\x1b[C"
PAGE_DOWN, PAGE_UP, HOME, END = "\x1b[6~", "\x1b[5~", "\x1b[H", "\x1b[F"
BACKSPACE, REVERSE = "\x7f", "\x0f"
TOUR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("scroll", (*[DOWN] * 6, *[PAGE_DOWN] * 6, UP, PAGE_UP, END, PAGE_UP, UP, HOME)),
    ("sort", (RIGHT, RIGHT, RIGHT, REVERSE, RIGHT, REVERSE, LEFT)),
    ("filter", (*"elite", *[BACKSPACE] * 5, *"0042", *[BACKSPACE] * 4)),
    ("scroll", (*[PAGE_DOWN] * 3, END, HOME)),
)


@dataclass(slots=True, kw_only=True)
class Tours:
    """What several tours of one installation took."""

    home: Path
    first_paints_s: list[float] = field(default_factory=list)
    keys_ms: dict[str, list[float]] = field(default_factory=dict)
    processor_ms: list[float] = field(default_factory=list)
    memory_mb: float = 0

    @property
    def pooled_ms(self) -> list[float]:
        """Every key press of every tour."""
        return [taken for keys in self.keys_ms.values() for taken in keys]


def run(plan: Plan) -> Iterator[Figure]:
    """Take the tour on the large and on the small installation, in turns."""
    large, small = (Tours(home=_with_operator(plan.store(n))) for n in (plan.machines, plan.small))
    for tours in (small, large):
        start(tours)
        tours.first_paints_s.clear()  # that one read the disk
    for _round in range(plan.starts):
        for tours in (small, large):
            start(tours)
    for _round in range(plan.tours):
        for tours in (small, large):
            take(tours)
    yield from _first_paint(large, small)
    yield from _keys(large, small)
    yield _figure(
        "resident memory at the end of the tour", large.memory_mb, small.memory_mb, "MB",
        f"under {MEMORY_MB} MB", large.memory_mb < MEMORY_MB,
    )  # fmt: skip


@contextmanager
def started(tours: Tours) -> Iterator[Terminal]:
    """Give the console in its terminal, from its first rows on."""
    command = [sys.executable, "-m", "benchmarks.console_child", str(tours.home)]
    environment = {
        **os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C",
        "PARCLIBRE_HOME": str(tours.home),
    }  # fmt: skip
    environment.pop("NO_COLOR", None)
    with Terminal.running(command, environment) as terminal:
        tours.first_paints_s.append(terminal.wait_for("PL-000001"))
        terminal.settle(terminal.started_at)
        yield terminal


def start(tours: Tours) -> None:
    """Start the console and leave it."""
    with started(tours):
        pass


def take(tours: Tours) -> None:
    """Press every key of the tour."""
    with started(tours) as terminal:
        for name, keys in TOUR:
            for key in keys:
                _press(tours, terminal, name, key)
        tours.memory_mb = max(tours.memory_mb, terminal.memory_mb())


def _press(tours: Tours, terminal: Terminal, name: str, key: str) -> None:
    before = terminal.processor_s()
    if (taken := terminal.press(key)) is not None:
        tours.keys_ms.setdefault(name, []).append(taken * 1000)
        tours.processor_ms.append((terminal.processor_s() - before) * 1000)


def _first_paint(large: Tours, small: Tours) -> Iterator[Figure]:
    mine, theirs = median(large.first_paints_s), median(small.first_paints_s)
    yield _figure(
        "start to first rows painted", mine, theirs, "s",
        f"within {FIRST_PAINT_S} s of the small one", mine - theirs < FIRST_PAINT_S,
    )  # fmt: skip


def _keys(large: Tours, small: Tours) -> Iterator[Figure]:
    for what, of, most in (
        ("median", median, MEDIAN_MS),
        ("95th percentile", percentile_95, P95_MS),
    ):
        mine, theirs = of(large.pooled_ms), of(small.pooled_ms)
        yield _figure(
            f"key press to last paint, {what} of {len(large.pooled_ms)}", mine, theirs, "ms",
            f"under {most} ms and at most {GROWTH} times",
            mine < most and mine <= GROWTH * theirs,
        )  # fmt: skip
    mine, theirs = median(large.processor_ms), median(small.processor_ms)
    yield _figure("processor time of a key press, median", mine, theirs, "ms", "", None)
    mine, theirs = percentile_95(large.processor_ms), percentile_95(small.processor_ms)
    yield _figure("processor time of a key press, 95th percentile", mine, theirs, "ms", "", None)
    for name in dict.fromkeys(name for name, _keys_of in TOUR):
        mine, theirs = median(large.keys_ms[name]), median(small.keys_ms[name])
        yield _figure(f"{name}, median", mine, theirs, "ms", "", None)


def _figure(
    name: str, mine: float, theirs: float, unit: str, target: str, met: bool | None
) -> Figure:
    return Figure(
        section="console",
        name=name,
        value=mine,
        unit=unit,
        against=theirs,
        ratio=theirs / mine,
        target=target,
        met=met,
    )


def _with_operator(home: Path) -> Path:
    """Have the console's operator known before: the tour writes nothing."""
    town = open_town(home, store_url(home))
    town.acting_as(OPERATOR)
    town.journal.engine.dispose()
    return home
