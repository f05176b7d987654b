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
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.adapters.apt import MissingPackages
from fleet.errors import FleetError
from fleet.services.image_build import BuildFailed, StepFinished, build_image
from fleet.services.image_plan import BuildPlace, BuildPlan, plan_build
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


@pytest.fixture
def small(recipe_places: RecipeFolders, image_place: BuildPlace, tmp_path: Path) -> BuildPlan:
    """The plan of a recipe without a desktop, with layers of its own."""
    return small_plan(recipe_places, image_place, tmp_path / "cache", SMALL)


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


def test_the_same_recipe_gives_the_same_image_and_the_host_is_as_before(
    small: BuildPlan, tmp_path: Path
) -> None:
    before = host_state()

    first = read_image(built(small))
    shutil.rmtree(small.place.layers.folder)
    shutil.rmtree(first.folder)
    second = read_image(built(small))

    assert second.manifest.files["rootfs.squashfs"] == first.manifest.files["rootfs.squashfs"]
    assert second.manifest.digest == first.manifest.digest
    assert differences(before, host_state()) == {}


def test_a_role_that_fails_names_its_task_and_the_next_build_starts_there(
    recipe_places: RecipeFolders, image_place: BuildPlace, tmp_path: Path
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
    plan = small_plan(recipe_places, image_place, cache, SMALL, assets)

    with pytest.raises(BuildFailed, match=r"boot_loader.*Break on purpose"):
        built(plan)
    tasks.write_text(good, encoding="utf-8")
    again = small_plan(recipe_places, image_place, cache, SMALL, assets)

    kept = {step.name for step in again.steps if step.reused}
    assert kept == {"base", "packages", "system_base", "french_locale"}
    assert built(again).is_dir()


def test_a_killed_build_leaves_no_mount_and_starts_again_from_its_last_layer(
    small: BuildPlan, tmp_path: Path
) -> None:
    script = (
        "import sys; from tests.images.test_image_build import SMALL, build_until;"
        "build_until(sys.argv[1], sys.argv[2], sys.argv[3])"
    )
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8")
    home, cache = str(small.place.home), str(small.place.cache)
    with subprocess.Popen(
        [sys.executable, "-c", script, home, cache, str(small.place.assets)],
        stdout=subprocess.PIPE, text=True, cwd=small.place.assets,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "packages"
        time.sleep(1.0)
        os.kill(child.pid, signal.SIGKILL)

    assert Path("/proc/self/mounts").read_text(encoding="utf-8") == mounts
    plan = plan_build(small.recipe, small.place)
    assert {step.name for step in plan.steps if step.reused} == {"base"}
    assert built(plan).is_dir()


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
    small: BuildPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(small.place.cache)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))

    with pytest.raises(FleetError, match="MB are free"):
        plan_build(small.recipe, small.place)


def test_changing_one_role_plays_it_and_those_after_it_only(
    small: BuildPlan, recipe_places: RecipeFolders, image_place: BuildPlace
) -> None:
    folder = built(small)
    text = SMALL.replace("kernel: cloud", "kernel: cloud\n  french_locale_paper: letter")

    plan = small_plan(recipe_places, image_place, small.place.cache, text)

    kept = {step.name for step in plan.steps if step.reused}
    assert kept == {"base", "packages", "system_base"}
    assert json.loads((folder / "manifest.json").read_text())["name"] == "small"
