# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a recipe keeps out, and the files that it names, decide of layers before a build."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
import yaml

from fleet.adapters.apt import Resolution, open_apt
from fleet.errors import NotFound
from fleet.model.recipe import BaseSystem, Recipe
from fleet.services.image_base import Base
from fleet.services.image_keys import packages_key, role_key
from fleet.services.image_layers import key_of
from fleet.services.image_plan import unwanted_packages
from fleet.services.recipes import RecipeFolders, find_recipe
from tests.adapters.conftest import archive
from tests.adapters.tiny_archive import TinyArchive

__all__ = ["archive"]

HEAD = (
    "recipe: 1\ntitle: Essai\nbase: {debian: {suite: trixie}}\ndesktop: none\n"
    "variables:\n  system_base_tmp_in_memory: true\n"
)
UNWANTED = "  system_base_unwanted_packages: "


@pytest.fixture
def base(archive: TinyArchive, tmp_path: Path) -> Base:
    """A system without packages; of the archive's, one recommends what sends statistics."""
    archive.add("desktop", recommends="popularity-contest, tree")
    archive.add("popularity-contest")
    archive.add("tree")
    archive.publish()
    apt = open_apt(tmp_path / "cache", [archive.source])
    apt.refresh()
    root = tmp_path / "root"
    root.mkdir()
    return Base(
        system=BaseSystem.ZORIN, suite="tiny", codename="tiny", apt=apt, epoch=0,
        packages=Resolution(packages=()), key="base", root=root,
    )  # fmt: skip


def recipe(folder: Path, lines: str, assets: Path) -> Recipe:
    file = folder / "essai.yml"
    file.write_text(HEAD + lines)
    places = RecipeFolders(town=folder, shipped=folder, roles=assets / "roles")
    return find_recipe(str(file), folders=places)


def packages(base: Base, wanted: Recipe, assets: Path) -> Resolution:
    return base.resolve(["desktop"], wanted, unwanted=unwanted_packages(wanted, assets))


def names(found: Resolution) -> set[str]:
    return {file.name for file in found.packages}


def test_without_a_word_of_the_recipe_the_roles_list_stays_out(
    repository: Path, base: Base, tmp_path: Path
) -> None:
    usual = recipe(tmp_path, "", repository)

    found = packages(base, usual, repository)

    defaults = repository / "roles" / "system_base" / "defaults" / "main.yml"
    written = yaml.safe_load(defaults.read_text("utf-8"))["system_base_unwanted_packages"]
    assert unwanted_packages(usual, repository) == tuple(written)
    assert names(found) == {"desktop", "tree"}


def test_a_recipe_that_wants_others_kept_out_has_other_packages_thus_another_layer(
    repository: Path, base: Base, tmp_path: Path
) -> None:
    usual = packages(base, recipe(tmp_path, "", repository), repository)

    other = packages(base, recipe(tmp_path, f"{UNWANTED}[tree]\n", repository), repository)
    none = packages(base, recipe(tmp_path, f"{UNWANTED}[]\n", repository), repository)

    assert names(other) == {"desktop", "popularity-contest"}
    assert names(none) == {"desktop", "popularity-contest", "tree"}
    assert len({key_of(found.packages) for found in (usual, other, none)}) == 3


def test_a_resolution_is_asked_again_once_the_lists_have_changed(
    repository: Path, archive: TinyArchive, base: Base, tmp_path: Path
) -> None:
    usual = recipe(tmp_path, "", repository)
    before = packages(base, usual, repository)
    (archive.pool / "tree_1.0_amd64.deb").unlink()
    archive.publish()
    # A web server tells whole seconds.
    later = time.time() + 60
    for file in archive.folder.rglob("dists/**/*"):
        os.utime(file, (later, later))

    kept = packages(base, usual, repository)
    base.apt.refresh()
    after = packages(base, usual, repository)

    assert kept == before
    assert names(after) == {"desktop"}


def test_packages_of_roles_are_listed_again_only_for_what_decides_of_them(
    repository: Path, tmp_path: Path
) -> None:
    assets = tmp_path / "assets"
    for name in ("roles", "playbooks"):
        shutil.copytree(repository / name, assets / name)
    role = assets / "roles" / "printer_queues"

    def key(**variables: object) -> str:
        return packages_key(
            ["printer_queues"], {"package_set_codename": "trixie"} | variables, assets
        )

    before = key()
    tasks = role / "tasks" / "main.yml"
    tasks.write_text(tasks.read_text() + "# a word\n")

    assert key() == before
    assert key(printer_queues_retry_minutes=11) == before
    assert key(package_set_codename="bookworm") != before
    assert key(printer_queues_makers=["brother"]) != before
    values = role / "vars" / "main.yml"
    values.write_text(values.read_text() + "# a word\n")
    assert key() != before


def test_another_content_of_a_file_that_a_variable_names_makes_another_layer(
    repository: Path, tmp_path: Path
) -> None:
    driver = tmp_path / "hall.ppd"
    variables = {"printer_queues_list": [{"name": "hall", "uri": "", "ppd": str(driver)}]}
    driver.write_text("*PPD-Adobe: 4.3\n")
    before = role_key("base", "printer_queues", variables, repository)
    again = role_key("base", "printer_queues", variables, repository)
    other_role = role_key("base", "accessibility", variables, repository)

    driver.write_text("*PPD-Adobe: 4.4\n")

    assert before == again
    assert role_key("base", "printer_queues", variables, repository) != before
    assert role_key("base", "accessibility", variables, repository) == other_role


def test_a_file_that_is_not_there_is_told_before_the_build(
    repository: Path, tmp_path: Path
) -> None:
    variables = {"printer_queues_list": [{"name": "hall", "ppd": str(tmp_path / "hall.ppd")}]}

    with pytest.raises(NotFound, match=r"hall\.ppd, which printer_queues_list names"):
        role_key("base", "printer_queues", variables, repository)
