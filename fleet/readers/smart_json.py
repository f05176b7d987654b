# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``smartctl --json`` (``-ja``, ``-xj``): one drive, or a list of drives, per file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import ReportFacts
from fleet.readers.limits import Json, count, items, load_json, mapping
from fleet.readers.smart_common import (
    MOST_DRIVES,
    drive_report,
    percent,
    self_tests_failed,
    unit_name,
    unopened_report,
)
from fleet.readers.smart_reading import Attribute, DriveReading

FORMAT = "smartctl_json"
MOST_ROWS = 1_000
SCSI_SELF_TESTS = 20
LAST_TIME = 4_102_444_800  # the year 2100

_SMARTCTL_KEYS = frozenset({"smartctl", "json_format_version"})


def read_smart_json(text: str) -> tuple[ReportFacts, ...]:
    """Return one report per drive of a smartctl JSON file.

    Raises BadInput when the text is not JSON, not smartctl's, or too large to be a report.
    """
    return reports_of(load_json(text))


def reports_of(value: object) -> tuple[ReportFacts, ...]:
    """Return one report per drive of decoded smartctl JSON: an object or a list of them.

    Raises BadInput when it holds no smartctl report.
    """
    drives = [item for item in items(value) if not _SMARTCTL_KEYS.isdisjoint(item)]
    if not drives:
        raise BadInput(
            _("This JSON file is not a smartctl report."),
            hint=_("Make one with: smartctl --json -x /dev/sdX"),
        )
    return tuple(_report(drive) for drive in drives[:MOST_DRIVES])


def _report(drive: Json) -> ReportFacts:
    reading = _reading(drive)
    if reading.model is None and reading.serial is None and not reading.attributes:
        return unopened_report(FORMAT)
    return drive_report(reading, FORMAT, _collected_at(drive))


