# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the triage's limits from a YAML file; every problem names the file, line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, TypeVar

from fleet.i18n import _
from fleet.model.dates import iso_day
from fleet.model.recipe_draft import Group, Scalar
from fleet.model.recipe_problems import Problem, RecipeRefused
from fleet.model.recipe_spec import Kind, Spec
from fleet.model.thresholds import (
    BatteryLimits,
    CheckLimits,
    DesktopFloor,
    Durations,
    KeepFloor,
    PartsFloor,
    Thresholds,
)
from fleet.readers.recipe_values import explained, read_settings

T = TypeVar("T")

_SECTIONS: Mapping[str, type[Any]] = {
    "xfce": DesktopFloor,
    "gnome": DesktopFloor,
    "keep": KeepFloor,
    "parts": PartsFloor,
    "battery": BatteryLimits,
    "tests": CheckLimits,
    "rapide": Durations,
    "complet": Durations,
}
# The most that each kind of limit may be: by the end of its name.
_MOST = {
    "_mib": 1_048_576, "cores": 256, "_mhz": 10_000, "_gb": 100_000, "ssd": 1, "bits": 64,
    "_ddr": 9, "_percent": 100, "_minutes": 600, "_mb_s": 10_000, "_celsius": 150, "_s": 86_400,
}  # fmt: skip


def read_thresholds(raw: bytes, source: str) -> Thresholds:
    """Return the limits of a file. Raises RecipeRefused (BadInput) with every problem found.

    ``source`` is the file's name, for the messages.
    """
    with explained(_("The limits are explained in docs/seuils.md.")):
        return _thresholds(raw, source)


def _thresholds(raw: bytes, source: str) -> Thresholds:
    root = read_settings(raw, source, _spec())
    dated = root.settings["dated"]
    assert isinstance(dated, Scalar)  # noqa: S101  (the spec says so)
    if iso_day(str(dated.value)) != dated.value:
        what = _("« {value} » is not a day, such as 2026-11-22.").format(value=dated.value)
        raise RecipeRefused([Problem(origin=dated.origin, what=what)])
    return Thresholds(
        dated=str(dated.value),
        **{name: _section(root, name, kind) for name, kind in _SECTIONS.items()},
        sources=MappingProxyType(dict(_sources(root))),
    )


def _spec() -> Spec:
    sections = {name: _section_spec(kind) for name, kind in _SECTIONS.items()}
    dated = Spec(kind=Kind.TEXT, required=True, longest=10)
    return Spec(kind=Kind.MAP, options={"dated": dated, **sections})


def _section_spec(kind: type[Any]) -> Spec:
    limits = {field.name: _limit_spec(field.name) for field in fields(kind)}
    return Spec(kind=Kind.MAP, options=limits, required=True)


def _limit_spec(name: str) -> Spec:
    most = next(top for end, top in _MOST.items() if name.endswith(end))
    least = 0 if name == "ssd" else 1
    value = Spec(kind=Kind.INTEGER, least=least, most=most, required=True)
    source = Spec(kind=Kind.TEXT, required=True)
    return Spec(kind=Kind.MAP, options={"value": value, "source": source}, required=True)


def _section(root: Group, name: str, kind: type[T]) -> T:
    limits = _group(root, name)
    values = {key: _value(_group(limits, key), "value") for key in limits.settings}
    return kind(**values)


def _sources(root: Group) -> Iterator[tuple[str, str]]:
    for name in _SECTIONS:
        limits = _group(root, name)
        for key in limits.settings:
            yield f"{name}.{key}", str(_value(_group(limits, key), "source"))


def _group(parent: Group, name: str) -> Group:
    found = parent.settings[name]
    assert isinstance(found, Group)  # noqa: S101  (the spec says so)
    return found


def _value(parent: Group, name: str) -> object:
    found = parent.settings[name]
    assert isinstance(found, Scalar)  # noqa: S101  (the spec says so)
    return found.value
