# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit as data: one JSON object, CSV tables with a Frictionless description, its digest.

What is published holds no machine and no small number of people: give it the audit that
``audit_numbers.publishable`` returns. The digest is of the whole audit, exact to the last machine.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from fleet.model.audit import Audit, Bar, Breakdown, Curve, Figure, Number, Section
from fleet.model.dated import DatedValue
from fleet.output.audit_values import plain_value
from fleet.output.audit_words import (
    column_title,
    explanation,
    figure_title,
    group_name,
    label,
    section_title,
    table_title,
)
from fleet.output.safe import for_csv
from fleet.output.words import Names

LICENCE = "etalab-2.0"
_PLACES = 6


def audit_object(audit: Audit, names: Names) -> dict[str, Any]:
    """Return the audit as plain values; numbers rounded to six decimals."""
    return {
        "year": audit.year,
        "day": audit.day,
        "known_at": audit.known_at or None,
        "heads": {replica: seq for replica, (seq, _link) in sorted(audit.heads.items())},
        "sections": [_section(section, names) for section in audit.sections],
    }


def _section(section: Section, names: Names) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section_title(section.key),
        "figures": [_figure(figure) for figure in section.figures],
        "tables": [_table(one, names) for one in section.breakdowns],
        "curves": [_curve(curve) for curve in section.curves],
        "values_used": [_used(value) for value in section.used],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "title": figure_title(figure.key),
        "value": _plain(figure.value),
        "unit": figure.unit,
        "of": figure.of,
        "missing": figure.why or None,
    }


def _table(one: Breakdown, names: Names) -> dict[str, Any]:
    codes = [code for code, _unit in one.columns]
    return {
        "key": one.key,
        "title": table_title(one.key),
        "units": dict(one.columns),
        "rows": [
            {"label": label(one.labels, bar.label, names), "hidden": bar.hidden}
            | dict(zip(codes, map(_plain, bar.values), strict=True))
            for bar in one.bars
        ],
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "key": curve.key,
        "group": group_name(curve.label),
        "machines": curve.survival.machines,
        "ended": curve.survival.ended,
        "median_days": curve.survival.median_days,
        "points": [point._asdict() for point in curve.survival.points],
    }


def _used(value: DatedValue) -> dict[str, Any]:
    return {
        "key": value.key,
        "value": plain_value(value),
        "from": value.since,
        "until": value.until,
        "source": value.source,
        "verified": value.verified,
    }


def _plain(value: Number) -> int | float | None:
    return round(float(value), _PLACES) if isinstance(value, Fraction) else value


# --- open data -------------------------------------------------------------------------------

_FIGURES = ("year", "day", "section", "key", "title", "value", "unit", "of", "missing", "meaning")
_TABLES = ("year", "day", "section", "table", "title", "label", "column", "value", "unit", "hidden")
_SURVIVAL = (
    "year", "day", "curve", "group", "days", "at_risk", "ended", "censored", "survival", "low",
    "high",
)  # fmt: skip
_SOURCES = ("section", "key", "value", "from", "until", "source", "verified")
_INTEGERS = frozenset({"year", "days", "at_risk", "ended", "censored", "of"})
_NUMBERS = frozenset({"survival", "low", "high"})
_DATES = frozenset({"day", "from", "until"})
_BOOLEANS = frozenset({"verified", "hidden"})


def csv_files(audit: Audit, names: Names) -> dict[str, str]:
    """Return file names to contents: four CSV tables and ``datapackage.json``."""
    tables: Mapping[str, tuple[Sequence[str], Iterator[Sequence[object]]]] = {
        "figures.csv": (_FIGURES, _figure_rows(audit)),
        "tables.csv": (_TABLES, _table_rows(audit, names)),
        "survival.csv": (_SURVIVAL, _survival_rows(audit)),
        "sources.csv": (_SOURCES, _source_rows(audit)),
    }
    files = {name: csv_text(header, rows) for name, (header, rows) in tables.items()}
    described = [_resource(name, header) for name, (header, _rows) in tables.items()]
    return {**files, "datapackage.json": _package(audit, described)}


