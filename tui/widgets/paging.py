# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of a long list, read in a thread: what is wanted, what is kept, what is out of date."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, Protocol, TypeVar

PAGE_ROWS = 200
KEPT_PAGES = 24

Row = TypeVar("Row")
RowOut = TypeVar("RowOut", covariant=True)


class Provider(Protocol[RowOut]):
    """A list in some order and filter, read by a thread. Both methods may take their time."""

    def count(self) -> int:
        """Return how many rows there are."""

    def page(self, offset: int, limit: int) -> Sequence[RowOut]:
        """Return the rows from ``offset``, at most ``limit``."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Row]):
    """One thing to read: a page by number, or the count when ``number`` is None."""

    generation: int
    provider: Provider[Row]
    number: int | None


class JobQueue(Generic[Row]):
    """What is to be read next. A newer wish replaces what was not begun."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._jobs: deque[Job[Row]] = deque()
        self._under_way: Job[Row] | None = None
        self._idle = True

    def wish(self, jobs: Iterable[Job[Row]]) -> bool:
        """Replace the waiting jobs; tells whether a reader must be started."""
        with self._lock:
            self._jobs = deque(job for job in jobs if job != self._under_way)
            start = self._idle and bool(self._jobs)
            self._idle = self._idle and not start
            return start

    def next(self) -> Job[Row] | None:
        """Return the next job; None ends the reader."""
        with self._lock:
            self._under_way = self._jobs.popleft() if self._jobs else None
            self._idle = self._under_way is None
            return self._under_way


class Pages(Generic[Row]):
    """The pages of one generation, the least recently drawn forgotten first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()

    def __contains__(self, number: int) -> bool:
        return number in self._pages

    def put(self, number: int, rows: Sequence[Row]) -> None:
        """Keep a page."""
        self._pages[number] = rows
        self._pages.move_to_end(number)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def row(self, index: int) -> Row | None:
        """Return a row, None when its page is not here."""
        number, place = divmod(index, PAGE_ROWS)
        rows = self._pages.get(number)
        if rows is None or place >= len(rows):
            return None
        self._pages.move_to_end(number)
        return rows[place]

    def clear(self) -> None:
        """Forget all pages."""
        self._pages.clear()
