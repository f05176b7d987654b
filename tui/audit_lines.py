# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit as the lines of a table: chapters, figures, small charts, with another year's values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat

from fleet.i18n import _
from fleet.model.audit import Audit, Bar, Breakdown, Curve, Figure, Section
from fleet.model.audit_days import years
from fleet.output.audit_numbers import bar_values, figure_value, number
from fleet.output.audit_text import YEARS_SHOWN, at_year, bar_of, difference, whole_years
from fleet.output.audit_values import value_title, value_words
from fleet.output.audit_words import (
    column_title,
    explanation,
    figure_title,
    group_name,
    label,
    section_title,
    table_title,
    why_words,
)
from fleet.output.words import Names, labelled, listed

BAR_CELLS = 16
_STEPS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line. ``key`` lists its machines (``audit.listed``), of which there are ``machines``.

    ``drawn`` is a bar or a curve, ``note`` the rest of its numbers, ``told`` explains it;
    ``charted``: a bar has its place there, even one too short to be seen; ``heads``: it is the
    title of the lines below.
    """

    id: str
    level: int
    title: str
    key: str = ""
    value: str = ""
    other: str = ""
    change: str = ""
    drawn: str = ""
    note: str = ""
    told: str = ""
    machines: int = 0
    known: bool = True
    charted: bool = False
    heads: bool = False


def lines_of(audit: Audit, before: Audit | None, names: Names) -> tuple[AuditLine, ...]:
    """Return the lines of an audit, with the values of another year beside them."""
    others = {section.key: section for section in before.sections} if before else {}
    return tuple(
        line
        for section in audit.sections
        for line in _section(section, others.get(section.key), names)
    )


def _section(section: Section, other: Section | None, names: Names) -> Iterator[AuditLine]:
    yield AuditLine(id=f"§{section.key}", level=0, title=section_title(section.key))
    figures = {figure.key: figure for figure in other.figures} if other else {}
    for figure in section.figures:
        yield _figure(figure, figures.get(figure.key))
    tables = {table.key: table for table in other.breakdowns} if other else {}
    for table in section.breakdowns:
        if table.bars:
            yield from _table(table, tables.get(table.key), names)
    curves = {(one.key, one.label): one for one in other.curves} if other else {}
    yield from _curves(section.curves, curves)
    yield from _not_verified(section)


def _not_verified(section: Section) -> Iterator[AuditLine]:
    values = [value for value in section.used if not value.verified]
    if values:
        title = _("Values used, not verified")
        yield AuditLine(id=f"?{section.key}", level=1, title=title, heads=True)
    for value in values:
        yield AuditLine(
            id=f"?{section.key} {value.key}",
            level=2,
            title=value_title(value.key),
            value=value_words(value),
            told=f"{value.source} ({value.key})",
        )


def _figure(figure: Figure, other: Figure | None) -> AuditLine:
    of = _("of {count}").format(count=number(figure.of, "")) if figure.of is not None else ""
    return AuditLine(
        id=figure.key,
        key=figure.key,
        level=1,
        title=figure_title(figure.key),
        value=figure_value(figure),
        other=figure_value(other) if other else "",
        change=difference(figure, other) if other else "",
        note=why_words(figure.why) if figure.why else of,
        told=explanation(figure.key),
        machines=len(set(figure.machines)),
        known=figure.value is not None,
    )


def _table(table: Breakdown, other: Breakdown | None, names: Names) -> Iterator[AuditLine]:
    every = {machine for bar in table.bars for machine in bar.machines}
    yield AuditLine(id=table.key, key=table.key, level=1, title=table_title(table.key),
                    value=_first_column(table), machines=len(every), heads=True)  # fmt: skip
    was = {bar.label: bar for bar in other.bars} if other else {}
    bars = (*table.bars, *_gone(table, was))
    for bar, share in zip(bars, chain(table.shares(), repeat(0.0)), strict=False):
        yield _bar(table, bar, share, was.get(bar.label) or _none(table, bar, other), names)


def _counts(table: Breakdown) -> bool:
    return [unit for _code, unit in table.columns] == ["machines"]


def _gone(table: Breakdown, was: Mapping[str, Bar]) -> list[Bar]:
    """Return the lines that only the other year has: nobody is left in them."""
    here = {bar.label for bar in table.bars}
    gone = [label for label in was if label not in here]
    return [Bar(label=label, values=(0,)) for label in gone] if _counts(table) else []


def _none(table: Breakdown, bar: Bar, other: Breakdown | None) -> Bar | None:
    """Return nobody, where the other year was counted and had no such line."""
    counted = other is not None and _counts(table)
    return Bar(label=bar.label, values=(0,)) if counted else None


def _first_column(table: Breakdown) -> str:
    code, _unit = table.columns[0]
    return "" if code == "machines" else column_title(code)


def _bar(table: Breakdown, bar: Bar, share: float, other: Bar | None, names: Names) -> AuditLine:
    first, *rest = bar_values(bar, table.columns)
    code, unit = table.columns[0]
    told = zip(table.columns[1:], rest, strict=True)
    was = Figure(key=code, value=other.values[0], unit=unit) if other else None
    now = Figure(key=code, value=bar.values[0], unit=unit)
    id_ = f"{table.key}:{bar.label}"
    return AuditLine(
        id=id_,
        key=id_,
        level=2,
        title=label(table.labels, bar.label, names),
        value=first,
        other=figure_value(was) if was else "",
        change=difference(now, was) if was else "",
        drawn=bar_of(share, BAR_CELLS),
        charted=True,
        note=listed(labelled(column_title(name), shown) for (name, _unit), shown in told),
        machines=len(set(bar.machines)),
    )


def _curves(
    curves: tuple[Curve, ...], others: Mapping[tuple[str, str], Curve]
) -> Iterator[AuditLine]:
    title = ""
    for curve in curves:
        if curve.key != title:
            title = curve.key
            yield AuditLine(
                id=f"~{title}", level=1, title=table_title(title), value=_("Median"), heads=True
            )
        yield _curve(curve, others.get((curve.key, curve.label)))


def _curve(curve: Curve, other: Curve | None) -> AuditLine:
    shares = [at_year(curve, year) for year in YEARS_SHOWN]
    steps = (
        labelled(whole_years(year), f"{round(share * 100)} % ({number(at_risk, '')})")
        for year, (share, at_risk) in zip(YEARS_SHOWN, shares, strict=True)
        if at_risk
    )
    id_ = f"{curve.key}:{curve.label}"
    return AuditLine(
        id=id_,
        key=id_,
        level=2,
        title=group_name(curve.label),
        value=_median(curve),
        other=_median(other) if other else "",
        charted=True,
        drawn="".join(_STEPS[round(share * 8)] for share, at_risk in shares if at_risk),
        note=_("{count} machines, {ended} retired").format(
            count=number(curve.survival.machines, ""), ended=number(curve.survival.ended, "")
        ),
        told=_("Still in use at each age (machines at risk): {steps}").format(
            steps=", ".join(steps) or _("unknown")
        ),
        machines=len(set(curve.machines)),
    )


def _median(curve: Curve) -> str:
    days = curve.survival.median_days
    return _("not reached") if days is None else number(years(days), "years")
