# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every role: its variables are described, its files are short, its words plain."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT
from tools import role_docs

ROLES = PROJECT / "roles"
NAMES = tuple(sorted(path.name for path in ROLES.iterdir() if path.is_dir()))
CODENAMES = ("trixie", "bookworm", "noble", "jammy")
_SCREEN = 60
_SETS = ("vars", "register", "ansible.builtin.set_fact")
# Variables of package_set, by which a role asks for packages.
_SHARED = ("package_set_", "loop_var", "label", "cacheable")


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


def _task_files(role: str) -> Iterator[Path]:
    for folder in ("tasks", "handlers"):
        yield from sorted((ROLES / role / folder).glob("**/*.yml"))


def _tasks(node: Any) -> Iterator[dict[str, Any]]:
    for task in node or ():
        yield task
        for inner in ("block", "rescue", "always"):
            yield from _tasks(task.get(inner))


def _options(role: str) -> dict[str, dict[str, Any]]:
    spec = _yaml(ROLES / role / "meta" / "argument_specs.yml")
    return spec["argument_specs"]["main"].get("options") or {}


@pytest.mark.parametrize("role", NAMES)
def test_each_variable_of_a_role_is_described_and_has_a_default(role: str) -> None:
    defaults = _yaml(ROLES / role / "defaults" / "main.yml") or {}
    options = _options(role)

    required = {name for name, option in options.items() if option.get("required")}
    assert set(defaults) | required == set(options)
    for name, option in options.items():
        assert option.get("type"), f"{name} has no type"
        assert option.get("description"), f"{name} has no description"
        if "default" in option:
            assert option["default"] == defaults[name], f"{name}: two defaults"


@pytest.mark.parametrize("role", NAMES)
def test_variables_carry_the_name_of_their_role(role: str) -> None:
    public = _yaml(ROLES / role / "defaults" / "main.yml") or {}
    internal = _yaml(ROLES / role / "vars" / "main.yml") or {}

    assert [name for name in public if not re.match(rf"{role}_[a-z0-9]", name)] == []
    assert [name for name in internal if not name.startswith(f"{role}__")] == []
    for file in _task_files(role):
        assert _foreign_names(role, file) == [], file


def _foreign_names(role: str, file: Path) -> list[str]:
    found = []
    for task in _tasks(_yaml(file)):
        for key in _SETS:
            value = task.get(key)
            found += [value] if isinstance(value, str) else list(value or ())
    return [name for name in found if not name.startswith((f"{role}_", *_SHARED))]


@pytest.mark.parametrize("role", NAMES)
def test_each_default_is_explained_where_it_is_set(role: str) -> None:
    lines = (ROLES / role / "defaults" / "main.yml").read_text(encoding="utf-8").splitlines()

    bare = [
        line
        for before, line in itertools.pairwise(lines)
        if re.match(r"[a-z]", line) and not before.startswith("#")
    ]

    assert bare == []


@pytest.mark.parametrize("role", NAMES)
def test_a_task_file_fits_a_screen_and_its_names_are_sentences(role: str) -> None:
    for file in _task_files(role):
        text = file.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if "SPDX-" not in line]
        assert len(lines) <= _SCREEN, f"{file}: {len(lines)} lines are longer than a screen"
        for task in _tasks(_yaml(file)):
            name = task.get("name", "")
            assert re.match(r"[A-Z].* ", name), f"{file}: {name!r} is no sentence"
            assert not name.endswith("."), f"{file}: {name!r}"


@pytest.mark.parametrize("role", NAMES)
def test_a_role_says_what_it_is_and_depends_on_no_other(role: str) -> None:
    meta = _yaml(ROLES / role / "meta" / "main.yml")

    assert meta["dependencies"] == []
    assert meta["galaxy_info"]["role_name"] == role
    assert meta["galaxy_info"]["license"] == "GPL-3.0-or-later"


@pytest.mark.parametrize("role", NAMES)
def test_packages_are_installed_through_package_set_alone(role: str) -> None:
    file = ROLES / role / "tasks" / "packages.yml"

    for tasks in _task_files(role):
        if role != "package_set":
            assert _installs(tasks) == [], tasks
    if not file.exists():
        return
    (task,) = _yaml(file)
    assert task["ansible.builtin.include_role"] == {"name": "package_set"}
    assert task["vars"] == {"package_set_names": f"{{{{ {role}__packages }}}}"}


def _installs(file: Path) -> list[str]:
    return [
        task["name"]
        for task in _tasks(_yaml(file))
        for module in ("ansible.builtin.apt", "ansible.builtin.package")
        if module in task and task[module].get("state") != "absent"
        if "name" in task[module] or "deb" in task[module]
    ]


@pytest.mark.parametrize("role", NAMES)
def test_the_table_of_a_readme_is_fresh(role: str) -> None:
    text = (ROLES / role / "README.md").read_text(encoding="utf-8")

    assert "<!-- variables -->" in text
    written = role_docs.readme_with_table(text, role_docs.read_role(ROLES / role))
    assert text == written, "run: .venv/bin/python -m tools.role_docs"


def test_the_reference_of_the_roles_is_fresh() -> None:
    written = role_docs.page(role_docs.roles())

    assert role_docs.PAGE.read_text(encoding="utf-8") == written, (
        "run: .venv/bin/python -m tools.role_docs"
    )


@pytest.mark.parametrize("codename", CODENAMES)
def test_every_role_says_its_packages_for_every_release(codename: str) -> None:
    packages = collect_packages(NAMES, {"package_set_codename": codename}, project=PROJECT)

    assert packages == tuple(sorted(set(packages)))
    assert "shim-signed" in packages
    assert [name for name in packages if not re.fullmatch(r"[a-z0-9][a-z0-9+.:-]+", name)] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ansible_lint_finds_nothing_to_say_at_its_production_profile() -> None:
    program = Path(sys.executable).parent / "ansible-lint"
    environ = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "NO_COLOR": "1"}

    linted = subprocess.run(
        [program, "--offline", "--profile", "production", "roles", "playbooks"],
        cwd=PROJECT, capture_output=True, text=True, check=False, env=environ,
    )  # fmt: skip

    assert linted.returncode == 0, linted.stdout + linted.stderr[-3000:]
