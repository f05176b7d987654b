# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the build computer that a recipe names: the ISO, and what roles type as ``path``.

A relative path starts from the folder of the file that says it, so that a recipe and its files
travel together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from fleet.model.recipe import FrozenMap
from fleet.model.recipe_draft import Group, ListEdit, Scalar, Setting
from fleet.model.recipe_spec import Kind, Spec

_UNKNOWN = Spec(kind=Kind.ANY)


def group_from(group: Group, spec: Spec, folder: Path) -> Group:
    """Return the settings with every relative path made absolute, from a folder."""
    settings = {
        key: _setting_from(inner, _inner(spec, key), folder)
        for key, inner in group.settings.items()
    }
    return replace(group, settings=settings)


def named_files(value: object, spec: Spec) -> Iterator[Path]:
    """Yield the files that a role's variable names."""
    if isinstance(value, str) and spec.kind is Kind.PATH and _is_plain(value):
        yield Path(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from named_files(item, spec.elements or _UNKNOWN)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from named_files(inner, _inner(spec, key))


def _setting_from(setting: Setting, spec: Spec, folder: Path) -> Setting:
    if isinstance(setting, Group):
        return group_from(setting, spec, folder)
    if isinstance(setting, Scalar):
        return _scalar_from(setting, spec, folder)
    return _list_from(setting, spec.elements or _UNKNOWN, folder)


def _list_from(edit: ListEdit, elements: Spec, folder: Path) -> ListEdit:
    return replace(
        edit,
        added=tuple(_scalar_from(item, elements, folder) for item in edit.added),
        removed=tuple(_scalar_from(item, elements, folder) for item in edit.removed),
    )


def _scalar_from(scalar: Scalar, spec: Spec, folder: Path) -> Scalar:
    return replace(scalar, value=_value_from(scalar.value, spec, folder))


def _value_from(value: object, spec: Spec, folder: Path) -> object:
    if isinstance(value, str) and spec.kind is Kind.PATH and _is_plain(value):
        return str((folder / Path(value).expanduser()).absolute())
    if isinstance(value, tuple):
        elements = spec.elements or _UNKNOWN
        return tuple(_value_from(item, elements, folder) for item in value)
    if isinstance(value, Mapping):
        return FrozenMap(
            {key: _value_from(inner, _inner(spec, key), folder) for key, inner in value.items()}
        )
    return value


def _inner(spec: Spec, key: str) -> Spec:
    return (spec.options or {}).get(key) or spec.elements or _UNKNOWN


def _is_plain(value: str) -> bool:
    """Whether this is a path already: not empty, and not for Ansible to compute."""
    return bool(value) and "{{" not in value
