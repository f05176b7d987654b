# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a report's format from its content, and reads it with the reader of that format."""

from __future__ import annotations

import re
from collections.abc import Callable

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import ReportFacts
from fleet.readers import dmidecode, ereuse, glpi, hwinfo, lsblk, lscpu, lshw, parclibre_report
from fleet.readers.battery import read_uevent, read_upower
from fleet.readers.limits import check_size, decode, items, load_json, mapping
from fleet.readers.smart_json import reports_of
from fleet.readers.smart_text import read_smart_text

__all__ = ["FORMATS", "decode", "detect_format", "read_report"]

FORMATS = (
    "dmidecode", "lshw_json", "lscpu_text", "lscpu_json", "lsblk_json", "smartctl_json",
    "smartctl_text", "upower", "power_supply_uevent", "hwinfo", "glpi_inventory",
    "ereuse_snapshot", "parclibre-report",
)  # fmt: skip

HEAD = 65_536

_UEVENT = re.compile(r"^POWER_SUPPLY_\w+=", re.MULTILINE)
_UPOWER = re.compile(r"^[ \t]*(?:Device: /org/freedesktop/UPower|native-path:\s)", re.MULTILINE)
_JSON = re.compile(r"\s*(?:\[\s*(?:[\[{\]\"\d-]|$)|\{\s*(?:[\"}{]|$))")
_WARNINGS = re.compile(r"(?:\s*WARNING: [^\n]{1,200}\n){1,4}(?=\s*[\[{])")
_SMARTCTL = re.compile(
    r"^smartctl \d|^=== START OF (?:INFORMATION|READ SMART DATA|SMART DATA)|"
    r"^(?:Device Model|Model Number):\s+\S[^\n]*\n(?:[^\n]*\n){0,8}?(?:Serial Number|User Capacity"
    r"|Firmware Version):",
    re.MULTILINE | re.IGNORECASE,
)


def _is_smart(document: object) -> bool:
    return any("smartctl" in row or "json_format_version" in row for row in items(document))


# Wrappers first: they hold the outputs of the tools that come after them.
_JSON_FORMATS: tuple[tuple[str, Callable[[object], bool]], ...] = (
    ("parclibre-report", parclibre_report.looks_like_parclibre),
    ("glpi_inventory", glpi.looks_like_glpi),
    ("lscpu_json", lambda document: "lscpu" in mapping(document)),
    ("lsblk_json", lambda document: "blockdevices" in mapping(document)),
    ("lshw_json", lshw.looks_like_lshw),
    ("smartctl_json", _is_smart),
    ("ereuse_snapshot", ereuse.looks_like_ereuse),
)
_TEXT_FORMATS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("hwinfo", hwinfo.looks_like_hwinfo),
    ("dmidecode", dmidecode.looks_like_dmidecode),
    ("smartctl_text", lambda text: bool(_SMARTCTL.search(text[:HEAD]))),
    ("power_supply_uevent", lambda text: bool(_UEVENT.search(text[:HEAD]))),
    ("upower", lambda text: bool(_UPOWER.search(text[:HEAD]))),
    ("lscpu_text", lscpu.looks_like_lscpu),
)
_JSON_READERS: dict[str, Callable[[object], tuple[ReportFacts, ...]]] = {
    "parclibre-report": parclibre_report.read_parclibre_document,
    "glpi_inventory": glpi.read_glpi_document,
    "lscpu_json": lscpu.read_lscpu_document,
    "lsblk_json": lsblk.read_lsblk_document,
    "lshw_json": lshw.read_lshw_document,
    "smartctl_json": reports_of,
    "ereuse_snapshot": ereuse.read_ereuse_document,
}
_TEXT_READERS: dict[str, Callable[[str], tuple[ReportFacts, ...]]] = {
    "hwinfo": hwinfo.read_hwinfo,
    "dmidecode": dmidecode.read_dmidecode,
    "smartctl_text": read_smart_text,
    "power_supply_uevent": read_uevent,
    "upower": read_upower,
    "lscpu_text": lscpu.read_lscpu,
}


def detect_format(text: str) -> str | None:
    """Return the name of the format (one of ``FORMATS``), or None when it is none of them."""
    try:
        document = _json_of(text)
    except BadInput:
        return None
    if document is not None:
        return _json_format(document)
    return _text_format(text)


def read_report(text: str) -> tuple[ReportFacts, ...]:
    """Return the facts of every machine, disk or battery of a report of any known format.

    Raises BadInput when the format is unknown, or when the file is damaged or too big.
    """
    document = _json_of(text)
    if document is not None:
        form = _json_format(document)
        return _JSON_READERS[form](document) if form else _refuse()
    form = _text_format(text)
    return _TEXT_READERS[form](text) if form else _refuse()


def _json_of(text: str) -> object:
    """Return the parsed JSON of a text that begins like JSON; None for other texts.

    lshw run without root writes warnings around its JSON; they are dropped.
    """
    check_size(text)
    head = text[:HEAD]
    if warned := _WARNINGS.match(head):
        return load_json(text[warned.end() :].partition("\nWARNING: ")[0])
    return load_json(text) if _JSON.match(head.lstrip("\ufeff")) else None


def _json_format(document: object) -> str | None:
    return next((form for form, looks in _JSON_FORMATS if looks(document)), None)


def _text_format(text: str) -> str | None:
    return next((form for form, looks in _TEXT_FORMATS if looks(text)), None)


def _refuse() -> tuple[ReportFacts, ...]:
    raise BadInput(
        _("This file is not a report that ParcLibre knows."),
        hint=_(
            "Known reports: dmidecode, lshw -json, lscpu, lsblk --json, smartctl (text or JSON),"
            " upower, a battery's uevent, hwinfo, GLPI Agent JSON, eReuse snapshot,"
            " parclibre collect."
        ),
    )
