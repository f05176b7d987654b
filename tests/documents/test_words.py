# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days, sums and spaces as French papers write them."""

from __future__ import annotations

import pytest

from fleet.output import template_words as words


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2026-11-22", "22\u00a0novembre\u00a02026"),
        ("2026-08-01", "1<sup>er</sup>\u00a0août\u00a02026"),
        ("2026-02-03T10:00:00Z", "3\u00a0février\u00a02026"),
        ("un jour", "un jour"),
        ("", ""),
    ],
)
def test_days_are_written_in_full(iso: str, said: str) -> None:
    assert words.long_day(iso) == said


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (123450, "1\u202f234,50\u00a0€"),
        (0, "0,00\u00a0€"),
        (-5, "\u22120,05\u00a0€"),
        (100_000_000_00, "100\u202f000\u202f000,00\u00a0€"),
        (None, ""),
    ],
)
def test_sums_have_thin_spaces_and_a_comma(cents: int | None, said: str) -> None:
    assert words.euros(cents) == said


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Qui ? Lui !", "Qui\u202f? Lui\u202f!"),
        ("Objet : don ; suite", "Objet\u00a0: don\u202f; suite"),
        ("le lot « Sept »", "le lot «\u00a0Sept\u00a0»"),
        ("loi n° 2021-1485", "loi n°\u00a02021-1485"),
        ("300 € et 10 ans", "300\u00a0€ et 10\u00a0ans"),
        ("le 6 février 1992", "le 6\u00a0février\u00a01992"),
        ("https://x.example a:b", "https://x.example a:b"),
        ('<p title="a ; b">c</p>', '<p title="a ; b">c</p>'),
        ("<style>a : b ;</style>x : y", "<style>a : b ;</style>x\u00a0: y"),
    ],
)
def test_spaces_before_double_punctuation_do_not_break(typed: str, printed: str) -> None:
    assert words.typeset(typed) == printed


def test_a_count_takes_the_plural_from_two_on() -> None:
    said = [words.plural(n, "bien", "biens") for n in (0, 1, 2, 1500)]

    assert said == ["0\u00a0bien", "1\u00a0bien", "2\u00a0biens", "1\u202f500\u00a0biens"]


def test_an_unknown_text_leaves_a_line_to_fill_in_and_a_known_one_is_escaped() -> None:
    assert "vide" in words.blank("")
    assert words.blank("a<b") == "a&lt;b"
