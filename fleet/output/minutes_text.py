# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Minutes of the bench in words, for the command line and the machine's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.i18n import _
from fleet.model.kinds_bench import StepTimed
from fleet.model.minutes import Spent, by_step, total
from fleet.output.words import labelled


def step_name(code: str) -> str:
    """Return the name of a step of the bench."""
    return steps().get(code, code)


def steps() -> dict[str, str]:
    """Return the name of every step of the bench."""
    return {
        "identify": _("Identify"),
        "test": _("Inspect and test"),
        "repair": _("Repair"),
        "wipe": _("Wipe"),
        "triage": _("Triage"),
        "install": _("Install"),
    }


def spent_words(spent: Spent) -> str:
    """Return a sum as a phrase."""
    return _("{human} min of a person, {machine} min of the machine").format(
        human=spent.human_minutes, machine=spent.machine_minutes
    )


def minutes_lines(steps: Sequence[StepTimed]) -> Iterator[str]:
    """Yield the minutes of each step of a machine, then their sum; nothing when none was timed."""
    for step, spent in by_step(steps).items():
        yield labelled(step_name(step), spent_words(spent))
    if steps:
        yield labelled(_("In all"), spent_words(total(steps)))
