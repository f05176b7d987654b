# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the result of a wipe in the journal: a certificate from a verified one, else a failure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fleet.model.reasons import Reason
from fleet.model.wipe import VerifiedWipe, WipeResult
from fleet.services.certificates import Issued, issue, record_failed
from fleet.services.documents import Render, in_child
from fleet.services.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What was written. ``reasons`` is why a wipe failed; ``problem`` why there is no PDF yet."""

    number: str
    verified: bool
    reasons: tuple[Reason, ...] = ()
    files: tuple[Path, ...] = ()
    problem: str = ""


def record_result(
    town: Town, result: WipeResult, folder: Path, *, render: Render = in_child
) -> Paper:
    """Record a wipe with its certificate or its failure report; papers go to ``folder``."""
    if isinstance(result, VerifiedWipe):
        return _paper(issue(town, result, folder=folder, render=render), True, ())
    return _paper(record_failed(town, result, folder=folder, render=render), False, result.reasons)


def _paper(issued: Issued, verified: bool, reasons: tuple[Reason, ...]) -> Paper:
    return Paper(
        number=issued.number,
        verified=verified,
        reasons=reasons,
        files=tuple(path for path in (issued.json, issued.pdf) if path is not None),
        problem=issued.pdf_problem,
    )
