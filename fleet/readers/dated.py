# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads dated values (law, factors, prices) from YAML; problems name the file, line and column.

Each key has a list of entries: ``{value, unit, from, until, source, verified}``, where ``unit``
and ``until`` may be left out. Two entries of a key never hold on the same day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType

from fleet.i18n import _
from fleet.model.dated import DatedTable as DatedTable
from fleet.model.dated import DatedValue as DatedValue
from fleet.model.dated import Plain
from fleet.model.dates import iso_day
from fleet.model.recipe_draft import Group, ListEdit, Scalar
from fleet.model.recipe_problems import Origin, Problem, RecipeRefused
from fleet.model.recipe_spec import Kind, Spec
from fleet.readers.recipe_values import explained, read_settings

_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,11})\.\d{1,12}")
_DAY = Spec(kind=Kind.TEXT, required=True, longest=10)
_LONG = 2_000
_ENTRY = Spec(
    kind=Kind.MAP,
    options={
        "value": Spec(kind=Kind.ANY, required=True),
        "unit": Spec(kind=Kind.TEXT, longest=60),
        "from": _DAY,
        "until": Spec(kind=Kind.TEXT, longest=10),
        "source": Spec(kind=Kind.TEXT, required=True, longest=_LONG),
        "verified": Spec(kind=Kind.BOOLEAN, required=True),
    },
)
_LIST = Spec(kind=Kind.LIST, elements=_ENTRY, edits=False, required=True)
_FILE = Spec(kind=Kind.MAP, elements=_LIST)


def load_dated(text: str | bytes, name: str, keys: Iterable[str] = ()) -> DatedTable:
    """Return the values of a file. Raises RecipeRefused (BadInput) with every problem found.

    ``name`` is the file's, for the messages and for what is printed with the values. ``keys``
    are those that it may give; none: any.
    """
    raw = text.encode() if isinstance(text, str) else text
    options = dict.fromkeys(keys, replace(_LIST, required=False))
    spec = replace(_FILE, options=options, elements=None) if options else _FILE
    hint = _("Each entry has a value, « from », a source, and says whether it was verified.")
    with explained(hint):
        return _table(raw, name, spec)


def _table(raw: bytes, name: str, spec: Spec) -> DatedTable:
    root = read_settings(raw, name, spec)
    found = {key: _entries(key, items) for key, items in _lists(root)}
    problems = [problem for entries in found.values() for problem in _problems(entries)]
    if problems:
        raise RecipeRefused(problems)
    table = {key: tuple(value for value, _origin in entries) for key, entries in found.items()}
    return DatedTable(name=name, entries=MappingProxyType(table))


def _lists(root: Group) -> Iterator[tuple[str, ListEdit]]:
    for key, setting in root.settings.items():
        assert isinstance(setting, ListEdit)  # noqa: S101  (the spec says so)
        yield key, setting


_Placed = tuple[DatedValue, Origin]


def _entries(key: str, items: ListEdit) -> list[_Placed]:
    found = [(_entry(key, item), item.origin) for item in items.added]
    return sorted(found, key=lambda placed: placed[0].since)


def _entry(key: str, item: Scalar) -> DatedValue:
    fields = item.value
    assert isinstance(fields, Mapping)  # noqa: S101  (the spec says so)
    return DatedValue(
        key=key,
        value=_plain(fields["value"]),
        unit=fields.get("unit", ""),
        since=fields["from"],
        until=fields.get("until"),
        source=fields["source"],
        verified=fields["verified"],
    )


def _plain(value: object) -> Plain:
    """Return a value as written: whole numbers, decimals without rounding, texts, lists."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(one) for one in value)
    text = str(value)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _problems(entries: list[_Placed]) -> Iterator[Problem]:
    for value, origin in entries:
        for day in (value.since, value.until or value.since):
            if iso_day(day) != day:
                what = _("« {value} » is not a day, such as 2026-11-22.").format(value=day)
                yield Problem(origin=origin, what=what)
        if value.until is not None and value.until < value.since:
            yield Problem(origin=origin, what=_("« until » comes before « from »."))
    for (before, _place), (after, origin) in pairwise(entries):
        if before.until is None or after.since <= before.until:
            what = _("« {key} » has two values on {day}.")
            yield Problem(origin=origin, what=what.format(key=after.key, day=after.since))
