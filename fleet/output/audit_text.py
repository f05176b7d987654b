# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit in a terminal: figures, small bar charts, survival at whole years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from fleet.i18n import _, day_name, ngettext
from fleet.model.audit import Audit, Bar, Breakdown, Curve, Figure, Number, Section
from fleet.model.audit_days import years
from fleet.model.dated import DatedValue
from fleet.output.audit_numbers import bar_values, figure_value, number
from fleet.output.audit_words import (
    column_title,
    figure_title,
    group_name,
    label,
    section_title,
    table_title,
    why_words,
)
from fleet.output.tables import table
from fleet.output.words import Names, labelled

_BAR = 24
MOST_LINES = 30
YEARS_SHOWN = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


def audit_lines(audit: Audit, names: Names) -> Iterator[str]:
    """Yield the whole audit, line by line."""
    yield audit_title(audit)
    yield ""
    for section in audit.sections:
        yield from _section(section, names)
        yield ""


def audit_title(audit: Audit) -> str:
    """Return what was audited, until when, and as known when."""
    title = _("Audit of {year}, until {day}").format(year=audit.year, day=day_name(audit.day))
    if audit.known_at:
        return _("{title}, as known on {day}").format(title=title, day=day_name(audit.known_at))
    return title


def _section(section: Section, names: Names) -> Iterator[str]:
    title = section_title(section.key)
    yield title
    yield "─" * len(title)
    for figure in section.figures:
        yield figure_line(figure)
    for breakdown in section.breakdowns:
        if breakdown.bars:
            yield ""
            yield from _breakdown(breakdown, names)
    yield from _curves(section.curves)
    for value in section.used:
        if not value.verified:
            yield _("Not verified: {what}").format(what=source_line(value))


def figure_line(figure: Figure) -> str:
    """Return a figure with its value, on how many it is, and why it is missing."""
    shown = figure_value(figure)
    if figure.why and figure.why != "hidden":
        shown = why_words(figure.why)
    elif figure.of is not None:
        shown = _("{value} (of {count})").format(value=shown, count=number(figure.of, ""))
    return labelled(figure_title(figure.key), shown)


def source_line(value: DatedValue) -> str:
    """Return a dated value with its key and source."""
    return f"{value.key} = {plain_value(value)} ({value.source})"


def plain_value(value: DatedValue) -> str:
    """Return a dated value and its unit."""
    shown = ", ".join(value.value) if isinstance(value.value, tuple) else str(value.value)
    return f"{shown} {value.unit}".strip()


def _breakdown(one: Breakdown, names: Names) -> Iterator[str]:
    shown = one.bars[:MOST_LINES]
    top = max((float(bar.values[0] or 0) for bar in shown), default=0.0)
    rows = [_row(one, bar, top, names) for bar in shown]
    header = (table_title(one.key), "", *(column_title(code) for code, _unit in one.columns))
    yield from table(header, rows)
    if len(one.bars) > MOST_LINES:
        yield _("… and {count} more.").format(count=len(one.bars) - MOST_LINES)


def _row(one: Breakdown, bar: Bar, top: float, names: Names) -> tuple[str, ...]:
    drawn = bar_of(bar.values[0], top)
    return (label(one.labels, bar.label, names), drawn, *bar_values(bar, one.columns))


def bar_of(value: Number, top: float) -> str:
    """Return a bar as long as its share of the longest."""
    length = float(value) / top * _BAR if value and top > 0 else 0.0
    whole, half = divmod(round(max(length, 0.0) * 2), 2)
    return "█" * whole + "▌" * half


def _curves(curves: Sequence[Curve]) -> Iterator[str]:
    title = ""
    for curve in curves:
        if curve.key != title:
            title = curve.key
            yield ""
            yield table_title(curve.key)
        yield from _curve(curve)


def _curve(curve: Curve) -> Iterator[str]:
    survival = curve.survival
    median = years(survival.median_days) if survival.median_days is not None else None
    yield labelled(
        group_name(curve.label),
        _("{count} machines, {ended} retired, median {median}").format(
            count=survival.machines,
            ended=survival.ended,
            median=number(median, "years") or _("not reached"),
        ),
    )
    yield "  " + "  ".join(filter(None, (_step(curve, year) for year in YEARS_SHOWN)))


def _step(curve: Curve, year: int) -> str:
    """Return the share at a whole year and how many are at risk; empty when nobody is."""
    share, at_risk = at_year(curve, year)
    if not at_risk:
        return ""
    return labelled(whole_years(year), f"{round(share * 100)} % ({number(at_risk, '')})")


def whole_years(count: int) -> str:
    """Return an age in whole years."""
    return ngettext("{n} year", "{n} years", count).format(n=count)


def at_year(curve: Curve, year: int) -> tuple[float, int]:
    """Return the share alive at a whole year of age, and how many are at risk from then on."""
    days = year * 1461 // 4
    later = [point for point in curve.survival.points if point.days >= days]
    return curve.survival.at(days), later[0].at_risk if later else 0


def comparison_lines(now: Audit, before: Audit) -> Iterator[str]:
    """Yield each figure of two years, and the difference."""
    earlier = {figure.key: figure for figure in before.figures()}
    rows = []
    for figure in now.figures():
        other = earlier[figure.key]
        rows.append(
            (figure_title(figure.key), figure_value(other), figure_value(figure),
             difference(figure, other))
        )  # fmt: skip
    header = (_("Figure"), str(before.year), str(now.year), _("Difference"))
    yield from table(header, rows)


def difference(now: Figure, before: Figure) -> str:
    """Return the difference with its sign; empty when one of the two is unknown."""
    if now.value is None or before.value is None:
        return ""
    change = Fraction(now.value) - Fraction(before.value)
    unit = "" if now.unit == "percent" else now.unit
    text = number(abs(change), unit)
    if now.unit == "percent":
        text = _("{n} points").format(n=number(abs(change), "percent").removesuffix("\u00a0%"))
    return f"{'−' if change < 0 else '+' if change > 0 else '='} {text}"
