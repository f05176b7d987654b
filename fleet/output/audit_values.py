# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dated values that an audit used, as people read them: name, number, unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from fleet.i18n import _, ngettext
from fleet.model.dated import DatedValue
from fleet.output.audit_numbers import exact
from fleet.output.words import disk_kinds, kinds, labelled, tests


def value_title(key: str) -> str:
    """Return what a dated value is; its key when nobody named it."""
    family, _dot, kind = key.rpartition(".")
    of_a_kind = _of_a_kind().get(family)
    return f"{of_a_kind} ({_thing(kind)})" if of_a_kind else _titles().get(key, key)


def value_words(value: DatedValue) -> str:
    """Return a dated value with its unit, in the user's language and number format."""
    if isinstance(value.value, tuple):
        return ", ".join(map(_thing, value.value))
    if isinstance(value.value, bool | str):
        return str(value.value)
    amount = Decimal(value.value)
    form = _UNITS.get(value.unit)
    shown = form(amount) if form else f"{exact(amount)} {value.unit}".strip()
    return shown.replace(" ", "\u00a0")


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedLine:
    """Dated values of one sort and source, in words; ``keys`` are theirs."""

    words: str
    keys: str
    source: str
    verified: bool


def used_lines(values: Iterable[DatedValue]) -> Iterator[UsedLine]:
    """Yield what an audit used, those of one sort and source together."""
    for (_sort, source, verified), found in groupby(values, key=_alike):
        group = tuple(found)
        keys = ", ".join(value.key for value in group)
        yield UsedLine(words=_words(group), keys=keys, source=source, verified=verified)


def _alike(value: DatedValue) -> tuple[str, str, bool]:
    family, _dot, _kind = value.key.rpartition(".")
    return family if family in _of_a_kind() else value.key, value.source, value.verified


def _words(group: Sequence[DatedValue]) -> str:
    if len(group) == 1:
        return labelled(value_title(group[0].key), value_words(group[0]))
    each = ((value.key.rpartition("."), value_words(value)) for value in group)
    shown = ", ".join(f"{_thing(kind)} {words}" for (_family, _dot, kind), words in each)
    return labelled(_of_a_kind()[group[0].key.rpartition(".")[0]], shown)


def source_line(line: UsedLine) -> str:
    """Return values, their keys and their source, as one line."""
    return f"{line.words} ({line.keys}). {line.source}"


def plain_value(value: DatedValue) -> str:
    """Return a dated value and its unit as codes, for files."""
    shown = ", ".join(value.value) if isinstance(value.value, tuple) else str(value.value)
    return f"{shown} {value.unit}".strip()


def _thing(code: str) -> str:
    """Return the name of a kind of machine or of a part."""
    return {**tests(), **disk_kinds(), **kinds()}.get(code, code)


_UNITS: Mapping[str, Callable[[Decimal], str]] = {
    "year": lambda n: ngettext("{n} year", "{n} years", int(n)).format(n=exact(n)),
    "month": lambda n: ngettext("{n} month", "{n} months", int(n)).format(n=exact(n)),
    "day": lambda n: ngettext("{n} day", "{n} days", int(n)).format(n=exact(n)),
    "person": lambda n: ngettext("{n} person", "{n} people", int(n)).format(n=exact(n)),
    "percent": lambda n: f"{exact(n)} %",
    "share": lambda n: f"{exact(100 * n)} %",
    "euro": lambda n: f"{exact(n)} €",
    "kgCO2e": lambda n: _("{n} kg CO₂e").format(n=exact(n)),
}


def _titles() -> Mapping[str, str]:
    return {
        "reen.category_2_kinds": _("Kinds of machine of category 2"),
        "reen.category_6_kinds": _("Kinds of machine of category 6"),
        "reen.excluded_over_years": _("Age over which a good is not counted"),
        "reen.target_percent": _("Target of the decree"),
        "follow_up.months": _("Time in which a machine may be brought back"),
        "audit.waiting_days": _("Longest wait"),
        "audit.fewest_people": _("Fewest people told in what is published"),
        "second_life.years": _("Length of a second life"),
        "substitution.low": _("Gifts that replace a purchase, low"),
        "substitution.central": _("Gifts that replace a purchase, central"),
        "substitution.high": _("Gifts that replace a purchase, high"),
        "labour.hour": _("Cost of an hour"),
    }


def _of_a_kind() -> Mapping[str, str]:
    return {
        "embodied": _("Carbon of a new machine"),
        "life": _("Reference life"),
        "part": _("Carbon of a new part"),
        "renew.years": _("Age at which it is renewed"),
        "price": _("Price of a new machine"),
        "price.part": _("Price of a new part"),
        "resale.max": _("Highest price of the solidarity resale"),
    }
