# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts a person's time with a machine, and the machine's own: between two keys, the first minute
is the person's, the rest is the machine's. Pure; seconds come from the caller's clock.
"""

from __future__ import annotations

from dataclasses import dataclass

# Longer without a key, and the person does something else.
ATTENTION_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Whole seconds and keys pressed."""

    human_s: int
    machine_s: int
    keys: int


class Meter:
    """Time since the last flush. ``key`` at each key pressed; times in seconds, growing."""

    def __init__(self, at: float) -> None:
        self._from = self._last = at
        self._human = 0.0
        self._keys = 0

    def key(self, at: float) -> None:
        """Count a key."""
        self._human += min(at - self._last, ATTENTION_S)
        self._last = at
        self._keys += 1

    def flush(self, at: float) -> Spent:
        """Return what was spent since the last time, and start again."""
        human = self._human + min(at - self._last, ATTENTION_S)
        spent = Spent(
            human_s=round(human), machine_s=max(0, round(at - self._from - human)), keys=self._keys
        )
        self._from = self._last = at
        self._human, self._keys = 0.0, 0
        return spent
