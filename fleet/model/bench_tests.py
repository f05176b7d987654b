# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench's test sheet: results, guided tests as data, and « tested on all functions ».

Automatic tests are in ``reconditioning.checks``; sentences in ``fleet.output.bench_text``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from fleet.model.policy import tests_asked
from fleet.model.triage_facts import PORTABLE

PASS, FAIL, NA, SKIPPED = "pass", "fail", "na", "skipped"

# Every computer has these: « not applicable » is no answer for them.
ALWAYS_THERE = frozenset({"start", "memory", "cpu", "firmware"})


class Watch(StrEnum):
    """What the program watches during a guided step, so that a person need not answer."""

    NOTHING = ""
    KEYS = "keys"
    POINTER = "pointer"
    COLOURS = "colours"
    LEFT_SPEAKER = "left_speaker"
    RIGHT_SPEAKER = "right_speaker"
    MICROPHONE = "microphone"
    USB = "usb"
    CHARGER = "charger"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedStep:
    """One question. ``code`` is its sentence; ``good`` tells which answer means a pass."""

    code: str
    watch: Watch = Watch.NOTHING
    good: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedTest:
    """The questions of one test; ``kinds`` of machine that have what it tests, empty for all."""

    test: str
    steps: tuple[GuidedStep, ...]
    kinds: frozenset[str] = frozenset()

    def applies(self, kind: str) -> bool:
        """Tell whether a kind of machine has what is tested; unknown kinds may have it."""
        return not self.kinds or kind in self.kinds or kind == "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A test's result, as the event ``TestMeasured`` keeps it. ``reasons`` are ``code=value``."""

    test: str
    result: str
    seconds: int = 0
    reasons: tuple[str, ...] = ()
    who: str | None = None
    why: str | None = None

    @property
    def told(self) -> str:
        """The result as the machine's test sheet keeps it."""
        return f"skipped: {self.who}, {self.why}" if self.result == SKIPPED else self.result


_SCREENED = PORTABLE | {"all_in_one", "screen"}
_FOLDING = frozenset({"laptop"})


def _guided(test: str, *steps: GuidedStep, kinds: frozenset[str] = frozenset()) -> GuidedTest:
    return GuidedTest(test=test, steps=steps, kinds=kinds)


GUIDED: Mapping[str, GuidedTest] = MappingProxyType(
    {
        guided.test: guided
        for guided in (
            _guided(
                "screen",
                GuidedStep(code="screen_colours", watch=Watch.COLOURS, good=False),
                GuidedStep(code="screen_light"),
                GuidedStep(code="screen_cracks", good=False),
                kinds=_SCREENED,
            ),
            _guided(
                "keyboard",
                GuidedStep(code="keyboard_keys", watch=Watch.KEYS),
                GuidedStep(code="keyboard_caps"),
                kinds=_FOLDING,
            ),
            _guided(
                "touchpad", GuidedStep(code="touchpad_moves", watch=Watch.POINTER), kinds=_FOLDING
            ),
            _guided(
                "sound",
                GuidedStep(code="sound_left", watch=Watch.LEFT_SPEAKER),
                GuidedStep(code="sound_right", watch=Watch.RIGHT_SPEAKER),
                GuidedStep(code="sound_microphone", watch=Watch.MICROPHONE),
            ),
            _guided("usb", GuidedStep(code="usb_move_stick", watch=Watch.USB)),
            _guided(
                "charger",
                GuidedStep(code="charger_plug", watch=Watch.CHARGER),
                GuidedStep(code="charger_cable", good=False),
                GuidedStep(code="battery_swollen", good=False),
                kinds=PORTABLE,
            ),
            _guided(
                "hinges",
                GuidedStep(code="hinges_hold"),
                GuidedStep(code="hinges_cracks", good=False),
                kinds=_FOLDING,
            ),
            _guided("camera", GuidedStep(code="camera_cover")),
        )
    }
)

# Colours that the screen shows one after the other, red green blue.
COLOURS = ("#ffffff", "#000000", "#ff0000", "#00ff00", "#0000ff")


def conclude_guided(test: str, answers: Mapping[str, bool], *, kind: str, seconds: int) -> Measured:
    """Return the result of a guided test from its answers (step code to yes or no).

    Raises KeyError for a test without guided steps, ValueError when a step has no answer: a test
    half done is not a result.
    """
    guided = GUIDED[test]
    if not guided.applies(kind):
        return Measured(test=test, result=NA, reasons=(f"kind={kind}",))
    unanswered = [step.code for step in guided.steps if step.code not in answers]
    if unanswered:
        raise ValueError(f"no answer to {', '.join(unanswered)}")
    bad = tuple(step.code for step in guided.steps if answers[step.code] is not step.good)
    return Measured(test=test, result=FAIL if bad else PASS, seconds=seconds, reasons=bad)


def skipped(test: str, *, who: str, why: str) -> Measured:
    """Return a test left out: by whom (an operator's id) and why, in words without names."""
    return Measured(test=test, result=SKIPPED, who=who, why=why)


def missing_for_all_functions(results: Mapping[str, str], kind: str) -> tuple[str, ...]:
    """Return the tests that keep a machine from « tested on all functions », in their order.

    Each test of the complete sheet must have passed, or be about something that this kind of
    machine does not have.
    """
    return tuple(
        test for test in tests_asked("complet", kind) if not _counts(test, results.get(test, ""))
    )


def tested_on_all_functions(results: Mapping[str, str], kind: str) -> bool:
    """Tell whether all functions were tested and work (decree 2022-190 of 17 February 2022).

    Until then papers say « remis en état » and not « reconditionné ». The decree also asks that
    data be gone, which guard G1 proves apart.
    """
    return not missing_for_all_functions(results, kind)


def _counts(test: str, result: str) -> bool:
    return result == PASS or (result == NA and test not in ALWAYS_THERE)
