# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenDocument spreadsheets (LibreOffice) to raw tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers.sheet_archive import Attributes, OfficeArchive
from fleet.readers.sheet_cells import encrypted, number_text, repeat_count
from fleet.readers.sheet_table import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_LINE,
    ROW_BYTES,
    UNCOMPUTED,
    Budget,
    RawTable,
    SheetRow,
    too_large,
    too_wide,
)

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MAX_TABLES = 200


def read_ods(archive: OfficeArchive) -> tuple[RawTable, ...]:
    """Return every table of an ODS file. Raises BadInput when damaged, encrypted or too large."""
    if b"encryption-data" in archive.head("META-INF/manifest.xml", 1 << 20):
        raise encrypted()
    walker = _Content()
    archive.walk("content.xml", walker.start, walker.end, walker.text)
    if not walker.tables:
        raise BadInput(
            _("The file holds no spreadsheet."),
            hint=_("Save the inventory as an ODS, XLSX or CSV file and import that."),
        )
    return tuple(walker.tables)


class _Content:
    """Handlers for content.xml; one cell, row and table at a time."""

    def __init__(self) -> None:
        self.tables: list[RawTable] = []
        self._budget = Budget()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._line = 0
        self._rows_repeated = 1
        self._cells: list[str] = []
        self._gap = 0
        self._cell: Attributes | None = None
        self._texts: list[str] | None = None
        self._room = 0
        self._skipping = 0
        self._spans: dict[int, tuple[int, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name in ("annotation", "shape", "shapes", "tracked-changes") or self._skipping:
            self._skipping += 1
            return
        handler = self._STARTS.get(name)
        if handler is not None:
            handler(self, attributes)

    def end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif name in ("table-cell", "covered-table-cell"):
            self._close_cell()
        elif name == "table-row":
            self._close_row()
        elif name == "p" and self._texts is not None:
            self._texts.append(" ")

    def text(self, text: str) -> None:
        if self._texts is not None and not self._skipping and self._room > 0:
            self._room -= len(text)
            self._texts.append(text)

    def _open_style(self, attributes: Attributes) -> None:
        self._style = attributes.get("name", "") if attributes.get("family") == "table" else ""

    def _open_style_properties(self, attributes: Attributes) -> None:
        if self._style and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _open_table(self, attributes: Attributes) -> None:
        if len(self.tables) >= MAX_TABLES:
            raise too_large()
        hidden = attributes.get("style-name", "") in self._hidden_styles
        self.tables.append(RawTable(name=attributes.get("name", ""), hidden=hidden))
        self._line = 0
        self._spans = {}

    def _open_row(self, attributes: Attributes) -> None:
        self._rows_repeated = repeat_count(attributes, "number-rows-repeated", MAX_LINE)
        self._cells = []
        self._gap = 0

    def _open_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._texts = []
        self._room = MAX_CELL_CHARACTERS

    def _open_space(self, attributes: Attributes) -> None:
        if self._texts is not None:
            self._texts.append(" ")

    def _close_cell(self) -> None:
        attributes, texts = self._cell, self._texts
        self._cell = self._texts = None
        if attributes is None or texts is None:
            return
        value = _cell_text(attributes, "".join(texts).strip())
        repeated = repeat_count(attributes, "number-columns-repeated", 1 << 20)
        if not value:
            self._gap += repeated
            return
        column = len(self._cells) + self._gap
        if column + repeated > MAX_COLUMNS:
            raise too_wide()
        self._cells += [""] * self._gap + [value] * repeated
        self._gap = 0
        if (spanned := repeat_count(attributes, "number-rows-spanned", MAX_LINE)) > 1:
            self._spans[column] = (self._line + spanned, value)

    def _close_row(self) -> None:
        first = self._line + 1
        self._line += self._rows_repeated
        if not self._cells or not self.tables:
            return
        self._fill_spans(first)
        row = self._budget.row(first, self._cells)
        self._budget.spend(ROW_BYTES * self._rows_repeated)
        self.tables[-1].rows += [
            SheetRow(line=line, cells=row.cells) for line in range(first, self._line + 1)
        ]

    def _fill_spans(self, line: int) -> None:
        """Repeat the value of a vertically merged cell on the rows it covers."""
        for column, (last, value) in self._spans.items():
            if line > last:
                continue
            self._cells += [""] * (column + 1 - len(self._cells))
            self._cells[column] = self._cells[column] or value

    _STARTS: ClassVar[dict[str, Callable[[_Content, Attributes], None]]] = {
        "style": _open_style,
        "table-properties": _open_style_properties,
        "table": _open_table,
        "table-row": _open_row,
        "table-cell": _open_cell,
        "covered-table-cell": _open_cell,
        "s": _open_space,
        "tab": _open_space,
        "line-break": _open_space,
    }


def _cell_text(attributes: Attributes, shown: str) -> str:
    """Return a cell as text: ISO dates, plain numbers, else what the cell shows."""
    kind = attributes.get("value-type", "")
    if kind == "date":
        return attributes.get("date-value", shown)
    if kind in ("float", "currency", "percentage"):
        return _number(attributes.get("value", ""), shown)
    if kind == "boolean":
        return attributes.get("boolean-value", shown)
    if not shown and "formula" in attributes and not kind:
        return UNCOMPUTED
    return shown


def _number(value: str, shown: str) -> str:
    """Return a number; shown digits win when only leading zeros differ (format 00000)."""
    text = number_text(value)
    if shown.isascii() and shown.isdigit() and shown.lstrip("0") == text.lstrip("0"):
        return shown
    return text or shown
