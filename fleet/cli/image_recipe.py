# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes on the command line: ``image new``, ``image list --recipes``, ``image show --recipe``.

``list`` and ``show`` belong to the images: they take their option and their answer from here.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from fleet.model.recipe import Recipe, plain, recipe_digest, recipe_document
from fleet.model.recipe_draft import Sourced
from fleet.model.recipe_resolve import Resolved
from fleet.output.jsonout import Shape
from fleet.output.words import labelled
from fleet.services import recipes
from fleet.services.recipes import RecipeFolders, RecipeSummary

_PARENT = "ecole-elementaire"
# Shown above the table of values.
_WORDS = ("title", "summary", "description")


def list_fields() -> Mapping[str, str]:
    """Return the field that ``image list --recipes --json`` prints."""
    return {
        "recipes": _(
            "with --recipes: list of {name, title, summary, path, shipped, extends, refusal}"
        )
    }


def show_fields() -> Mapping[str, str]:
    """Return the fields that ``image show --recipe --json`` prints."""
    return {
        "recipe": _("with --recipe: the recipe, with its parents and --set applied"),
        "recipe_sha256": _("with --recipe: the digest of what decides the image's content"),
        "recipe_files": _("with --recipe: its files, from the oldest parent on"),
        "recipe_values": _("with --recipe: list of {path, value, source, line, column}"),
    }


def register(commands: Commands) -> None:
    """Add ``image new``."""
    parser = command(
        commands, "new", new,
        Help(
            line=_("start a recipe of your own, from one that comes with the program"),
            text=_(
                "Writes a short text file in the folder of the town's recipes. It says only "
                "what differs from the recipe that it extends."
            ),
            examples=(
                (f"parclibre image new ecole-ferry --extends {_PARENT}",
                 _("the image of one school")),
            ),
        ),
    )  # fmt: skip
    parser.add_argument("name", metavar=_("NAME"), help=_("the image's name: small letters, -"))
    parser.add_argument(
        "--extends", metavar=_("RECIPE"), default=_PARENT,
        help=_("the recipe to start from (default: {name})").format(name=_PARENT),
    )  # fmt: skip
    parser.add_argument("--title", metavar=_("TEXT"), default="", help=_("its name for people"))


def add_list_option(parser: ArgumentParser) -> None:
    """Add ``--recipes`` to ``image list``."""
    parser.add_argument(
        "--recipes", action="store_true", help=_("list the recipes instead of the images")
    )


def add_show_options(parser: ArgumentParser) -> None:
    """Add ``--recipe`` and ``--set`` to ``image show``."""
    parser.add_argument(
        "--recipe", metavar=_("RECIPE"),
        help=_("show a recipe (a name or a file) instead of an image"),
    )  # fmt: skip
    add_set(parser)


def add_set(parser: ArgumentParser) -> None:
    """Add ``--set KEY=VALUE``, in ``args.set``."""
    parser.add_argument(
        "--set", action="append", default=[], metavar=_("KEY=VALUE"),
        help=_("change a value of the recipe, such as base.debian.suite=bookworm; repeatable"),
    )  # fmt: skip


def new(args: Namespace, context: Context) -> int:
    """Write a new recipe."""
    folders = _folders(context)
    path = recipes.new_recipe(args.name, args.extends, title=args.title, folders=folders)
    context.say(str(path))
    context.tell(
        _("Change it, then see what it gives: parclibre image show --recipe {name}").format(
            name=args.name
        )
    )
    return 0


def list_(args: Namespace, context: Context, shape: Shape) -> int:
    """Print the recipes that can be built."""
    found = [one for one in recipes.list_recipes(_folders(context)) if not one.abstract]
    if args.json:
        context.print_json(shape, recipes=[_summary(one) for one in found])
        return 0
    header = (_("Recipe"), _("Title"), _("Summary"), _("From"))
    context.print_table(header, [_row(one) for one in found])
    for one in found:
        if one.refusal:
            context.tell(one.refusal)
    return 0


def show(args: Namespace, context: Context, shape: Shape) -> int:
    """Print a recipe, with the file and the line of each of its values."""
    resolved = recipes.resolve_recipe(args.recipe, args.set, folders=_folders(context))
    if args.json:
        context.print_json(
            shape,
            recipe=recipe_document(resolved.recipe),
            recipe_sha256=recipe_digest(resolved.recipe),
            recipe_files=list(resolved.files),
            recipe_values=[_sourced(one) for one in resolved.values],
        )
        return 0
    for line in recipe_lines(resolved.recipe):
        context.say(line)
    context.say()
    rows = list(_value_rows(resolved))
    context.print_table((_("Value"), _("Is"), _("Written in")), rows)
    for path in resolved.files:
        context.tell(path)
    return 0


def recipe_lines(recipe: Recipe) -> Iterator[str]:
    """Yield what a recipe builds, in words."""
    yield labelled(recipe.name, recipe.title)
    yield from (text for text in (recipe.summary, recipe.description) if text)
    base = f"{recipe.base.system} {recipe.base.suite}"
    rows: Sequence[tuple[str, str]] = (
        (_("Base"), base),
        (_("Desktop"), recipe.desktop),
        (_("Software sets"), ", ".join(recipe.software)),
        (_("Roles"), ", ".join(recipe.roles)),
        (_("Boot test"), ", ".join(recipe.checks)),
        (_("Digest"), recipe_digest(recipe)),
    )
    yield from (labelled(label, value) for label, value in rows if value)


def _value_rows(resolved: Resolved) -> Iterator[tuple[str, str, str]]:
    names = Counter(PurePath(path).name for path in resolved.files)
    for one in resolved.values:
        if one.path in _WORDS:
            continue
        source = one.origin.source
        if one.origin.line:
            name = PurePath(source).name
            shown = name if names[name] == 1 else source
            source = f"{shown}:{one.origin.line}"
        yield one.path, _value(one.value), source


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def _sourced(one: Sourced) -> dict[str, object]:
    return {
        "path": one.path,
        "value": plain(one.value),
        "source": one.origin.source,
        "line": one.origin.line,
        "column": one.origin.column,
    }


def _row(one: RecipeSummary) -> tuple[str, str, str, str]:
    title = _("cannot be used, see below") if one.refusal else one.title
    whose = _("the program") if one.shipped else _("the town")
    return one.name, title, one.summary, whose


def _summary(one: RecipeSummary) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "summary": one.summary,
        "path": str(one.path),
        "shipped": one.shipped,
        "extends": one.extends,
        "refusal": one.refusal or None,
    }


def _folders(context: Context) -> RecipeFolders:
    return recipes.recipe_folders(context.environ)
