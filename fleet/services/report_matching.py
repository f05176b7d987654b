# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the known machines that a report may speak of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.model.facts import ReportFacts
from fleet.model.identity import Known, evidence_of
from fleet.model.text import fold
from fleet.services.machines import disk_id
from fleet.store import queries
from fleet.store.project import Projector
from fleet.store.queries import Connection

MOST_ALIKE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Known machines that share evidence, a disk or a model; and the report's disk ids."""

    machines: tuple[Known, ...]
    disks: tuple[str, ...]


def known_machines(connection: Connection, projector: Projector, facts: ReportFacts) -> Candidates:
    """Return every machine to compare a report with."""
    evidence = evidence_of(facts)
    pairs = [(kind, value) for kind, values in evidence.items() for value in sorted(values)]
    names = {machine for _k, _v, machine in queries.evidence_holders(connection, pairs)}
    disks = tuple(disk_id(d.model, d.serial, d.wwn) for d in facts.disks if d.serial or d.wwn)
    if not evidence:
        names.update(m for disk in disks for m, _s in queries.disk_holders(connection, disk))
        names.update(_same_model(connection, facts.display_model))
    return Candidates(machines=tuple(_known(projector, names)), disks=disks)


def known_report(connection: Connection, digest: str) -> str | None:
    """Return the machine or disk a report was imported on already, None when it was not."""
    return queries.report_holder(connection, digest)


def _same_model(connection: Connection, model: str | None) -> list[str]:
    if model is None:
        return []
    wanted = queries.MachineFilter(model=model)
    lines = queries.page_machines(connection, wanted, limit=MOST_ALIKE)
    return [line.id for line in lines if line.model == model]


def _known(projector: Projector, names: Iterable[str]) -> Iterable[Known]:
    for name in sorted(names):
        state = projector.machine(projector.root(name))
        if state is not None:
            yield Known(
                machine=state.id,
                evidence={
                    kind: frozenset(fold(value) for value in values)
                    for kind, values in state.evidence.items()
                },
                model=state.model,
                disks=frozenset(state.disks),
            )
