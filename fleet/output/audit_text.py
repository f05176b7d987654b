# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit in a terminal: figures, small bar charts, survival at whole years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from fleet.i18n import _, day_name, ngettext
from fleet.model.audit import Audit, Breakdown, Curve, Figure, Section
from fleet.model.audit_days import years
from fleet.output.audit_numbers import bar_values, figure_value, number
from fleet.output.audit_values import source_line, used_lines
from fleet.output.audit_words import (
    column_title,
    figure_title,
    group_name,
    label,
    rows_title,
    section_title,
    table_title,
    why_words,
)
from fleet.output.tables import display_width, table
from fleet.output.words import Names, labelled

_BAR = 24
_STEPS_A_LINE = 4
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
    for line in used_lines(value for value in section.used if not value.verified):
        yield _("Not verified: {what}").format(what=source_line(line))


def figure_line(figure: Figure) -> str:
    """Return a figure with its value, on how many it is, and why it is missing."""
    shown = why_words(figure.why) if figure.why else figure_value(figure)
    if not figure.why and figure.of is not None:
        shown = _("{value} (of {count})").format(value=shown, count=number(figure.of, ""))
    return labelled(figure_title(figure.key), shown)


def _breakdown(one: Breakdown, names: Names) -> Iterator[str]:
    rows = [
        (label(one.labels, bar.label, names), *bar_values(bar, one.columns), bar_of(share))
        for bar, share in zip(one.bars[:MOST_LINES], one.shares(), strict=False)
    ]
    header = (rows_title(one.key), *(column_title(code) for code, _unit in one.columns), "")
    yield table_title(one.key)
    yield from table(*_to_the_right(header, rows))
    if len(one.bars) > MOST_LINES:
        yield _("… and {count} more.").format(count=len(one.bars) - MOST_LINES)


def _to_the_right(
    header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return a table whose columns of numbers, those in the middle, end in line."""
    sizes = [max(map(display_width, column)) for column in zip(header, *rows, strict=True)]

    def ending_in_line(row: Sequence[str]) -> Sequence[str]:
        return (row[0], *map(str.rjust, row[1:-1], sizes[1:-1]), row[-1])

    return ending_in_line(header), [ending_in_line(row) for row in rows]


def bar_of(share: float, cells: int = _BAR) -> str:
    """Return a bar of a share (0 to 1) of its place; what is not nothing is seen."""
    whole, half = divmod(max(round(share * cells * 2), 1 if share > 0 else 0), 2)
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
    steps = [step for year in YEARS_SHOWN if (step := _step(curve, year))]
    for at in range(0, len(steps), _STEPS_A_LINE):
        yield "  " + "  ".join(steps[at : at + _STEPS_A_LINE])


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
    """Yield each figure of two years, and the difference, chapter by chapter."""
    earlier = {figure.key: figure for figure in before.figures()}
    rows: list[Sequence[str]] = []
    for section in now.sections:
        rows += [("",) * 5, (section_title(section.key), "", "", "", "")]
        rows += [_compared(figure, earlier[figure.key]) for figure in section.figures]
    header = (_("Figure"), str(before.year), str(now.year), _("Difference"), "")
    yield from table(*_to_the_right(header, rows))


def _compared(now: Figure, before: Figure) -> Sequence[str]:
    change = difference(now, before) or "–"
    return figure_title(now.key), figure_value(before), figure_value(now), change, ""


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
