# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages that are written at import and translated when shown."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction looks for
    """Return the message as it is, marked for translation."""
    return message
