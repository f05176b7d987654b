# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the JSON and text forms of smartctl share: one reading of a drive, made into facts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fleet.model.facts import DiskFacts, DiskHealth, DiskKind, Finding, ReportFacts
from fleet.model.health import EXIT_OPEN_FAILED, SmartEvidence, judge_disk
from fleet.model.text import known
from fleet.readers.smart_reading import Attribute, DriveReading
from fleet.readers.smart_wear import wear_percent
from fleet.readers.values import disk_kind

# 22 years of power-on: no drive that still answers was built before.
HOURS_POSSIBLE = 200_000
MOST_BYTES = 1 << 60
MOST_DRIVES = 256

# ACS-4 and SBC-4: lower values are reserved.
ROTATION_RATES = range(0x401, 0xFFFF)
TEMPERATURES = frozenset({190, 194})

_HOURS_UNITS = {"half_minutes": 120, "minutes": 60, "seconds": 3600}
_UNIT_NAME = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")
_TEST_FAILED = re.compile(r"fail|fatal|damage", re.IGNORECASE)
_TEST_IS_LONG = re.compile(r"extended|(?:background |foreground )?long", re.IGNORECASE)
_SSD_ATTRIBUTE = re.compile(
    r"SSD|NAND|Wear_|Erase|Program_Fail|Lifetime|Media_Wearout|Rsvd_Blk|Reservd", re.IGNORECASE
)
_HDD_ATTRIBUTE = re.compile(r"Spin_Up|Spin_Retry|Seek_|Load_Cycle|Start_Stop", re.IGNORECASE)
# Makers' ATA families that only ever rotated, for drives too old to give their rotation rate.
_HDD_MODEL = re.compile(
    r"(?:WDC )?WD\d|ST\d{3,5}(?![FHK][MN])[A-Z]|STM\d|MAXTOR|QUANTUM|CONNER|HITACHI"
    r"|HGST H|IBM-D|IC\d|HT[SUE]\d|HD[ST]\d|EXCELSTOR|TOSHIBA (?:M[KQGD]|DT)|FUJITSU M"
    r"|SAMSUNG (?:HD|HM|HN|HS|SP|SV|ST)",
    re.IGNORECASE,
)


def plausible_size(size: int | None) -> int | None:
    """Return a size in bytes, or None when absent, zero or beyond an exbibyte."""
    return size if size is not None and 0 < size < MOST_BYTES else None


def unit_name(digits: str) -> str | None:
    """Return a world-wide name in hexadecimal, or None when cut short, malformed or blank."""
    return digits if _UNIT_NAME.fullmatch(digits) and set(digits) != {"0"} else None


def percent(value: int | None) -> int | None:
    """Return a share from 0 to 100, or None when absent or impossible."""
    return value if value is not None and value <= 100 else None


def self_tests_failed(tests: Iterable[str]) -> bool | None:
    """Judge a self-test log, one "kind status" per test, newest first; None when none ended.

    A failure counts until a newer extended test has passed, as in smartctl's exit status.
    """
    verdict: bool | None = None
    for test in tests:
        if _TEST_FAILED.search(test):
            return True
        if "completed" in test.lower():
            verdict = False
            if _TEST_IS_LONG.match(test):
                return False
    return verdict


def drive_report(reading: DriveReading, form: str, collected_at: str | None = None) -> ReportFacts:
    """Return the report of one drive: its identity, its kind and a judged health."""
    hours, hours_note = _hours_of(reading)
    health, reasons = judge_disk(_evidence(reading, hours))
    disk = DiskFacts(
        model=known(reading.model),
        serial=known(reading.serial),
        wwn=reading.wwn,
        size_bytes=plausible_size(reading.size_bytes),
        kind=_kind_of(reading),
        transport=_transport_of(reading),
        health=health,
        reasons=reasons + hours_note,
        power_on_hours=hours,
    )
    return ReportFacts(format=form, has_machine=False, disks=(disk,), collected_at=collected_at)


def unopened_report(form: str) -> ReportFacts:
    """Return the report of a drive that smartctl could not open."""
    disk = DiskFacts(health=DiskHealth.UNKNOWN, reasons=(Finding(code="not_opened"),))
    return ReportFacts(format=form, has_machine=False, disks=(disk,))


def _kind_of(r: DriveReading) -> DiskKind:
    if r.protocol == "nvme":
        return DiskKind.NVME
    kind = disk_kind(None, f"{r.model or ''} {r.family or ''}", _rotates(r))
    return _kind_by_clues(r) if kind is DiskKind.UNKNOWN else kind


def _rotates(r: DriveReading) -> bool | None:
    """Tell what the rotation rate proves: for SCSI, smartctl's JSON also says 0 for unknown."""
    if r.rotation_rate == 0:
        return None if r.protocol == "scsi" and r.endurance_used is None else False
    return True if r.rotation_rate in ROTATION_RATES else None


