# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images ``ci`` and ``zorin-ci``, really built: once for a run, from layers that stay."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fleet.paths import assets_folder, cache_folder
from fleet.services.image_build import ImageBuilt, build_image
from fleet.services.image_plan import BuildPlace, BuildPlan, plan_build
from fleet.services.recipes import RecipeFolders, find_recipe
from fleet.store.keys import open_replica_key
from tests.images.standin import StandIn, standin

BUILT_AT = "2026-11-22T08:00:00Z"


@pytest.fixture(scope="session")
def image_place(tmp_path_factory: pytest.TempPathFactory) -> BuildPlace:
    """A home of this run, and the cache of this computer."""
    return BuildPlace(
        home=tmp_path_factory.mktemp("image-home"),
        cache=cache_folder(os.environ),
        assets=assets_folder({}),
    )


@pytest.fixture(scope="session")
def recipe_places(image_place: BuildPlace) -> RecipeFolders:
    """The shipped recipes and roles, and the town's folder of this run."""
    return RecipeFolders(
        town=image_place.home / "recipes",
        shipped=image_place.assets / "inventory" / "recipes",
        roles=image_place.assets / "roles",
    )


def built(plan: BuildPlan) -> Path:
    """Carry out a plan; return the image's folder."""
    key = open_replica_key(plan.place.home)
    *_others, last = build_image(plan, key, now=lambda: BUILT_AT)
    assert isinstance(last, ImageBuilt)
    return last.folder


@pytest.fixture(scope="session")
def ci_plan(image_place: BuildPlace, recipe_places: RecipeFolders) -> BuildPlan:
    """The plan of the image ``ci``."""
    return plan_build(find_recipe("ci", folders=recipe_places), image_place)


@pytest.fixture(scope="session")
def ci_image(ci_plan: BuildPlan) -> Path:
    """The folder of the image ``ci``, built by the service that the command calls."""
    return built(ci_plan)


@pytest.fixture(scope="session")
def zorin_iso(image_place: BuildPlace) -> StandIn:
    """The stand-in for Zorin's ISO, made once for this computer."""
    return standin(image_place.cache)


@pytest.fixture(scope="session")
def zorin_plan(
    image_place: BuildPlace, recipe_places: RecipeFolders, zorin_iso: StandIn
) -> BuildPlan:
    """The plan of the image ``zorin-ci``: the roles of ``ci`` on the stand-in's system."""
    path = Path(__file__).with_name("zorin-ci.yml")
    return plan_build(find_recipe(str(path), zorin_iso.given, folders=recipe_places), image_place)


@pytest.fixture(scope="session")
def zorin_image(zorin_plan: BuildPlan) -> Path:
    """The folder of the image ``zorin-ci``, built by the service that the command calls."""
    return built(zorin_plan)
