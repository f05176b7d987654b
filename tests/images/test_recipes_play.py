# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes that are not built here: every package is found, every role plays.

The roles are really played, on the small system of the image ``ci``; only the packages of the
recipe are not installed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.adapters import ansible
from fleet.adapters.ansible_events import PlayEnded
from fleet.adapters.rootfs import open_rootfs
from fleet.services.image_plan import BASE, PACKAGES, BuildPlace, BuildPlan, plan_build
from fleet.services.recipes import RecipeFolders, find_recipe
from tests.images.standin import standin

pytestmark = [
    pytest.mark.xdist_group("images"), pytest.mark.root, pytest.mark.slow,
    pytest.mark.timeout(1200),
]  # fmt: skip
DEBIAN = ("borne", "college", "ecole-maternelle", "live", "mairie")
ZORIN = ("zorin-ecole", "zorin-famille", "zorin-mairie")


@pytest.mark.parametrize("name", DEBIAN)
def test_a_debian_recipe_finds_its_packages_and_plays_its_roles(
    name: str,
    image_place: BuildPlace,
    recipe_places: RecipeFolders,
    ci_plan: BuildPlan,
    ci_image: Path,
    tmp_path: Path,
) -> None:
    plan = plan_build(find_recipe(name, folders=recipe_places), image_place)

    ended = play_roles(plan, ci_layers(ci_plan), tmp_path)

    assert len(plan.packages.packages) > 200
    assert ended.stats["image"].failed == 0
    assert ended.stats["image"].ok > len(plan.recipe.roles)


@pytest.mark.parametrize("name", ZORIN)
def test_a_zorin_recipe_finds_its_packages_in_the_archives_of_its_iso(
    name: str, image_place: BuildPlace, recipe_places: RecipeFolders
) -> None:
    iso = standin(image_place.cache)
    given = (f"base.zorin.iso={iso.path}", f"base.zorin.sha256={iso.sha256}")

    plan = plan_build(find_recipe(name, given, folders=recipe_places), image_place)

    assert plan.base.codename == "trixie"
    assert len(plan.packages.packages) > 200


def play_roles(plan: BuildPlan, layers: list[Path], folder: Path) -> PlayEnded:
    """Play all roles of a plan over some layers, which are not changed."""
    project = plan.place.assets
    with open_rootfs(layers, folder / "upper", folder / "work", epoch=plan.base.epoch) as rootfs:
        events = ansible.play(
            project / ansible.IMAGE_PLAYBOOK,
            inventory=ansible.image_inventory(rootfs.enter),
            variables={
                **plan.variables,
                "image_roles": list(plan.recipe.roles),
                "package_set_mode": "assume",
            },
            project=project,
        )
        return ansible.last_event(events)


def ci_layers(plan: BuildPlan) -> list[Path]:
    """The system and the packages of the image ``ci``, uppermost first."""
    found = [plan.place.layers.find(plan.step(name).key) for name in (PACKAGES, BASE)]
    return [layer.root for layer in found if layer is not None]
