# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdict on a disk from its normalised SMART figures; pure, with dated thresholds.

A drive's own PASSED proves little: in a sample of 7 000 drives of linuxhw/EnterpriseDrive,
7 % said PASSED with reallocated sectors and 1.4 % with pending ones. So GOOD asks for the
figures that matter for the technology, and every verdict carries its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.model.facts import DiskHealth, DiskKind, Finding

# Bits of smartctl's exit status, smartctl(8).
EXIT_OPEN_FAILED = 1 << 1
EXIT_FAILING = 1 << 3
EXIT_PREFAIL_NOW = 1 << 4
EXIT_FAILED_BEFORE = 1 << 5
EXIT_SELF_TEST_ERRORS = 1 << 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskThresholds:
    """Limits of the verdict; a count reaches a limit from that value on.

    Sources: Backblaze's five attributes, eReuse's severities, the NVMe base specification.
    A pending sector rejects because its data may be unreadable and its wipe unprovable.
    """

    dated: str = "2026-11-22"
    failing_pending: int = 1
    failing_offline_uncorrectable: int = 1
    failing_wear_percent: int = 100
    worn_wear_percent: int = 80
    worn_reallocated: int = 1
    worn_reported_uncorrect: int = 1
    worn_media_errors: int = 1
    worn_grown_defects: int = 1
    worn_uncorrected_errors: int = 1
    worn_hours: int = 30_001


DEFAULT_THRESHOLDS = DiskThresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartEvidence:
    """What one SMART report proves; None is "not said".

    ``wear_percent`` is the endurance used, 0 for new. ``*_ids`` are ATA attribute numbers;
    temperature attributes are apart, since heat passes and wear does not.
    """

    kind: DiskKind = DiskKind.UNKNOWN
    opened: bool = True
    smart_available: bool | None = None
    smart_enabled: bool | None = None
    exit_status: int = 0
    passed: bool | None = None
    reallocated: int | None = None
    reallocation_events: int | None = None
    pending: int | None = None
    offline_uncorrectable: int | None = None
    reported_uncorrect: int | None = None
    crc_errors: int | None = None
    wear_percent: int | None = None
    power_on_hours: int | None = None
    failing_now_ids: tuple[int, ...] = ()
    failed_before_ids: tuple[int, ...] = ()
    aged_before_ids: tuple[int, ...] = ()
    too_hot_now: bool = False
    too_hot_before: bool = False
    has_attributes: bool = False
    self_test_failed: bool | None = None
    logged_errors: int | None = None
    critical_warning: int | None = None
    available_spare: int | None = None
    spare_threshold: int | None = None
    media_errors: int | None = None
    grown_defects: int | None = None
    uncorrected_errors: int | None = None


def judge_disk(
    evidence: SmartEvidence, thresholds: DiskThresholds = DEFAULT_THRESHOLDS
) -> tuple[DiskHealth, tuple[Finding, ...]]:
    """Return the verdict and its reasons, the deciding ones first and plain notes last."""
    failing = tuple(_failing(evidence, thresholds))
    worn = tuple(_worn(evidence, thresholds))
    notes = tuple(_notes(evidence))
    if failing:
        return DiskHealth.FAILING, failing + worn + notes
    if worn:
        return DiskHealth.WORN, worn + notes
    if doubt := _doubt(evidence):
        return DiskHealth.UNKNOWN, (Finding(code=doubt), *notes)
    return DiskHealth.GOOD, (Finding(code="no_defect_found"), *notes)


def _from(limit: int, code: str, value: int | None) -> Iterator[Finding]:
    """Yield the finding when the value is known and reaches its limit."""
    if value is not None and value >= limit:
        yield Finding(code=code, value=str(value))


def _for_each(code: str, ids: tuple[int, ...]) -> Iterator[Finding]:
    return (Finding(code=code, value=str(number)) for number in ids)


