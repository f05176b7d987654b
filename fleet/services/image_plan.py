# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What building a recipe will do: packages, layers made again or reused, sizes, time.

Everything that can be refused is refused here, before anything is built.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.adapters import ansible
from fleet.adapters.apt import Resolution
from fleet.adapters.apt_sources import host_mirrors
from fleet.errors import FleetError, NotFound, ToolMissing
from fleet.i18n import _
from fleet.model.recipe import BaseSystem, Recipe
from fleet.paths import assets_folder, cache_folder, home_folder
from fleet.services.image_answers import KeptAnswers
from fleet.services.image_base import Base, open_base
from fleet.services.image_keys import packages_key, role_key
from fleet.services.image_layers import LayerStore, files_digest, key_of
from fleet.services.images import find_image, images_folder
from fleet.services.recipes import role_variables
from fleet.services.zorin import Tell

BASE, PACKAGES, CLEANING, FILES, PACKING = "base", "packages", "cleaning", "files", "packing"
LIVE, BOOT_LOADER = "live_system", "boot_loader"
_PROGRAM = ("fleet", "tui", "reconditioning")
_UNWANTED = "system_base_unwanted_packages"
# A layer and its packed form, and what dpkg writes beside the files.
_ROOM = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlace:
    """Where a build reads and writes."""

    home: Path
    cache: Path
    assets: Path

    @property
    def layers(self) -> LayerStore:
        """The layers of this computer."""
        return LayerStore(self.cache / "layers")

    @property
    def answers(self) -> KeptAnswers:
        """What the roles answered to earlier plans."""
        return KeptAnswers(self.cache / "answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step: a layer (``key`` is not empty) or a treatment of the whole.

    ``last_ms`` is how long it took last time, None when it was never done.
    """

    name: str
    key: str = ""
    reused: bool = False
    last_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """What ``build_image`` carries out, and nothing else. Sizes are in bytes."""

    recipe: Recipe
    place: BuildPlace
    base: Base
    variables: Mapping[str, Any]
    asked: tuple[str, ...]
    packages: Resolution
    steps: tuple[PlannedStep, ...]
    download_bytes: int
    needed_bytes: int
    free_bytes: int

    @property
    def last_ms(self) -> int | None:
        """How long the steps to do took last time; None when one was never done."""
        todo = [step.last_ms for step in self.steps if not step.reused]
        known = [last for last in todo if last is not None]
        return sum(known) if len(known) == len(todo) else None

    @property
    def log(self) -> Path:
        """Where the last build of this recipe tells all it did."""
        return self.place.cache / "logs" / f"{self.recipe.name}.log"

    def step(self, name: str) -> PlannedStep:
        """Return a step by its name."""
        return next(step for step in self.steps if step.name == name)


def build_place(environ: Mapping[str, str]) -> BuildPlace:
    """Return the places that the environment names."""
    return BuildPlace(
        home=home_folder(environ), cache=cache_folder(environ), assets=assets_folder(environ)
    )


def plan_build(
    recipe: Recipe, place: BuildPlace, *, refresh: bool | None = None, tell: Tell | None = None
) -> BuildPlan:
    """Return what building a recipe would do; ``tell`` hears of an ISO that is unpacked.

    ``refresh`` asks the mirror for its lists: True always, False never, None when they are old.
    Raises MissingPackages, MirrorUnreachable, or FleetError for a computer that cannot build.
    """
    _require_root()
    base, variables, asked = _opened(recipe, place, refresh, tell)
    packages = base.resolve(asked, recipe, unwanted=unwanted_packages(recipe, place.assets))
    steps = _steps(recipe, base, variables, asked, packages, place)
    missing = (*base.apt.to_download(base.packages), *base.apt.to_download(packages))
    download = sum(file.size_bytes for file in missing)
    done = any(step.name == PACKAGES and step.reused for step in steps)
    grown = 0 if done else base.packages.installed_bytes + packages.installed_bytes
    plan = BuildPlan(
        recipe=recipe,
        place=place,
        base=base,
        variables=variables,
        asked=asked,
        packages=packages,
        steps=steps,
        download_bytes=download,
        needed_bytes=download + int(grown * _ROOM),
        free_bytes=shutil.disk_usage(place.cache).free,
    )
    _require_room(plan)
    return plan


def _opened(
    recipe: Recipe, place: BuildPlace, refresh: bool | None, tell: Tell | None
) -> tuple[Base, dict[str, Any], tuple[str, ...]]:
    """Return the base, the roles' variables, and the packages that they ask for.

    Roles are asked while APT reads its lists, where the base's codename is known beforehand.
    """
    if recipe.base.system is not BaseSystem.DEBIAN:
        base = open_base(recipe, place.cache, refresh=refresh, tell=tell)
        variables = _variables(recipe, base.codename, place)
        return base, variables, _asked(recipe, variables, place)
    variables = _variables(recipe, recipe.base.suite, place)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(_asked, recipe, variables, place)
        base = open_base(recipe, place.cache, refresh=refresh, tell=tell)
        return base, variables, asked.result()


def unwanted_packages(recipe: Recipe, assets: Path) -> tuple[str, ...]:
    """Return the packages that no role lets in: the recipe's list, else the role's default."""
    declared = role_variables(assets / "roles").get(_UNWANTED)
    names = recipe.variables.get(_UNWANTED, declared.default if declared else None)
    return tuple(str(name) for name in names) if isinstance(names, tuple) else ()


def _require_root() -> None:
    if os.geteuid() != 0:
        raise FleetError(
            _("Building an image needs root: it makes files of every owner."),
            hint=_("Run the same command with sudo."),
        )
    if shutil.which("mksquashfs") is None:
        raise ToolMissing(
            _("What builds images is not installed."),
            hint=_("Run: parclibre doctor image --install"),
        )


def _require_room(plan: BuildPlan) -> None:
    if plan.needed_bytes > plan.free_bytes:
        raise FleetError(
            _("The build needs {needed} MB on the disk of {folder}; {free} MB are free.").format(
                needed=plan.needed_bytes // 10**6,
                free=plan.free_bytes // 10**6,
                folder=plan.place.cache,
            ),
            hint=_("Free some space, or move the cache (PARCLIBRE_CACHE)."),
        )


def _variables(recipe: Recipe, codename: str, place: BuildPlace) -> dict[str, Any]:
    given = {**recipe.plain_variables(), "package_set_codename": codename}
    if recipe.base.system is BaseSystem.DEBIAN and not given.get("system_base_mirror"):
        # Machines use the mirrors that the image was made from, unless the recipe says otherwise.
        mirrors = host_mirrors(recipe.base.mirror)
        given["system_base_mirror"] = mirrors.archive
        given.setdefault("system_base_security_mirror", mirrors.security)
    if LIVE in recipe.roles:
        # The live system carries this very program.
        given["live_system_source_digest"] = files_digest(
            [place.assets / name for name in _PROGRAM if (place.assets / name).is_dir()]
        )
    return given


def _asked(recipe: Recipe, variables: Mapping[str, Any], place: BuildPlace) -> tuple[str, ...]:
    """Return the packages that the roles and the recipe name."""
    question = ("packages", packages_key(recipe.roles, variables, place.assets))
    found = place.answers.ask(
        question,
        lambda: ansible.collect_packages(recipe.roles, variables, project=place.assets),
    )
    names = {*found, *recipe.packages_added} - set(recipe.packages_removed)
    return tuple(sorted(names))


def _steps(
    recipe: Recipe,
    base: Base,
    variables: Mapping[str, Any],
    asked: tuple[str, ...],
    packages: Resolution,
    place: BuildPlace,
) -> tuple[PlannedStep, ...]:
    keys = [(BASE, base.key)] if base.root is None else []
    exact = [(file.name, file.version, file.sha256) for file in packages.packages]
    no_initrd = BOOT_LOADER in recipe.roles
    keys.append((PACKAGES, key_of(base.key, exact, asked, base.purged, no_initrd)))
    for role in recipe.roles:
        keys.append((role, role_key(keys[-1][1], role, variables, place.assets)))
    last = _last_times(recipe.name, place)
    steps = [_layer_step(name, key, place.layers, last) for name, key in keys]
    ends = [PlannedStep(name=n, last_ms=last.get(n)) for n in (CLEANING, FILES, PACKING)]
    return (*steps, *ends)


def _layer_step(name: str, key: str, layers: LayerStore, last: Mapping[str, int]) -> PlannedStep:
    found = layers.find(key)
    known = found.milliseconds if found else last.get(name)
    return PlannedStep(name=name, key=key, reused=found is not None, last_ms=known)


def _last_times(name: str, place: BuildPlace) -> dict[str, int]:
    """Return how long each step took when the newest image of this name was built."""
    try:
        steps: Sequence[Any] = find_image(images_folder(place.home), name).manifest.steps
    except NotFound:
        return {}
    return {step.name: step.milliseconds for step in steps}
