# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes that are not built here: every package is found, every role plays.

The roles are really played, on the small system of the image ``ci``; only the packages of the
recipe are not installed. What several recipes have in common is played once: their first roles,
kept as a layer for the next run too, then each role with each set of variables that it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import pytest

from fleet.adapters import ansible
from fleet.adapters.ansible_events import PlayEnded
from fleet.adapters.rootfs import open_rootfs
from fleet.services.image_keys import role_key
from fleet.services.image_plan import (
    BASE,
    PACKAGES,
    BuildPlace,
    BuildPlan,
    plan_build,
)
from fleet.services.recipes import RecipeFolders, find_recipe
from tests.images.standin import StandIn

pytestmark = [
    pytest.mark.xdist_group("images"), pytest.mark.root, pytest.mark.slow,
    pytest.mark.timeout(1200),
]  # fmt: skip
DEBIAN = ("borne", "college", "ecole-maternelle", "live", "mairie")
# The last of the first roles, which most recipes play with the same variables.
LAST_SHARED = "boot_loader"
ZORIN = ("zorin-ecole", "zorin-famille", "zorin-mairie")
# The stand-in has no CUPS; nothing of printing depends on the system below.
NOT_ON_THE_STAND_IN = "printer_queues"


@pytest.fixture(scope="module")
def played() -> set[str]:
    """What identifies each role and its variables, for those that this run played."""
    return set()


@pytest.mark.parametrize("name", DEBIAN)
def test_a_debian_recipe_finds_its_packages_and_plays_its_roles(
    name: str,
    image_place: BuildPlace,
    recipe_places: RecipeFolders,
    ci_plan: BuildPlan,
    ci_image: Path,
    played: set[str],
    tmp_path: Path,
) -> None:
    plan = plan_build(find_recipe(name, folders=recipe_places), image_place)
    beginning = plan.recipe.roles[: plan.recipe.roles.index(LAST_SHARED) + 1]
    identities = {role: identity(role, plan) for role in plan.recipe.roles}
    others = [one for one in identities if one not in beginning and identities[one] not in played]

    below = begun(beginning, plan, layers_of(ci_plan))
    ended = play_roles(others, plan, below, Overlay(tmp_path / "upper", tmp_path / "work"))

    assert len(plan.packages.packages) > 200
    assert ended.stats["image"].failed == 0
    assert ended.stats["image"].ok > len(others)
    played.update(identities.values())


@pytest.mark.parametrize("name", ZORIN)
def test_a_zorin_recipe_finds_its_packages_and_plays_its_roles_on_the_system_of_its_iso(
    name: str,
    image_place: BuildPlace,
    recipe_places: RecipeFolders,
    zorin_iso: StandIn,
    zorin_plan: BuildPlan,
    zorin_image: Path,
    played: set[str],
    tmp_path: Path,
) -> None:
    plan = plan_build(find_recipe(name, zorin_iso.given, folders=recipe_places), image_place)
    beginning = plan.recipe.roles[: plan.recipe.roles.index(LAST_SHARED) + 1]
    identities = {
        role: identity(role, plan, "zorin")
        for role in plan.recipe.roles
        if role != NOT_ON_THE_STAND_IN
    }
    others = [one for one in identities if one not in beginning and identities[one] not in played]

    below = begun(beginning, plan, layers_of(zorin_plan))
    ended = play_roles(others, plan, below, Overlay(tmp_path / "upper", tmp_path / "work"))

    assert plan.base.codename == "trixie"
    assert len(plan.packages.packages) > 200
    assert ended.stats["image"].failed == 0
    assert ended.stats["image"].ok > len(others)
    played.update(identities.values())


class Overlay(NamedTuple):
    """Where what is played over some layers is written."""

    upper: Path
    work: Path


def identity(role: str, plan: BuildPlan, below: str = "") -> str:
    """What decides of a role's play: its files and the variables that they mention."""
    return role_key(below, role, plan.variables, plan.place.assets)


def begun(roles: Sequence[str], plan: BuildPlan, layers: list[Path]) -> list[Path]:
    """Layers over which the first roles of a recipe are played; kept under all that decides."""
    key = reduce(lambda below, role: identity(role, plan, below), roles, str(layers[0]))
    store = plan.place.layers
    if (kept := store.find(key)) is None:
        draft = store.start(key, "+".join(roles))
        try:
            play_roles(roles, plan, layers, Overlay(draft.root, draft.work))
            kept = store.finish(draft, 0, {})
        finally:
            store.discard(draft)
    return [kept.root, *layers]


def play_roles(
    roles: Sequence[str], plan: BuildPlan, layers: list[Path], over: Overlay
) -> PlayEnded:
    """Play roles with the variables of a plan over some layers, which are not changed."""
    project = plan.place.assets
    with open_rootfs(layers, over.upper, over.work, epoch=plan.base.epoch) as rootfs:
        events = ansible.play(
            project / ansible.IMAGE_PLAYBOOK,
            inventory=ansible.image_inventory(rootfs.enter),
            variables={
                **plan.variables,
                "image_roles": list(roles),
                "package_set_mode": "assume",
            },
            project=project,
        )
        return ansible.last_event(events)


def layers_of(plan: BuildPlan) -> list[Path]:
    """The system and the packages of an image that was built, uppermost first."""
    names = [step.name for step in plan.steps if step.name in (PACKAGES, BASE)]
    found = [plan.place.layers.find(plan.step(name).key) for name in reversed(names)]
    iso = [plan.base.root] if plan.base.root else []
    return [*(layer.root for layer in found if layer is not None), *iso]
