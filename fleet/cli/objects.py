# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as the JSON objects of documented shapes."""

from __future__ import annotations

from fleet.model.reasons import Reason
from fleet.output.reasons import describe
from fleet.output.words import Names


def reason_object(reason: Reason, tag: str, names: Names) -> dict[str, object]:
    """Return a reason: code, guard, params, and its sentence."""
    return {
        "code": reason.code,
        "guard": str(reason.guard),
        "params": dict(reason.params),
        "text": describe(reason, tag, names),
    }
