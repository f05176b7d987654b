# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guided tests, results left out, and « tested on all functions »."""

from __future__ import annotations

import pytest

from fleet.model import bench_tests
from fleet.model.bench_tests import GUIDED, conclude_guided, missing_for_all_functions, skipped
from fleet.model.policy import PROFILES
from fleet.output.bench_text import condition_word, cosmetic_grades, faults, questions
from reconditioning.checks import CHECKS

COMPLETE = dict.fromkeys(PROFILES["complet"], "pass")


def test_every_test_of_every_profile_is_done_by_the_machine_or_by_a_person() -> None:
    asked = {test for tests in PROFILES.values() for test in tests}

    assert asked <= set(CHECKS) | set(GUIDED)
    assert set(CHECKS) | set(GUIDED) <= asked


def test_every_guided_step_has_a_question_and_says_what_a_bad_answer_means() -> None:
    steps = {step.code for guided in GUIDED.values() for step in guided.steps}

    assert steps == set(questions())
    assert steps <= set(faults())


@pytest.mark.parametrize(
    ("answers", "result", "reasons"),
    [
        ((False, True, False), "pass", ()),
        ((True, True, False), "fail", ("screen_colours",)),
        ((True, False, True), "fail", ("screen_colours", "screen_light", "screen_cracks")),
    ],
)
def test_answers_make_a_result(
    answers: tuple[bool, ...], result: str, reasons: tuple[str, ...]
) -> None:
    given = dict(zip(("screen_colours", "screen_light", "screen_cracks"), answers, strict=True))

    measured = conclude_guided("screen", given, kind="laptop", seconds=12)

    assert (measured.result, measured.reasons, measured.seconds) == (result, reasons, 12)


def test_a_question_without_an_answer_gives_no_result() -> None:
    with pytest.raises(ValueError, match="screen_light"):
        conclude_guided("screen", {"screen_colours": False}, kind="laptop", seconds=1)


def test_a_desktop_has_no_hinges_to_try() -> None:
    assert conclude_guided("hinges", {}, kind="desktop", seconds=0).result == "na"
    with pytest.raises(ValueError, match="hinges_hold"):
        conclude_guided("hinges", {}, kind="other", seconds=0)


def test_a_test_left_out_names_who_and_why_as_the_sheet_keeps_it() -> None:
    assert skipped("wifi", who="operator:1", why="no network").told == (
        "skipped: operator:1, no network"
    )


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, ()),
        ({"camera": "na"}, ()),
        ({"camera": "fail"}, ("camera",)),
        ({"wifi": "skipped: operator:1, no network"}, ("wifi",)),
        ({"memory": "na"}, ("memory",)),
        ({"start": "na", "cpu": "na", "firmware": "na"}, ("start", "cpu", "firmware")),
        ({"battery": ""}, ("battery",)),
    ],
)
def test_all_functions_are_tested_when_each_passed_or_is_not_there(
    changed: dict[str, str], missing: tuple[str, ...]
) -> None:
    results = {**COMPLETE, **changed}

    assert missing_for_all_functions(results, "laptop") == missing
    assert bench_tests.tested_on_all_functions(results, "laptop") is not bool(missing)


def test_the_quick_profile_never_makes_a_machine_reconditioned() -> None:
    quick = dict.fromkeys(PROFILES["rapide"], "pass")

    assert not bench_tests.tested_on_all_functions(quick, "laptop")
    assert condition_word(quick, "laptop") != condition_word(COMPLETE, "laptop")
    assert "reconditioned" not in condition_word(quick, "laptop")


def test_a_screen_is_asked_only_for_what_a_screen_does() -> None:
    assert bench_tests.tested_on_all_functions({"start": "pass", "screen": "pass"}, "screen")


def test_each_cosmetic_grade_says_what_it_means() -> None:
    assert list(cosmetic_grades()) == ["A", "B", "C", "D"]
