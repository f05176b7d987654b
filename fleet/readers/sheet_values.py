# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cell's text to one value: dates, amounts, codes; unreadable ones raise a coded Unreadable."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import chain

from fleet.model.text import clean
from fleet.readers.sheet_cells import serial_date
from fleet.readers.sheet_columns import column_key
from fleet.readers.sheet_words import BLANK_WORDS, MONTHS, ORGANISATION_WORDS, SYSTEM_WORDS

EARLIEST_YEAR = 1975
MAX_CENTS = 10_000_000_000

_EXCEL_TEXT = re.compile(r'="([^"]*)"')
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_ERROR_VALUE = re.compile(r"#[A-ZÀ-Ü0-9/_]{2,20}[!?]?|Err:5\d\d")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].{0,20})?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}[:h].{0,12})?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_WORDED = re.compile(r"(?:(?:[a-z]{1,8} )?(\d{1,2})(?:er)? )?([a-z]{3,9}) (\d{4})")
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
_CURRENCY = re.compile(r"(?i)(?:€|\beuros?\b|\beur\b|\bttc\b|\bht\b)")
_AMOUNT = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,20})?")
_SCIENTIFIC = re.compile(r"\d[.,]\d+[eE]\+?\d{1,3}")


class Unreadable(ValueError):
    """A cell's text that gives no value; ``code`` says why, ``candidates`` what it might be."""

    def __init__(self, code: str, *candidates: str) -> None:
        super().__init__(code)
        self.code = code
        self.candidates = candidates


