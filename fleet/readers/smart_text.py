# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what smartctl prints (``-i``, ``-a``, ``-x``): one drive or several per file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import ReportFacts
from fleet.readers.limits import MAX_NUMBER, lines
from fleet.readers.smart_common import (
    MOST_DRIVES,
    drive_report,
    percent,
    self_tests_failed,
    unit_name,
    unopened_report,
)
from fleet.readers.smart_reading import Attribute, DriveReading, leading_number

FORMAT = "smartctl_text"
MOST_LINES = 100_000

_HEADER = re.compile(r"smartctl(?: version)? (?:pre-)?\d+\.\d+")
_MARKS = ("=== START OF ", "SMART overall-health", "Device Model:", "Model Number:")
_FIELD = re.compile(r"([A-Z][\w /().-]{1,48}?):\s+(\S.*)")
_ROW = re.compile(
    r"\s*(\d{1,3}) (\S+)\s+(0x[0-9a-f]{4}|[A-Z+-]{6,8})"
    r"\s+(\d{1,3}|-+)\s+(\d{1,3}|-+)\s+(\d{1,3}|-+)"
    r"(?:\s+(?:Pre-fail|Old_age)\s+(?:Always|Offline))?\s+"
    r"(FAILING_NOW|In_the_past|NOW|Past|-)\s+(\S.*)"
)
_STATISTIC = re.compile(
    r"\s*(?:0x)?\d{1,2}\s+0x[0-9a-f]{3}\s+\d\s+(\d{1,20})~?\s+(?:[A-Z-]{3}\s+)?([A-Z]\S.*)"
)
_SELF_TEST = re.compile(
    r"#?\s{0,2}\d{1,2}\s+((?:Short|Extended|Conveyance|Selective|Vendor|Background|Foreground)\b.*)"
)
_SCSI_HOURS = re.compile(
    r"\s*(?:Accumulated power on time, hours:minutes|number of hours powered up =)\s*(\d{1,9})"
)
_SCSI_PENDING = re.compile(r"\s*Pending defect count:\s*(\d{1,10})")
_FAILED = {"FAILING_NOW": "now", "NOW": "now", "In_the_past": "past", "Past": "past"}

Fields = dict[str, str]


def read_smart_text(text: str) -> tuple[ReportFacts, ...]:
    """Return one report per drive of smartctl's printed output.

    Raises BadInput when the text is not smartctl's, or too large to be a report.
    """
    drives = [chunk for chunk in _split(_lines(text)) if _is_smartctl(chunk)]
    if not drives:
        raise BadInput(
            _("This is not a smartctl report."), hint=_("Make one with: smartctl -x /dev/sdX")
        )
    return tuple(_report(drive) for drive in drives[:MOST_DRIVES])


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(lines(text)):
        if number >= MOST_LINES:
            raise BadInput(_("This file holds too many lines for a smartctl report."))
        yield line


def _split(all_lines: Iterable[str]) -> Iterator[list[str]]:
    """Cut a text at each smartctl banner."""
    chunk: list[str] = []
    for line in all_lines:
        if _HEADER.match(line) and chunk:
            yield chunk
            chunk = []
        chunk.append(line)
    yield chunk


def _is_smartctl(chunk: list[str]) -> bool:
    return bool(_HEADER.match(chunk[0] if chunk else "")) or any(
        line.startswith(_MARKS) for line in chunk
    )


def _report(chunk: list[str]) -> ReportFacts:
    reading = _reading(chunk)
    if reading.model is None and reading.serial is None and not reading.attributes:
        return unopened_report(FORMAT)
    return drive_report(reading, FORMAT)


def _fields(chunk: Iterable[str]) -> Fields:
    """Return "Name: value" lines by lower-case name, the first of each."""
    found: Fields = {}
    for line in chunk:
        if match := _FIELD.match(line):
            found.setdefault(match[1].lower(), match[2].strip())
    return found


def _reading(chunk: list[str]) -> DriveReading:
    fields = _fields(chunk)
    rotation = fields.get("rotation rate", "")
    support = [line for line in chunk if line.startswith("SMART support is:")]
    return DriveReading(
        model=_model(fields),
        family=fields.get("model family"),
        serial=fields.get("serial number"),
        wwn=_wwn(fields),
        size_bytes=_size(fields),
        protocol=_protocol(fields),
        scsi_transport=fields.get("transport protocol", ""),
        has_sata="sata version is" in fields or fields.get("transport type", "")[:6] == "Serial",
        rotation_rate=0 if "Solid State" in rotation else leading_number(rotation),
        trim=fields.get("trim command", "").startswith("Available"),
        hours=_hours(chunk, fields),
        attributes={row.id: row for row in map(_attribute, chunk) if row is not None},
        statistics=_statistics(chunk),
        pending_defects=_pending_defects(chunk),
        endurance_used=_grouped(fields, "percentage used", "percentage used endurance indicator"),
        smart_available=False if any("Unavailable" in line for line in support) else None,
        smart_enabled=False if any("Disabled" in line for line in support) else None,
        passed=_passed(fields),
        self_test_failed=self_tests_failed(_self_tests(chunk, fields)),
        logged_errors=_grouped(fields, "ata error count", "device error count"),
        critical_warning=leading_number(fields.get("critical warning", "")),
        available_spare=percent(_grouped(fields, "available spare")),
        spare_threshold=percent(_grouped(fields, "available spare threshold")),
        media_errors=_grouped(fields, "media and data integrity errors"),
        grown_defects=_grouped(fields, "elements in grown defect list"),
        uncorrected_errors=_uncorrected(chunk),
    )


