# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days as people type them."""

from __future__ import annotations

from datetime import date, datetime

_FORMS = ("%Y-%m-%d", "%d/%m/%Y")
_FIRST, _LAST = date(1980, 1, 1), date(2200, 1, 1)


def iso_day(text: str) -> str | None:
    """Return a typed day (2026-03-31 or 31/03/2026) as ISO; None when it is no day of 1980-2200."""
    for form in _FORMS:
        try:
            found = datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
        if _FIRST <= found <= _LAST:
            return found.isoformat()
    return None
