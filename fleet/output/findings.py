# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coded observations as plain sentences in the user's language."""

from __future__ import annotations

from fleet.i18n import _
from fleet.model.facts import Finding
from fleet.output.words import labelled


def describe(finding: Finding) -> str:
    """Return one sentence for a finding; a code without sentence is shown with its value."""
    sentence = sentences().get(finding.code)
    if sentence is None:
        return _without_sentence(finding)
    return sentence.format(value=finding.value or "?")


def _without_sentence(finding: Finding) -> str:
    words = finding.code.replace("_", " ").strip().capitalize() or "?"
    return labelled(words, finding.value) if finding.value else words


def sentences() -> dict[str, str]:
    """Return the sentence of every known code, with ``{value}`` where its value goes."""
    return _disk_verdicts() | _disk_notes() | _disk_doubts() | _batteries() | _machines()


def _disk_verdicts() -> dict[str, str]:
    return {
        "self_assessment_failed": _("The drive itself says that it is failing."),
        "attribute_failing_now": _("Attribute {value} is below its maker's limit now."),
        "pending_sectors": _("Sectors that cannot be read and wait to be replaced: {value}."),
        "offline_uncorrectable": _("Sectors that the drive's own scan could not read: {value}."),
        "nvme_critical_warning": _("The drive raises a critical warning ({value})."),
        "nvme_spare_low": _("Spare blocks left: {value} %."),
        "wear_percent": _("Used, from the endurance promised by the maker: {value} %."),
        "reallocated_sectors": _("Bad sectors already replaced by spare ones: {value}."),
        "reported_uncorrectable": _("Read errors that could not be corrected: {value}."),
        "nvme_media_errors": _("Errors of the flash memory itself: {value}."),
        "grown_defects": _("Defects that appeared since the drive was made: {value}."),
        "uncorrected_errors": _("Errors that could not be corrected: {value}."),
        "power_on_hours": _("Hours of running: {value}."),
        "self_test_failed": _("A self-test failed and no full one has passed since."),
        "attribute_failed_before": _("Attribute {value} was below its maker's limit in the past."),
        "too_hot_now": _("The drive is too hot now: let it cool and read it again."),
    }


def _disk_notes() -> dict[str, str]:
    return {
        "no_defect_found": _("The figures that matter were read and show no defect."),
        "crc_errors": _(
            "Transfer errors, from the cable or the socket more than from the drive: {value}."
        ),
        "reallocation_events": _("Attempts to replace a sector: {value}."),
        "logged_errors": _("Errors in the drive's log: {value}."),
        "aged_before": _("A usage figure was below its maker's limit in the past ({value})."),
        "too_hot_before": _("The drive has been too hot in the past."),
        "impossible_hours": _("The running time given, {value} hours, is impossible."),
    }


def _disk_doubts() -> dict[str, str]:
    return {
        "not_opened": _("The drive did not answer."),
        "smart_unavailable": _("The drive has no self-monitoring (SMART)."),
        "smart_disabled": _(
            "Self-monitoring (SMART) is switched off: switch it on and read again."
        ),
        "no_smart_data": _("No self-monitoring (SMART) data: it is off, or the drive has none."),
        "no_self_assessment": _("The drive gives no verdict on itself."),
        "passed_without_attributes": _(
            "The drive says that it is well, but the figures that would prove it were not read."
        ),
    }


def _batteries() -> dict[str, str]:
    return {
        "no_battery": _("No battery was found."),
        "virtual_battery": _("A battery made up by a virtual machine was ignored ({value})."),
        "battery_figure_impossible": _("A battery capacity was ignored: {value} is impossible."),
        "battery_health_impossible": _("The battery's health was ignored: it cannot be {value} %."),
        "battery_cycles_impossible": _("The cycle count was ignored: {value} is impossible."),
        "battery_capacity_differs": _(
            "The battery gives {value} % as its capacity, but its energies say otherwise."
        ),
    }


def _machines() -> dict[str, str]:
    return {
        "raid_or_vmd_controller": _("A controller may hide disks: {value}."),
        "nvme_not_listed": _("An NVMe drive stands behind {value} and was not described."),
        "permission_denied": _("Not everything could be read: run it again as root."),
        "no_smbios": _("The firmware gives no description of the machine (SMBIOS)."),
        "tool_missing": _("{value} is not installed on this computer."),
        "tool_failed": _("{value} failed."),
        "tool_denied": _("{value} was not allowed to read: run it again as root."),
        "tool_timeout": _("{value} did not end in time and was stopped."),
        "unreadable_part": _("The output of {value} could not be read and was left out."),
    }
