# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spreadsheet files to tables: formats, encodings, layouts, and files made to hurt."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from fleet.errors import BadInput
from fleet.readers.sheet import read_sheet
from fleet.readers.sheet_archive import MAX_ELEMENTS

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sheets"
FILES = sorted(path for path in FIXTURES.iterdir() if path.suffix != ".md")
LINES = 'Étiquette;Modèle;N° de série\nA-1;Latitude;ABC1\nA-2;"Opti;Plex";ABC2\n'
ODS_START = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="Parc">'
)
ODS_END = "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods(body: str, *, manifest: str = "<manifest/>", start: str = ODS_START) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", start + body + ODS_END)
    return file.getvalue()


def ods_cell(text: str, attributes: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {attributes}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods_row(*texts: str) -> str:
    return f"<table:table-row>{''.join(map(ods_cell, texts))}</table:table-row>"


def saved(workbook: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def with_part(workbook: bytes, name: str, change: bytes) -> bytes:
    """Return a workbook with one of its parts replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for part in old.namelist():
            new.writestr(part, change if part == name else old.read(part))
    return file.getvalue()


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp850", "cp850"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_a_csv_is_read_in_the_encoding_it_was_saved_in(encoding: str, expected: str) -> None:
    sheet = read_sheet(LINES.encode(encoding), "parc.csv")

    assert sheet.encoding == expected
    assert sheet.header == ("Étiquette", "Modèle", "N° de série")
    assert [row.cells for row in sheet.rows] == [
        ("A-1", "Latitude", "ABC1"),
        ("A-2", "Opti;Plex", "ABC2"),
    ]


@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_csv_is_cut_at_the_delimiter_it_uses(delimiter: str, newline: str) -> None:
    rows = [["Tag", "Model", "Serial"], ["A-1", "Latitude", "X1"], ["A-2", "OptiPlex", "X2"]]
    text = newline.join(delimiter.join(row) for row in rows)

    sheet = read_sheet(text.encode(), "parc.csv")

    assert [list(sheet.header), *(list(row.cells) for row in sheet.rows)] == rows


def test_lines_are_numbered_as_the_spreadsheet_shows_them() -> None:
    text = 'sep=;\n\nInventaire;\n\nTag;Note\nA-1;"two\nlines"\n\nA-2;x\n'

    sheet = read_sheet(text.encode(), "parc.csv")

    assert [row.line for row in sheet.preamble] == [3]
    assert sheet.header_line == 5
    assert [(row.line, row.cells[0]) for row in sheet.rows] == [(6, "A-1"), (8, "A-2")]


def test_a_lone_quote_swallows_no_line() -> None:
    text = 'Tag;Modèle;Note\nA-1;"22 pouces;neuf\nA-2;Dell;"bon"\nA-3;Dell;x\n'

    sheet = read_sheet(text.encode(), "parc.csv")

    assert [row.cells for row in sheet.rows] == [
        ("A-1", '"22 pouces', "neuf"),
        ("A-2", "Dell", "bon"),
        ("A-3", "Dell", "x"),
    ]


def test_a_school_ods_keeps_its_merged_rooms_and_skips_its_empty_million_rows() -> None:
    sheet = read_sheet((FIXTURES / "ecole.ods").read_bytes(), "ecole.ods")

    assert (sheet.kind, sheet.table, sheet.header_line) == ("ods", "Inventaire 2024", 4)
    assert sheet.other_tables == ("Codes",)
    assert [row.cells[5] for row in sheet.rows[:3]] == ["Salle info"] * 3
    assert [row.line for row in sheet.rows] == [5, 6, 7, 8, 9, 10]
    assert sheet.rows[0].cells[9:11] == ("2018-09-03", "489.9")


def test_an_xlsx_gives_iso_dates_padded_numbers_and_marks_uncomputed_formulas() -> None:
    sheet = read_sheet((FIXTURES / "mairie.xlsx").read_bytes(), "mairie.xlsx")

    assert (sheet.kind, sheet.table, sheet.other_tables) == ("xlsx", "Parc", ("Notice",))
    assert sheet.rows[0].cells[0] == "001001"
    assert sheet.rows[0].cells[9] == "2018-02-14"
    assert sheet.rows[1].cells[11] == "#UNCOMPUTED!"
    assert sheet.rows[2].cells[19] == "batterie morte"


def test_vertically_merged_cells_of_an_xlsx_hold_for_every_row_they_cover() -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    for row in (["Tag", "Model", "Room"], ["A-1", "x", "12"], ["A-2", "x"], ["A-3", "x", "14"]):
        page.append(row)
    page.merge_cells("C2:C3")

    sheet = read_sheet(saved(workbook), "parc.xlsx")

    assert [row.cells[2] for row in sheet.rows] == ["12", "12", "14"]


def test_a_hidden_sheet_is_not_preferred_and_a_named_one_is_obeyed() -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    page.title = "Visible"
    page.append(["Tag", "Model"])
    page.append(["A-1", "x"])
    hidden = workbook.create_sheet("Old")
    hidden.append(["Tag", "Model", "Serial", "Room"])
    hidden.append(["B-1", "x", "y", "z"])
    hidden.sheet_state = "hidden"
    data = saved(workbook)

    assert read_sheet(data, "parc.xlsx").table == "Visible"
    assert read_sheet(data, "parc.xlsx", table="old").rows[0].cells[0] == "B-1"
    with pytest.raises(BadInput, match="no sheet named"):
        read_sheet(data, "parc.xlsx", table="Missing")


@pytest.mark.parametrize(
    ("epoch", "expected"), [(WINDOWS_EPOCH, "2014-12-27"), (MAC_EPOCH, "2018-12-28")]
)
def test_serial_dates_count_from_the_day_the_workbook_says(epoch: datetime, expected: str) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = epoch
    page = workbook.active
    assert page is not None
    page.append(["Tag", "Purchase date"])
    page.append(["A-1", 42000])
    page["B2"].number_format = "dd/mm/yyyy"

    assert read_sheet(saved(workbook), "parc.xlsx").rows[0].cells[1] == expected


def test_identical_rows_stored_once_in_an_ods_are_all_given() -> None:
    header = ods_row("Tag", "Model")
    repeated = (
        f'<table:table-row table:number-rows-repeated="3">{ods_cell("A-1")}'
        f"{ods_cell('x')}</table:table-row>"
    )

    sheet = read_sheet(ods(header + repeated), "parc.ods")

    assert [row.line for row in sheet.rows] == [2, 3, 4]


def test_comments_in_an_ods_cell_are_not_its_text() -> None:
    annotated = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>secret</text:p>'
        "</office:annotation><text:p>A-1</text:p></table:table-cell>"
    )
    row = f"<table:table-row>{annotated}{ods_cell('x')}</table:table-row>"

    sheet = read_sheet(ods(ods_row("Tag", "Model") + row), "parc.ods")

    assert sheet.rows[0].cells == ("A-1", "x")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    '<!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
)
DENSE_ROW = (
    '<table:table-row table:number-rows-repeated="1000000">'
    + ods_cell("x", 'table:number-columns-repeated="200"')
    + "</table:table-row>"
)
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "blanks": lambda: b"  \n ;;; \n",
    "a PDF": lambda: b"%PDF-1.7\n",
    "a web page": lambda: b"<!DOCTYPE html><table><tr><td>Tag</td></tr></table>",
    "an executable": lambda: bytes(range(256)) * 40,
    "an old Excel file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "an encrypted Excel file": lambda: (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    ),
    "an empty archive": lambda: b"PK\x05\x06" + bytes(18),
    "a cut archive": lambda: (FIXTURES / "mairie.xlsx").read_bytes()[:3000],
    "an encrypted ODS": lambda: ods(ods_row("Tag"), manifest="<m><encryption-data/></m>"),
    "an ODS with entities": lambda: ods(ods_row("Tag"), start=BOMB + ODS_START[21:]),
    "a repeated dense ODS": lambda: ods(ods_row("Tag", "Model") + DENSE_ROW),
    "a wide ODS": lambda: ods(
        "<table:table-row>"
        + ods_cell("x", 'table:number-columns-repeated="16000"')
        + "</table:table-row>"
    ),
    "a deep ODS": lambda: ods("<a>" * 5_000 + "</a>" * 5_000),
    "an endless attribute": lambda: ods(f'<table:table-row x="{"y" * 30_000_000}"/>'),
    "a zip bomb": lambda: ods(ods_row("Tag", " " * 140_000_000)),
    "an ODS with no table": lambda: ods("").replace(b"content.xml", b"context.xml"),
    "a huge text": lambda: b"Tag;Model\n" + b"A;B\n" * 3_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_sound_spreadsheet_is_refused_within_64_mb(name: str) -> None:
    data = HOSTILE[name]()

    tracemalloc.start()
    with pytest.raises(BadInput) as refusal:
        read_sheet(data, name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert refusal.value.hint
    assert peak < 64 * 1024 * 1024


def test_a_flood_of_elements_is_refused_in_bounded_time() -> None:
    flood = ods("<table:table-row/>" * (MAX_ELEMENTS + 1))

    started = time.process_time()
    with pytest.raises(BadInput, match="too large"):
        read_sheet(flood, "flood.ods")

    assert time.process_time() - started < 30


def test_two_far_apart_cells_cost_nothing() -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    page.append(["Tag", "Model"])
    page["B1048576"] = "far"

    sheet = read_sheet(saved(workbook), "parc.xlsx")

    assert [(row.line, row.cells) for row in sheet.rows] == [(1_048_576, ("", "far"))]


def test_an_external_worksheet_is_never_opened() -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    page.append(["Tag", "Model"])
    data = saved(workbook)
    part = "xl/_rels/workbook.xml.rels"
    relations = zipfile.ZipFile(io.BytesIO(data)).read(part)
    outside = relations.replace(
        b'Target="/xl/worksheets/sheet1.xml"',
        b'Target="file:///etc/passwd" TargetMode="External"',
    )

    assert outside != relations
    with pytest.raises(BadInput, match="no spreadsheet"):
        read_sheet(with_part(data, part, outside), "parc.xlsx")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(FILES),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), min_size=1, max_size=12),
    cut=st.floats(0.2, 1),
)
def test_a_mutated_file_is_read_or_refused(
    path: Path, edits: list[tuple[float, bytes]], cut: float
) -> None:
    data = bytearray(path.read_bytes())
    for place, patch in edits:
        start = int(place * len(data))
        data[start : start + len(patch)] = patch

    read_or_refuse(bytes(data[: int(cut * len(data))]) if cut < 0.9 else bytes(data))


PARTS = {
    "ecole.ods": ("content.xml",),
    "mairie.xlsx": (
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/worksheets/sheet2.xml",
    ),
}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    place=st.sampled_from([(file, part) for file, parts in PARTS.items() for part in parts]),
    spot=st.floats(0, 1),
    patch=st.sampled_from([b"9" * 12, b"-1", b"1E+999999999", b"", b"nan", b"\xef\xbb\xbf", b"]"]),
    length=st.integers(0, 6),
)
@example(place=("mairie.xlsx", "xl/styles.xml"), spot=0.5, patch=b"", length=1)
def test_a_mutated_part_of_an_archive_is_read_or_refused(
    place: tuple[str, str], spot: float, patch: bytes, length: int
) -> None:
    whole = (FIXTURES / place[0]).read_bytes()
    part = zipfile.ZipFile(io.BytesIO(whole)).read(place[1])
    start = int(spot * len(part))

    read_or_refuse(with_part(whole, place[1], part[:start] + patch + part[start + length :]))


def read_or_refuse(data: bytes) -> None:
    """Check that whatever is read is well formed; BadInput is the only failure."""
    try:
        sheet = read_sheet(data, "mutated")
    except BadInput as refusal:
        assert refusal.message
        return
    assert all(row.line > sheet.header_line for row in sheet.rows)
    assert not any(row.blank for row in sheet.rows)
