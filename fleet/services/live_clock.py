# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time comes from on a live system: the machine's clock, or a person who corrected it."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.model.events import Clock


def clock_of(environ: Mapping[str, str]) -> Clock | None:
    """Return the clock that ``PARCLIBRE_CLOCK`` names; None elsewhere than on a live system."""
    told = environ.get("PARCLIBRE_CLOCK")
    return Clock(told) if told in set(Clock) else None
