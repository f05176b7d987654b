# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why something is refused: a code with parameters; the output layer makes the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The parameter that a reason bears when the rule it quotes was not verified.
UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a refusal. ``guard`` names the guard (G1, C1, records...)."""

    code: str
    guard: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The act may be done."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The act may not be done, and why; never empty."""

    reasons: tuple[Reason, ...]


Verdict = Allowed | Refused


def verdict(reasons: tuple[Reason, ...]) -> Verdict:
    """Return Allowed without reasons, Refused with them."""
    return Refused(reasons) if reasons else Allowed()
