# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Office Open XML spreadsheets (.xlsx, .xlsm) to raw tables."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers.sheet_archive import Attributes, OfficeArchive
from fleet.readers.sheet_cells import (
    BUILTIN_DATE_FORMATS,
    column_row,
    is_date_format,
    number_text,
    serial_date,
    zero_padding,
)
from fleet.readers.sheet_table import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_LINE,
    UNCOMPUTED,
    Budget,
    RawTable,
    SheetRow,
    too_large,
    too_wide,
)

WORKBOOK = "xl/workbook.xml"
MAX_TABLES = 200
MAX_MERGES = 20_000


def read_xlsx(archive: OfficeArchive) -> tuple[RawTable, ...]:
    """Return every worksheet. Raises BadInput when damaged or too large."""
    book = _Workbook()
    archive.walk(WORKBOOK, book.start)
    parts = _worksheet_parts(archive)
    budget = Budget()
    strings = _read_strings(archive, budget)
    formats = _read_formats(archive)
    tables = [
        _read_worksheet(archive, parts[sheet.relation], sheet, _Cells(
            budget=budget, strings=strings, formats=formats, from_1904=book.from_1904,
        ))
        for sheet in book.sheets
        if parts.get(sheet.relation, "") in archive
    ]  # fmt: skip
    if not tables:
        raise BadInput(
            _("The file holds no spreadsheet."),
            hint=_("Save the inventory as an ODS, XLSX or CSV file and import that."),
        )
    return tuple(tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SheetEntry:
    name: str
    relation: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    """What a cell style does to a number: shows a date, or pads it with zeros."""

    is_date: bool = False
    padding: int = 0


class _Workbook:
    """Handlers for workbook.xml: names of sheets and the date system."""

    def __init__(self) -> None:
        self.sheets: list[_SheetEntry] = []
        self.from_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        if name != "sheet":
            return
        if len(self.sheets) >= MAX_TABLES:
            raise too_large()
        self.sheets.append(
            _SheetEntry(
                name=attributes.get("name", ""),
                relation=attributes.get("id", ""),
                hidden=attributes.get("state", "visible") != "visible",
            )
        )


def _worksheet_parts(archive: OfficeArchive) -> dict[str, str]:
    """Return relation id -> part name; external targets are left out."""
    parts: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        if attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.join("/xl", attributes.get("Target", ""))
            parts[attributes.get("Id", "")] = posixpath.normpath(target).lstrip("/")

    archive.walk("xl/_rels/workbook.xml.rels", start)
    return parts


class _Strings:
    """Handlers for texts in runs, phonetic hints left out; shared and inline strings alike."""

    def __init__(self, budget: Budget) -> None:
        self.texts: list[str] = []
        self._budget = budget
        self._parts: list[str] = []
        self._room = 0
        self._inside = False
        self._phonetic = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._parts = []
            self._room = MAX_CELL_CHARACTERS
        elif name == "rPh":
            self._phonetic += 1
        self._inside = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self._inside = False
        if name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self._budget.spend(8)
            self.texts.append(self._budget.text("".join(self._parts)))

    def text(self, text: str) -> None:
        if self._inside and self._room > 0:
            self._room -= len(text)
            self._parts.append(text)


def _read_strings(archive: OfficeArchive, budget: Budget) -> list[str]:
    part = "xl/sharedStrings.xml"
    strings = _Strings(budget)
    if part in archive:
        archive.walk(part, strings.start, strings.end, strings.text)
    return strings.texts


def _read_formats(archive: OfficeArchive) -> list[_Format]:
    """Return what each cell style (the ``s`` of a cell) does to a number."""
    codes: dict[str, str] = {}
    formats: list[_Format] = []
    inside = ""

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside
        if name in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside = name
        elif name == "numFmt" and len(codes) < 5_000:
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:512]
        elif name == "xf" and inside == "cellXfs" and len(formats) < 70_000:
            formats.append(_format(attributes.get("numFmtId", "0"), codes))

    if "xl/styles.xml" in archive:
        archive.walk("xl/styles.xml", start)
    return formats


