# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounds that keep a hostile file harmless: size, JSON nodes, depth, numbers, line length.

Every reader takes its text through here, so that one file needs neither more than 64 MB of
memory nor more than linear time.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import NoReturn

from fleet.errors import BadInput
from fleet.i18n import _

MAX_BYTES = 4 * 1024 * 1024
MAX_JSON_MARKS = 150_000
MAX_LINE = 4096
MAX_DEPTH = 64
MAX_NUMBER = 2**63 - 1

Json = Mapping[str, object]

_MARKS = ",:[{"
_TRAILING_COMMA = re.compile(r",(\s{0,64}[\]}])")


def decode(raw: bytes, *, limit: int = MAX_BYTES) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, else Windows CP1252.

    Raises BadInput above ``limit`` bytes; never fails otherwise.
    """
    if len(raw) > limit:
        raise _too_big(len(raw), limit)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _legacy(raw)


def _legacy(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _too_big(size: int, limit: int) -> BadInput:
    return BadInput(
        _("This file is too big for a report: {size} MB, at most {limit} MB.").format(
            size=-(-size // 2**20), limit=limit // 2**20
        ),
        hint=_("Give the output of one tool on one machine."),
    )


def check_size(text: str) -> None:
    """Raise BadInput when a text is longer than any real report."""
    if len(text) > MAX_BYTES:
        raise _too_big(len(text), MAX_BYTES)


def lines(text: str) -> Iterator[str]:
    """Yield the lines of a text one by one, each cut at ``MAX_LINE`` characters."""
    check_size(text)
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start : min(end, start + MAX_LINE)].rstrip("\r")
        start = end + 1


def load_json(text: str) -> object:
    """Return parsed JSON; repairs trailing commas and the missing list of old ``lshw -class``.

    Raises BadInput when it is not JSON, or has more nodes, depth or digits than a report.
    """
    check_size(text)
    if sum(text.count(mark) for mark in _MARKS) > MAX_JSON_MARKS:
        raise BadInput(
            _("This JSON file holds too many values for a report."),
            hint=_("Give the output of one tool on one machine."),
        )
    text = text.lstrip("\ufeff \t\r\n")
    try:
        return _parse(text)
    except ValueError:
        pass
    except RecursionError:
        raise _not_json() from None
    return _parse_repaired(text)


def _parse(text: str) -> object:
    return json.loads(text, strict=False, parse_constant=_reject_constant)


def _parse_repaired(text: str) -> object:
    repaired = _TRAILING_COMMA.sub(r"\1", text.rstrip().rstrip(","))
    for candidate in (repaired, f"[{repaired}]"):
        try:
            return _parse(candidate)
        except (ValueError, RecursionError):
            continue
    raise _not_json()


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _not_json() -> BadInput:
    return BadInput(
        _("This is not a readable JSON file."),
        hint=_("The file may be cut short; run the tool again."),
    )


def mapping(value: object) -> Json:
    """Return the value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> tuple[Json, ...]:
    """Return the JSON objects of a list; a lone object counts as a list of one."""
    if isinstance(value, dict):
        return (value,)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, dict))


def text_of(source: Json, *keys: str) -> str | None:
    """Return the first of these keys that holds a string or a whole number, as text."""
    for key in keys:
        value = source.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER:
            return str(value)
    return None


def count(value: object, *, top: int = MAX_NUMBER) -> int | None:
    """Return a whole number between 0 and ``top`` from a JSON number or digits, else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        match = re.match(r"\s*(\d{1,19})(?:\.\d*)?\s*$", value)
        value = int(match[1]) if match else None
    if isinstance(value, float) and 0 <= value <= top:
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= top else None
