# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict on a disk, the samples it must get right, and a sentence for every reason."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet import readers
from fleet.model import health
from fleet.model.facts import DiskHealth, DiskKind, Finding
from fleet.model.health import DiskThresholds, SmartEvidence, judge_disk
from fleet.output.findings import describe, sentences
from fleet.readers.smart_json import read_smart_json
from fleet.readers.smart_text import read_smart_text
from tests.readers.disk_samples import SHIPPED

GOOD, WORN = DiskHealth.GOOD, DiskHealth.WORN
FAILING, UNKNOWN = DiskHealth.FAILING, DiskHealth.UNKNOWN

SOUND_HDD = SmartEvidence(kind=DiskKind.HDD, passed=True, reallocated=0, pending=0)
SOUND_SSD = SmartEvidence(kind=DiskKind.SSD, passed=True, wear_percent=3)
SOUND_NVME = SmartEvidence(
    kind=DiskKind.NVME,
    passed=True,
    critical_warning=0,
    available_spare=100,
    spare_threshold=10,
    wear_percent=3,
    media_errors=0,
)


@pytest.mark.parametrize(
    ("file", "verdict", "reason"),
    [
        ("smartctl_json/weee_sata03.json", FAILING, "pending_sectors=67"),
        ("smartctl_json/scrutiny_smart-fail2.json", FAILING, "self_assessment_failed"),
        ("smartctl_json/exporter_ST3500418AS_12.json", WORN, "reallocated_sectors=304"),
        ("smartctl_json/scrutiny_smart-megaraid1.json", WORN, "reallocated_sectors=387"),
        ("smartctl_json/weee_ide01.json", WORN, "reallocated_sectors=7"),
        ("smartctl_json/exporter_ST3200820AS_15.json", WORN, "power_on_hours=100216"),
        ("smartctl_json/weee_mini_ide01.json", UNKNOWN, "passed_without_attributes"),
        ("smartctl_json/weee_test25.json", UNKNOWN, "passed_without_attributes"),
        ("smartctl_json/weee_smart_disabled.json", UNKNOWN, "no_smart_data"),
        ("smartctl_json/weee_ide07.json", UNKNOWN, "not_opened"),
        ("smartctl_json/scrutiny_smart-fail.json", UNKNOWN, "not_opened"),
        ("smartctl_json/weee_sata10.json", GOOD, "no_defect_found"),
        ("smartctl_json/weee_test10.json", GOOD, "no_defect_found"),
        ("smartctl_json/weee_test22.json", GOOD, "no_defect_found"),
        (
            "smartctl_text/nvme-failed_Samsung_SSD_970_PRO_512GB_24A048A5A0C3.txt",
            FAILING,
            "nvme_critical_warning=0x04",
        ),
        (
            "smartctl_text/nvme-worn_KXG60ZNV512G_TOSHIBA_6598D1EBFC5B.txt",
            FAILING,
            "wear_percent=102",
        ),
        (
            "smartctl_text/ssd-worn_Samsung_SSD_860_EVO_500GB_B92EDEA3DC23.txt",
            WORN,
            "wear_percent=95",
        ),
        (
            "smartctl_text/ssd-failed_INTEL_SSDSC2KI128G8_DA313D12D34F.txt",
            FAILING,
            "wear_percent=124",
        ),
        (
            "smartctl_text/hdd-pending_ST6000NM0024-1HT17Z_C4D2C9B61E25.txt",
            FAILING,
            "pending_sectors=8",
        ),
        ("smartctl_text/hdd-realloc_ST32000645NS_FC2ABDD163B2.txt", WORN, "reallocated_sectors=33"),
    ],
)
def test_real_disks_get_the_verdict_a_technician_expects(
    file: str, verdict: DiskHealth, reason: str
) -> None:
    read = read_smart_json if file.endswith(".json") else read_smart_text

    (report,) = read((SHIPPED / file).read_text(encoding="utf-8"))

    assert report.disks[0].health is verdict
    assert reason in [str(found) for found in report.disks[0].reasons]


