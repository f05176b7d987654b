# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers hold: the contracts pass, cover every module, and imports stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return []


def test_the_import_contracts_hold(repository: Path) -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

    checked = subprocess.run(command, cwd=repository, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_part_of_fleet_has_its_place_in_the_layers(repository: Path) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = {name.strip() for layer in layers for name in layer.split("|")}

    present = {
        f"fleet.{path.stem}"
        for path in (repository / "fleet").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"fleet.__init__"}

    assert present <= placed


@pytest.mark.parametrize("module", ["fleet", "fleet.services", "reconditioning"])
def test_importing_what_has_no_screen_loads_no_screen_library(module: str) -> None:
    script = (
        f"import sys, {module}; print('textual' in sys.modules, 'ansible_runner' in sys.modules)"
    )

    imported = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert imported.stdout.split() == ["False", "False"], imported.stderr


def test_fleet_itself_imports_nothing(repository: Path) -> None:
    module = ast.parse((repository / "fleet" / "__init__.py").read_text(encoding="utf-8"))

    imports = [name for node in ast.walk(module) for name in imported_names(node)]

    assert imports == []


def test_the_collector_runs_alone_on_an_old_python(repository: Path) -> None:
    path = repository / "reconditioning" / "collect.py"
    if not path.exists():
        pytest.skip("the collector is not written yet")

    module = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {name.split(".")[0] for node in ast.walk(module) for name in imported_names(node)}

    assert imported <= sys.stdlib_module_names
