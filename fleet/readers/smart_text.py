# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads smartctl text reports."""

from __future__ import annotations

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import ReportFacts


def read_smart_text(text: str) -> tuple[ReportFacts, ...]:
    """Return one report per drive of a smartctl text dump."""
    raise BadInput(_("This is not a smartctl report."))
