# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one part of a machine weighs in its triage, before the opinion is formed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.model.facts import Finding
from fleet.model.text import clean

PARTS = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """``rejects``: no upgrade helps. ``needs``: what must be done, for these ``reasons``.

    ``advice`` would help; ``notes`` decide nothing.
    """

    rejects: tuple[Finding, ...] = ()
    reasons: tuple[Finding, ...] = ()
    needs: tuple[Finding, ...] = ()
    advice: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


def together(*weights: Weight) -> Weight:
    """Return all of them as one, each finding once."""
    return Weight(
        rejects=_unique(f for weight in weights for f in weight.rejects),
        reasons=_unique(f for weight in weights for f in weight.reasons),
        needs=_unique(f for weight in weights for f in weight.needs),
        advice=_unique(f for weight in weights for f in weight.advice),
        notes=_unique(f for weight in weights for f in weight.notes),
    )


def finding(code: str, *values: object) -> Finding:
    """Return a finding whose value has these parts, made safe: firmware wrote some of them."""
    texts = ((clean(value, limit=80) or "?").replace(PARTS, "/") for value in values)
    return Finding(code=code, value=PARTS.join(texts))


def parts_of(found: Finding) -> tuple[str, ...]:
    """Return the parts of a finding's value."""
    return tuple(found.value.split(PARTS)) if found.value else ()


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