def _grouped(fields: Fields, *names: str) -> int | None:
    """Return the whole number a field starts with, whatever its locale groups digits with."""
    value = next((fields[name] for name in names if name in fields), "")
    match = re.match(r"\d{1,3}(?:[,.'’\s]\d{3}){1,6}(?!\d)|\d{1,19}", value)
    number = int(re.sub(r"\D", "", match[0])) if match else None
    return number if number is None or number <= MAX_NUMBER else None


def _model(fields: Fields) -> str | None:
    named = fields.get("device model") or fields.get("model number")
    vendor, product = fields.get("vendor", ""), fields.get("product", "")
    return (named or f"{vendor} {product}".strip()).removeprefix("ATA ").strip() or None


def _protocol(fields: Fields) -> str:
    if "model number" in fields or "critical warning" in fields:
        return "nvme"
    if "device model" in fields or "ata version is" in fields:
        return "ata"
    return "scsi" if "product" in fields or "logical unit id" in fields else ""


def _size(fields: Fields) -> int | None:
    names = ("user capacity", "total nvm capacity", "namespace 1 size/capacity", "namespace 1 size")
    sizes = (_grouped(fields, name) for name in names)
    return next((size for size in sizes if size), None)


def _wwn(fields: Fields) -> str | None:
    unit = fields.get("lu wwn device id") or fields.get("logical unit id") or ""
    if found := unit_name(unit.lower().replace(" ", "").removeprefix("0x")):
        return f"0x{found}"
    eui64 = unit_name(fields.get("namespace 1 ieee eui-64", "").lower().replace(" ", ""))
    return f"eui.{eui64}" if eui64 else None


def _hours(chunk: Iterable[str], fields: Fields) -> int | None:
    stated = _grouped(fields, "power on hours")
    if stated is not None:
        return stated
    return next((int(match[1]) for line in chunk if (match := _SCSI_HOURS.match(line))), None)


def _attribute(line: str) -> Attribute | None:
    match = _ROW.match(line)
    if match is None or not 0 < int(match[1]) < 256:
        return None
    flags = match[3]
    return Attribute(
        id=int(match[1]),
        name=match[2],
        value=leading_number(match[4]),
        threshold=leading_number(match[6]),
        prefailure=bool(int(flags, 16) & 1) if flags.startswith("0x") else flags.startswith("P"),
        failed=_FAILED.get(match[7], ""),
        raw=match[8],
    )


def _statistics(chunk: Iterable[str]) -> dict[str, int]:
    """Return the ATA device statistics that hold a value, by lower-case name."""
    found: dict[str, int] = {}
    for line in chunk:
        if match := _STATISTIC.match(line):
            found.setdefault(match[2].strip().lower(), min(int(match[1]), MAX_NUMBER))
    return found


def _pending_defects(chunk: list[str]) -> int | None:
    """Return the length of the ATA pending defects log, or the count of the SCSI one."""
    starts = [i for i, line in enumerate(chunk) if line.startswith("Pending Defects log (")]
    if not starts:
        counts = (int(m[1]) for line in chunk if (m := _SCSI_PENDING.match(line)))
        return next(counts, None)
    rows = 0
    for line in chunk[starts[0] + 1 :]:
        if "No Defects Logged" in line or not line.strip():
            break
        rows += bool(re.match(r"\s*\d+\s+\d+", line))
    return rows


def _passed(fields: Fields) -> bool | None:
    """Return the drive's own verdict; SCSI drives word a failure in many ways."""
    word = fields.get("smart overall-health self-assessment test result", "")
    if word.startswith(("PASSED", "FAILED")):
        return word.startswith("PASSED")
    status = fields.get("smart health status", "")
    return status.startswith("OK") if status else None


def _self_tests(chunk: Iterable[str], fields: Fields) -> Iterator[str]:
    """Yield kind and status of each self-test, newest first."""
    status = re.match(r"\(\s*(\d{1,3})\)", fields.get("self-test execution status", ""))
    if status and 3 <= int(status[1]) >> 4 <= 8:
        yield "Last self-test: failure"
    for line in chunk:
        if match := _SELF_TEST.match(line):
            yield match[1]


def _uncorrected(chunk: Iterable[str]) -> int | None:
    """Return the sum of the last column of the SCSI error counter log."""
    rows = [line.split() for line in chunk if line.startswith(("read:", "write:", "verify:"))]
    counts = [leading_number(row[-1]) or 0 for row in rows if len(row) > 1]
    return min(sum(counts), MAX_NUMBER) if counts else None