def _failing(e: SmartEvidence, t: DiskThresholds) -> Iterator[Finding]:
    if e.passed is False or e.exit_status & EXIT_FAILING:
        yield Finding(code="self_assessment_failed")
    yield from _for_each("attribute_failing_now", e.failing_now_ids)
    if e.exit_status & EXIT_PREFAIL_NOW and not e.has_attributes:
        yield Finding(code="attribute_failing_now")
    yield from _from(t.failing_pending, "pending_sectors", e.pending)
    limit = t.failing_offline_uncorrectable
    yield from _from(limit, "offline_uncorrectable", e.offline_uncorrectable)
    if e.critical_warning:
        yield Finding(code="nvme_critical_warning", value=f"0x{e.critical_warning:02x}")
    if _spare_is_short(e):
        yield Finding(code="nvme_spare_low", value=str(e.available_spare))
    yield from _from(t.failing_wear_percent, "wear_percent", e.wear_percent)


def _spare_is_short(e: SmartEvidence) -> bool:
    """A full spare is never short, even where the firmware gives 100 as its threshold."""
    if e.available_spare is None or e.spare_threshold is None:
        return False
    return e.available_spare < 100 and e.available_spare <= e.spare_threshold


def _worn(e: SmartEvidence, t: DiskThresholds) -> Iterator[Finding]:
    yield from _from(t.worn_reallocated, "reallocated_sectors", e.reallocated)
    yield from _from(t.worn_reported_uncorrect, "reported_uncorrectable", e.reported_uncorrect)
    yield from _from(t.worn_media_errors, "nvme_media_errors", e.media_errors)
    yield from _from(t.worn_grown_defects, "grown_defects", e.grown_defects)
    yield from _from(t.worn_uncorrected_errors, "uncorrected_errors", e.uncorrected_errors)
    if e.wear_percent is not None and e.wear_percent < t.failing_wear_percent:
        yield from _from(t.worn_wear_percent, "wear_percent", e.wear_percent)
    yield from _from(t.worn_hours, "power_on_hours", e.power_on_hours)
    if _self_test_failed(e):
        yield Finding(code="self_test_failed")
    yield from _for_each("attribute_failed_before", e.failed_before_ids)
    if e.too_hot_now:
        yield Finding(code="too_hot_now")


def _self_test_failed(e: SmartEvidence) -> bool:
    if e.self_test_failed is None:
        return bool(e.exit_status & EXIT_SELF_TEST_ERRORS)
    return e.self_test_failed


def _notes(e: SmartEvidence) -> Iterator[Finding]:
    """Yield what a person may want to know and that decides nothing: cables, heat, history."""
    yield from _from(1, "crc_errors", e.crc_errors)
    if not e.reallocated:
        yield from _from(1, "reallocation_events", e.reallocation_events)
    yield from _from(1, "logged_errors", e.logged_errors)
    yield from _for_each("aged_before", e.aged_before_ids)
    if e.exit_status & EXIT_FAILED_BEFORE and not e.has_attributes:
        yield Finding(code="aged_before")
    if e.too_hot_before:
        yield Finding(code="too_hot_before")


def _doubt(e: SmartEvidence) -> str:
    """Return the code of what keeps a disk without defect from being good, or ''."""
    if not e.opened:
        return "not_opened"
    if e.smart_available is False:
        return "smart_unavailable"
    if e.smart_enabled is False:
        return "smart_disabled"
    if e.passed is None:
        return "no_self_assessment" if _has_figures(e) else "no_smart_data"
    return "" if _has_figures(e) else "passed_without_attributes"


def _has_figures(e: SmartEvidence) -> bool:
    """Tell whether the figures that matter for this technology were readable."""
    if e.kind is DiskKind.NVME:
        return e.critical_warning is not None and e.wear_percent is not None
    if e.kind is DiskKind.SSD:
        return any(n is not None for n in (e.wear_percent, e.reallocated, e.grown_defects))
    ata = e.reallocated is not None and e.pending is not None
    return ata or (e.grown_defects is not None and e.uncorrected_errors is not None)
