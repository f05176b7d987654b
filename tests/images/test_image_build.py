# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real builds: the same twice, started again after a failure or a kill, never touching the host."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fleet.adapters.apt import MissingPackages
from fleet.errors import FleetError
from fleet.services.image_build import BuildFailed, StepFinished, build_image
from fleet.services.image_plan import BASE, PACKAGES, BuildPlace, BuildPlan, plan_build
from fleet.services.images import read_image
from fleet.services.recipes import RecipeFolders, find_recipe
from fleet.store.keys import open_replica_key
from tests.adapters.host_state import differences, host_state
from tests.images.conftest import BUILT_AT, built

pytestmark = [
    pytest.mark.xdist_group("images"), pytest.mark.root, pytest.mark.slow,
    pytest.mark.timeout(1800),
]  # fmt: skip

SMALL = """\
recipe: 1
title: Small
base:
  debian:
    suite: trixie
    components: [main, non-free-firmware]
desktop: none
recommends: false
roles:
  only: [system_base, french_locale, boot_loader]
variables:
  boot_loader_kernel: cloud
compression: 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A plan that was carried out, the image's folder, and what changed on the host meanwhile."""

    plan: BuildPlan
    folder: Path
    host_changes: dict[str, object]


@pytest.fixture(scope="module")
def first(
    recipe_places: RecipeFolders, image_place: BuildPlace, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """A recipe without a desktop, built from nothing."""
    plan = small_plan(recipe_places, image_place, tmp_path_factory.mktemp("first"), SMALL)
    before = host_state()
    folder = built(plan)
    return Built(plan=plan, folder=folder, host_changes=differences(before, host_state()))


def small_plan(
    places: RecipeFolders, place: BuildPlace, cache: Path, text: str, assets: Path | None = None
) -> BuildPlan:
    """Plan a recipe written here. Layers are the test's; packages and lists are shared."""
    cache.mkdir(parents=True, exist_ok=True)
    for shared in ("archives", "apt"):
        (place.cache / shared).mkdir(parents=True, exist_ok=True)
        if not (cache / shared).exists():
            (cache / shared).symlink_to(place.cache / shared)
    path = cache / "small.yml"
    path.write_text(text, encoding="utf-8")
    mine = replace(place, cache=cache, assets=assets or place.assets)
    folders = replace(places, roles=mine.assets / "roles")
    return plan_build(find_recipe(str(path), folders=folders), mine)


def lend(first: Built, cache: Path, *names: str) -> None:
    """Put layers of the first build in a cache that has none: making them proves nothing more."""
    (cache / "layers").mkdir(parents=True)
    for name in names:
        key = first.plan.step(name).key
        (cache / "layers" / key).symlink_to(first.plan.place.layers.folder / key)


def test_a_build_leaves_the_host_as_it_was(first: Built) -> None:
    assert read_image(first.folder).manifest.name == "small"
    assert first.host_changes == {}


def test_a_role_that_fails_names_its_task_and_the_next_build_starts_there(
    first: Built, recipe_places: RecipeFolders, image_place: BuildPlace, tmp_path: Path
) -> None:
    assets = tmp_path / "assets"
    for name in ("roles", "playbooks"):
        shutil.copytree(image_place.assets / name, assets / name)
    shutil.copy(image_place.assets / "ansible.cfg", assets)
    tasks = assets / "roles" / "boot_loader" / "tasks" / "main.yml"
    good = tasks.read_text(encoding="utf-8")
    broken = "- name: Break on purpose\n  ansible.builtin.command: /bin/false\n"
    tasks.write_text(broken, encoding="utf-8")
    cache = tmp_path / "cache"
    lend(first, cache, BASE, PACKAGES)
    plan = small_plan(recipe_places, image_place, cache, SMALL, assets)

    with pytest.raises(BuildFailed, match=r"boot_loader.*Break on purpose"):
        built(plan)
    tasks.write_text(good, encoding="utf-8")
    again = small_plan(recipe_places, image_place, cache, SMALL, assets)

    kept = {step.name for step in again.steps if step.reused}
    assert kept == {"base", "packages", "system_base", "french_locale"}
    assert built(again).is_dir()


def test_a_build_that_was_killed_starts_again_from_its_last_layer_and_gives_the_same_image(
    first: Built, recipe_places: RecipeFolders, image_place: BuildPlace, tmp_path: Path
) -> None:
    place = replace(image_place, home=tmp_path / "home")
    small = small_plan(recipe_places, place, tmp_path / "cache", SMALL)
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8")

    kill_while_packages_are_installed(small)
    left = Path("/proc/self/mounts").read_text(encoding="utf-8")
    plan = plan_build(small.recipe, small.place)
    one, other = read_image(first.folder).manifest, read_image(built(plan)).manifest

    assert left == mounts
    assert {step.name for step in plan.steps if step.reused} == {"base"}
    assert other.files["rootfs.squashfs"] == one.files["rootfs.squashfs"]
    assert other.digest == one.digest


def kill_while_packages_are_installed(plan: BuildPlan) -> None:
    """Build in another process, killed one second after the packages' layer begins."""
    script = (
        "import sys; from tests.images.test_image_build import build_until;"
        "build_until(sys.argv[1], sys.argv[2], sys.argv[3])"
    )
    place = plan.place
    with subprocess.Popen(
        [sys.executable, "-c", script, str(place.home), str(place.cache), str(place.assets)],
        stdout=subprocess.PIPE, text=True, cwd=place.assets,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "packages"
        time.sleep(1.0)
        os.kill(child.pid, signal.SIGKILL)


def build_until(home: str, cache: str, assets: str) -> None:
    """Build in a process of its own, and say when the packages' layer begins."""
    place = BuildPlace(home=Path(home), cache=Path(cache), assets=Path(assets))
    folders = RecipeFolders(
        town=Path(home) / "recipes",
        shipped=Path(assets) / "inventory" / "recipes",
        roles=Path(assets) / "roles",
    )
    plan = plan_build(find_recipe(f"{cache}/small.yml", folders=folders), place)
    for event in build_image(plan, open_replica_key(place.home), now=lambda: BUILT_AT):
        if isinstance(event, StepFinished) and event.step == "base":
            sys.stdout.write("packages\n")
            sys.stdout.flush()


def test_a_missing_package_is_said_before_anything_is_built(
    recipe_places: RecipeFolders, image_place: BuildPlace, tmp_path: Path
) -> None:
    text = SMALL + "packages:\n  add: [gcompris-qtt]\n"

    with pytest.raises(MissingPackages, match="gcompris-qtt") as refused:
        small_plan(recipe_places, image_place, tmp_path / "cache", text)

    assert "gcompris-qt" in refused.value.hint
    assert not (tmp_path / "cache" / "layers").exists()


def test_too_small_a_disk_is_said_before_anything_is_built(
    recipe_places: RecipeFolders,
    image_place: BuildPlace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))

    with pytest.raises(FleetError, match="MB are free"):
        small_plan(recipe_places, image_place, tmp_path / "cache", SMALL)


def test_changing_one_role_plays_it_and_those_after_it_only(
    first: Built, recipe_places: RecipeFolders, image_place: BuildPlace
) -> None:
    text = SMALL.replace("kernel: cloud", "kernel: cloud\n  french_locale_paper: letter")

    plan = small_plan(recipe_places, image_place, first.plan.place.cache, text)

    kept = {step.name for step in plan.steps if step.reused}
    assert kept == {"base", "packages", "system_base"}
    assert json.loads((first.folder / "manifest.json").read_text())["name"] == "small"
