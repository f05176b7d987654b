# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A spreadsheet file in, one table with its header out, whatever the program that wrote it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.text import clean
from fleet.readers.sheet_archive import OfficeArchive
from fleet.readers.sheet_cells import encrypted
from fleet.readers.sheet_columns import column_key, known_columns
from fleet.readers.sheet_csv import read_csv
from fleet.readers.sheet_ods import MIMETYPE, read_ods
from fleet.readers.sheet_table import RawTable, Sheet, SheetRow, too_large
from fleet.readers.sheet_xlsx import WORKBOOK, read_xlsx

__all__ = ["Sheet", "SheetRow", "read_sheet"]

MAX_FILE_BYTES = 16 * 1024 * 1024
_HEADER_SEARCH = 40
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_sheet(
    data: bytes, name: str, *, table: str | None = None, columns: Collection[str] = ()
) -> Sheet:
    """Return the inventory table of a CSV, ODS or XLSX file.

    The kind is found in the bytes; ``name`` is only kept for messages. Of several tables the
    one that looks most like an inventory is read, or the one named ``table``. ``columns`` adds
    header names to those we know (those of a map). Raises BadInput on anything else.
    """
    if len(data) > MAX_FILE_BYTES:
        raise too_large()
    kind, encoding, tables = _read_tables(data)
    names = known_columns() | {column_key(column) for column in columns}
    chosen = _named(tables, table) if table is not None else _likeliest(tables, names)
    position = _header_position(chosen.rows, names)
    header = chosen.rows[position]
    return Sheet(
        name=name,
        kind=kind,
        encoding=encoding,
        table=clean(chosen.name) or "",
        header_line=header.line,
        header=tuple(clean(cell) or "" for cell in header.cells),
        rows=tuple(chosen.rows[position + 1 :]),
        preamble=tuple(chosen.rows[:position]),
        other_tables=tuple(clean(other.name) or "" for other in tables if other is not chosen),
    )


def _read_tables(data: bytes) -> tuple[str, str | None, tuple[RawTable, ...]]:
    if data.startswith(b"PK\x03\x04"):
        kind, tables = _read_archive(data)
        return kind, None, tables
    _refuse_foreign(data)
    raw, encoding = read_csv(data)
    return "csv", encoding, (raw,)


def _read_archive(data: bytes) -> tuple[str, tuple[RawTable, ...]]:
    archive = OfficeArchive(data, "zip")
    if archive.head("mimetype").startswith(MIMETYPE) or "content.xml" in archive:
        archive.kind = "ods"
        return "ods", read_ods(archive)
    if WORKBOOK in archive:
        archive.kind = "xlsx"
        return "xlsx", read_xlsx(archive)
    raise _not_a_sheet()


def _refuse_foreign(data: bytes) -> None:
    """Raise BadInput for what is known not to be a text table, saying what it is."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data[: 1 << 20]:
            raise encrypted()
        raise BadInput(
            _("The file is in the old Excel format (.xls)."),
            hint=_("Open it in LibreOffice, save it as .ods or .xlsx, then import that."),
        )
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start or start.startswith((b"%pdf", b"<!doctype", b"<html", b"<?xml", b"{\\rtf")):
        raise _not_a_sheet()


def _not_a_sheet() -> BadInput:
    return BadInput(
        _("The file is not a spreadsheet."),
        hint=_("Save the inventory as an ODS, XLSX or CSV file and import that."),
    )


def _named(tables: Sequence[RawTable], name: str) -> RawTable:
    for table in tables:
        if column_key(table.name) == column_key(name) and table.rows:
            return table
    raise BadInput(
        _("The file has no sheet named {name}.").format(name=clean(name)),
        hint=_("Its sheets are: {names}.").format(
            names=", ".join(clean(table.name) or "?" for table in tables)
        ),
    )


def _likeliest(tables: Sequence[RawTable], names: Collection[str]) -> RawTable:
    """Return the visible table with most known columns, then most rows."""
    filled = [table for table in tables if table.rows]
    if not filled:
        raise BadInput(
            _("The spreadsheet is empty."),
            hint=_("Check that this is the right file, and that it was saved."),
        )
    return max(filled, key=lambda table: _likeness(table, names))


def _likeness(table: RawTable, names: Collection[str]) -> tuple[bool, int, int]:
    header = table.rows[_header_position(table.rows, names)]
    return not table.hidden, _known(header, names), len(table.rows)


def _header_position(rows: Sequence[SheetRow], names: Collection[str]) -> int:
    """Return the index of the header: the first row with most known names, else the widest."""
    head = rows[:_HEADER_SEARCH]
    scores = [(_known(row, names), sum(bool(cell.strip()) for cell in row.cells)) for row in head]
    most_known = max(known for known, _width in scores)
    if most_known >= 2 or (most_known == 1 and len(rows[0].cells) == 1):
        return next(index for index, score in enumerate(scores) if score[0] == most_known)
    widest = max(width for _known_names, width in scores)
    return next(index for index, score in enumerate(scores) if score[1] == widest)


def _known(row: SheetRow, names: Collection[str]) -> int:
    return len({column_key(cell) for cell in row.cells} & set(names))
