# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recipe's file, or one ``--set``, to a draft: each value with its line and column."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from fleet.i18n import _
from fleet.model.recipe_draft import Draft, Group, Scalar, relocated, without
from fleet.model.recipe_problems import Origin, Problem, RecipeRefused
from fleet.model.recipe_schema import NAME, override_spec
from fleet.model.recipe_spec import Spec
from fleet.readers.recipe_tree import read_tree
from fleet.readers.recipe_values import Reading, read_settings

SUFFIXES = (".yml", ".yaml")
_SET = re.compile(r"([A-Za-z0-9_-]{1,60}(?:\.[A-Za-z0-9_-]{1,60}){0,5})=([^\r\n]{0,1000})")
# Keys that speak of the file itself; the rest is merged with its children's.
_OF_THE_FILE = ("recipe", "extends")


def read_recipe(raw: bytes, source: str, spec: Spec) -> Draft:
    """Return what a file says. Raises RecipeRefused with every problem of the file.

    ``source`` is the file's path: it names the recipe and the places of the problems.
    """
    name = PurePath(source).stem
    reading = Reading(source)
    if not re.fullmatch(NAME, name):
        reading.problems.append(_bad_name(name, source))
    root = reading.setting(read_tree(raw, source), spec, PurePath(source).name)
    if reading.problems or not isinstance(root, Group):
        raise RecipeRefused(reading.problems)
    extends = root.settings.get("extends")
    return Draft(
        name=name,
        source=source,
        root=without(root, *_OF_THE_FILE),
        extends=extends if isinstance(extends, Scalar) else None,
    )


def read_override(text: str, spec: Spec) -> Group:
    """Return what ``base.debian.suite=bookworm`` changes. Raises RecipeRefused."""
    found = _SET.fullmatch(text)
    source = f"--set {text[:100]}"
    if found is None:
        what = _("This does not say which value to change.")
        example = _("for example base.debian.suite=bookworm")
        raise RecipeRefused([Problem(origin=Origin(source=source), what=what, allowed=example)])
    keys = found[1].split(".")
    lines = [f"{' ' * depth}{key}:" for depth, key in enumerate(keys)]
    raw = f"{chr(10).join(lines)} {found[2]}\n".encode()
    try:
        root = read_settings(raw, source, override_spec(spec), "--set")
    except RecipeRefused as refused:
        raise _without_lines(refused.problems, source) from None
    return relocated(root, Origin(source=source))


def _without_lines(problems: tuple[Problem, ...], source: str) -> RecipeRefused:
    """Return the refusal with one-line places: there is no file to look into."""
    return RecipeRefused(replace(one, origin=Origin(source=source)) for one in problems)


def _bad_name(name: str, source: str) -> Problem:
    return Problem(
        origin=Origin(source=source),
        what=_("« {name} » cannot name a recipe.").format(name=name[:60]),
        allowed=_("small letters without accents, digits and « - », at most 40"),
    )
