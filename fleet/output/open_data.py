# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A year as open data: one CSV table, its Table Schema and its data package (Frictionless).

No machine and no person is in it: only counts of groups that are large enough to be told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fleet.i18n import _
from fleet.model.audit_fleet import AGE_CLASSES
from fleet.model.audit_open import ALL, UNKNOWN, Line, OpenYear
from fleet.model.state import State
from fleet.output.audit_data import LICENCE, csv_text
from fleet.output.words import Names, kinds, site_kinds, state_name

TABLE = "machines.csv"
_LICENCE = {
    "name": LICENCE,
    "title": "Licence Ouverte / Open Licence 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}


def open_files(year: OpenYear, names: Names, *, publisher: str) -> dict[str, str]:
    """Return file names to contents: ``machines.csv``, ``schema.json``, ``datapackage.json``."""
    header = [field["name"] for field in _fields(year)]
    return {
        TABLE: csv_text(header, (_row(year, line, names) for line in year.lines)),
        "schema.json": _json(_schema(year)),
        "datapackage.json": _json(_package(year, publisher)),
    }


def _row(year: OpenYear, line: Line, names: Names) -> Sequence[object]:
    group = line.group
    if group is None:
        blank = ("",) * (5 if year.with_sites else 4)
        return (year.year, "true", *blank, line.count, "")
    name = group.site if group.site == ALL else names(group.site) or group.site
    site = (name,) if year.with_sites else ()
    kilograms = "" if line.making_kg is None else round(line.making_kg)
    return (
        year.year, "false", group.site_kind, *site, group.kind, group.age, group.state,
        line.count, kilograms,
    )  # fmt: skip


# --- the Table Schema ------------------------------------------------------------------------


def _schema(year: OpenYear) -> dict[str, Any]:
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "fields": list(_fields(year)),
        "missingValues": [""],
    }


def _fields(year: OpenYear) -> Iterator[dict[str, Any]]:
    yield _field("year", "year", _("the counted year"), required=True)
    others = _("true on one line only: all the groups too small to be told, put together")
    yield _field("others", "boolean", others, required=True)
    yield _coded("site_kind", _("kind of the machine's last known site"), _site_words())
    if year.with_sites:
        yield _field("site", "string", _("name of the machine's last known site"))
    yield _coded("machine_kind", _("kind of machine"), kinds())
    yield _coded("age_class", _("years since the purchase, on the last day counted"), _ages())
    yield _coded("state", _("where the machine stood on the last day counted"), _states())
    yield _field(
        "count", "integer", _("how many machines"), required=True, minimum=year.fewest
    )  # fmt: skip
    making = _("kg CO2e of making as many new machines; empty without a published factor")
    yield _field("making_kgco2e", "integer", making, minimum=0)


def _field(name: str, type_: str, told: str, **constraints: object) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "type": type_, "description": told}
    if type_ == "boolean":
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    return found | {"constraints": constraints} if constraints else found


def _coded(name: str, told: str, words: Mapping[str, str]) -> dict[str, Any]:
    words = {**words, ALL: _("not distinguished: each group would be too small")}
    meant = "; ".join(f"{code} = {word}" for code, word in words.items())
    return _field(name, "string", f"{told} ({meant})", enum=list(words))


def _site_words() -> dict[str, str]:
    return {**site_kinds(), UNKNOWN: _("not said")}


def _ages() -> dict[str, str]:
    codes = [f"{first}+" if last is None else f"{first}-{last}" for first, last in AGE_CLASSES]
    return {code: _("{span} years").format(span=code) for code in codes} | {UNKNOWN: _("not said")}


def _states() -> dict[str, str]:
    return {state.value: state_name(state) for state in State}


# --- the data package ------------------------------------------------------------------------


def _package(year: OpenYear, publisher: str) -> dict[str, Any]:
    told = _(
        "Every machine that the town had on {day}, and every one that left in the year. Groups "
        "of fewer than {fewest} machines are put together in one line, with as many larger ones "
        "as it takes for none to be found again by subtraction."
    )
    return {
        "profile": "tabular-data-package",
        "name": f"parclibre-machines-{year.year}",
        "title": _("Computers of {town} in {year}").format(town=publisher, year=year.year),
        "description": told.format(day=year.day, fewest=year.fewest),
        "created": f"{year.day}T00:00:00Z",
        "licenses": [_LICENCE],
        "contributors": [{"title": publisher, "role": "publisher"}],
        "sources": list(_sources(publisher, (value.source for value in year.used))),
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "machines",
                "path": TABLE,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": "schema.json",
            }
        ],
    }


def _sources(publisher: str, factors: Iterable[str]) -> Iterator[dict[str, str]]:
    yield {"title": _("Journal of {town}, kept with ParcLibre").format(town=publisher)}
    for source in dict.fromkeys(factors):
        yield {"title": source}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
