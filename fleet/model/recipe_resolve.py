# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain of drafts to the recipe that they make, with the place that decided each value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from fleet.i18n import _
from fleet.model.recipe import Base, BaseSystem, FrozenMap, HomePlacement, Recipe
from fleet.model.recipe_draft import (
    Draft,
    Group,
    ListEdit,
    Scalar,
    Sourced,
    look_up,
    map_of,
    merge_recipes,
    sourced,
    without,
)
from fleet.model.recipe_problems import Origin, Problem, RecipeRefused, listed
from fleet.model.recipe_roles import DESKTOPS, RolePlan, plan_roles, role_of

COMPRESSION = 15
_OWN = ("abstract",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A recipe and its history: the files from the oldest parent on, and each value's place."""

    recipe: Recipe
    files: tuple[str, ...]
    values: tuple[Sourced, ...]


def resolve(chain: Sequence[Draft], overrides: Sequence[Group] = ()) -> Resolved:
    """Return what a recipe's file makes, after its parents (first in ``chain``) and ``--set``.

    Raises RecipeRefused with every contradiction found.
    """
    leaf = chain[-1]
    parents = [without(draft.root, *_OWN) for draft in chain[:-1]]
    root = reduce(merge_recipes, [*parents, leaf.root, *overrides])
    plan = plan_roles(root)
    own = {leaf.source, *(one.origin.source for one in overrides)}
    problems = [*_contradictions(root, leaf), *_useless_variables(root, plan, own)]
    if problems:
        raise RecipeRefused(problems)
    return Resolved(
        recipe=_recipe(leaf.name, root, plan),
        files=tuple(draft.source for draft in chain),
        values=explain(root, plan),
    )


def explain(root: Group, plan: RolePlan) -> tuple[Sourced, ...]:
    """Return each value of a merged recipe and the place that decided it."""
    written = sourced(without(root, "variables", "abstract"))
    variables = sourced(plan.variables, "variables")
    return (*written, *sorted(variables, key=lambda one: one.path))


def _recipe(name: str, root: Group, plan: RolePlan) -> Recipe:
    packages = look_up(root, "packages")
    edit = packages if isinstance(packages, ListEdit) else ListEdit(origin=root.origin)
    return Recipe(
        name=name,
        title=_text(root, "title"),
        summary=_text(root, "summary"),
        description=_text(root, "description"),
        abstract=_scalar(root, "abstract", False) is True,
        base=_base(root),
        desktop=_text(root, "desktop"),
        software=_names(root, "software"),
        roles=plan.roles,
        variables=map_of(plan.variables),
        packages_added=tuple(str(value) for value in edit.values()),
        packages_removed=tuple(str(item.value) for item in edit.removed),
        recommends=_scalar(root, "recommends", True) is True,
        home=HomePlacement(_text(root, "home") or HomePlacement.ROOT),
        root_gib=_whole(root, "root_gib"),
        compression=_whole(root, "compression") or COMPRESSION,
        checks=plan.checks,
    )


def _base(root: Group) -> Base:
    system = next(one for one in BaseSystem if look_up(root, f"base.{one}") is not None)
    prefix = f"base.{system}"
    return Base(
        system=system,
        suite=_text(root, f"{prefix}.suite"),
        mirror=_text(root, f"{prefix}.mirror") or None,
        components=_names(root, f"{prefix}.components"),
        iso=_text(root, f"{prefix}.iso") or None,
        iso_sha256=_text(root, f"{prefix}.sha256").lower() or None,
    )


def _scalar(root: Group, path: str, otherwise: object) -> object:
    setting = look_up(root, path)
    return setting.value if isinstance(setting, Scalar) else otherwise


def _text(root: Group, path: str) -> str:
    return str(_scalar(root, path, ""))


def _whole(root: Group, path: str) -> int | None:
    value = _scalar(root, path, None)
    return value if isinstance(value, int) else None


def _names(root: Group, path: str) -> tuple[str, ...]:
    setting = look_up(root, path)
    return tuple(str(one) for one in setting.values()) if isinstance(setting, ListEdit) else ()


def _contradictions(root: Group, leaf: Draft) -> Iterator[Problem]:
    place = Origin(source=leaf.source)
    yield from _base_problems(root, place)
    if not _text(root, "desktop"):
        what = _("« desktop » is missing, here and in the recipes that it extends.")
        yield Problem(origin=place, what=what, allowed=listed(tuple(DESKTOPS)))
    if _text(root, "desktop") == "zorin" and look_up(root, "base.zorin") is None:
        what = _("The Zorin desktop comes only with a Zorin base.")
        yield Problem(origin=_place(root, "desktop", place), what=what)
    if _text(root, "home") != HomePlacement.SEPARATE and _whole(root, "root_gib"):
        what = _("« root_gib » goes with « home: separate »: else the root takes the whole disk.")
        yield Problem(origin=_place(root, "root_gib", place), what=what)
    yield from _printer_problems(root)


def _base_problems(root: Group, place: Origin) -> Iterator[Problem]:
    found = [one for one in BaseSystem if look_up(root, f"base.{one}") is not None]
    if len(found) != 1:
        what = _("« base » must name one system, here or in a recipe that it extends.")
        yield Problem(
            origin=_place(root, "base", place), what=what, allowed=listed(tuple(BaseSystem))
        )
    for system in found:
        if not _text(root, f"base.{system}.suite"):
            what = _("« suite » is missing.")
            yield Problem(
                origin=_place(root, f"base.{system}", place), what=what, allowed="trixie, noble…"
            )
    if bool(_text(root, "base.zorin.iso")) != bool(_text(root, "base.zorin.sha256")):
        what = _("« iso » and « sha256 » go together: the digest proves the ISO.")
        yield Problem(origin=_place(root, "base.zorin", place), what=what)


def _printer_problems(root: Group) -> Iterator[Problem]:
    printers = look_up(root, "printers")
    for item in printers.added if isinstance(printers, ListEdit) else ():
        printer = item.value
        if not isinstance(printer, FrozenMap):
            continue
        driver = "ppd" in printer or "model" in printer
        if driver != (printer.get("mode") == "ppd"):
            what = _("The printer « {name} »: « mode: ppd » goes with « ppd » or « model ».")
            yield Problem(origin=item.origin, what=what.format(name=printer.get("name")))


def _place(root: Group, path: str, otherwise: Origin) -> Origin:
    setting = look_up(root, path)
    return setting.origin if setting is not None else otherwise


def _useless_variables(root: Group, plan: RolePlan, own: set[str]) -> Iterator[Problem]:
    """Yield the variables that the recipe itself sets for roles that it does not play."""
    variables = look_up(root, "variables")
    for name, setting in variables.settings.items() if isinstance(variables, Group) else ():
        role = role_of(name)
        if role not in plan.roles and setting.origin.source in own:
            what = _("« {name} » is for the role « {role} », which this recipe does not play.")
            yield Problem(
                origin=setting.origin,
                what=what.format(name=name, role=role),
                allowed=_("add it with « roles: [{role}] »").format(role=role),
            )
