# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Minutes of the bench, read from the journal: of one machine, of a lot, of the workshop."""

from __future__ import annotations

from fleet.model.kinds_bench import StepTimed
from fleet.model.minutes import Timed
from fleet.services.acts import view_of
from fleet.services.bench_events import counted
from fleet.services.town import Town


def timed_steps(town: Town, *, tag: str | None = None, lot: str | None = None) -> tuple[Timed, ...]:
    """Return the timed steps of the machine with this tag, of a lot (its id), or of all.

    Raises NotFound for an unknown tag.
    """
    machine = view_of(town, tag).machine.id if tag else None
    return tuple(
        Timed(machine=one.machine.id, lot=one.machine.lot, step=one.body)
        for one in counted(town, "StepTimed")
        if isinstance(one.body, StepTimed)
        and machine in (None, one.machine.id)
        and lot in (None, one.machine.lot)
    )
