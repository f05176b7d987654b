# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recipe: what an image is made of, once parents, overrides and friendly keys are resolved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from fleet.model.events import canonical

FORMAT = 1
# What the digest leaves out, since it changes nothing in the image: words, and what the roles,
# variables and packages say already.
_NOT_CONTENT = ("name", "title", "summary", "description", "abstract", "software", "checks")


class BaseSystem(StrEnum):
    """What the image starts from."""

    DEBIAN = "debian"
    ZORIN = "zorin"


class HomePlacement(StrEnum):
    """Whether /home shares the root file system or has a partition of its own."""

    ROOT = "root"
    SEPARATE = "separate"


class FrozenMap(Mapping[str, object]):
    """A mapping that never changes, so that a record which holds it can be hashed."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping[str, object] | None = None) -> None:
        self._pairs: dict[str, object] = dict(sorted((pairs or {}).items()))

    def __getitem__(self, key: str) -> object:
        return self._pairs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(tuple(self._pairs.items()))

    def __repr__(self) -> str:
        return f"FrozenMap({self._pairs!r})"


def frozen(value: object) -> object:
    """Return the value with lists as tuples and mappings as FrozenMap, at every depth."""
    if isinstance(value, Mapping):
        return FrozenMap({str(key): frozen(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(inner) for inner in value)
    return value


def plain(value: object) -> Any:
    """Return the value as JSON and Ansible want it: dicts and lists."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The system under the roles. ``mirror`` is None for the build computer's own.

    ``iso`` and ``iso_sha256`` are None until somebody gives them: showing a Zorin recipe needs
    no ISO, building it does.
    """

    system: BaseSystem
    suite: str
    mirror: str | None = None
    components: tuple[str, ...] = ()
    iso: str | None = None
    iso_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What to build. ``roles`` is in the order in which they play.

    ``variables`` are the roles'; ``plain_variables`` gives them to Ansible. Nothing of
    ``packages_removed`` may be asked for by name; something else may still depend on it.
    """

    name: str
    title: str
    base: Base
    desktop: str
    roles: tuple[str, ...]
    variables: FrozenMap
    summary: str = ""
    description: str = ""
    abstract: bool = False
    software: tuple[str, ...] = ()
    packages_added: tuple[str, ...] = ()
    packages_removed: tuple[str, ...] = ()
    recommends: bool = True
    home: HomePlacement = HomePlacement.ROOT
    root_gib: int | None = None
    compression: int = 15
    checks: tuple[str, ...] = ()

    def plain_variables(self) -> dict[str, Any]:
        """Return the roles' variables as Ansible takes them."""
        return {name: plain(value) for name, value in self.variables.items()}


def recipe_document(recipe: Recipe) -> dict[str, Any]:
    """Return the whole recipe as JSON types, for the manifest and for ``--json``.

    Of the ISO's path only the file's name stays: where it lay is nobody's business.
    """
    base = {name: getattr(recipe.base, name) for name in Base.__slots__}
    base["iso"] = PurePath(recipe.base.iso).name if recipe.base.iso else None
    found = {name: getattr(recipe, name) for name in Recipe.__slots__ if name != "base"}
    document: dict[str, Any] = plain({"recipe": FORMAT, **found, "base": base})
    return document


def canonical_recipe(recipe: Recipe) -> bytes:
    """Return, as canonical JSON, what decides of the image's content."""
    whole = recipe_document(recipe)
    document = {key: value for key, value in whole.items() if key not in _NOT_CONTENT}
    document["base"] = {key: value for key, value in whole["base"].items() if key != "iso"}
    return canonical(document)


def recipe_digest(recipe: Recipe) -> str:
    """Return the hex SHA-256 of what decides of the image's content."""
    return hashlib.sha256(canonical_recipe(recipe)).hexdigest()
