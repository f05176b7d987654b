# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign text made safe and comparable: cleaning, firmware junk, folding for search."""

from __future__ import annotations

import re
import unicodedata

# Placeholders that firmware vendors leave in DMI fields, lower case. Frequencies from
# 162 853 dumps of linuxhw/DMI (CC-BY-4.0).
JUNK_VALUES = frozenset(
    {
        "", "--", "-", ".", "0", "none", "n/a", "na", "null", "nil", "unknown", "invalid", "oem",
        "o.e.m.", "o.e.m", "not specified", "not available", "not applicable", "not present",
        "not defined", "undefined", "default", "default string", "default_string", "empty",
        "to be filled by o.e.m.", "to be filled by o.e.m", "to be filled by oem", "tbd", "tbf",
        "system manufacturer", "system product name", "system version", "system serial number",
        "system sku", "sku", "sku number", "product name", "manufacturer",
        "base board manufacturer", "base board product name", "base board version",
        "base board serial number", "board manufacturer", "board product name",
        "board version", "board serial number", "board-serial-number",
        "chassis manufacturer", "chassis version", "chassis serial number", "chassis-serial-number",
        "asset-1234567890", "asset tag", "no asset tag", "no asset information",
        "system uuid", "123456789", "1234567890", "0123456789", "12345678", "01234567",
        "0123456789abcdef", "03000200-0400-0500-0006-000700080009",
        "serial number", "no serial number", "no enclosure", "no module installed", "xxxxx",
        "all series", "type1sku0", "type1family", "type1productconfigid", "type2 - board version",
        "ser no.", "eval", "test", "sample", "redacted", "cpu version", "fill by oem",
        "fill by o.e.m.", "filled by o.e.m.", "oem_serial", "eeepc-0123456789", "eee0123456789",
        "bsn12345678901234567", "mb-1234567890", "sn 123456789abc", "system sku#",
        "system skunumber", "system sku number unknown", "asus-notebooksku", "type1 - sku0",
        "type2 - board product name1", "type1 - tbd by oem", "012345678912345678912345678",
        "00020003-0004-0005-0006-000700080009", "<out of spec>", "<bad index>",
    }
)  # fmt: skip

_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")


def clean(value: object, *, limit: int = 256) -> str | None:
    """Return one line of printable text with single spaces, or None when nothing is left."""
    if value is None:
        return None
    text = _SPACES.sub(" ", _CONTROL.sub(" ", str(value))).strip()
    return text[:limit] or None


def is_junk(value: str | None) -> bool:
    """Tell whether a cleaned firmware value identifies nothing."""
    if value is None:
        return True
    lowered = value.strip().lower()
    compact = re.sub(r"[\s\-_.:/]", "", lowered)
    return lowered in JUNK_VALUES or len(set(compact)) <= 1


def known(value: object, *, limit: int = 256) -> str | None:
    """Clean a firmware value; None when it is blank or vendor junk."""
    text = clean(value, limit=limit)
    return None if is_junk(text) else text


def known_version(value: object) -> str | None:
    """Clean a version; unlike a serial, « 1 » and « 00 » are real ones."""
    text = clean(value)
    return text if text and text.isdigit() and text not in JUNK_VALUES else known(text)


def known_uuid(value: object) -> str | None:
    """Return a lower-case SMBIOS UUID, or None when absent, malformed or vendor-wide."""
    text = (clean(value) or "").lower()
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return None
    return None if is_junk(text) else text


def fold(text: str) -> str:
    """Lower-case without accents, for search: what a hurried technician types matches."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
