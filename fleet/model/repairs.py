# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repairs as they leave for open data: one attempt, and the words of the Open Repair Data Standard.

The standard's lists are data (``fleet/data/ords-0.3.yml``); nothing of a person is in a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OUTCOMES = ("fixed", "repairable", "end_of_life", "unknown")
# Outcomes of repairs closed at the town hall, in the standard's words.
_TOWN_OUTCOMES = {"repaired": "fixed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One repair attempt. ``on`` and ``recorded_on`` are ISO days; ``fault`` a code or words."""

    id: str
    on: str
    recorded_on: str
    kind: str
    brand: str | None
    fault: str
    outcome: str
    barrier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Who publishes. ``country`` is ISO 3166 alpha-3; ``with_words``: a person read the faults."""

    provider: str
    group: str
    country: str = "FRA"
    with_words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairStandard:
    """The standard's columns and lists. ``categories`` are (number, name) by kind of machine."""

    version: str
    columns: tuple[str, ...]
    categories: Mapping[str, tuple[int, str]]
    statuses: Mapping[str, str]
    barriers: Mapping[str, str]
    faults: Mapping[str, str]


def town_outcome(outcome: str) -> str:
    """Return the outcome of a repair closed at the town hall in the bench's words.

    « Not repaired » does not say whether it could be: that is unknown.
    """
    return _TOWN_OUTCOMES.get(outcome, "unknown")


def ords_row(repair: Repair, publication: Publication, standard: RepairStandard) -> Sequence[str]:
    """Return a repair as the cells of the standard, in the order of its columns.

    The year of manufacture is left out: a purchase or a firmware date is not it.
    """
    number, category = standard.categories.get(repair.kind, standard.categories["other"])
    cells = {
        "id": repair.id,
        "data_provider": publication.provider,
        "country": publication.country,
        "partner_product_category": repair.kind,
        "product_category": category,
        "product_category_id": str(number),
        "brand": repair.brand or "Unknown",
        "repair_status": standard.statuses.get(repair.outcome, standard.statuses["unknown"]),
        "repair_barrier_if_end_of_life": _barrier(repair, standard),
        "group_identifier": publication.group,
        "event_date": repair.on,
        "problem": problem_of(repair, publication, standard),
        "record_date": repair.recorded_on,
    }
    return [cells.get(column, "") for column in standard.columns]


def problem_of(repair: Repair, publication: Publication, standard: RepairStandard) -> str:
    """Return the problem's words: those of its code; free words only once a person read them."""
    known = standard.faults.get(repair.fault)
    return known or (repair.fault if publication.with_words else "")


def _barrier(repair: Repair, standard: RepairStandard) -> str:
    if repair.outcome != "end_of_life":
        return ""
    return standard.barriers.get(repair.barrier or "", "")
