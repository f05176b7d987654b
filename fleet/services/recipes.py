# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes: find one by name or path, follow its parents, list them, start a new one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from fleet.errors import FleetError, NotFound, UsageError
from fleet.i18n import _
from fleet.model.recipe import Recipe
from fleet.model.recipe_draft import Draft, Group, Scalar, value_of
from fleet.model.recipe_problems import Origin, Problem, RecipeRefused, listed, nearest
from fleet.model.recipe_resolve import Resolved, resolve
from fleet.model.recipe_roles import ROLE_ORDER
from fleet.model.recipe_schema import NAME, recipe_spec
from fleet.model.recipe_spec import Spec
from fleet.paths import assets_folder, home_folder
from fleet.readers.recipe_specs import read_role_specs
from fleet.readers.recipe_tree import MAX_BYTES
from fleet.readers.recipe_yaml import SUFFIXES, read_override, read_recipe
from fleet.services.recipe_paths import group_from

MOST_PARENTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFolders:
    """Where recipes are looked for, and the roles whose variables they set."""

    town: Path
    shipped: Path
    roles: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSummary:
    """One recipe of a list; ``refusal`` says why it cannot be used, if it cannot."""

    name: str
    title: str
    summary: str
    path: Path
    shipped: bool
    extends: str | None = None
    abstract: bool = False
    refusal: str = ""


def recipe_folders(environ: Mapping[str, str]) -> RecipeFolders:
    """Return the folders of the town's recipes, of the shipped ones, and of the roles."""
    assets = assets_folder(environ)
    return RecipeFolders(
        town=home_folder(environ) / "recipes",
        shipped=assets / "inventory" / "recipes",
        roles=assets / "roles",
    )


def find_recipe(
    name_or_path: str, overrides: Sequence[str] = (), *, folders: RecipeFolders | None = None
) -> Recipe:
    """Return a recipe with its parents and overrides (``base.debian.suite=bookworm``) applied.

    Raises NotFound, or RecipeRefused with every problem.
    """
    return resolve_recipe(name_or_path, overrides, folders=folders).recipe


def resolve_recipe(
    name_or_path: str, overrides: Sequence[str] = (), *, folders: RecipeFolders | None = None
) -> Resolved:
    """Return a recipe with the place that decided each of its values. Raises as find_recipe."""
    places = folders or recipe_folders(os.environ)
    spec = schema(places.roles)
    chain = _chain(_find(name_or_path, places), places, spec)
    _refuse_abstract(chain[-1])
    changes = _overrides(overrides, spec)
    return resolve(chain, changes)


def list_recipes(folders: RecipeFolders | None = None) -> tuple[RecipeSummary, ...]:
    """Return every recipe that has a name here, the town's first; those refused say why.

    A town's recipe hides the shipped one of the same name.
    """
    places = folders or recipe_folders(os.environ)
    spec = schema(places.roles)
    found: dict[str, RecipeSummary] = {}
    for path in _all_files(places):
        found.setdefault(path.stem, _summary(path, places, spec))
    return tuple(found.values())


def new_recipe(
    name: str, extends: str, *, title: str = "", folders: RecipeFolders | None = None
) -> Path:
    """Write a short commented recipe in the town's folder and return its path.

    Raises UsageError for a name that cannot be, or that the town already uses.
    """
    places = folders or recipe_folders(os.environ)
    target = places.town / f"{name}.yml"
    if not re.fullmatch(NAME, name):
        raise UsageError(
            _("« {name} » cannot name a recipe.").format(name=name[:60]),
            hint=_("Small letters without accents, digits and « - », at most 40."),
        )
    parent = _find(extends, places)
    text = _template(title or name, parent.stem)
    places.town.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            _("There is already a recipe « {name} »: {path}.").format(name=name, path=target),
            hint=_("Choose another name, or change that file."),
        ) from None
    return target


def schema(roles: Path) -> Spec:
    """Return what a recipe may hold, given the roles of a folder.

    The variables of a role whose folder is missing are let through unchecked.
    """
    stamps = tuple((role, _stamp(_specs_path(roles, role))) for role in ROLE_ORDER)
    return _schema(roles, stamps)


def role_variables(roles: Path) -> Mapping[str, Spec]:
    """Return every variable that the roles of a folder declare."""
    return (schema(roles).options or {})["variables"].options or {}


@lru_cache(maxsize=4)
def _schema(roles: Path, stamps: tuple[tuple[str, int], ...]) -> Spec:
    missing = tuple(f"{role}_" for role, stamp in stamps if not stamp)
    found: dict[str, Spec] = {}
    for role, stamp in stamps:
        if stamp:
            found |= read_role_specs(_specs_path(roles, role).read_text(encoding="utf-8"), role)
    return recipe_spec(found, missing)


def _specs_path(roles: Path, role: str) -> Path:
    return roles / role / "meta" / "argument_specs.yml"


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _overrides(texts: Sequence[str], spec: Spec) -> list[Group]:
    groups: list[Group] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            groups.append(group_from(read_override(text, spec), spec, Path()))
        except RecipeRefused as refused:
            problems += refused.problems
    if problems:
        raise RecipeRefused(problems)
    return groups


