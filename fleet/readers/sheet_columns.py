# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which column of a foreign header feeds which of our fields.

Knows our own French and English names, GLPI exports and Snipe-IT exports, both languages.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import StrEnum

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.text import clean, fold
from fleet.readers.sheet_map import FIELDS, SheetMap
from fleet.readers.sheet_words import COLUMN_NAMES, GLPI_MARKS, SNIPE_IT_MARKS

_OTHER = re.compile(r"[^a-z0-9]+")
_NUMBER_OF = re.compile(r"^(?:n|no|num|numero|number|nr) (?:de |d |du )?")


class SheetSource(StrEnum):
    """The program that exported the table, by its headers."""

    TOWN = "town"
    GLPI = "glpi"
    SNIPE_IT = "snipe_it"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMapping:
    """Our fields and the position of the column that feeds each; how to read its words.

    ``ignored`` are the columns that feed nothing, ``personal`` those that name people and are
    never imported.
    """

    source: SheetSource
    fields: tuple[tuple[str, int], ...]
    ignored: tuple[str, ...]
    personal: tuple[str, ...]
    sheet_map: SheetMap

    def position(self, field: str) -> int | None:
        """Return the column that feeds a field, or None."""
        return dict(self.fields).get(field)


def column_key(name: str) -> str:
    """Return a header name in comparable form: no case, accents, dots or line breaks."""
    return _key(clean(name) or "")


@functools.lru_cache(maxsize=4096)
def _key(name: str) -> str:
    text = fold(name.replace("°", " ").replace("º", " "))
    return _NUMBER_OF.sub("n ", _OTHER.sub(" ", text).strip())


def recognise(header: tuple[str, ...], sheet_map: SheetMap | None = None) -> SheetMapping:
    """Return how a header feeds our fields; the map, when given, comes first.

    Raises BadInput when a mapped column is absent, or when neither an asset tag nor a serial
    number can be found.
    """
    used = sheet_map or SheetMap()
    keys = tuple(column_key(name) for name in header)
    mapped = _mapped(header, keys, used)
    guessed = _guessed(keys, mapped, _source(keys))
    fields = _with_tag_from_name({**guessed, **mapped})
    _require_identity(fields, header)
    taken = set(fields.values())
    return SheetMapping(
        source=_source(keys),
        fields=tuple(fields.items()),
        ignored=tuple(name for index, name in enumerate(header) if name and index not in taken),
        personal=(header[fields["holder"]],) if "holder" in fields else (),
        sheet_map=used,
    )


def known_columns() -> frozenset[str]:
    """Return the comparable forms of every header name we know."""
    return frozenset(_fields_by_key())


@functools.cache
def _fields_by_key() -> dict[str, tuple[str, int]]:
    """Return header key -> (field, rank); a lower rank is a better name for the field."""
    return {
        column_key(name): (field, rank)
        for field, names in COLUMN_NAMES.items()
        for rank, name in enumerate(names)
    }


def _source(keys: tuple[str, ...]) -> SheetSource:
    present = set(keys)
    if any(set(map(column_key, marks)) <= present for marks in GLPI_MARKS):
        return SheetSource.GLPI
    if any(set(map(column_key, marks)) <= present for marks in SNIPE_IT_MARKS):
        return SheetSource.SNIPE_IT
    return SheetSource.TOWN


def _mapped(header: tuple[str, ...], keys: tuple[str, ...], sheet_map: SheetMap) -> dict[str, int]:
    fields: dict[str, int] = {}
    for field, column in sheet_map.columns:
        key = column_key(column)
        if key not in keys:
            raise BadInput(
                _("The map names a column that the sheet does not have: {column}.").format(
                    column=column
                ),
                hint=_("The sheet's columns are: {columns}.").format(columns=_list(header)),
            )
        fields[field] = keys.index(key)
    return fields


def _guessed(keys: tuple[str, ...], mapped: dict[str, int], source: SheetSource) -> dict[str, int]:
    best: dict[str, tuple[int, int]] = {}
    for index, key in enumerate(keys):
        field, rank = _fields_by_key().get(key, ("", 0))
        if source is SheetSource.TOWN and field == "entity":
            field = "site"
        if not field or field in mapped or index in mapped.values():
            continue
        best[field] = min(best.get(field, (rank, index)), (rank, index))
    return {field: index for field, (_rank, index) in best.items()}


def _with_tag_from_name(fields: dict[str, int]) -> dict[str, int]:
    """Let the machine's name stand for the tag when the sheet has no other."""
    named = dict(fields)
    name = named.pop("name", None)
    if "tag" not in named and name is not None:
        named["tag"] = name
    return named


def _require_identity(fields: dict[str, int], header: tuple[str, ...]) -> None:
    if "tag" in fields or "serial" in fields:
        return
    raise BadInput(
        _("No column of the sheet looks like an asset tag or a serial number."),
        hint=_(
            "Its columns are: {columns}. Say which is which in a map file (fields: {fields})."
        ).format(columns=_list(header), fields=", ".join(FIELDS)),
    )


def _list(header: tuple[str, ...]) -> str:
    return ", ".join(name for name in header if name)
