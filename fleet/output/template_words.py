# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words, sums and days as French administrative papers write them, whatever the screen's language.

These are the filters that templates may use, and the last touch on their text: no-break spaces
before double punctuation and inside French quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from markupsafe import Markup, escape

NO_BREAK = "\u00a0"
THIN = "\u202f"
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
# Tags and the content of styles are left alone; what stands between them is text.
_TAG = re.compile(r"(<style\b.*?</style>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_SPACE = "[ \u00a0\u202f]"
_BEFORE_HIGH = re.compile(f"(?<=[^\\s]){_SPACE}+([;!?])")
_BEFORE_COLON = re.compile(f"(?<=[^\\s]){_SPACE}+:")
_OPENING = re.compile(f"«{_SPACE}*")
_CLOSING = re.compile(f"{_SPACE}*»")
_UNIT = re.compile(
    f"(?<=\\d){_SPACE}+(?=(?:€|%|ans?\\b|mois\\b|jours?\\b|Go\\b|To\\b|machines?\\b))"
)
_DATE = re.compile(f"\\b(\\d{{1,2}}|1er){_SPACE}+({'|'.join(_MONTHS)}){_SPACE}+(?=\\d{{4}}\\b)")
_NUMBER_SIGN = re.compile(f"\\b([nN])°{_SPACE}+")
_ARTICLE = re.compile(f"\\b(art\\.|articles?){_SPACE}+(?=[LRD\\d])")


def long_day(iso: str) -> str:
    """Return « 22 novembre 2026 », with « 1er »; a text that is no day is returned as it is."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    number = Markup("1<sup>er</sup>") if day.day == 1 else str(day.day)
    return number + f"{NO_BREAK}{_MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def short_day(iso: str) -> str:
    """Return « 22/11/2026 »; a text that is no day is returned as it is."""
    try:
        return date.fromisoformat(iso[:10]).strftime("%d/%m/%Y")
    except ValueError:
        return iso


def count(number: int) -> str:
    """Return a whole number with thin spaces: « 1 234 »."""
    return f"{number:,}".replace(",", THIN)


def euros(cents: int | None) -> str:
    """Return « 1 234,50 € »; empty for an unknown amount."""
    if cents is None:
        return ""
    sign = "\u2212" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{count(whole)},{rest:02d}{NO_BREAK}€"


def memory(size_bytes: int) -> str:
    """Return a memory's size in « Go », as they are sold; empty for an unknown one."""
    if size_bytes <= 0:
        return ""
    size = f"{size_bytes / 2**30:.3g}".replace(".", ",")
    return f"{size}{NO_BREAK}Go"


def isolated(text: str) -> Markup:
    """Return a text of people's, kept in its own direction whatever its writing."""
    return Markup('<bdi dir="auto">{}</bdi>').format(text) if text else Markup("")


def blank(text: str, room: str = "") -> Markup:
    """Return a text, or a line to fill in by hand; ``room`` is « court » for a short one."""
    if text:
        return escape(text)
    css = "vide court" if room == "court" else "vide"
    return Markup('<span class="{}">&#160;</span>').format(css)


def plural(number: int, one: str, many: str) -> str:
    """Return a counted word: « 1 machine », « 12 machines »; French counts zero as one."""
    return f"{count(number)}{NO_BREAK}{one if number < 2 else many}"


def words_of(code: str, words: Mapping[str, str]) -> str:
    """Return a code's words, the code itself when it has none."""
    return words.get(code, code)


def typeset(html: str) -> str:
    """Return a document whose text has the no-break spaces that French asks for."""
    parts = _TAG.split(html)
    parts[::2] = [_spaced(text) for text in parts[::2]]
    return "".join(parts)


def _spaced(text: str) -> str:
    text = _BEFORE_HIGH.sub(f"{THIN}\\1", text)
    text = _BEFORE_COLON.sub(f"{NO_BREAK}:", text)
    text = _OPENING.sub(f"«{NO_BREAK}", text)
    text = _CLOSING.sub(f"{NO_BREAK}»", text)
    text = _DATE.sub(f"\\1{NO_BREAK}\\2{NO_BREAK}", text)
    text = _NUMBER_SIGN.sub(f"\\1°{NO_BREAK}", text)
    text = _ARTICLE.sub(f"\\1{NO_BREAK}", text)
    return _UNIT.sub(NO_BREAK, text)
