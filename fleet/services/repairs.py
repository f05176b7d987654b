# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repairs of the bench and of the town hall, ready to be published; and the standard's lists."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from fleet.model import kinds as k
from fleet.model.repairs import Repair, RepairStandard, town_outcome
from fleet.output.events import effective_date
from fleet.services.bench_events import Counted, counted
from fleet.services.town import Town

_FILE = Path(__file__).parent.parent / "data" / "ords-0.3.yml"


@cache
def standard() -> RepairStandard:
    """Return the columns and lists of the Open Repair Data Standard that come along."""
    read = yaml.safe_load(_FILE.read_text("utf-8"))
    categories = {kind: (number, name) for kind, (number, name) in read["categories"].items()}
    return RepairStandard(
        version=read["standard"],
        columns=tuple(read["columns"]),
        categories=MappingProxyType(categories),
        statuses=MappingProxyType(read["statuses"]),
        barriers=MappingProxyType(read["barriers"]),
        faults=MappingProxyType(read["faults"]),
    )


def repairs(town: Town) -> tuple[Repair, ...]:
    """Return every repair attempt, in causal order: those of the bench, and closed ones.

    A repair of the town hall takes its fault from when it was opened.
    """
    faults: dict[str, str] = {}
    found: list[Repair] = []
    for one in counted(town, "RepairDone", "RepairOpened", "RepairClosed"):
        if isinstance(one.body, k.RepairOpened):
            faults[one.machine.id] = one.body.fault
        elif isinstance(one.body, k.RepairDone):
            found.append(_repair(one, one.body.fault, one.body.outcome, one.body.barrier))
        elif isinstance(one.body, k.RepairClosed):
            fault = faults.pop(one.machine.id, "")
            found.append(_repair(one, fault, town_outcome(one.body.outcome), None))
    return tuple(found)


def _repair(one: Counted, fault: str, outcome: str, barrier: str | None) -> Repair:
    return Repair(
        id=one.event.header.id,
        on=effective_date(one.event),
        recorded_on=one.event.header.at[:10],
        kind=one.machine.kind,
        brand=one.machine.manufacturer,
        fault=fault,
        outcome=outcome,
        barrier=barrier,
    )
