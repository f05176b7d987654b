# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was answered while planning serves again, and never stands in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.errors import NotFound
from fleet.services.image_answers import KeptAnswers


def test_a_question_is_asked_once(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path / "answers")
    given = iter((["cups"], ["other"]))

    first = kept.ask(("packages", ["desktop"], None), lambda: next(given))
    again = KeptAnswers(tmp_path / "answers").ask(
        ("packages", ["desktop"], None), lambda: next(given)
    )
    other = kept.ask(("packages", ["desktop"], "trixie"), lambda: next(given))

    assert (first, again, other) == (["cups"], ["cups"], ["other"])


def test_a_spoilt_answer_is_asked_again(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path)
    kept.ask((1,), lambda: "whole")
    (file,) = tmp_path.glob("*.json")
    file.write_text('"who')

    assert kept.ask((1,), lambda: "whole again") == "whole again"
    assert kept.ask((1,), lambda: "never asked") == "whole again"


def test_a_refusal_is_not_kept(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path)

    def refuse() -> str:
        raise NotFound("no such package")

    with pytest.raises(NotFound):
        kept.ask((1,), refuse)

    assert kept.ask((1,), lambda: "now it is there") == "now it is there"


def test_answers_that_serve_no_more_are_forgotten(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path)
    kept.ask(("serves",), lambda: 0)

    for number in range(100):
        kept.ask(("another", number), lambda: 1)
        assert kept.ask(("serves",), lambda: 1) == 0

    assert len(list(tmp_path.glob("*.json"))) == 64