def _figure_rows(audit: Audit) -> Iterator[Sequence[object]]:
    for section in audit.sections:
        for one in section.figures:
            yield (
                audit.year, audit.day, section.key, one.key, figure_title(one.key),
                _plain(one.value), one.unit, one.of, one.why, explanation(one.key),
            )  # fmt: skip


def _table_rows(audit: Audit, names: Names) -> Iterator[Sequence[object]]:
    for section in audit.sections:
        for one in section.breakdowns:
            for bar in one.bars:
                for value, (code, unit) in zip(bar.values, one.columns, strict=True):
                    yield (
                        audit.year, audit.day, section.key, one.key, table_title(one.key),
                        label(one.labels, bar.label, names), column_title(code), _plain(value),
                        unit, _truth(bar.hidden),
                    )  # fmt: skip


def _survival_rows(audit: Audit) -> Iterator[Sequence[object]]:
    for section in audit.sections:
        for curve in section.curves:
            for point in curve.survival.points:
                yield (audit.year, audit.day, curve.key, group_name(curve.label), *point)


def _source_rows(audit: Audit) -> Iterator[Sequence[object]]:
    for section in audit.sections:
        for value in section.used:
            yield (
                section.key, value.key, plain_value(value), value.since, value.until, value.source,
                _truth(value.verified),
            )  # fmt: skip


def _truth(value: bool) -> str:
    return "true" if value else "false"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV table (RFC 4180); no cell starts a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([for_csv("" if cell is None else str(cell)) for cell in row] for row in rows)
    return out.getvalue()


def _resource(name: str, header: Sequence[str]) -> dict[str, Any]:
    return {
        "name": name.removesuffix(".csv"),
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": [{"name": column, "type": _type(name, column)} for column in header]},
    }


def _type(name: str, column: str) -> str:
    if column == "value":
        return "string" if name == "sources.csv" else "number"
    kinds = ((_INTEGERS, "integer"), (_NUMBERS, "number"), (_DATES, "date"), (_BOOLEANS, "boolean"))
    return next((kind for columns, kind in kinds if column in columns), "string")


def _package(audit: Audit, resources: list[dict[str, Any]]) -> str:
    package = {
        "profile": "tabular-data-package",
        "name": f"parclibre-audit-{audit.year}",
        "created": f"{audit.day}T00:00:00Z",
        "licenses": [
            {"name": LICENCE, "title": "Licence Ouverte / Open Licence 2.0",
             "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}
        ],
        "resources": resources,
    }  # fmt: skip
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


# --- the digest ------------------------------------------------------------------------------


def digest_of(audit: Audit) -> str:
    """Return the SHA-256 of an audit: every number exact, every machine, every value used."""
    found = hashlib.sha256()
    for section in audit.sections:
        for line in _exact(section):
            found.update(line.encode() + b"\n")
    return found.hexdigest()


def _exact(section: Section) -> Iterator[str]:
    yield section.key
    for figure in section.figures:
        yield repr((figure.key, str(figure.value), figure.of, figure.why, figure.machines))
    for one in section.breakdowns:
        yield repr((one.key, one.columns, [_exact_bar(bar) for bar in one.bars]))
    for curve in section.curves:
        points = [tuple(map(repr, point)) for point in curve.survival.points]
        yield repr((curve.key, curve.label, points, curve.machines))
    for value in section.used:
        yield repr((value.key, str(value.value), value.since, value.until, value.verified))


def values_digest(audit: Audit) -> str:
    """Return the SHA-256 of the dated values that an audit used, with their sources."""
    found = hashlib.sha256()
    for section in audit.sections:
        for value in section.used:
            found.update(repr((section.key, _used(value))).encode() + b"\n")
    return found.hexdigest()


def _exact_bar(bar: Bar) -> tuple[str, list[str], tuple[str, ...]]:
    return str(bar.label), [str(value) for value in bar.values], bar.machines
