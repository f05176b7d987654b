# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short list for a virtual table, read at once by its thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic

from tui.widgets.paging import Row


class Listed(Generic[Row]):
    """The rows that ``read`` returns, asked once, in the table's reader."""

    def __init__(self, read: Callable[[], Sequence[Row]]) -> None:
        self._read = read
        self._rows: Sequence[Row] | None = None

    def count(self) -> int:
        """Return how many rows there are."""
        return len(self._all())

    def page(self, offset: int, limit: int) -> Sequence[Row]:
        """Return rows from an offset."""
        return self._all()[offset : offset + limit]

    def _all(self) -> Sequence[Row]:
        if self._rows is None:
            self._rows = self._read()
        return self._rows
