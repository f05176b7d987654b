# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit as one HTML file: no script, nothing fetched, read aloud and printed on A4.

The template is ``fleet/data/audit/audit.html``; every value is escaped by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fleet.i18n import _, current_language, day_name
from fleet.model.audit import Audit, Bar, Breakdown, Curve, Figure, Section
from fleet.model.audit_days import years
from fleet.output.audit_numbers import bar_values, figure_value, hidden, hidden_note, number
from fleet.output.audit_svg import bar_svg, curves_svg, legend
from fleet.output.audit_text import (
    YEARS_SHOWN,
    at_year,
    audit_title,
    difference,
    whole_years,
)
from fleet.output.audit_values import UsedLine, used_lines
from fleet.output.audit_words import (
    column_title,
    explanation,
    figure_title,
    group_name,
    label,
    rows_title,
    section_title,
    table_title,
    why_words,
)
from fleet.output.safe import lines_for_terminal
from fleet.output.words import Names, labelled

_FOLDER = Path(__file__).parent.parent / "data" / "audit"
_MOST_ROWS = 60
_NONE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure as the page shows it: what it counts, why it is missing; its cells, in order.

    ``meaning`` is empty when the row above says the same.
    """

    title: str
    meaning: str
    missing: Sequence[str]
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A breakdown as the page shows it. ``first`` says what its lines are.
    Rows: label, bar, numbers.

    ``more`` tells how many are not shown, ``hidden`` why numbers are withheld; empty for none.
    """

    id: str
    title: str
    first: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Markup, Sequence[str]]]
    more: str
    hidden: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveBlock:
    """Survival curves of one sort: a chart, its legend, and the same in numbers."""

    id: str
    title: str
    chart: Markup
    legend: Sequence[tuple[Markup, str]]
    numbers_title: str
    first: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One section of the page."""

    id: str
    title: str
    figures_title: str
    figures: Sequence[FigureRow]
    hidden: str
    tables: Sequence[TableBlock]
    curves: Sequence[CurveBlock]
    used: Sequence[UsedLine]


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
        columns=[*([before.year] if before else []), audit.year, *_last_columns(before)],
        chapters=[_chapter(section, names, audit, before) for section in audit.sections],
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
        "share": _("Share still in their first life by age, with the number at risk"),
        "used": _("Values used"),
        "not_verified": _("Not verified."),
        "same": _(
            "The same journal, read until the same events, gives the same figures to the last "
            "digit."
        ),
        "digest": _("Digest of the whole audit (SHA-256):"),
        "heads": _("Last event of each chain that was read:"),
    }


def _chapter(section: Section, names: Names, audit: Audit, before: Audit | None) -> Chapter:
    curves = groupby(section.curves, key=lambda curve: curve.key)
    told = pairwise(("", *(explanation(one.key) for one in section.figures)))
    rows = [
        _figure(one, meaning if meaning != above else "", audit, before)
        for one, (above, meaning) in zip(section.figures, told, strict=True)
    ]
    withheld = any(hidden() in row.cells for row in rows)
    return Chapter(
        id=section.key,
        title=section_title(section.key),
        figures_title=_("Key figures: {title}").format(title=section_title(section.key)),
        figures=rows,
        hidden=hidden_note(audit.fewest) if withheld else "",
        tables=[_table(one, names, audit.fewest) for one in section.breakdowns if one.bars],
        curves=[_curves(key, list(found)) for key, found in curves],
        used=list(used_lines(section.used)),
    )


def _last_columns(before: Audit | None) -> Sequence[str]:
    return ([_("Difference")] if before else []) + [_("On how many")]


def _figure(figure: Figure, meaning: str, audit: Audit, before: Audit | None) -> FigureRow:
    """Return a figure's row; a dash stands for a missing value, and words tell why."""
    other = before.figure(figure.key) if before is not None else None
    was = [_value(other), difference(figure, other) or _NONE] if other else []
    return FigureRow(
        title=figure_title(figure.key),
        meaning=meaning,
        missing=list(_missing(audit, figure, before, other)),
        cells=[*was[:1], _value(figure), *was[1:], number(figure.of, "")],
    )


def _value(figure: Figure) -> str:
    return figure_value(figure) if figure.why in ("", "hidden") else _NONE


def _missing(
    audit: Audit, figure: Figure, before: Audit | None, other: Figure | None
) -> Iterator[str]:
    """Yield why a figure has no value, once for two years with the same reason."""
    found = {audit.year: figure.why}
    if before is not None and other is not None:
        found = {before.year: other.why, **found}
    for why, pairs in groupby(found.items(), key=lambda pair: pair[1]):
        if why and why != "hidden":
            which = ", ".join(str(year) for year, _why in pairs)
            yield labelled(which, why_words(why))


def _table(one: Breakdown, names: Names, fewest: int) -> TableBlock:
    left = len(one.bars) - _MOST_ROWS
    rows = zip(one.bars[:_MOST_ROWS], one.shares(), strict=False)
    return TableBlock(
        id=one.key.replace(".", "-"),
        title=table_title(one.key),
        first=rows_title(one.key),
        columns=[column_title(code) for code, _unit in one.columns],
        rows=[_row(one, bar, share, names) for bar, share in rows],
        more=_("… and {count} more.").format(count=left) if left > 0 else "",
        hidden=hidden_note(fewest) if any(bar.hidden for bar in one.bars) else "",
    )


def _row(one: Breakdown, bar: Bar, share: float, names: Names) -> tuple[str, Markup, Sequence[str]]:
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
        first=rows_title(key),
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
