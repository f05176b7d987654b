# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One-character signs of the states, always beside their words or a legend, never colour alone."""

from __future__ import annotations

_MARKS = {
    "in_stock": "○", "in_service": "●", "in_repair": "!", "retired": "–", "in_workshop": "~",
    "ready": "✓", "given": "♥", "loaned": "→", "sold_or_transferred": "»", "dismantled": "×",
    "to_recycle": "↓", "recycled": "·", "lost": "?",
}  # fmt: skip


def state_mark(state: str) -> str:
    """Return the sign of a state; a state of a newer program has ``*``."""
    return _MARKS.get(state, "*")
