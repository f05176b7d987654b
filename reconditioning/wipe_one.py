# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wipe of one disk, from its markers to its result; the caller checked that it is the one.

Lift what is hidden, plant markers, try the techniques in order, read back, conclude. Whatever goes
wrong becomes a problem of the record: every wipe that started ends with a WipeFinished.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version

from fleet.adapters.disk_direct import Disk
from fleet.errors import FleetError
from fleet.model.reasons import Reason
from fleet.model.wipe import (
    FailedWipe,
    Hidden,
    RawLog,
    ReadBack,
    ReadBackResult,
    Technique,
    WipeAdvanced,
    WipeEvent,
    WipeFellBack,
    WipeFinished,
    WipePlan,
    WipeRecord,
    WipeStarted,
    WipeTarget,
    conclude,
)
from reconditioning import wipe_ata, wipe_emmc, wipe_nvme
from reconditioning.wipe_hidden import lift
from reconditioning.wipe_job import Cancelled, GivenUp, Job, Outcome, Steps
from reconditioning.wipe_markers import Planted, plant
from reconditioning.wipe_meter import Meter
from reconditioning.wipe_overwrite import overwrite
from reconditioning.wipe_places import DiskGone
from reconditioning.wipe_readback import LEFT, Left, read_back
from reconditioning.wipe_tools import Recorder, Tools