class DatePrecision(StrEnum):
    """How much of a date the sheet gave; the rest is the first day or month."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDate:
    """A date and how exactly the sheet gave it."""

    value: date
    precision: DatePrecision


def plain_text(cell: str, *, limit: int = 256) -> str | None:
    """Return a cell's text on one line; None when blank or « unknown ».

    Raises Unreadable for a spreadsheet error value such as ``#REF!``.
    """
    if not cell.strip():
        return None
    text = clean(cell, limit=limit) or ""
    if unwrapped := _EXCEL_TEXT.fullmatch(text):
        text = unwrapped[1]
    if text.startswith("<"):
        text = clean(_TAGS.sub(" ", text)) or ""
    if _ERROR_VALUE.fullmatch(text):
        raise Unreadable("spreadsheet_error")
    return None if column_key(text) in BLANK_WORDS else text


def safe_text(cell: str, *, limit: int = 256) -> str | None:
    """Return a cell's text that no spreadsheet will ever take for a formula.

    Raises Unreadable for a spreadsheet error value such as ``#REF!``.
    """
    text = (plain_text(cell, limit=limit) or "").lstrip("=+-@| \t")
    return None if column_key(text) in BLANK_WORDS else text


def identifier(cell: str) -> str | None:
    """Return a tag or serial. Raises Unreadable when Excel turned it into 1,23E+12."""
    text = safe_text(cell, limit=128)
    if text is not None and _SCIENTIFIC.fullmatch(text):
        raise Unreadable("scientific_notation")
    return text


def parse_date(text: str, *, today: date) -> SheetDate | None:
    """Return the date written in a cell, day first; None for an empty date such as 0000-00-00.

    Raises Unreadable: ``bad_date``, ``date_in_future``, ``date_too_old``.
    """
    if set(re.sub(r"\D", "", text)) == {"0"}:
        return None
    found = _numeric_date(text, today) or _worded_date(text)
    if found is None:
        raise Unreadable("bad_date")
    if found.value > today:
        raise Unreadable("date_in_future")
    if found.value.year < EARLIEST_YEAR:
        raise Unreadable("date_too_old")
    return found


def _numeric_date(text: str, today: date) -> SheetDate | None:
    if match := _ISO.fullmatch(text):
        return _dated(match[1], match[2], match[3], DatePrecision.DAY)
    if match := _DAY_FIRST.fullmatch(text):
        return _dated(_full_year(match[3], today), match[2], match[1], DatePrecision.DAY)
    if match := _MONTH_YEAR.fullmatch(text):
        return _dated(match[2], match[1], "1", DatePrecision.MONTH)
    if re.fullmatch(r"\d{4}", text):
        return _dated(text, "1", "1", DatePrecision.YEAR)
    if _SERIAL.fullmatch(text):
        return SheetDate(
            value=date.fromisoformat(serial_date(text)), precision=DatePrecision.SERIAL
        )
    return None


def _worded_date(text: str) -> SheetDate | None:
    match = _WORDED.fullmatch(column_key(text))
    if match is None or match[2] not in MONTHS:
        return None
    precision = DatePrecision.DAY if match[1] else DatePrecision.MONTH
    return _dated(match[3], str(MONTHS[match[2]]), match[1] or "1", precision)


def _full_year(year: str, today: date) -> str:
    """Return a four-digit year; two digits never lie in the future."""
    if len(year) == 4:
        return year
    return f"20{year}" if int(year) <= today.year % 100 else f"19{year}"


def _dated(year: str, month: str, day: str, precision: DatePrecision) -> SheetDate:
    try:
        value = date(int(year), int(month), int(day))
    except ValueError as error:
        raise Unreadable("bad_date") from error
    return SheetDate(value=value, precision=precision)


def parse_cents(text: str) -> int:
    """Return an amount in euro cents, from French or English writing.

    Raises Unreadable: ``bad_amount``, ``ambiguous_amount`` (1.234 could be 1234), ``negative``.
    """
    bare = re.sub(r"[\s'’]", "", _CURRENCY.sub("", text))
    if bare.startswith("(") and bare.endswith(")"):
        raise Unreadable("negative_amount")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", bare):
        raise Unreadable("ambiguous_amount")
    plain = _plain_decimal(bare)
    if not _AMOUNT.fullmatch(plain):
        raise Unreadable("bad_amount")
    cents = int((Decimal(plain) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if cents < 0:
        raise Unreadable("negative_amount")
    if cents > MAX_CENTS:
        raise Unreadable("bad_amount")
    return cents


def _plain_decimal(text: str) -> str:
    """Return an amount with a dot for decimals and nothing for thousands."""
    mark = max(text.rfind(","), text.rfind("."))
    if mark < 0:
        return text
    same, other = text[mark], "," if text[mark] == "." else "."
    if text.count(same) > 1:
        return text.replace(same, "") if other not in text else ""
    return text[:mark].replace(other, "") + "." + text[mark + 1 :]


def parse_code(
    text: str, words: Mapping[str, tuple[str, ...]], own: tuple[tuple[str, str], ...]
) -> str:
    """Return the code a word stands for; the map's own words come first.

    Raises Unreadable ``unknown_word`` with the nearest codes as candidates.
    """
    key = _word_key(text)
    for word, code in own:
        if _word_key(word) == key:
            return code
    known = _codes_by_key(tuple(words.items()))
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key[:64], known, n=5, cutoff=0.6)
    containing = [word for word in known if len(word) > 3 and f" {word} " in f" {key} "]
    raise Unreadable("unknown_word", *dict.fromkeys(known[word] for word in near + containing))


@functools.lru_cache(maxsize=16)
def _codes_by_key(words: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {
        _word_key(word): code
        for code, variants in words
        for word in chain((code.replace("_", " "),), variants)
    }


def _word_key(text: str) -> str:
    """Return a word without feminine and plural endings: « Réformées » and « réformé » match."""
    words = column_key(text).split()
    return " ".join(re.sub(r"(?<=[a-z]{2})e{0,2}s?$", "", word) for word in words)


def parse_kind(
    text: str, words: Mapping[str, tuple[str, ...]], own: tuple[tuple[str, str], ...]
) -> str:
    """Return a kind of machine from a word, or from the longest one inside a phrase.

    Raises Unreadable ``unknown_word``.
    """
    try:
        return parse_code(text, words, own)
    except Unreadable:
        key = f" {_word_key(text)} "
        codes = _codes_by_key(tuple(words.items()))
        inside = [word for word in codes if f" {word} " in key]
        if not inside:
            raise
        return codes[max(inside, key=len)]


def system_family(text: str) -> str:
    """Return windows, linux, macos… from a system's name; the name itself when unknown."""
    key = f" {column_key(text)} "
    for family, marks in SYSTEM_WORDS:
        if any(mark in key for mark in marks):
            return family
    return text


def names_organisation(text: str) -> bool:
    """Tell whether a recipient is an organisation, and so may be named."""
    return bool(set(column_key(text).split()) & ORGANISATION_WORDS)


def place_parts(text: str) -> tuple[str, ...]:
    """Return the parts of a place path: GLPI writes « School > Building > Room »."""
    separators: Collection[str] = (">", "/", "|")
    for separator in separators:
        if separator in text:
            return tuple(part.strip() for part in text.split(separator) if part.strip())
    return (text,)