def _kind_by_clues(r: DriveReading) -> DiskKind:
    """Tell the kind of a drive too old to give its rotation rate, or behind a bridge."""
    names = " ".join(attribute.name for attribute in r.attributes.values())
    if r.trim or _SSD_ATTRIBUTE.search(names):
        return DiskKind.SSD
    if _HDD_ATTRIBUTE.search(names) or (r.protocol == "ata" and _HDD_MODEL.match(r.model or "")):
        return DiskKind.HDD
    return DiskKind.UNKNOWN


def _transport_of(r: DriveReading) -> str | None:
    """Return the drive's own bus; ``usb`` only when a bridge hides it, ``ata`` when only ATA."""
    if r.protocol == "nvme":
        return "nvme"
    if r.has_sata:
        return "sata"
    if r.device_type.startswith(("usb", "snt")) or "USB" in r.info_name:
        return "usb"
    if r.protocol == "scsi":
        return _scsi_transport(r.scsi_transport.lower())
    return "ata" if r.protocol == "ata" else None


def _scsi_transport(name: str) -> str:
    for word, transport in (("sas", "sas"), ("fib", "fc"), ("iscsi", "iscsi"), ("usb", "usb")):
        if word in name:
            return transport
    return "scsi"


def _hours_of(r: DriveReading) -> tuple[int | None, tuple[Finding, ...]]:
    """Return the power-on hours, the second source when the first is impossible, and a note."""
    sources = (r.hours, _attribute_hours(r.attributes.get(9)), r.statistics.get("power-on hours"))
    said = [hours for hours in sources if hours is not None]
    for hours in said:
        if hours <= HOURS_POSSIBLE:
            return hours, ()
    return None, tuple(Finding(code="impossible_hours", value=str(h)) for h in said[:1])


def _attribute_hours(attribute: Attribute | None) -> int | None:
    """Read attribute 9; smartctl prints minutes and seconds as ``1338h+05m`` when it knows."""
    if attribute is None or (number := attribute.count) is None:
        return None
    if re.match(r"\s*\d+h", attribute.raw):
        return number
    for unit, per_hour in _HOURS_UNITS.items():
        if attribute.name.lower().endswith(unit):
            return number // per_hour
    return number


def _evidence(r: DriveReading, hours: int | None) -> SmartEvidence:
    table = r.attributes
    failing = [a for a in table.values() if a.failed == "now"]
    before = [a for a in table.values() if a.failed == "past"]
    kind = _kind_of(r)
    return SmartEvidence(
        kind=kind,
        opened=not (r.exit_status & EXIT_OPEN_FAILED and r.model is None),
        smart_available=r.smart_available,
        smart_enabled=r.smart_enabled,
        exit_status=r.exit_status,
        passed=r.passed,
        reallocated=_reallocated(r),
        reallocation_events=_counter(table.get(196), "realloc", bits=16),
        pending=_largest(_counter(table.get(197), "pend"), r.pending_defects),
        offline_uncorrectable=_counter(table.get(198), "offl"),
        reported_uncorrect=_reported_uncorrect(r),
        crc_errors=_counter(table.get(199), "crc"),
        wear_percent=wear_percent(r) if kind is not DiskKind.HDD else None,
        power_on_hours=hours,
        failing_now_ids=tuple(a.id for a in failing if a.id not in TEMPERATURES),
        failed_before_ids=tuple(a.id for a in before if a.prefailure),
        aged_before_ids=tuple(
            a.id for a in before if not a.prefailure and a.id not in TEMPERATURES
        ),
        too_hot_now=any(a.id in TEMPERATURES for a in failing),
        too_hot_before=any(a.id in TEMPERATURES and not a.prefailure for a in before),
        has_attributes=bool(table),
        self_test_failed=r.self_test_failed,
        logged_errors=r.logged_errors,
        critical_warning=r.critical_warning,
        available_spare=r.available_spare,
        spare_threshold=r.spare_threshold,
        media_errors=r.media_errors,
        grown_defects=r.grown_defects,
        uncorrected_errors=r.uncorrected_errors,
    )


def _counter(attribute: Attribute | None, word: str, *, bits: int = 32) -> int | None:
    """Return a raw count when the attribute means ``word``; vendors reuse the numbers.

    A value too wide for the count has other counters packed above it (Fujitsu puts
    8589934592000 in attribute 5): only the low bits count.
    """
    if attribute is None or (number := attribute.count) is None:
        return None
    name = attribute.name.lower()
    if word not in name and not name.startswith("unknown"):
        return None
    return number & ((1 << bits) - 1)


def _reallocated(r: DriveReading) -> int | None:
    """Return attribute 5, 16 bits as in smartctl's default format, or the statistics page."""
    attribute = r.attributes.get(5)
    for word in ("realloc", "retired", "bad_bl", "retried"):
        if (count := _counter(attribute, word, bits=16)) is not None:
            return count
    return r.statistics.get("number of reallocated logical sectors")


def _reported_uncorrect(r: DriveReading) -> int | None:
    for word in ("unc", "_ue_"):
        if (count := _counter(r.attributes.get(187), word)) is not None:
            return count
    return r.statistics.get("number of reported uncorrectable errors")


def _largest(*counts: int | None) -> int | None:
    said = [count for count in counts if count is not None]
    return max(said) if said else None
