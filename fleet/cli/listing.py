# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings of small records: a table for people, a documented document for programs."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from fleet.cli.context import Context, Run
from fleet.i18n import _
from fleet.output.jsonout import Shape
from fleet.output.words import Names
from fleet.services import browse, records
from fleet.services.browse import Record

# Fields whose value is the id of another record, shown with its name.
_REFERENCES = ("site", "partner", "agreement", "referrer")
T = TypeVar("T")
Columns = Callable[[], Sequence[tuple[str, Callable[[dict[str, Any]], object]]]]


def record_shape(name: str, plural: str, fields: Callable[[], Mapping[str, str]]) -> Shape:
    """Return the shape of a listing: one list, whose objects have ``id`` and these fields."""

    def described() -> Mapping[str, str]:
        listed = ", ".join(f"{field} ({what})" for field, what in fields().items())
        return {plural: _("list of objects: id, {fields}").format(fields=listed)}

    return Shape(name=name, fields=described)


def print_list(
    args: Namespace,
    context: Context,
    shape: Shape,
    found: Sequence[T],
    *,
    header: Sequence[str],
    row: Callable[[T], Sequence[object]],
    as_json: Callable[[T], Mapping[str, Any]] = asdict,  # type: ignore[assignment]
) -> int:
    """Print records: the one list of the shape with ``--json``, else a table. Returns 0."""
    if args.json:
        (name,) = shape.fields()
        context.print_json(shape, **{name: [as_json(one) for one in found]})
    else:
        context.print_table(header, [row(one) for one in found])
    return 0


def lister(type_: str, plural: str, shape: Shape, columns: Columns) -> Run:
    """Return the ``run`` of a listing command."""

    def run(args: Namespace, context: Context) -> int:
        town = context.town()
        names = browse.names(town)
        rows = [_row(record, names) for record in records.listing(town, type_)]
        shown = columns()
        return print_list(
            args, context, shape, rows,
            header=[title for title, _value in shown],
            row=lambda row: [value(row) for _title, value in shown],
            as_json=dict,
        )  # fmt: skip

    return run


def _row(record: Record, names: Names) -> dict[str, Any]:
    row = {"id": record.id, **record.body}
    for field in _REFERENCES:
        if row.get(field):
            row[f"{field}_name"] = names(row[field])
    return row


def yes_no(value: object) -> str:
    """Return yes or no."""
    return _("yes") if value else _("no")