def _format(identifier: str, codes: dict[str, str]) -> _Format:
    code = codes.get(identifier, "")
    builtin = identifier.isascii() and identifier.isdigit() and len(identifier) < 6
    return _Format(
        is_date=is_date_format(code)
        if code
        else builtin and int(identifier) in BUILTIN_DATE_FORMATS,
        padding=zero_padding(code),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """What is needed to read a cell: shared strings, formats, date system, allowance."""

    budget: Budget
    strings: list[str]
    formats: list[_Format]
    from_1904: bool

    def text(self, kind: str, style: str, value: str) -> str:
        """Return a cell's text from its type, style and stored value."""
        if kind == "s":
            return self._shared(value)
        if kind == "b":
            return {"1": "true", "0": "false"}.get(value, value)
        if kind not in ("", "n"):
            return value
        form = self._form(style)
        if form.is_date and (day := serial_date(value, from_1904=self.from_1904)):
            return day
        return number_text(value).zfill(form.padding) if value else ""

    def _shared(self, value: str) -> str:
        position = _index(value)
        return self.strings[position] if 0 <= position < len(self.strings) else ""

    def _form(self, style: str) -> _Format:
        position = _index(style)
        return self.formats[position] if 0 <= position < len(self.formats) else _Format()


def _index(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else -1


class _Worksheet:
    """Handlers for one worksheet; rows and cells may come without their addresses."""

    def __init__(self, table: RawTable, cells: _Cells) -> None:
        self.table = table
        self.merges: list[tuple[int, int, int]] = []
        self._cells = cells
        self._line = 0
        self._row: list[str] = []
        self._column = 0
        self._kind = self._style = ""
        self._value: list[str] = []
        self._room = 0
        self._formula = False
        self._inside = False
        self._phonetic = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._open_row(attributes)
        elif name == "c":
            self._open_cell(attributes)
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic += 1
        elif name == "mergeCell":
            self._note_merge(attributes.get("ref", ""))
        self._inside = name == "v" or (name == "t" and not self._phonetic)

    def end(self, name: str) -> None:
        self._inside = False
        if name == "c":
            self._close_cell()
        elif name == "row" and any(self._row):
            self.table.rows.append(self._cells.budget.row(self._line, self._row))
        elif name == "rPh":
            self._phonetic -= 1

    def text(self, text: str) -> None:
        if self._inside and self._room > 0:
            self._room -= len(text)
            self._value.append(text)

    def _open_row(self, attributes: Attributes) -> None:
        line = _index(attributes.get("r", ""))
        self._line = line if line > 0 else self._line + 1
        if self._line > MAX_LINE:
            raise too_large()
        self._row = []
        self._column = 0

    def _open_cell(self, attributes: Attributes) -> None:
        place = column_row(attributes.get("r", ""))
        self._column = place[0] if place else self._column
        self._kind = attributes.get("t", "")
        self._style = attributes.get("s", "")
        self._value = []
        self._room = MAX_CELL_CHARACTERS
        self._formula = False

    def _close_cell(self) -> None:
        value = "".join(self._value).strip()
        text = self._cells.text(self._kind, self._style, value)
        if not value and self._formula and self._kind != "str":
            text = UNCOMPUTED
        if text:
            if self._column >= MAX_COLUMNS:
                raise too_wide()
            self._row += [""] * (self._column + 1 - len(self._row))
            self._row[self._column] = text
        self._column += 1

    def _note_merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        start, end = column_row(first), column_row(last)
        if start and end and end[1] > start[1] and len(self.merges) < MAX_MERGES:
            self.merges.append((start[0], start[1], end[1]))


def _read_worksheet(
    archive: OfficeArchive, part: str, sheet: _SheetEntry, cells: _Cells
) -> RawTable:
    table = RawTable(name=sheet.name, hidden=sheet.hidden)
    walker = _Worksheet(table, cells)
    archive.walk(part, walker.start, walker.end, walker.text)
    _fill_merges(table, walker.merges, cells.budget)
    return table


def _fill_merges(table: RawTable, merges: list[tuple[int, int, int]], budget: Budget) -> None:
    """Repeat the value of a vertically merged cell on the rows it covers."""
    positions = {row.line: position for position, row in enumerate(table.rows)}
    for column, first, last in merges:
        source = positions.get(first)
        if source is None or column >= len(table.rows[source].cells):
            continue
        value = table.rows[source].cells[column]
        for position in range(source + 1, len(table.rows)):
            if table.rows[position].line > last:
                break
            table.rows[position] = _with_cell(table.rows[position], column, value, budget)


def _with_cell(row: SheetRow, column: int, value: str, budget: Budget) -> SheetRow:
    cells = [*row.cells, *[""] * (column + 1 - len(row.cells))]
    cells[column] = cells[column] or value
    return budget.row(row.line, cells)
