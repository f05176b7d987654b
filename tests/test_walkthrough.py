# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that are walked do what they tell; the newcomer's walk ends at a family."""

from __future__ import annotations

import io
import json
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from fleet.cli.main import main
from tests import walkthrough

PAGES = walkthrough.pages()
START = walkthrough.REPOSITORY / "docs" / "demarrer.md"
TAG = "BLP-0027"

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_tells_what_its_commands_really_print(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")

    steps = walkthrough.walk(text, tmp_path)

    for step in steps:
        assert step.as_told, f"{step.script}ended with {step.status}:\n{step.output}"
    # When only words changed: python -m tests.walkthrough
    now = walkthrough.rewritten(text, steps)
    changes = unified_diff(text.splitlines(), now.splitlines(), "the page", "now", lineterm="")
    if now != text:
        pytest.fail("\n".join(changes))
    if page == START:
        assert_the_machine_was_refused_then_given(steps, tmp_path)


def assert_the_machine_was_refused_then_given(steps: list[walkthrough.Step], home: Path) -> None:
    refusal = next(step.output for step in steps if f"parclibre ready {TAG}" in step.script)
    for guard in ("[G1]", "[G2]", "[G3]", "[G4]"):
        assert guard in refusal
    policy = shown(home, "policy", "show")
    found = shown(home, "machine", "list", "--tag", TAG)
    assert policy["accept_declared_wipes"]
    assert "déclaré" in policy["name"].casefold()
    assert [machine["state"] for machine in found["machines"]] == ["given"]


def shown(home: Path, *words: str) -> dict[str, Any]:
    out = io.StringIO()
    environ = {"PARCLIBRE_HOME": str(home / "essai-parclibre"), "LANG": "C"}
    status = main([*words, "--json"], environ=environ, stdout=out)
    assert status == 0
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def test_the_newcomers_page_is_walked() -> None:
    assert START in PAGES
