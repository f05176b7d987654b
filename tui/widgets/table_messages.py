# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a virtual table says to its screen: ``@on(RowChosen, "#fleet")`` and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.message import Message
from textual.widget import Widget

from fleet.errors import FleetError
from tui.widgets.paging import Job


@dataclass
class TableMessage(Message):
    """A message of one table."""

    table: Widget

    @property
    def control(self) -> Widget:
        """The table, for selectors."""
        return self.table


@dataclass
class RowChosen(TableMessage):
    """Enter was pressed on a row."""

    row: Any


@dataclass
class RowHighlighted(TableMessage):
    """The cursor stands on this row; None when there is none or it is not read yet."""

    row: Any

    def can_replace(self, message: Message) -> bool:
        """Only the last place of the cursor matters."""
        return isinstance(message, RowHighlighted)


@dataclass
class SelectionChanged(TableMessage):
    """Exactly these row ids are selected now."""

    selected: frozenset[str]


@dataclass
class SelectAllAsked(TableMessage):
    """The user wants all rows of the list selected; answer with ``table.select(ids)``."""


@dataclass
class Counted(TableMessage):
    """The list has this many rows."""

    total: int


@dataclass
class SortAsked(TableMessage):
    """The user chose another order; answer with ``table.show(provider)``."""

    key: str
    descending: bool


@dataclass
class ReadFailed(TableMessage):
    """The provider could not answer."""

    error: FleetError


@dataclass
class PageRead(TableMessage):
    """A reader's answer to its own table: a page, or the count."""

    job: Job[Any]
    rows: Sequence[Any]
    total: int
