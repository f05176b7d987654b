# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""French says the project's words, keeps commands as typed, and is typeset as French is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from fleet.output import words

STATES = {
    "in_stock": "En stock",
    "in_service": "En service",
    "in_repair": "En réparation",
    "retired": "Réformée",
    "in_workshop": "En atelier",
    "ready": "Prête à donner",
    "given": "Remise à une famille",
    "loaned": "Prêtée",
    "sold_or_transferred": "Vendue ou transférée",
    "dismantled": "Démontée pour pièces",
    "to_recycle": "À recycler",
    "recycled": "Recyclée",
    "lost": "Perdue ou volée",
}
GLOSSARY = [
    (r"\bagreements?\b", "convention"),
    (r"\bbatter(y|ies)\b", "batterie"),
    (r"\bbundles?\b", "paquet"),
    (r"\bfingerprints?\b", "empreinte"),
    (r"\binbox\b", "réception|à régler"),
    (r"\blots?\b", "lot"),
    (r"\breceipts?\b", "reçu"),
    (r"\brooms?\b", "salle"),
    (r"\bseats?\b", "place"),
    (r"\bspreadsheets?\b", "tableur"),
    (r"\bwaived?\b", "dérog"),
    (r"\bwiped?s?\b", "effac"),
]
COMMAND = re.compile(r"parclibre(?: [a-z-]+)+|(?<![\w-])--[a-z][a-z-]+")
# Codes and commands are the same in both languages; so are the keys of a JSON document.
CODES = re.compile(
    r"«[^»]*»|\{[^}]*\}|--[a-z-]+|parclibre [a-z -]+|\w+=\w+|^(list of )?objects?: .*"
)
SPACED_WRONGLY = re.compile(r"[^\S\u00a0][;!?»](?!\w)|\s,|«[^\u00a0]|[^\u00a0]»|[^\S\u00a0]:\s")

Pair = tuple[str, str]


@pytest.fixture(scope="module")
def french(repository: Path) -> Catalog:
    path = repository / "fleet" / "locale" / "fr" / "LC_MESSAGES" / "parclibre.po"
    with path.open("rb") as source:
        return read_po(source, locale="fr")


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.fixture(scope="module")
def pairs(french: Catalog) -> list[Pair]:
    """Every English text with its French, counted messages in both forms."""
    return [
        pair
        for message in french
        if message.id
        for pair in zip(forms(message.id), forms(message.string), strict=True)
    ]


def test_states_bear_the_names_of_the_lifecycle(french: Catalog) -> None:
    shown = {code: french[english].string for code, english in words.states().items()}

    assert shown == STATES


@pytest.mark.parametrize(("english", "expected"), GLOSSARY)
def test_one_thing_has_one_word(english: str, expected: str, pairs: list[Pair]) -> None:
    speaking = [pair for pair in pairs if re.search(english, CODES.sub("", pair[0]), re.I)]

    assert speaking
    assert [pair for pair in speaking if not re.search(expected, pair[1], re.I)] == []


def test_commands_and_options_stay_as_they_are_typed(pairs: list[Pair]) -> None:
    changed = [
        (english, text)
        for english, text in pairs
        if sorted(COMMAND.findall(english)) != sorted(COMMAND.findall(text))
    ]

    assert changed == []


def test_punctuation_is_spaced_as_in_french(pairs: list[Pair]) -> None:
    assert [text for _, text in pairs if SPACED_WRONGLY.search(text)] == []


def test_apostrophes_are_those_of_a_keyboard(pairs: list[Pair]) -> None:
    assert [text for _, text in pairs if "’" in text] == []


def test_nothing_is_left_in_english(pairs: list[Pair]) -> None:
    english = re.compile(r"\b(the|of|and|with|without|cannot|from|by)\b")

    assert [text for _, text in pairs if english.search(CODES.sub("", text))] == []
