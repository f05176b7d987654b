# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign text on its way out: to a terminal, a CSV cell, HTML or JSON, without surprises."""

from __future__ import annotations

import html
import re

# C0 and C1 controls, invisible and bidirectional marks, lone surrogates: what could move a
# cursor, hide text, or turn it around.
_DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# What spreadsheets take for a formula (OWASP, "CSV Injection"); full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_REPLACEMENT = "\ufffd"


def for_terminal(text: str) -> str:
    """Return one line of text that a terminal prints and never obeys."""
    return _DANGEROUS.sub(_REPLACEMENT, text)


def lines_for_terminal(text: str) -> str:
    """Return text of several lines, each made safe."""
    return "\n".join(for_terminal(line) for line in text.split("\n"))


def for_csv(text: str) -> str:
    """Return a cell that a spreadsheet shows and never computes; numbers are left alone."""
    cleaned = _DANGEROUS.sub(_REPLACEMENT, text)
    if text.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + cleaned
    return cleaned


def for_html(text: str) -> str:
    """Return text for an element or a quoted attribute."""
    return html.escape(_DANGEROUS.sub(_REPLACEMENT, text))


def for_json(document: str) -> str:
    """Return a JSON document whose strings hold dangerous characters as escapes."""
    return _DANGEROUS.sub(_escape, document)


def _escape(found: re.Match[str]) -> str:
    if found.group() == "\n":  # strings hold it escaped already: this one is layout
        return "\n"
    pair = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pair[i : i + 2].hex()}" for i in range(0, len(pair), 2))
