# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a measurement is, and how to take one on a busy machine: medians, in turns."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.cache import cached
from benchmarks.simulate import Fleet, Tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. ``met`` is None for what is measured for information.

    ``against`` is what ``value`` is compared with, in the same unit; ``ratio`` is how many times
    better (over 1) or worse (under 1) we are.
    """

    section: str
    name: str
    value: float
    unit: str
    against: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large to measure, and where the simulated stores are kept."""

    cache: Path
    tell: Tell
    machines: int = 100_000
    small: int = 1_000
    appends: int = 20_000
    singles: int = 600
    repeats: int = 41
    tours: int = 3
    starts: int = 6

    def store(self, machines: int | None = None) -> Path:
        """Return a simulated installation; it is shared: nobody writes in it."""
        return cached(Fleet(machines=machines or self.machines), self.cache, self.tell)

    @contextmanager
    def copy(self, machines: int | None = None) -> Iterator[Path]:
        """Give a copy of a simulated installation, on the same disk, erased afterwards."""
        home = self.store(machines)
        with TemporaryDirectory(dir=self.cache, prefix="copy-") as folder:
            copy = Path(folder) / "home"
            shutil.copytree(home, copy)
            yield copy


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def in_turns(
    ours: Callable[[], object], plain: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Return the median seconds of two calls, one after the other in each round."""
    pairs = [(seconds(ours), seconds(plain)) for _round in range(rounds)]
    mine, theirs = zip(*pairs, strict=True)
    return median(mine), median(theirs)


def percentile_95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
