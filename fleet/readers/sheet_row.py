# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row of an inventory, read field by field; what goes wrong is kept beside the values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from fleet.model.text import clean
from fleet.readers.sheet_columns import SheetMapping
from fleet.readers.sheet_problems import SheetProblem
from fleet.readers.sheet_table import Sheet, SheetRow
from fleet.readers.sheet_values import (
    DatePrecision,
    Unreadable,
    identifier,
    parse_cents,
    parse_date,
    plain_text,
    safe_text,
)

_Value = TypeVar("_Value")


class RowReading:
    """Gives a row's values by field; collects problems (the row is bad) and warnings."""

    def __init__(self, sheet: Sheet, row: SheetRow, mapping: SheetMapping, today: date) -> None:
        self.line = row.line
        self.today = today
        self.problems: list[SheetProblem] = []
        self.warnings: list[SheetProblem] = []
        self._cells = row.cells
        self._header = sheet.header
        self._positions = dict(mapping.fields)
        self._constants = dict(mapping.sheet_map.constants)

    def raw(self, field: str) -> str:
        """Return the cell that feeds a field, else the map's constant, else nothing."""
        position = self._positions.get(field)
        cell = self._cells[position] if position is not None and self._has(position) else ""
        return cell if cell.strip() else self._constants.get(field, "")

    def text(self, field: str, *, limit: int = 256) -> str | None:
        """Return a text that is safe to show and to export."""
        return self._read(field, lambda cell: safe_text(cell, limit=limit))

    def identifier(self, field: str) -> str | None:
        """Return a tag, serial or accounting number."""
        return self._read(field, identifier)

    def cents(self, field: str) -> int | None:
        """Return an amount in euro cents."""
        return self.parsed(field, parse_cents)

    def date(self, field: str) -> date | None:
        """Return a date; warns when the sheet gives only a month or a year."""
        found = self.parsed(field, lambda text: parse_date(text, today=self.today))
        if found is None:
            return None
        if found.precision is not DatePrecision.DAY:
            self.warn(f"date_by_{found.precision.value}", field, date=found.value.isoformat())
        return found.value

    def parsed(self, field: str, parse: Callable[[str], _Value | None]) -> _Value | None:
        """Return what ``parse`` makes of a cell that is not blank."""

        def parse_text(cell: str) -> _Value | None:
            text = plain_text(cell)
            return None if text is None else parse(text)

        return self._read(field, parse_text)

    def refuse(self, code: str, field: str = "", **params: str) -> None:
        """Keep a reason why the row is not imported."""
        self.problems.append(self._problem(code, field, params))

    def warn(self, code: str, field: str = "", **params: str) -> None:
        """Keep something to know about a row that is imported."""
        self.warnings.append(self._problem(code, field, params))

    def extra_cells(self) -> str:
        """Return what lies beyond the header's last column."""
        return " ".join(self._cells[len(self._header) :]).strip()

    def repeats_header(self) -> bool:
        """Tell whether the row is the header again, as on each printed page."""
        return tuple(clean(cell) or "" for cell in self._cells) == self._header

    def _read(self, field: str, parse: Callable[[str], _Value | None]) -> _Value | None:
        try:
            return parse(self.raw(field))
        except Unreadable as error:
            params = {"candidates": ", ".join(error.candidates)} if error.candidates else {}
            code = f"unknown_{field}" if error.code == "unknown_word" else error.code
            self.refuse(code, field, **params)
            return None

    def _has(self, position: int) -> bool:
        return position < len(self._cells)

    def _problem(self, code: str, field: str, params: Mapping[str, str]) -> SheetProblem:
        position = self._positions.get(field)
        return SheetProblem(
            line=self.line,
            column=self._header[position] if position is not None else "",
            value=params.get("value") or shown(self.raw(field)),
            code=code,
            params=tuple((name, text) for name, text in params.items() if name != "value"),
        )


def shown(cell: str) -> str:
    """Return a cell as it may be shown in a message, even when it is wrong."""
    return (clean(cell, limit=80) or "").lstrip("=+@")
