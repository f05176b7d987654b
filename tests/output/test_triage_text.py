# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every code that the bench may give has its sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.model import kinds as k
from fleet.output import check_text, findings
from fleet.output.events import event_summary
from fleet.output.triage_text import describe, sentences
from tests.model.history import MACHINE, History

SOURCES = ("reconditioning/checks*.py", "fleet/model/triage*.py", "fleet/model/keyboards.py")
# Codes chosen by a table and not at the call.
_SECOND = ("_load", "_await_mains")
_TABLES = ("_REPAIRS", "_ADVICE")


def constants_of(repository: Path, *calls: str) -> set[str]:
    """The texts given as a code to these functions in the sources of the bench."""
    found: set[str] = set()
    for pattern in SOURCES:
        for path in sorted(repository.glob(pattern)):
            found.update(_constants(ast.parse(path.read_text(encoding="utf-8")), calls))
    return found


def _constants(tree: ast.AST, calls: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = 1 if name in _SECOND else 0
            given = [
                *node.args[place : place + 1],
                *(k.value for k in node.keywords if k.arg == "code"),
            ]
            for value in given if name in calls else ():
                yield from _texts(value)


def _texts(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_reason_in_the_sources_has_a_sentence(repository: Path) -> None:
    codes = constants_of(repository, "Finding", "finding", "_broken")

    assert len(codes) > 80
    assert codes <= {*sentences(), *findings.sentences()}


def test_every_upgrade_chosen_by_a_table_has_a_sentence(repository: Path) -> None:
    tree = ast.parse((repository / "fleet/model/triage.py").read_text(encoding="utf-8"))
    tables = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in _TABLES
    ]

    codes = {
        text
        for table in tables
        if isinstance(table, ast.Dict)
        for value in table.values
        for text in _texts(value)
    }
    assert len(codes) == 9
    assert codes <= {*sentences(), *findings.sentences()}


def test_everything_that_a_test_is_doing_has_words(repository: Path) -> None:
    codes = constants_of(repository, "advanced", "_load", "_await_mains")

    said = {code for code in codes if check_text.doing(code) != code.replace("_", " ")}
    assert len(codes) >= 15
    assert codes == said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("replace_memory=2|4|DDR3 SO-DIMM", "put 2 modules of 4 GiB of memory (DDR3 SO-DIMM)"),
        ("memory_low=many|3584", "It has many of memory; at least 3.5 GiB are needed."),
        ("test_failed=cpu", "Failed test: processor."),
        ("pending_sectors=67", "Sectors that cannot be read and wait to be replaced: 67."),
        ("of_a_newer_program=9", "Of a newer program: 9"),
        ("disk_slow=sda", "The disk sda reads ? MB/s; at least ? are expected."),
        ("cpu_heat={0.__class__}|2", "The processor went from {0.__class__} to 2 °C."),
    ],
)
def test_a_reason_is_said_even_when_it_is_odd(code: str, words: str) -> None:
    assert describe(code) == words


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            k.TestMeasured(test="memory", result="fail", seconds=61, reasons=("memory_errors",)),
            "Test measured: memory, failed, 61 s,"
            " The memory gave back something else than what was written",
        ),
        (
            k.FirstOpinion(
                opinion="upgrade", reasons=("add_memory=4|DDR3",), thresholds="2026-11-22"
            ),
            "First opinion: Keep it, with an upgrade, add 4 GiB of memory (DDR3),"
            " limits of 2026-11-22",
        ),
        (
            k.VerdictGiven(rejected=True, reasons=("cpu_bits=32|64", "trop bruyant")),
            "Technical verdict: rejected, The processor has 32 bits; today's systems need 64,"
            " trop bruyant",
        ),
        (k.StepTimed(step="wipe", human_s=60), "Time spent on a step: Wipe, 60 s of a person"),
    ],
)
def test_the_timeline_tells_the_bench_in_words(body: k.Body, line: str) -> None:
    event = History().add(MACHINE, body)

    assert event_summary(event) == line
