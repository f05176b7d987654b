# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns what is done so far into progress: a percentage, a speed, the time left; not too often."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from fleet.model.wipe import WipeAdvanced

_EVERY_S = 0.5
_WINDOW_S = 10.0


class Meter:
    """Progress of one phase of one disk."""

    def __init__(self, path: Path, phase: str, clock: Callable[[], float]) -> None:
        """Start the phase now."""
        self._path, self._phase, self._clock = path, phase, clock
        self._started = clock()
        self._told_at = self._started - _EVERY_S
        self._seen: deque[tuple[float, int]] = deque([(self._started, 0)])

    def bytes(self, done: int, total: int, *, after: int = 0) -> Iterator[WipeAdvanced]:
        """Yield progress from bytes; ``after`` are those of the phases that follow."""
        now = self._clock()
        if done < total and now - self._told_at < _EVERY_S:
            return
        self._told_at = now
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        speed = self._speed()
        yield WipeAdvanced(
            path=self._path,
            phase=self._phase,
            percent=done * 100 / max(1, total),
            bytes_per_s=speed,
            left_s=(total - done + after) // speed if speed else None,
        )

    def _speed(self) -> int | None:
        (first_at, first), (last_at, last) = self._seen[0], self._seen[-1]
        return int((last - first) / (last_at - first_at)) if last_at > first_at else None

    def percent(self, percent: float) -> Iterator[WipeAdvanced]:
        """Yield progress from a percentage that a drive gives."""
        now = self._clock()
        if now - self._told_at < _EVERY_S:
            return
        self._told_at = now
        elapsed = now - self._started
        left = int(elapsed * (100 - percent) / percent) if percent > 1 and elapsed > 2 else None
        yield WipeAdvanced(path=self._path, phase=self._phase, percent=percent, left_s=left)
