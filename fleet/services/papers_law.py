# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The legal references of papers as they hold on a day, from the dated data, worded in French."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fleet.model.dated import DatedTable, DatedValue
from fleet.model.law import cents, gift_article, gift_cap, rule_of
from fleet.model.paper_facts import Law, Laws
from fleet.output.template_words import euros
from fleet.readers.dated import load_dated
from fleet.store.law import law

FILE = Path(__file__).parent.parent / "data" / "law-papers.yml"
# Tariffs of the solidarity resale, in the order in which the convention lists them.
_RESOLD = (
    ("laptop", "ordinateur portable"), ("desktop", "ordinateur fixe avec écran"),
    ("screen", "écran"), ("tablet", "tablette"), ("printer", "imprimante"),
    ("multifunction", "multifonction"), ("smartphone", "téléphone"),
)  # fmt: skip


@cache
def references() -> DatedTable:
    """Return the references that come along. Raises BadInput when the file is not in order."""
    return load_dated(FILE.read_bytes(), FILE.name)


def laws(day: str, quality: str = "") -> Laws:
    """Return what papers of a day (ISO) quote; ``quality`` is the partner's.

    One that no entry gives for that day is printed as « à vérifier ».
    """
    table = references()
    return Laws(
        gift=_gift(table, day, quality),
        gift_cap=_cap(day),
        resale=_resale(day),
        retirement=_reference(table, "paper.retirement", day),
        inventory_exit=_reference(table, "paper.inventory_exit", day),
        reuse_duty=_reference(table, "paper.reuse_duty", day),
        aid_list=_reference(table, "paper.aid_list", day),
        refurbished=_reference(table, "paper.refurbished", day),
        data_protection=_reference(table, "paper.data_protection", day),
        waste=_reference(table, "paper.waste", day),
        loan=_reference(table, "paper.loan", day),
    )


def article_of(quality: str, day: str) -> str:
    """Return the article that lets a quality receive a gift; empty when none does."""
    found = gift_article(law(), quality, day)
    return found.text if found is not None else ""


def cap_cents(day: str) -> int | None:
    """Return the cap of a gift on a day, in cents."""
    found = gift_cap(law(), day)
    return None if found is None else cents(found)


def _gift(table: DatedTable, day: str, quality: str) -> Law:
    found = gift_article(law(), quality, day)
    return _law(found) if found is not None else _reference(table, "paper.gift", day)


def _reference(table: DatedTable, key: str, day: str) -> Law:
    found = table.find(key, day)
    return _law(found) if found is not None else _unknown(day)


def _cap(day: str) -> Law:
    return _law(found, _amount(cents(found))) if (found := gift_cap(law(), day)) else _unknown(day)


def _resale(day: str) -> Law:
    found = [
        (words, value)
        for kind, words in _RESOLD
        if (value := law().find(f"resale.max.{kind}", day)) is not None
    ]
    if not found:
        return _unknown(day)
    text = ", ".join(f"{words} {_amount(cents(value))}" for words, value in found)
    return _many([value for _words, value in found], "resale.max", text)


def _amount(amount: int) -> str:
    """Return « 300 € », without cents when there are none."""
    return euros(amount).replace(",00", "")


def _many(values: Sequence[DatedValue], entry: str, text: str) -> Law:
    first = values[0]
    return Law(
        text=text,
        source=rule_of(first),
        entry=entry,
        since=first.since,
        verified=all(value.verified for value in values),
    )


def _law(value: DatedValue, text: str = "") -> Law:
    return Law(
        text=text or value.text,
        source=rule_of(value),
        entry=value.key,
        since=value.since,
        verified=value.verified,
    )


def _unknown(day: str) -> Law:
    """Say that no entry holds: the paper is signed by people who must then look it up."""
    return Law(
        text="règle à vérifier", source="aucune entrée à cette date", entry="", since=day,
        verified=False,
    )  # fmt: skip
