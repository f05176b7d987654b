# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goes over places of a disk two ahead, and narrows down the sectors that fail."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
Place = tuple[int, int]
AHEAD = 2
# A drive takes seconds to give up on one sector: after so many, whole pieces are counted as bad.
_MOST_TRIES = 400
# A head that crashed fails everywhere: stop instead of trying for days.
MOST_BAD_PIECES = 256
_GONE = (errno.ENODEV, errno.ENXIO)


class DiskGone(Exception):
    """The disk was taken out, or answers nothing any more."""


def cut(start: int, end: int, size: int) -> Iterator[Place]:
    """Yield places of at most ``size`` bytes from start to end."""
    for at in range(start, end, size):
        yield at, min(size, end - at)


def ahead(
    act: Callable[[int, int], T], places: Iterable[Place]
) -> Iterator[tuple[Place, Future[T]]]:
    """Do something at each place, two at a time, and yield in order; results may raise OSError.

    Two keep a disk busy while the one before is looked at; more gains nothing on large pieces.
    """
    with ThreadPoolExecutor(AHEAD) as pool:
        waiting: deque[tuple[Place, Future[T]]] = deque()
        for at, size in places:
            waiting.append(((at, size), pool.submit(act, at, size)))
            if len(waiting) >= AHEAD:
                yield waiting.popleft()
        yield from waiting


class BadPlaces:
    """Places that cannot be read or written, narrowed down to sectors while that is affordable."""

    def __init__(self, sector_bytes: int) -> None:
        """Take the smallest piece that can be asked for."""
        self.bytes = 0
        self._pieces = 0
        self.first_offset: int | None = None
        self._sector = sector_bytes
        self._tries = 0

    def narrow(self, act: Callable[[int, int], object], at: int, size: int) -> None:
        """Act on the halves of a place that failed, down to its bad sectors, and count them.

        Raises DiskGone when nothing answers any more.
        """
        self._pieces += 1
        if self._pieces > MOST_BAD_PIECES:
            raise DiskGone
        pending = [(at, size)]
        while pending:
            at, size = pending.pop()
            if self._works(act, at, size):
                continue
            half = size // 2 // self._sector * self._sector
            if half and self._tries < _MOST_TRIES:
                pending += [(at + half, size - half), (at, half)]
            else:
                self._count(at, size)

    def _works(self, act: Callable[[int, int], object], at: int, size: int) -> bool:
        try:
            act(at, size)
        except OSError as error:
            self._tries += 1
            if error.errno in _GONE:
                raise DiskGone from error
            return False
        return True

    def _count(self, at: int, size: int) -> None:
        self.bytes += size
        if self.first_offset is None or at < self.first_offset:
            self.first_offset = at