@pytest.mark.parametrize(
    ("evidence", "verdict", "reason"),
    [
        (replace(SOUND_HDD, passed=False), FAILING, "self_assessment_failed"),
        (replace(SOUND_HDD, exit_status=8), FAILING, "self_assessment_failed"),
        (replace(SOUND_HDD, exit_status=16), FAILING, "attribute_failing_now"),
        (replace(SOUND_HDD, failing_now_ids=(5,)), FAILING, "attribute_failing_now=5"),
        (replace(SOUND_HDD, pending=1), FAILING, "pending_sectors=1"),
        (replace(SOUND_HDD, offline_uncorrectable=1), FAILING, "offline_uncorrectable=1"),
        (replace(SOUND_NVME, critical_warning=1), FAILING, "nvme_critical_warning=0x01"),
        (replace(SOUND_NVME, available_spare=10), FAILING, "nvme_spare_low=10"),
        (replace(SOUND_NVME, spare_threshold=100), GOOD, "no_defect_found"),
        (replace(SOUND_SSD, wear_percent=100), FAILING, "wear_percent=100"),
        (replace(SOUND_SSD, wear_percent=99), WORN, "wear_percent=99"),
        (replace(SOUND_SSD, wear_percent=80), WORN, "wear_percent=80"),
        (replace(SOUND_SSD, wear_percent=79), GOOD, "no_defect_found"),
        (replace(SOUND_HDD, reallocated=1), WORN, "reallocated_sectors=1"),
        (replace(SOUND_HDD, reported_uncorrect=2), WORN, "reported_uncorrectable=2"),
        (replace(SOUND_NVME, media_errors=4), WORN, "nvme_media_errors=4"),
        (replace(SOUND_HDD, power_on_hours=30_000), GOOD, "no_defect_found"),
        (replace(SOUND_HDD, power_on_hours=30_001), WORN, "power_on_hours=30001"),
        (replace(SOUND_HDD, self_test_failed=True), WORN, "self_test_failed"),
        (replace(SOUND_HDD, exit_status=128), WORN, "self_test_failed"),
        (replace(SOUND_HDD, exit_status=128, self_test_failed=False), GOOD, "no_defect_found"),
        (replace(SOUND_HDD, failed_before_ids=(3,)), WORN, "attribute_failed_before=3"),
        (replace(SOUND_HDD, too_hot_now=True), WORN, "too_hot_now"),
        (replace(SOUND_HDD, exit_status=32 + 64), GOOD, "aged_before"),
        (replace(SOUND_HDD, aged_before_ids=(226,)), GOOD, "aged_before=226"),
        (replace(SOUND_HDD, crc_errors=900), GOOD, "crc_errors=900"),
        (replace(SOUND_HDD, reallocated=None), UNKNOWN, "passed_without_attributes"),
        (replace(SOUND_HDD, pending=None), UNKNOWN, "passed_without_attributes"),
        (replace(SOUND_HDD, passed=None), UNKNOWN, "no_self_assessment"),
        (replace(SOUND_HDD, smart_enabled=False), UNKNOWN, "smart_disabled"),
        (replace(SOUND_HDD, smart_available=False), UNKNOWN, "smart_unavailable"),
        (replace(SOUND_SSD, wear_percent=None), UNKNOWN, "passed_without_attributes"),
        (replace(SOUND_SSD, wear_percent=None, reallocated=0), GOOD, "no_defect_found"),
        (replace(SOUND_NVME, wear_percent=None), UNKNOWN, "passed_without_attributes"),
        (SmartEvidence(passed=True), UNKNOWN, "passed_without_attributes"),
        (SmartEvidence(), UNKNOWN, "no_smart_data"),
        (SmartEvidence(opened=False), UNKNOWN, "not_opened"),
    ],
)
def test_each_rule_gives_its_verdict_and_its_reason(
    evidence: SmartEvidence, verdict: DiskHealth, reason: str
) -> None:
    found, reasons = judge_disk(evidence)

    assert found is verdict
    assert reason in [str(finding) for finding in reasons]


def test_thresholds_are_an_argument() -> None:
    lenient = DiskThresholds(dated="2030-01-01", worn_reallocated=10)
    disk = replace(SOUND_HDD, reallocated=9)

    assert judge_disk(disk, lenient)[0] is GOOD
    assert judge_disk(disk)[0] is WORN


COUNTS = st.none() | st.integers(0, 300)


@given(
    kind=st.sampled_from(DiskKind),
    passed=st.sampled_from([None, True, False]),
    reallocated=COUNTS,
    pending=COUNTS,
    wear=COUNTS,
    warning=COUNTS,
)
def test_good_is_never_said_without_figures_nor_with_a_defect(
    kind: DiskKind,
    passed: bool | None,
    reallocated: int | None,
    pending: int | None,
    wear: int | None,
    warning: int | None,
) -> None:
    verdict, reasons = judge_disk(
        SmartEvidence(
            kind=kind,
            passed=passed,
            reallocated=reallocated,
            pending=pending,
            wear_percent=wear,
            critical_warning=warning,
        )
    )

    assert reasons
    if verdict is GOOD:
        assert passed
        assert not (reallocated or pending or warning)
        assert {reallocated, wear} != {None}


def codes_in(module: ModuleType) -> set[str]:
    """Every string of a module that names a finding: lower case words joined by underscores."""
    tree = ast.parse(inspect.getsource(module))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding":
            codes = (keyword.value for keyword in node.keywords if keyword.arg == "code")
            found |= set().union(*map(strings_in, codes))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("_from", "_for_each"):
            found |= set().union(*(strings_in(argument) for argument in node.args))
        elif isinstance(node, ast.FunctionDef) and node.name == "_doubt":
            found |= {text for text in strings_in(node) if re.fullmatch(r"[a-z_]+", text)}
    return found


def strings_in(node: ast.AST) -> set[str]:
    """The plain strings under a node; the pieces of an f-string are not whole codes."""
    if isinstance(node, ast.JoinedStr):
        return set()
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


READERS = [
    importlib.import_module(found.name)
    for found in pkgutil.iter_modules(readers.__path__, f"{readers.__name__}.")
]


@pytest.mark.parametrize("module", [health, *READERS], ids=lambda module: module.__name__)
def test_every_code_has_a_sentence(module: ModuleType) -> None:
    assert codes_in(module) - set(sentences()) == set()


def test_the_search_for_codes_finds_them() -> None:
    assert {"pending_sectors", "not_opened", "no_defect_found", "crc_errors"} <= codes_in(health)


@pytest.mark.parametrize("code", sorted(sentences()))
def test_sentences_are_whole_and_show_their_value(code: str) -> None:
    told = describe(Finding(code=code, value="12345"))

    assert told.endswith((".", ")."))
    assert told[0].isupper() or told.startswith("12345")
    assert ("12345" in told) == ("{value}" in sentences()[code])


def test_a_code_without_sentence_is_still_readable() -> None:
    assert describe(Finding(code="odd_new_thing", value="3")) == "Odd new thing: 3"
    assert describe(Finding(code="odd_new_thing")) == "Odd new thing"


def test_braces_in_a_value_are_only_text() -> None:
    assert "{0}{x" in describe(Finding(code="virtual_battery", value="{0}{x"))
