# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The yearly report to the council: the audit's published figures, worded in French."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.i18n import in_french
from fleet.model import paper_facts as f
from fleet.model.audit import Audit, Figure, Section
from fleet.model.papers import PaperKind
from fleet.output.audit_data import digest_of
from fleet.output.audit_numbers import figure_value, number, publishable
from fleet.output.audit_values import used_lines
from fleet.output.audit_words import explanation, figure_title, section_title, why_words
from fleet.output.words import labelled, listed
from fleet.services import audit
from fleet.services.papers_facts import Draft, head
from fleet.services.town import Town

# What fits on two pages; the whole audit is one command away.
_SHOWN = frozenset(
    {
        "fleet.held", "fleet.in_service", "fleet.age_mean", "fleet.age_median",
        "decree.a", "decree.b", "decree.rate", "decree.target", "decree.retired", "decree.yearly",
        "wiping.exits", "wiping.coverage", "wiping.exceptions",
        "workshop.received", "workshop.yield", "workshop.families", "workshop.loans",
        "workshop.returns",
        "lifespan.median", "lifespan.at_retirement_mean", "lifespan.cost_per_year",
        "carbon.low", "carbon.central", "carbon.high", "carbon.longer_first_life",
        "money.purchases", "money.upkeep", "money.avoided", "money.social", "forecast.cost",
    }
)  # fmt: skip
# Sums of figures that the report leaves out: their explanation would name what is not there.
_SUMS = frozenset({"decree.b"})


def yearly_report(town: Town, kind: PaperKind, year: int, *, number: str, on: str) -> Draft:
    """Return the report of a year, small numbers of people hidden.

    Raises UsageError for a year to come, BadInput for a bad data file.
    """
    found = audit.run(town, audit.period_of(date.fromisoformat(on), year=year)).audit
    public = publishable(found, audit.fewest_people(found.day))
    with in_french():
        sections = tuple(_sections(public))
        missing = tuple(_missing(public))
        unverified = tuple(_unverified(public))
    facts = f.YearlyReport(
        **head(town, number=number, on=on),
        year=year,
        day=found.day,
        sections=sections,
        missing=missing,
        digest=digest_of(found),
        unverified=unverified,
    )
    return Draft(kind=kind, facts=facts, about=f"year:{year}", label=str(year))


def _sections(public: Audit) -> Iterator[f.Section]:
    """Yield what has figures: a council is shown no row without a value, or about nothing."""
    for section in public.sections:
        shown = [one for one in section.figures if one.key in _SHOWN]
        told = [one for one in shown if not one.why and one.of != 0]
        figures = tuple(
            _figure(one, before) for before, one in zip((None, *told), told, strict=False)
        )
        if figures:
            yield f.Section(title=section_title(section.key), figures=figures)


def _figure(one: Figure, before: Figure | None) -> f.Figure:
    """Return a figure in words; what the one before has explained is not told again."""
    told = "" if one.key in _SUMS else explanation(one.key)
    again = before is not None and explanation(before.key) == told
    return f.Figure(
        label=figure_title(one.key),
        value=figure_value(one),
        note="" if again else told,
        of=number(one.of, "") if one.of is not None else "",
    )


def _missing(public: Audit) -> Iterator[str]:
    """Yield a line for each reason that keeps figures from having a value."""
    titles: dict[str, list[str]] = {}
    for section in public.sections:
        for one in section.figures:
            if one.key in _SHOWN and one.why:
                titles.setdefault(one.why, []).append(figure_title(one.key))
    for why, found in titles.items():
        yield labelled(listed(found), why_words(why))


def _unverified(public: Audit) -> Iterator[str]:
    told: dict[str, None] = {}
    for section in public.sections:
        told |= dict.fromkeys(_of_section(section))
    return iter(told)


def _of_section(section: Section) -> Iterator[str]:
    if any(figure.key in _SHOWN for figure in section.figures):
        unread = (value for value in section.used if not value.verified)
        yield from (line.words for line in used_lines(unread))
