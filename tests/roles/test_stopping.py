# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is stopped leaves nothing at work inside the root filesystem."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from fleet.adapters.ansible import IMAGE_PLAYBOOK, image_inventory, play
from fleet.adapters.ansible_events import PlayEvent, TaskStarted
from tests.roles.harness import PROJECT, Chroot


@pytest.mark.root
def test_closing_a_run_ends_what_it_started_inside(chroot: Chroot, tmp_path: Path) -> None:
    events = _endless(chroot, tmp_path)

    events.close()

    assert "sleep" not in _inside(chroot)


@pytest.mark.root
def test_python_that_stays_is_buried_inside(chroot: Chroot, tmp_path: Path) -> None:
    # An orphan outside waits for the first process of this computer, and the end of the
    # namespaces waits for it: a second per role where that one is slow.
    events = _endless(chroot, tmp_path)

    parents = chroot.shell(
        "for one in /proc/[0-9]*; do"
        " grep -q 'One Python kept' $one/cmdline && grep PPid: $one/status; done; true"
    )
    events.close()

    assert "PPid:\t1" in parents.splitlines()


def _endless(chroot: Chroot, tmp_path: Path) -> Generator[PlayEvent]:
    """Play a role whose task never ends; return once it is at work."""
    tasks = [{"name": "Wait", "ansible.builtin.command": "sleep 8642.7", "changed_when": False}]
    main = tmp_path / "roles" / "endless" / "tasks" / "main.yml"
    main.parent.mkdir(parents=True)
    main.write_text(json.dumps(tasks))
    shutil.copytree(PROJECT / "playbooks", tmp_path / "playbooks")
    shutil.copy(PROJECT / "ansible.cfg", tmp_path)
    events = play(
        tmp_path / IMAGE_PLAYBOOK,
        inventory=image_inventory(chroot.rootfs.enter),
        variables={"image_roles": ["endless"], "package_set_codename": "trixie"},
        project=tmp_path,
    )
    while next(events) != TaskStarted(role="endless", task="Wait"):
        pass
    while "sleep" not in _inside(chroot):
        time.sleep(0.1)
    return events


def _inside(chroot: Chroot) -> str:
    """Return the command lines of all that runs inside."""
    return chroot.shell("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' || true")
