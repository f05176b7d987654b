# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into a root filesystem: one Python stays inside for a run, and only for that."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.roles.harness import PROJECT, Chroot, Result, RoleFailed

pytestmark = pytest.mark.root
_STAYS = "One Python kept inside a root filesystem"


def _play(chroot: Chroot, folder: Path, *tasks: dict[str, Any]) -> Result:
    """Play tasks as a role of their own."""
    main = folder / "roles" / "tried" / "tasks" / "main.yml"
    main.parent.mkdir(parents=True)
    named = [{"name": "Try", **task} for task in tasks]
    main.write_text(json.dumps(named), encoding="utf-8")
    shutil.copytree(PROJECT / "playbooks", folder / "playbooks")
    shutil.copy(PROJECT / "ansible.cfg", folder)
    return chroot.apply_all(("tried",), project=folder)


def _command(script: str) -> dict[str, Any]:
    return {"ansible.builtin.shell": script, "register": "tried"}


def _said(expected: str) -> dict[str, Any]:
    return {"ansible.builtin.assert": {"that": f"tried.stdout == {expected!r}"}}


def test_modules_run_in_forks_of_one_python_which_ends_with_the_run(
    chroot: Chroot, tmp_path: Path
) -> None:
    parent = f"grep -c '{_STAYS}' /proc/$PPID/cmdline"

    _play(chroot, tmp_path, _command(parent), _said("1"), _command(parent), _said("1"))

    # What looks must not find itself.
    left = chroot.shell(f"grep -l '[O]{_STAYS[1:]}' /proc/[0-9]*/cmdline || true")
    assert left == ""


def test_a_module_knows_nothing_of_the_build_host_nor_of_the_one_before(
    chroot: Chroot, tmp_path: Path
) -> None:
    told = "env | grep -c -e AWX_ -e PARCLIBRE_; pwd; umask; cat"

    _play(chroot, tmp_path, _command(told), _said("0\n/\n0022"))


def test_a_module_that_fails_says_why_and_the_next_one_runs(chroot: Chroot, tmp_path: Path) -> None:
    wrong = {"ansible.builtin.command": "/no/such/program", "ignore_errors": True}

    played = _play(chroot, tmp_path, wrong, _command("echo still here"), _said("still here"))

    assert "Error executing command" in str(played.events)


def test_a_python_killed_in_the_middle_of_a_task_fails_it(chroot: Chroot, tmp_path: Path) -> None:
    # The module's parent: the Python that stays.
    suicide = "kill -9 $(cut -d ' ' -f 4 /proc/$PPID/stat); sleep 1"

    with pytest.raises(RoleFailed, match="Python was killed"):
        _play(chroot, tmp_path, _command(suicide))


def test_a_python_that_was_replaced_by_an_upgrade_runs_no_more_module(
    chroot: Chroot, tmp_path: Path
) -> None:
    replace = "p=$(readlink -f /usr/bin/python3); cp -p $p $p.new; mv $p.new $p"
    parent = "cut -d ' ' -f 4 /proc/$PPID/stat"
    other = {"ansible.builtin.assert": {"that": "tried.stdout != before.stdout"}}
    before = {**_command(parent), "register": "before"}

    _play(chroot, tmp_path, before, _command(replace), _command(parent), other)