_ENGINES: dict[Technique, Callable[[Job, Technique], Steps]] = {
    Technique.ATA_SANITIZE_BLOCK: wipe_ata.sanitize,
    Technique.ATA_SANITIZE_CRYPTO: wipe_ata.sanitize,
    Technique.ATA_SANITIZE_OVERWRITE: wipe_ata.sanitize,
    Technique.ATA_ERASE: wipe_ata.security_erase,
    Technique.ATA_ERASE_ENHANCED: wipe_ata.security_erase,
    Technique.NVME_SANITIZE_BLOCK: wipe_nvme.sanitize,
    Technique.NVME_SANITIZE_CRYPTO: wipe_nvme.sanitize,
    Technique.NVME_SANITIZE_OVERWRITE: wipe_nvme.sanitize,
    Technique.NVME_FORMAT_CRYPTO: wipe_nvme.format_,
    Technique.NVME_FORMAT_USER: wipe_nvme.format_,
    Technique.EMMC_SANITIZE: wipe_emmc.sanitize,
    Technique.SECURE_DISCARD: wipe_emmc.secure_discard,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a wipe is given beside its plan. ``now`` is aware, UTC."""

    tools: Tools
    cancelled: Callable[[], bool]
    now: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class _Story:
    """What happened so far; becomes the record."""

    plan: WipePlan
    target: WipeTarget
    started_at: datetime
    technique: Technique
    hidden: Hidden
    outcome: Outcome | None = None
    readback: ReadBackResult | None = None
    tried: list[tuple[Technique, Reason]] = field(default_factory=list)
    problems: list[Reason] = field(default_factory=list)

    def problem(self, code: str, **params: str) -> None:
        """Add a problem: this wipe proves nothing any more."""
        self.problems.append(Reason(code=code, params=params))


def wipe_one(plan: WipePlan, found: WipeTarget, around: Surroundings) -> Iterator[WipeEvent]:
    """Yield what happens; ends with WipeFinished. ``found`` is the planned disk as it is now."""
    recorder = Recorder(around.tools)
    story = _Story(
        plan=plan,
        target=found,
        started_at=around.now(),
        technique=plan.techniques[0],
        hidden=found.hidden,
    )
    yield WipeStarted(path=found.path, technique=plan.techniques[0], total_bytes=found.size_bytes)
    try:
        story.target = lift(found, around.tools, recorder)
        story.hidden = story.target.hidden
        with around.tools.open(found.path) as disk:
            if disk.size_bytes < (story.target.native_bytes or 0):
                story.hidden = Hidden.REMAINING  # given back, but the kernel does not show it
            yield from _wipe(disk, story, recorder, around)
    except Cancelled:
        story.problem("cancelled")
    except DiskGone:
        story.problem("disk_gone")
    except FleetError as error:
        story.problem("not_carried_out", why=error.message)
    except OSError as error:
        story.problem("input_output", why=error.strerror or str(error))
    yield _finished(story, recorder, around)


def crashed(plan: WipePlan, error: Exception, now: datetime) -> WipeFinished:
    """Return the end of a wipe in which the program itself failed."""
    problem = Reason(code="program_failed", params={"error": type(error).__name__})
    story = _Story(
        plan=plan,
        target=plan.target,
        started_at=now,
        technique=plan.techniques[0],
        hidden=plan.target.hidden,
        problems=[problem],
    )
    record = _record(story, now, ())
    return WipeFinished(path=plan.target.path, result=FailedWipe(record=record, reasons=(problem,)))


def _wipe(
    disk: Disk, story: _Story, recorder: Recorder, around: Surroundings
) -> Iterator[WipeEvent]:
    planted = yield from _technique_that_works(disk, story, recorder, around)
    if planted is None or story.problems:
        return
    yield from _check(disk, story, planted, around)


def _technique_that_works(
    disk: Disk, story: _Story, recorder: Recorder, around: Surroundings
) -> Generator[WipeEvent, None, Planted | None]:
    """Try each technique; return what was planted before the one that was carried out.

    Markers are written anew before each: a technique that gave up may have erased some.
    """
    techniques = story.plan.techniques
    for technique, next_one in zip(techniques, (*techniques[1:], None), strict=True):
        story.technique = technique
        planted = yield from _planted(disk, story)
        if story.problems:
            return None
        try:
            yield from _carry_out(disk, technique, story, recorder, around)
        except GivenUp as error:
            story.tried.append((technique, error.reason))
            yield WipeFellBack(
                path=story.target.path,
                given_up=technique,
                reason=error.reason,
                next_one=next_one,
            )
        else:
            return planted
    story.problem("no_technique_worked")
    return None


def _planted(disk: Disk, story: _Story) -> Generator[WipeEvent, None, Planted]:
    yield WipeAdvanced(path=story.target.path, phase="marking", percent=0)
    grown = disk.size_bytes > story.target.size_bytes
    planted = plant(
        disk,
        lifted_from=story.target.size_bytes if grown else None,
        remember=LEFT[story.technique] is not Left.ZEROS,
        rng=random.Random(secrets.randbits(64)),  # noqa: S311 - places, not secrets
    )
    story.problems += planted.problems
    if not planted.markers:
        story.problem("no_marker_planted")
    yield WipeAdvanced(path=story.target.path, phase="marking", percent=100)
    return planted


def _carry_out(
    disk: Disk, technique: Technique, story: _Story, recorder: Recorder, around: Surroundings
) -> Iterator[WipeEvent]:
    if technique is Technique.OVERWRITE:
        yield from _overwrite(disk, story, around)
        return
    job = Job(
        target=story.target, tools=around.tools, recorder=recorder, cancelled=around.cancelled
    )
    meter = Meter(story.target.path, "wiping", around.tools.clock)
    steps = _ENGINES[technique](job, technique)
    while True:
        try:
            percent = next(steps)
        except StopIteration as end:
            story.outcome = end.value
            break
        yield from meter.percent(percent)
    disk.flush()
    if around.cancelled():
        raise Cancelled


def _overwrite(disk: Disk, story: _Story, around: Surroundings) -> Iterator[WipeEvent]:
    meter = Meter(story.target.path, "wiping", around.tools.clock)
    total = disk.size_bytes
    steps = overwrite(disk, sector_bytes=story.target.sector_bytes, cancelled=around.cancelled)
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            result = end.value
            break
        yield from meter.bytes(done, total, after=total)
    story.outcome = Outcome(
        tool=f"ParcLibre {version('parclibre')}",
        device_log=None,
        bytes_written=result.bytes_written,
        problems=result.problems,
    )
    story.problems += result.problems
    if around.cancelled():
        raise Cancelled


def _check(
    disk: Disk, story: _Story, planted: Planted, around: Surroundings
) -> Iterator[WipeEvent]:
    """Read back: everything after an overwrite, else as the plan says."""
    whole = story.technique is Technique.OVERWRITE
    meter = Meter(story.target.path, "reading", around.tools.clock)
    steps = read_back(
        disk,
        planted,
        left=LEFT[story.technique],
        kind=ReadBack.FULL if whole else story.plan.readback,
        permille=story.plan.sampled_permille,
        sector_bytes=story.target.sector_bytes,
        rng=random.Random(secrets.randbits(64)),  # noqa: S311 - places, not secrets
        cancelled=around.cancelled,
    )
    while True:
        try:
            done, total = next(steps)
        except StopIteration as end:
            story.readback = end.value
            break
        yield from meter.bytes(done, total)
    if around.cancelled():
        raise Cancelled


def _finished(story: _Story, recorder: Recorder, around: Surroundings) -> WipeFinished:
    record = _record(story, around.now(), recorder.logs)
    return WipeFinished(path=story.target.path, result=conclude(record))


def _record(story: _Story, ended_at: datetime, logs: tuple[RawLog, ...]) -> WipeRecord:
    outcome = story.outcome
    return WipeRecord(
        plan=replace(story.plan, target=story.target),
        technique=story.technique,
        tried=tuple(story.tried),
        tool=outcome.tool if outcome else "",
        passes=outcome.passes if outcome else 0,
        started_at=story.started_at,
        ended_at=ended_at,
        bytes_written=outcome.bytes_written if outcome else 0,
        device_log=outcome.device_log if outcome else None,
        hidden=story.hidden,
        readback=story.readback,
        logs=logs,
        problems=tuple(story.problems),
    )
