# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time spent at the bench, summed from ``StepTimed`` events: a person's, and the machine's alone.

The minutes typed with a repair (``RepairDone.minutes``) are not added: its step is timed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fleet.model.kinds_bench import StepTimed

STEPS = ("identify", "test", "repair", "wipe", "triage", "install")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """A sum of time, in seconds; ``keys`` pressed; ``times`` a step was timed."""

    human_s: int = 0
    machine_s: int = 0
    keys: int = 0
    times: int = 0

    def plus(self, timed: StepTimed) -> Spent:
        """Return the sum with one more step; a negative time, of a clock set back, counts zero."""
        return Spent(
            human_s=self.human_s + max(0, timed.human_s),
            machine_s=self.machine_s + max(0, timed.machine_s),
            keys=self.keys + max(0, timed.keys),
            times=self.times + 1,
        )

    @property
    def human_minutes(self) -> int:
        """A person's minutes, rounded."""
        return round(self.human_s / 60)

    @property
    def machine_minutes(self) -> int:
        """The machine's minutes, rounded."""
        return round(self.machine_s / 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One timed step and whose it is; ``lot`` None when the machine is in none."""

    machine: str
    lot: str | None
    step: StepTimed


def total(timed: Iterable[StepTimed]) -> Spent:
    """Return the sum of all steps."""
    spent = Spent()
    for step in timed:
        spent = spent.plus(step)
    return spent


def by_step(timed: Iterable[StepTimed]) -> Mapping[str, Spent]:
    """Return the sums by step, in the order of the work; only steps that were timed."""
    sums: dict[str, Spent] = {}
    for step in timed:
        sums[step.step] = sums.get(step.step, Spent()).plus(step)
    return {step: sums[step] for step in STEPS if step in sums}


def by_machine(timed: Iterable[Timed]) -> Mapping[str, Spent]:
    """Return the sums by machine (its id)."""
    sums: dict[str, Spent] = {}
    for one in timed:
        sums[one.machine] = sums.get(one.machine, Spent()).plus(one.step)
    return sums


def by_lot(timed: Iterable[Timed]) -> Mapping[str, Spent]:
    """Return the sums by lot (its id); machines of no lot are under the empty id."""
    sums: dict[str, Spent] = {}
    for one in timed:
        lot = one.lot or ""
        sums[lot] = sums.get(lot, Spent()).plus(one.step)
    return sums


def average(spent: Spent, machines: int) -> Spent:
    """Return the mean for one machine; the sum itself for none."""
    if machines < 1:
        return spent
    return replace(spent, human_s=spent.human_s // machines, machine_s=spent.machine_s // machines)
