# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delimited text (CSV) to a raw table: encoding, delimiter and quotes found by looking."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers.sheet_table import MAX_CELL_CHARACTERS, Budget, RawTable, too_large

DELIMITERS = (";", "\t", ",", "|")
MAX_BYTES = 8 * 1024 * 1024
_SAMPLE_LINES = 40
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FRENCH = frozenset("éèêëàâçôîïùûœÉÈÊÀÇÔÎ°€’«»")
_OLD_ENCODINGS = ("cp1252", "cp850", "mac_roman")


def read_csv(data: bytes) -> tuple[RawTable, str]:
    """Return the table and the encoding found. Raises BadInput on what is no text table."""
    if len(data) > MAX_BYTES:
        raise too_large()
    text, encoding = decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    declared, text = _declared_delimiter(text)
    delimiter = declared or _delimiter(text)
    table = RawTable(name="")
    budget = Budget()
    shift = 1 if declared else 0
    for number, cells in enumerate(_records(text, delimiter), start=1 + shift):
        if any(cell.strip() for cell in cells):
            table.rows.append(budget.row(number, cells))
    return table, encoding


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: UTF-16, UTF-8, else the likeliest of the old ones."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data.decode(encoding, errors="replace")), encoding
    if wide := _unmarked_utf16(data):
        return _checked(data.decode(wide, errors="replace")), wide
    try:
        return _checked(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        return _decode_old(data)


def _unmarked_utf16(data: bytes) -> str | None:
    sample = data[:4096]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if len(sample) >= 4 and sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    return None


def _decode_old(data: bytes) -> tuple[str, str]:
    """Choose the single-byte encoding that gives the most French letters; CP1252 on a tie."""
    sample = bytes(byte for byte in data[:200_000] if byte > 127)
    scores = {
        encoding: sum(letter in _FRENCH for letter in sample.decode(encoding, errors="replace"))
        for encoding in _OLD_ENCODINGS
    }
    best = max(_OLD_ENCODINGS, key=lambda encoding: scores[encoding])
    return _checked(data.decode(best, errors="replace")), best


def _checked(text: str) -> str:
    """Return the text. Raises BadInput when control characters show that it is binary."""
    sample = text[:20_000]
    controls = sum(letter < " " and letter not in "\t\r\n\f" for letter in sample)
    if controls * 50 > len(sample):
        raise BadInput(
            _("The file is not a spreadsheet."),
            hint=_("Save the inventory as an ODS, XLSX or CSV file and import that."),
        )
    return text


def _declared_delimiter(text: str) -> tuple[str, str]:
    """Return the delimiter of a leading ``sep=;`` line (Excel) and the text after it."""
    first, _newline, _rest = text[:16].partition("\n")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], text[len(first) + 1 :]
    return "", text


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts most of the first lines in the same number of cells."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:_SAMPLE_LINES]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    counts = Counter(_cut(line, delimiter) for line in lines)
    del counts[1]
    if not counts:
        return 0, 0
    cells, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    return times * min(cells, 4), cells


def _cut(line: str, delimiter: str) -> int:
    outside = "".join(line.split('"')[::2])
    return outside.count(delimiter) + 1


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the records; quotes that do not pair are then read as ordinary characters."""
    yield from (_strict if _is_strict(text, delimiter) else _unquoted)(text, delimiter)


def _strict(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(_lines(text), delimiter=delimiter, strict=True)


def _is_strict(text: str, delimiter: str) -> bool:
    try:
        return all(
            len(cell) <= MAX_CELL_CHARACTERS for cells in _strict(text, delimiter) for cell in cells
        )
    except csv.Error:
        return False


def _unquoted(text: str, delimiter: str) -> Iterator[list[str]]:
    for line in _lines(text):
        cells = line.removesuffix("\n").split(delimiter)
        yield [cell[1:-1] if cell[:1] == cell[-1:] == '"' else cell for cell in cells]


def _lines(text: str) -> Iterator[str]:
    """Yield lines with their end; lazily, since a copy of the text would double its cost."""
    return (match[0] for match in re.finditer(r"[^\n]*\n|[^\n]+", text))