def _dig(value: object, *keys: str) -> object:
    """Follow keys down nested objects; None where the path breaks."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def _count(value: object, *keys: str) -> int | None:
    return count(_dig(value, *keys))


def _flag(value: object, *keys: str) -> bool | None:
    found = _dig(value, *keys)
    return found if isinstance(found, bool) else None


def _text(value: object, *keys: str) -> str:
    found = _dig(value, *keys)
    return found if isinstance(found, str) else ""


def _rows(value: object, *keys: str) -> tuple[Json, ...]:
    return items(_dig(value, *keys))[:MOST_ROWS]


def _collected_at(drive: object) -> str | None:
    seconds = _count(drive, "local_time", "time_t")
    if not seconds or seconds > LAST_TIME:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _reading(d: Json) -> DriveReading:
    log = "nvme_smart_health_information_log"
    return DriveReading(
        model=_model(d),
        family=_text(d, "model_family") or None,
        serial=_text(d, "serial_number") or None,
        wwn=_wwn(d),
        size_bytes=_size(d),
        protocol=_protocol(d),
        device_type=_text(d, "device", "type").lower(),
        info_name=_text(d, "device", "info_name"),
        scsi_transport=_text(d, "scsi_transport_protocol", "name"),
        has_sata=_dig(d, "sata_version") is not None or _dig(d, "interface_speed") is not None,
        rotation_rate=_count(d, "rotation_rate"),
        trim=_flag(d, "trim", "supported") is True,
        hours=_hours(d, log),
        attributes={
            a.id: a for a in map(_attribute, _rows(d, "ata_smart_attributes", "table")) if a
        },
        statistics=_statistics(d),
        pending_defects=_first_count(
            (d, "ata_pending_defects_log", "count"), (d, "scsi_pending_defects", "count")
        ),
        endurance_used=_endurance(d, log),
        exit_status=(_count(d, "smartctl", "exit_status") or 0) & 0xFF,
        smart_available=_flag(d, "smart_support", "available"),
        smart_enabled=_flag(d, "smart_support", "enabled"),
        passed=_flag(d, "smart_status", "passed"),
        self_test_failed=self_tests_failed(_self_tests(d)),
        logged_errors=_first_count(
            (d, "ata_smart_error_log", "extended", "count"),
            (d, "ata_smart_error_log", "summary", "count"),
        ),
        critical_warning=_count(d, log, "critical_warning"),
        available_spare=percent(_count(d, log, "available_spare")),
        spare_threshold=percent(_count(d, log, "available_spare_threshold")),
        media_errors=_count(d, log, "media_errors"),
        grown_defects=_count(d, "scsi_grown_defect_list"),
        uncorrected_errors=_uncorrected(d),
    )


def _first_count(*paths: tuple[object, *tuple[str, ...]]) -> int | None:
    found = (_count(*path) for path in paths)
    return next((count for count in found if count is not None), None)


def _model(d: object) -> str | None:
    named = _text(d, "model_name") or _text(d, "scsi_model_name")
    vendor = _text(d, "scsi_vendor") or _text(d, "vendor")
    product = _text(d, "scsi_product") or _text(d, "product")
    return (named or f"{vendor} {product}".strip()).removeprefix("ATA ").strip() or None


def _protocol(d: Json) -> str:
    stated = _text(d, "device", "protocol").lower()
    is_nvme = stated == "nvme" or _dig(d, "nvme_smart_health_information_log") is not None
    return "nvme" if is_nvme else stated


def _size(d: object) -> int | None:
    first_namespace = next(iter(_rows(d, "nvme_namespaces")), None)
    sizes = (
        _count(d, "user_capacity", "bytes"),
        _count(d, "user_capacity"),
        _count(d, "nvme_total_capacity"),
        _count(first_namespace, "size", "bytes"),
    )
    return next((size for size in sizes if size), None)


def _wwn(d: object) -> str | None:
    """Return the name of the unit: NAA in hexadecimal, or EUI-64 for an NVMe namespace."""
    unit = _packed(_dig(d, "wwn"), ("naa", 4), ("oui", 24), ("id", 36))
    stated = unit_name(_text(d, "logical_unit_id").lower().removeprefix("0x"))
    if named := unit or stated:
        return f"0x{named}"
    namespace = next(iter(_rows(d, "nvme_namespaces")), None)
    eui64 = _packed(_dig(namespace, "eui64"), ("oui", 24), ("ext_id", 40))
    return f"eui.{eui64}" if eui64 else None


def _packed(value: object, *parts: tuple[str, int]) -> str | None:
    """Return numbers of so many bits each as one hexadecimal name; None unless all fit."""
    digits = ""
    for name, bits in parts:
        number = _count(value, name)
        if number is None or number >> bits:
            return None
        digits += f"{number:0{bits // 4}x}"
    return unit_name(digits)


def _hours(d: object, log: str) -> int | None:
    return _first_count((d, "power_on_time", "hours"), (d, log, "power_on_hours"))


def _endurance(d: object, log: str) -> int | None:
    return _first_count(
        (d, log, "percentage_used"),
        (d, "endurance_used", "current_percent"),
        (d, "scsi_percentage_used_endurance_indicator"),
    )


def _attributes(d: object) -> dict[int, Attribute]:
    rows = map(_attribute, _rows(d, "ata_smart_attributes", "table"))
    return {row.id: row for row in rows if row is not None}


def _attribute(row: Json) -> Attribute | None:
    number = _count(row, "id")
    if number is None or not 0 < number < 256:
        return None
    raw = _text(row, "raw", "string")
    value = _count(row, "raw", "value")
    return Attribute(
        id=number,
        name=_text(row, "name"),
        value=_count(row, "value"),
        threshold=_count(row, "thresh"),
        prefailure=_flag(row, "flags", "prefailure") is True,
        failed=_text(row, "when_failed").lower(),
        raw=raw or ("" if value is None else str(value)),
    )


def _statistics(d: object) -> dict[str, int]:
    """Return the valid ATA device statistics by lower-case name."""
    found: dict[str, int] = {}
    for page in _rows(d, "ata_device_statistics", "pages"):
        for row in _rows(page, "table"):
            value = _count(row, "value")
            if value is not None and _flag(row, "flags", "valid") is not False:
                found.setdefault(_text(row, "name").lower(), value)
    return found


def _self_tests(d: object) -> Iterator[str]:
    """Yield kind and status of each self-test, newest first."""
    if _flag(d, "ata_smart_data", "self_test", "status", "passed") is False:
        yield "Last self-test: failure"
    log = "ata_smart_self_test_log"
    for row in _rows(d, log, "extended", "table") or _rows(d, log, "standard", "table"):
        yield f"{_text(row, 'type', 'string')} {_text(row, 'status', 'string')}"
    for row in _rows(d, "nvme_self_test_log", "table"):
        result = _text(row, "self_test_result", "string")
        yield f"{_text(row, 'self_test_code', 'string')} {result}"
    for number in range(SCSI_SELF_TESTS):
        test = _dig(d, f"scsi_self_test_{number}")
        yield f"{_text(test, 'code', 'string')} {_text(test, 'result', 'string')}"


def _uncorrected(d: object) -> int | None:
    log = "scsi_error_counter_log"
    counts = [
        _count(d, log, act, "total_uncorrected_errors") for act in ("read", "write", "verify")
    ]
    said = [count for count in counts if count is not None]
    return sum(said) if said else None
