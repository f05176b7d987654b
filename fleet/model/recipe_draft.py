# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one file says, value by value with its place; and how a file completes its parent's.

Maps merge, lists add, everything else is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from fleet.model.recipe import FrozenMap, frozen
from fleet.model.recipe_problems import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value, frozen, and where it was written."""

    value: object
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEdit:
    """A list as a file writes it: what it adds to its parent's and what it takes away.

    ``only``: the parent's items do not count.
    """

    origin: Origin
    added: tuple[Scalar, ...] = ()
    removed: tuple[Scalar, ...] = ()
    only: bool = False

    def values(self) -> tuple[object, ...]:
        """Return the items, in order."""
        return tuple(item.value for item in self.added)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A map of settings."""

    origin: Origin
    settings: Mapping[str, Setting] = field(default_factory=dict)


Setting: TypeAlias = Scalar | ListEdit | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one file says. ``extends`` is its parent's name, with the place."""

    name: str
    source: str
    root: Group
    extends: Scalar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """One value of the result: its dotted path, and the place that decided it."""

    path: str
    value: object
    origin: Origin


def item_key(value: object) -> object:
    """Return what makes two items of a list the same: the name of a map, else the value."""
    if isinstance(value, Mapping):
        return value.get("name", value)
    return value


def merge(parent: Group, child: Group) -> Group:
    """Return the parent's settings completed and corrected by the child's."""
    merged = dict(parent.settings)
    for key, setting in child.settings.items():
        before = merged.get(key)
        if isinstance(before, Group) and isinstance(setting, Group):
            merged[key] = merge(before, setting)
        elif isinstance(before, ListEdit) and isinstance(setting, ListEdit):
            merged[key] = edited(before, setting)
        else:
            merged[key] = setting
    return Group(origin=child.origin, settings=merged)


def edited(parent: ListEdit, child: ListEdit) -> ListEdit:
    """Return the parent's list after the child's additions and removals.

    An item that the child writes again takes the child's content and keeps its place.
    """
    if child.only:
        return child
    added = {item_key(item.value): item for item in parent.added}
    removed = {item_key(item.value): item for item in parent.removed}
    for item in child.removed:
        added.pop(item_key(item.value), None)
        removed.setdefault(item_key(item.value), item)
    for item in child.added:
        key = item_key(item.value)
        removed.pop(key, None)
        if added.get(key) is None or added[key].value != item.value:
            added[key] = item
    return ListEdit(
        origin=child.origin,
        added=tuple(added.values()),
        removed=tuple(removed.values()),
        only=parent.only,
    )


def merge_recipes(parent: Group, child: Group) -> Group:
    """Merge two whole recipes: naming another base system drops the parent's base."""
    before, after = parent.settings.get("base"), child.settings.get("base")
    if (
        isinstance(before, Group)
        and isinstance(after, Group)
        and not set(after.settings) & set(before.settings)
    ):
        parent = without(parent, "base")
    return merge(parent, child)


def without(group: Group, *keys: str) -> Group:
    """Return the group without these keys."""
    kept = {key: setting for key, setting in group.settings.items() if key not in keys}
    return Group(origin=group.origin, settings=kept)


def value_of(setting: Setting) -> object:
    """Return the plain frozen value of a setting."""
    if isinstance(setting, Scalar):
        return setting.value
    if isinstance(setting, ListEdit):
        return setting.values()
    return map_of(setting)


def map_of(group: Group) -> FrozenMap:
    """Return the plain frozen values of a group."""
    return FrozenMap({key: value_of(inner) for key, inner in group.settings.items()})


def look_up(group: Group, path: str) -> Setting | None:
    """Return the setting at a dotted path."""
    found: Setting | None = group
    for key in path.split("."):
        if not isinstance(found, Group):
            return None
        found = found.settings.get(key)
    return found


def sourced(setting: Setting, path: str = "") -> Iterator[Sourced]:
    """Yield every value of a setting, item by item, with the place that decided it."""
    if isinstance(setting, Scalar):
        yield Sourced(path=path, value=setting.value, origin=setting.origin)
    elif isinstance(setting, ListEdit):
        for item in setting.added:
            yield Sourced(path=f"{path}[]", value=item.value, origin=item.origin)
        for item in setting.removed:
            yield Sourced(path=f"{path}[-]", value=item.value, origin=item.origin)
    else:
        for key, inner in setting.settings.items():
            yield from sourced(inner, f"{path}.{key}" if path else key)


def setting_from(value: object, origin: Origin) -> Setting:
    """Return a plain value as a setting whose every part comes from one place."""
    if isinstance(value, Mapping):
        return Group(
            origin=origin,
            settings={str(key): setting_from(inner, origin) for key, inner in value.items()},
        )
    if isinstance(value, list | tuple):
        items = tuple(Scalar(value=frozen(item), origin=origin) for item in value)
        return ListEdit(origin=origin, added=items)
    return Scalar(value=value, origin=origin)


def relocated(group: Group, origin: Origin) -> Group:
    """Return the settings as if all were written at one place."""
    return Group(
        origin=origin,
        settings={key: _relocated(inner, origin) for key, inner in group.settings.items()},
    )


def _relocated(setting: Setting, origin: Origin) -> Setting:
    if isinstance(setting, Scalar):
        return replace(setting, origin=origin)
    if isinstance(setting, Group):
        return relocated(setting, origin)
    return replace(
        setting,
        origin=origin,
        added=tuple(replace(item, origin=origin) for item in setting.added),
        removed=tuple(replace(item, origin=origin) for item in setting.removed),
    )
