# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a wipe's plan, progress and result read on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fleet.cli.context import Context
from fleet.i18n import _
from fleet.model.wipe import (
    VerifiedWipe,
    WipeAdvanced,
    WipeEvent,
    WipeFellBack,
    WipeFinished,
    WipePlan,
    WipeResult,
    WipeStarted,
    WipeTarget,
)
from fleet.output.amounts import disk_size
from fleet.output.wipe_text import (
    phase_name,
    readback_name,
    technique_name,
    time_left,
    wipe_sentence,
)
from fleet.output.words import disk_kind_name, labelled, level_name


def refusal_lines(target: WipeTarget) -> Iterator[str]:
    """Yield why a disk is not wiped."""
    yield _disk_line(target)
    for obstacle in target.obstacles:
        yield "  " + wipe_sentence(obstacle)


def plan_lines(plan: WipePlan) -> Iterator[str]:
    """Yield what will be done to a disk, and why."""
    yield _disk_line(plan.target)
    yield "  " + labelled(_("level asked for"), level_name(plan.asked_level))
    yield "  " + labelled(_("way"), technique_name(plan.techniques[0]))
    for technique in plan.techniques[1:]:
        yield "  " + labelled(_("if the drive refuses"), technique_name(technique))
    for reason in plan.reasons:
        yield "  " + wipe_sentence(reason)


def _disk_line(target: WipeTarget) -> str:
    parts = (
        str(target.path),
        disk_kind_name(target.kind),
        target.model or _("no model told"),
        target.serial or _("no serial number told"),
        disk_size(target.size_bytes),
    )
    return ", ".join(parts)


def result_line(result: WipeResult, number: str = "") -> str:
    """Return the end of a wipe on one line; ``number`` is that of its certificate or report."""
    record = result.record
    path = record.plan.target.path
    if isinstance(result, VerifiedWipe):
        back = record.readback
        read = readback_name(back.kind, back.coverage_permille) if back else ""
        said = _("{path}: wiped, {level}, by {technique}; read again: {read}").format(
            path=path,
            level=level_name(record.level),
            technique=technique_name(record.technique),
            read=read,
        )
    else:
        why = " ".join(wipe_sentence(reason) for reason in result.reasons)
        said = _("{path}: NOT wiped. {why}").format(path=path, why=why)
    return f"{said} [{number}]" if number else said


class Teller:
    """Tells the story of one or several wipes: tenths of each phase."""

    def __init__(self, context: Context, *, several: bool) -> None:
        """Take where words go; with ``several`` disks, each line names its own."""
        self._context, self._several = context, several
        self._tenths: dict[tuple[Path, str], int] = {}

    def tell(self, event: WipeEvent) -> None:
        """Tell one event."""
        if isinstance(event, WipeAdvanced):
            tenth = int(event.percent // 10)
            if self._tenths.get((event.path, event.phase)) == tenth:
                return
            self._tenths[event.path, event.phase] = tenth
        said = _sentence(event)
        self._context.tell(f"{event.path}: {said}" if self._several and said else said)


def _sentence(event: WipeEvent) -> str:
    match event:
        case WipeStarted():
            return _("Started, by {technique}").format(technique=technique_name(event.technique))
        case WipeAdvanced():
            return _progress(event)
        case WipeFellBack():
            said = wipe_sentence(event.reason)
            if event.next_one is None:
                return said
            return _("{why} Next: {technique}").format(
                why=said, technique=technique_name(event.next_one)
            )
        case WipeFinished():
            return _("Ended")


def _progress(event: WipeAdvanced) -> str:
    parts = [f"{phase_name(event.phase)} {event.percent:.0f} %"]
    if event.bytes_per_s:
        parts.append(_("{n} MB/s").format(n=event.bytes_per_s // 10**6))
    if event.left_s is not None:
        parts.append(time_left(event.left_s))
    return ", ".join(parts)