def _find(name_or_path: str, places: RecipeFolders) -> Path:
    """Return the file of a recipe. Raises NotFound with the nearest name."""
    if "/" in name_or_path or name_or_path.endswith(SUFFIXES):
        path = Path(name_or_path).expanduser()
        if not path.exists():
            raise NotFound(_("There is no recipe « {path} ».").format(path=path), hint=_see_list())
        return path
    for folder in (places.town, places.shipped):
        if (found := _in_folder(folder, name_or_path)) is not None:
            return found
    near = nearest(name_or_path, _names(places))
    raise NotFound(
        _("There is no recipe « {path} ».").format(path=name_or_path[:80]),
        hint=_("Did you mean « {name} »?").format(name=near) if near else _see_list(),
    )


def _see_list() -> str:
    return _("See them: parclibre image list --recipes")


def _in_folder(folder: Path, name: str, *, but: Sequence[Path] = ()) -> Path | None:
    if not re.fullmatch(NAME, name):
        return None
    candidates = (folder / f"{name}{suffix}" for suffix in SUFFIXES)
    return next((path for path in candidates if path.is_file() and path not in but), None)


def _all_files(places: RecipeFolders) -> Iterator[Path]:
    for folder in (places.town, places.shipped):
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)


def _names(places: RecipeFolders) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path.stem for path in _all_files(places)))


def _read(path: Path, spec: Spec) -> Draft:
    """Return what one file says, its relative paths from its folder. Raises RecipeRefused."""
    try:
        if not path.is_file():
            raise RecipeRefused(
                [Problem(origin=Origin(source=str(path)), what=_("This is not a file."))]
            )
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        what = _("This file cannot be read: {reason}.").format(reason=error.strerror)
        raise RecipeRefused([Problem(origin=Origin(source=str(path)), what=what)]) from None
    draft = read_recipe(raw, str(path), spec)
    return replace(draft, root=group_from(draft.root, spec, path.parent))


def _chain(path: Path, places: RecipeFolders, spec: Spec) -> tuple[Draft, ...]:
    """Return the drafts from the oldest parent to the recipe itself."""
    drafts = [_read(path, spec)]
    paths = [path]
    while (extends := drafts[-1].extends) is not None:
        parent = _parent(str(extends.value), extends.origin, paths, places)
        paths.append(parent)
        drafts.append(_read(parent, spec))
    return tuple(reversed(drafts))


def _parent(name: str, origin: Origin, paths: Sequence[Path], places: RecipeFolders) -> Path:
    """Return a parent's file: beside its child, in the town's folder, then the shipped one.

    A recipe may extend the shipped one of the same name: a file is never its own parent.
    """
    child = paths[-1]
    for folder in (child.parent, places.town, places.shipped):
        found = _in_folder(folder, name, but=(child,))
        if found is None or found.resolve() == child.resolve():
            continue
        if found.resolve() in [path.resolve() for path in paths] or len(paths) > MOST_PARENTS:
            raise RecipeRefused([_cycle(origin, [*paths, found])])
        return found
    what = _("There is no recipe « {name} » to extend.").format(name=name)
    if name == child.stem:
        what = _("The recipe « {name} » extends itself.").format(name=name)
    known = tuple(one for one in _names(places) if one != child.stem)
    near = nearest(name, known)
    raise RecipeRefused([Problem(origin=origin, what=what, near=near, allowed=listed(known))])


def _cycle(origin: Origin, paths: Sequence[Path]) -> Problem:
    names = " → ".join(path.stem for path in paths)
    return Problem(
        origin=origin,
        what=_("These recipes extend each other, or are too many: {names}.").format(names=names),
    )


def _refuse_abstract(draft: Draft) -> None:
    setting = draft.root.settings.get("abstract")
    if isinstance(setting, Scalar) and setting.value is True:
        what = _("« {name} » is only a parent for other recipes.").format(name=draft.name)
        hint = _("Extend it: parclibre image new NAME --extends {name}").format(name=draft.name)
        raise RecipeRefused([Problem(origin=setting.origin, what=what)], hint=hint)


def _summary(path: Path, places: RecipeFolders, spec: Spec) -> RecipeSummary:
    shipped = path.parent == places.shipped
    try:
        chain = _chain(path, places, spec)
    except FleetError as refused:
        return RecipeSummary(
            name=path.stem, title="", summary="", path=path, shipped=shipped,
            refusal=refused.message,
        )  # fmt: skip
    return _of_chain(chain, path, shipped)


def _of_chain(chain: Sequence[Draft], path: Path, shipped: bool) -> RecipeSummary:
    leaf = chain[-1]
    told = {key: value_of(one) for key, one in leaf.root.settings.items()}
    summaries = [draft.root.settings.get("summary") for draft in reversed(chain)]
    summary = next((one.value for one in summaries if isinstance(one, Scalar)), "")
    return RecipeSummary(
        name=leaf.name,
        title=str(told["title"]),
        summary=str(summary),
        path=path,
        shipped=shipped,
        extends=str(leaf.extends.value) if leaf.extends else None,
        abstract=told.get("abstract") is True,
    )


def _template(title: str, extends: str) -> str:
    """Return a new recipe's text, with the usual keys commented out."""
    quoted_title = title.replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "# " + _("Write only what differs from the recipe that this one extends."),
        "recipe: 1",
        f'title: "{quoted_title}"',
        f"extends: {extends}",
        "",
        "# " + _("Remove the # in front of what you need."),
        "# printers:",
        "#   - name: couloir",
        "#     uri: ipp://192.0.2.20/ipp/print",
        "#     rooms: [CE1, CE2]",
        "# packages:",
        "#   add: [inkscape]",
        "#   remove: [tuxpaint]",
        "",
    ]
    return "\n".join(lines)
