# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wheel carries everything the program reads, and only that."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pytest
import yaml

PACKAGES = ("fleet", "tui", "reconditioning")
ASSETS = ("playbooks/", "roles/", "inventory/recipes/", "ansible.cfg")


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def wheel(built: Path) -> frozenset[str]:
    """The names of the files in the wheel."""
    with zipfile.ZipFile(built) as archive:
        return frozenset(archive.namelist())


def test_the_wheel_holds_every_tracked_file_of_the_packages(
    repository: Path, tracked_files: tuple[Path, ...], wheel: frozenset[str]
) -> None:
    names = {path.relative_to(repository).as_posix() for path in tracked_files}

    packaged = {name for name in names if name.split("/")[0] in PACKAGES}

    assert packaged - wheel == set()


def test_the_wheel_holds_what_images_are_made_with(
    repository: Path, tracked_files: tuple[Path, ...], wheel: frozenset[str]
) -> None:
    names = {path.relative_to(repository).as_posix() for path in tracked_files}

    needed = {
        f"fleet/assets/{name}"
        for name in names
        if name.startswith(ASSETS) and not name.endswith("/README.md")
    }

    assert {"fleet/assets/ansible.cfg", "fleet/assets/inventory/recipes/ci.yml"} <= needed
    assert needed - wheel == set()


def test_an_installed_program_finds_its_recipes_without_a_checkout(
    repository: Path, tmp_path: Path, built: Path
) -> None:
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tmp_path / "site")
    script = (
        "from fleet.services import recipes; "
        "print(recipes.__file__); print(recipes.find_recipe('ci').name)"
    )

    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert found.returncode == 0, found.stderr
    assert found.stdout.split() == [
        str(tmp_path / "site" / "fleet" / "services" / "recipes.py"),
        "ci",
    ]


def test_the_wheel_speaks_french(wheel: frozenset[str]) -> None:
    assert "fleet/locale/fr/LC_MESSAGES/parclibre.mo" in wheel


def test_the_wheel_holds_no_tests_and_no_tools(wheel: frozenset[str]) -> None:
    tops = {PurePosixPath(name).parts[0] for name in wheel}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def imported_tops(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_every_library_that_is_imported_is_declared(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["image"]]
    declared = {re.split(r"[^\w.-]", line)[0].lower() for line in lines}
    providers = packages_distributions()

    imported = (
        {
            top
            for name in PACKAGES
            for path in (repository / name).rglob("*.py")
            for top in imported_tops(path)
        }
        - set(PACKAGES)
        - sys.stdlib_module_names
    )

    assert {
        top for top in imported if not {name.lower() for name in providers.get(top, ())} & declared
    } == set()


def test_publiccode_and_the_package_give_the_same_version(repository: Path) -> None:
    package = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    public = yaml.safe_load((repository / "publiccode.yml").read_text(encoding="utf-8"))

    assert public["softwareVersion"] == package["project"]["version"]
    assert public["legal"]["license"] == package["project"]["license"]
