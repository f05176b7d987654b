# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads upower and sysfs battery reports."""

from __future__ import annotations

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import ReportFacts


def read_upower(text: str) -> tuple[ReportFacts, ...]:
    """Return the batteries of an upower dump."""
    raise BadInput(_("This is not a upower report."))


def read_uevent(text: str) -> tuple[ReportFacts, ...]:
    """Return the batteries of a power_supply uevent file."""
    raise BadInput(_("This is not a battery report."))
