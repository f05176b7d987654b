# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in the background and how far it is: records that screens draw, and no widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fleet.model.wipe import WipeAdvanced, WipeFellBack, WipeFinished, WipePlan, WipeStarted
from reconditioning.checks import CheckAdvanced, CheckEnded
from reconditioning.session_papers import Paper
from reconditioning.session_wipe import BenchWipeEvent, WipeRecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskProgress:
    """One disk being wiped. ``phase`` is empty before it starts; ``paper`` when it is recorded."""

    plan: WipePlan
    phase: str = ""
    percent: float = 0.0
    bytes_per_s: int | None = None
    left_s: int | None = None
    finished: bool = False
    paper: Paper | None = None

    def after(self, event: BenchWipeEvent) -> DiskProgress:
        """Return the progress after an event of this disk."""
        match event:
            case WipeStarted() | WipeFellBack():
                return replace(self, phase="wiping", percent=0.0, left_s=None)
            case WipeAdvanced(phase=phase, percent=percent, bytes_per_s=rate, left_s=left):
                return replace(self, phase=phase, percent=percent, bytes_per_s=rate, left_s=left)
            case WipeFinished():
                return replace(self, finished=True, percent=100.0, left_s=0)
            case WipeRecorded(paper=paper):
                return replace(self, finished=True, paper=paper)


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeBoard:
    """All disks that are wiped together. ``stopped`` is why it ended before its time."""

    disks: tuple[DiskProgress, ...] = ()
    running: bool = False
    cancelled: bool = False
    stopped: str = ""

    @staticmethod
    def of(plans: tuple[WipePlan, ...]) -> WipeBoard:
        """Return the board at the start."""
        return WipeBoard(disks=tuple(DiskProgress(plan=plan) for plan in plans), running=True)

    def after(self, event: BenchWipeEvent) -> WipeBoard:
        """Return the board after an event."""
        return replace(
            self,
            disks=tuple(
                disk.after(event) if _is_about(disk.plan, event) else disk for disk in self.disks
            ),
        )

    @property
    def left_s(self) -> int | None:
        """Seconds until the last disk is done; None when nobody knows."""
        left = [disk.left_s for disk in self.disks if not disk.finished]
        known = [seconds for seconds in left if seconds is not None]
        return max(known) if known and len(known) == len(left) else None

    @property
    def percent(self) -> float:
        """How far the slowest disk is in what it does now."""
        return min((disk.percent for disk in self.disks if not disk.finished), default=100.0)

    @property
    def failed(self) -> tuple[DiskProgress, ...]:
        """The disks that did not prove themselves wiped."""
        return tuple(disk for disk in self.disks if disk.paper and not disk.paper.verified)

    @property
    def ended(self) -> bool:
        """Whether there was a wipe, and it is over."""
        return bool(self.disks) and not self.running


def _is_about(plan: WipePlan, event: BenchWipeEvent) -> bool:
    if isinstance(event, WipeRecorded):
        return event.disk == plan.disk
    return event.path == plan.target.path


@dataclass(frozen=True, slots=True, kw_only=True)
class TestBoard:
    """The automatic tests: which one runs, how far, and which ask for a person in the end."""

    running: str = ""
    advanced: CheckAdvanced | None = None
    waiting: tuple[str, ...] = ()
    for_person: Mapping[str, CheckEnded] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether the running test wants something of a person now."""
        return self.advanced is not None and self.advanced.asks
