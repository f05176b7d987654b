# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the result of a wipe in the journal: a certificate from a verified one, else a failure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fleet.model import kinds as k
from fleet.model.reasons import Reason
from fleet.model.wipe import VerifiedWipe, WipeRecord, WipeResult
from fleet.services.town import Town

_LEVELS: dict[str, Literal["clear", "purge"]] = {"clear": "clear", "purge": "purge"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What was written. ``number`` is the certificate's, None after a failure; ``reasons`` why."""

    number: str | None
    reasons: tuple[Reason, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether the disk is proven wiped."""
        return self.number is not None


def record_result(town: Town, result: WipeResult, folder: Path) -> Paper:
    """Record a wipe with its certificate or its failure report; papers go to ``folder``."""
    record = result.record
    with town.act() as act:
        act.add(record.plan.disk, _wiped(record, isinstance(result, VerifiedWipe)))
    if isinstance(result, VerifiedWipe):
        return Paper(number="-")
    return Paper(number=None, reasons=result.reasons)


def _wiped(record: WipeRecord, succeeded: bool) -> k.DiskWiped:
    back = record.readback
    return k.DiskWiped(
        level=_LEVELS[record.level],
        method=record.technique,
        readback=back.kind.value if back else "none",
        succeeded=succeeded,
        coverage_permille=back.coverage_permille if back else 0,
        tool=record.tool,
    )
