# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit as one HTML file: no script, nothing fetched, read aloud and printed on A4.

The template is ``fleet/data/audit/audit.html``; every value is escaped by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fleet.i18n import _, current_language, day_name
from fleet.model.audit import Audit, Bar, Breakdown, Curve, Figure, Section
from fleet.model.audit_days import years
from fleet.output.audit_numbers import bar_values, figure_value, number
from fleet.output.audit_svg import bar_svg, curves_svg, legend
from fleet.output.audit_text import (
    YEARS_SHOWN,
    at_year,
    audit_title,
    difference,
    plain_value,
    whole_years,
)
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
from fleet.output.safe import lines_for_terminal
from fleet.output.words import Names

_FOLDER = Path(__file__).parent.parent / "data" / "audit"
_MOST_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure as the page shows it; the last two only beside another year's."""

    title: str
    value: str
    count: str
    meaning: str
    before: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A breakdown as the page shows it. Rows: label, bar, numbers.

    ``more`` tells how many are not shown; empty for none.
    """

    id: str
    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Markup, Sequence[str]]]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveBlock:
    """Survival curves of one sort: a chart, its legend, and the same in numbers."""

    id: str
    title: str
    chart: Markup
    legend: Sequence[tuple[Markup, str]]
    numbers_title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One section of the page."""

    id: str
    title: str
    figures_title: str
    figures: Sequence[FigureRow]
    tables: Sequence[TableBlock]
    curves: Sequence[CurveBlock]
    used: Sequence[tuple[str, str, str, bool]]


def audit_html(audit: Audit, names: Names, *, before: Audit | None = None, digest: str = "") -> str:
    """Return the page. ``before`` is another year to compare with; ``digest`` seals the audit."""
    environment = Environment(
        loader=FileSystemLoader(str(_FOLDER)), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    text = environment.get_template("audit.html").render(
        say=_words(),
        language=current_language(),
        title=audit_title(audit),
        audit=audit,
        day=day_name(audit.day),
        before=before,
        digest=digest,
        chapters=[_chapter(section, names, before) for section in audit.sections],
        heads=sorted((replica, seq) for replica, (seq, _link) in audit.heads.items()),
    )
    return lines_for_terminal(text) + "\n"


def _words() -> dict[str, str]:
    """Return what the page itself says."""
    return {
        "skip": _("Go to the figures"),
        "lead": _(
            "Computed from the journal as it stood; every figure says on how many machines it is, "
            "and which values it used."
        ),
        "chapters": _("Chapters"),
        "check": _("How to check this report"),
        "figure": _("Figure"),
        "difference": _("Difference"),
        "count": _("On how many"),
        "share": _("Share still in their first life by age, with the number at risk"),
        "group": _("Group"),
        "used": _("Values used"),
        "not_verified": _("Not verified."),
        "same": _(
            "The same journal, read until the same events, gives the same figures to the last "
            "digit."
        ),
        "digest": _("Digest of the whole audit (SHA-256):"),
        "heads": _("Last event of each chain that was read:"),
    }


def _chapter(section: Section, names: Names, before: Audit | None) -> Chapter:
    curves = groupby(section.curves, key=lambda curve: curve.key)
    return Chapter(
        id=section.key,
        title=section_title(section.key),
        figures_title=_("Figures: {title}").format(title=section_title(section.key)),
        figures=[_figure(one, before) for one in section.figures],
        tables=[_table(one, names) for one in section.breakdowns if one.bars],
        curves=[_curves(key, list(found)) for key, found in curves],
        used=[(one.key, plain_value(one), one.source, one.verified) for one in section.used],
    )


def _figure(figure: Figure, before: Audit | None) -> FigureRow:
    other = before.figure(figure.key) if before is not None else None
    return FigureRow(
        title=figure_title(figure.key),
        value=_value(figure),
        count=number(figure.of, ""),
        meaning=explanation(figure.key),
        before=_value(other) if other is not None else "",
        change=difference(figure, other) if other is not None else "",
    )


def _value(figure: Figure) -> str:
    if figure.why and figure.why != "hidden":
        return why_words(figure.why)
    return figure_value(figure)


def _table(one: Breakdown, names: Names) -> TableBlock:
    top = max((float(bar.values[0] or 0) for bar in one.bars), default=0.0)
    left = len(one.bars) - _MOST_ROWS
    return TableBlock(
        id=one.key.replace(".", "-"),
        title=table_title(one.key),
        columns=[column_title(code) for code, _unit in one.columns],
        rows=[_row(one, bar, top, names) for bar in one.bars[:_MOST_ROWS]],
        more=_("… and {count} more.").format(count=left) if left > 0 else "",
    )


def _row(one: Breakdown, bar: Bar, top: float, names: Names) -> tuple[str, Markup, Sequence[str]]:
    share = float(bar.values[0] or 0) / top if top > 0 else 0.0
    drawn = Markup(bar_svg(share))  # noqa: S704  (numbers only)
    return label(one.labels, bar.label, names), drawn, bar_values(bar, one.columns)


def _curves(key: str, curves: Sequence[Curve]) -> CurveBlock:
    id_ = key.replace(".", "-")
    title = table_title(key)
    samples = [(Markup(sample), name) for sample, name in legend(curves)]  # noqa: S704
    return CurveBlock(
        id=id_,
        title=title,
        chart=Markup(curves_svg(curves, title, id_)),  # noqa: S704  (escaped there)
        legend=samples,
        numbers_title=_("{title}, in numbers").format(title=title),
        columns=[
            _("Machines"), _("Retired"), _("Median"),
            *map(whole_years, YEARS_SHOWN),
        ],
        rows=[(group_name(curve.label), list(_numbers(curve))) for curve in curves],
    )  # fmt: skip


def _numbers(curve: Curve) -> Iterator[str]:
    survival = curve.survival
    median = years(survival.median_days) if survival.median_days is not None else None
    yield number(survival.machines, "")
    yield number(survival.ended, "")
    yield number(median, "years") or _("not reached")
    for year in YEARS_SHOWN:
        share, at_risk = at_year(curve, year)
        yield f"{round(share * 100)}\u00a0% ({number(at_risk, '')})" if at_risk else "–"
