# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wipe's plan and progress as lines, the same on every screen of the bench."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.i18n import _
from fleet.model.wipe import ReadBack, WipePlan, WipeTarget
from fleet.output.wipe_text import phase_name, readback_name, technique_name, wipe_sentence
from fleet.output.words import labelled
from reconditioning.session_wipe import PlannedDisk
from tui.bench.boards import DiskProgress
from tui.bench.wording import minutes_left, size_name

_BAR = 16


def disk_name(target: WipeTarget) -> str:
    """Return a disk as people know it: model, serial, size, and where it is plugged."""
    parts = (target.model, target.serial, size_name(target.size_bytes))
    return f"{target.path.name}  " + "  ".join(part for part in parts if part)


def planned_lines(one: PlannedDisk) -> Iterator[str]:
    """Yield a disk, what will be done and why, or why it is refused and what to do."""
    yield disk_name(one.target)
    if one.plan is None:
        yield "  " + _("NOT WIPED:")
        yield from (f"  - {wipe_sentence(reason)}" for reason in one.target.obstacles)
        if not one.target.obstacles and one.refusal is not None:
            yield f"  - {one.refusal.message} {one.refusal.hint}".rstrip()
        return
    yield "  " + labelled(_("Method"), technique_name(one.plan.techniques[0]))
    yield from (f"  - {wipe_sentence(reason)}" for reason in one.plan.reasons)
    yield "  " + labelled(_("Read again afterwards"), _read_again(one.plan))


def _read_again(plan: WipePlan) -> str:
    full = plan.readback is ReadBack.FULL
    return readback_name(plan.readback, 1000 if full else plan.sampled_permille)


def progress_lines(disk: DiskProgress) -> Iterator[str]:
    """Yield a disk being wiped: a bar, what it does, how fast, how long."""
    target = disk.plan.target
    if disk.paper is not None:
        yield disk_name(target)
        wiped, failed = _("WIPED, certificate {number}"), _("FAILED, report {number}")
        told = wiped if disk.paper.verified else failed
        yield "  " + told.format(number=disk.paper.number)
        yield from (f"  - {wipe_sentence(reason)}" for reason in disk.paper.reasons)
        return
    if disk.finished:
        yield f"{target.path.name}  " + _("Writing its paper…")
        return
    full = round(_BAR * disk.percent / 100)
    bar = f"[{'#' * full}{'.' * (_BAR - full)}]"
    speed = _("{n} MB/s").format(n=round(disk.bytes_per_s / 10**6)) if disk.bytes_per_s else ""
    doing = (
        phase_name(disk.phase) if disk.phase else _("starting"),
        f"{disk.percent:.0f} %",
        speed,
        minutes_left(disk.left_s),
    )
    yield f"{target.path.name}  {bar} " + "  ".join(part for part in doing if part)
