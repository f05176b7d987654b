# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every refusal says what is missing and what to do next."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.model.reasons import Reason
from fleet.output.reasons import describe, explain, explanations

MAKERS = {"_record", "_g1", "_refused", "_tariff"}


_ALWAYS = {"_g1": {"disk", "disk_id"}, "_tariff": {"rule", "price_cents", "cap_cents"}}


def reason_calls(repository: Path) -> Iterator[ast.Call]:
    for path in sorted((repository / "fleet" / "model").glob("*.py")):
        if path.name == "wipe.py":  # its reasons are worded in fleet.output.wipe_text
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Reason", *MAKERS}:
                yield node


def code_of(call: ast.Call) -> str | None:
    values = [word.value for word in call.keywords if word.arg == "code"] or call.args[:1]
    value = values[0] if values else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def params_of(call: ast.Call) -> set[str]:
    if isinstance(call.func, ast.Name) and call.func.id in MAKERS:
        given = {word.arg for word in call.keywords if word.arg}
        return given | _ALWAYS.get(call.func.id, set())
    named = [word.value for word in call.keywords if word.arg == "params"]
    if named and isinstance(named[0], ast.Dict):
        return {str(key.value) for key in named[0].keys if isinstance(key, ast.Constant)}
    return set()


@pytest.fixture(scope="module")
def codes(repository: Path) -> dict[str, ast.Call]:
    found = {code: call for call in reason_calls(repository) if (code := code_of(call))}
    assert len(found) > 30
    return found


def test_every_code_of_the_model_has_its_two_sentences(codes: dict[str, ast.Call]) -> None:
    assert set(codes) - set(explanations()) == set()


def test_no_sentence_is_kept_for_a_code_that_is_gone(codes: dict[str, ast.Call]) -> None:
    assert set(explanations()) - set(codes) == set()


def test_each_says_what_is_missing_and_what_to_do() -> None:
    silent = [code for code, (what, todo) in explanations().items() if not (what and todo)]

    assert silent == []


def test_sentences_use_only_parameters_that_the_model_gives(codes: dict[str, ast.Call]) -> None:
    wrong = {}
    for code, texts in explanations().items():
        asked = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
        given = params_of(codes[code])
        if given and asked - given - {"tag"}:
            wrong[code] = asked - given - {"tag"}

    assert wrong == {}


def test_the_command_bears_the_tag_of_the_machine() -> None:
    reason = Reason(code="disks_unknown", guard="G1")

    text = describe(reason, "VJ-0042")

    assert text.startswith("[G1] ")
    assert "parclibre disk declare VJ-0042" in text


def test_codes_inside_parameters_become_words() -> None:
    missing = {"profile": "rapide", "tests": "memory, screen"}
    reason = Reason(code="tests_missing", guard="G2", params=missing)
    wrong = Reason(code="wrong_state", params={"state": "in_service", "event": "MadeReady"})

    assert "memory, screen" in explain(reason).what
    assert explain(wrong).what == "« Made ready to give » does not follow the state « In service »."


def test_ids_become_names_when_they_are_known() -> None:
    reason = Reason(code="title_elsewhere", params={"title": "partner:1", "partner": "partner:2"})

    text = describe(reason, names={"partner:1": "Emmaüs", "partner:2": "Le Fablab"}.get)

    assert "Emmaüs" in text
    assert "Le Fablab" in text
    assert "partner:" not in text


def test_a_code_of_a_newer_program_is_shown_as_it_is() -> None:
    text = describe(Reason(code="moon_phase", params={"phase": "full"}))

    assert "moon_phase" in text
    assert "phase full" in text
