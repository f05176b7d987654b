# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays roles for real in a small Debian, and looks at what they did.

A test asks for the fixture ``chroot`` (trixie, opened as image builds open theirs, by
``fleet.adapters.rootfs``: no network, no service starts, nothing reaches this computer)::

    @pytest.mark.root
    def test_the_greeting_is_in_french(chroot: Chroot) -> None:
        chroot.apply("greeting", {"greeting_text": "Bonjour"})

        assert chroot.read("/etc/motd") == "Bonjour\n"
        assert chroot.apply("greeting", {"greeting_text": "Bonjour"}).changed == 0

or ``chroot.apply_twice(...)``, which asserts that last line itself, in one run of Ansible. A file
whose tests all start from the same role overrides the fixture ``below`` with what ``made_layer``
yields, and carries ``pytest.mark.xdist_group``: the role is played once.

Without ``packages`` the role believes that its packages are there (``package_set_mode: assume``);
the root has what ``INCLUDED`` names. With ``packages=True`` apt really installs them, inside,
without a network: they are downloaded beforehand, once, by this computer's apt with a private
state, and shown inside as /var/cache/apt/archives and /var/lib/apt/lists. So such a test needs a
network the first time only (mark it ``slow``).

The root and the packages are kept in ``$PARCLIBRE_TEST_CACHE`` or in ParcLibre's own cache, and
made again when they are three days old: a mirror does not keep old packages.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fleet.adapters.ansible import IMAGE_PLAYBOOK, collect_packages, image_inventory, play
from fleet.adapters.ansible_events import (
    PlayEnded,
    PlayEvent,
    PlayStatus,
    TaskFinished,
    TaskStarted,
)
from fleet.adapters.process import Finished
from fleet.adapters.rootfs import Rootfs, open_rootfs

PROJECT = Path(__file__).parents[2]
SUITE = "trixie"
INCLUDED = (
    "python3", "python3-apt", "ca-certificates", "systemd-sysv", "dbus", "adduser", "debconf-utils",
)  # fmt: skip
_COMPONENTS = "main contrib non-free non-free-firmware"
_OLD_S = 3 * 24 * 3600
_TWICE = Path(__file__).with_name("twice.yml")
_FIRST_TASK = TaskStarted(role="", task="Know the system inside the image")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What playing a role did."""

    changed: int
    changed_tasks: tuple[str, ...]
    events: tuple[PlayEvent, ...]


class RoleFailed(AssertionError):
    """The role did not play to its end; the message names the task and its reason."""


class Chroot:
    """A Debian of one test; what is done to it is forgotten with the test."""

    def __init__(self, rootfs: Rootfs, packages: Packages) -> None:
        self.rootfs = rootfs
        self.packages = packages

    def apply(
        self, role: str, variables: Mapping[str, Any] | None = None, *, packages: bool = False
    ) -> Result:
        """Play a role; raise RoleFailed when one of its tasks fails."""
        return self.apply_all((role,), variables, packages=packages)

    def apply_all(
        self,
        roles: tuple[str, ...],
        variables: Mapping[str, Any] | None = None,
        *,
        packages: bool = False,
        project: Path = PROJECT,
    ) -> Result:
        """Play several roles in one run."""
        (result,) = self._play(
            PROJECT / IMAGE_PLAYBOOK, roles, variables, packages=packages, project=project
        )
        return result

    def _play(
        self,
        playbook: Path,
        roles: tuple[str, ...],
        variables: Mapping[str, Any] | None,
        *,
        packages: bool,
        project: Path = PROJECT,
    ) -> list[Result]:
        """Play a playbook; return a result for each of its plays."""
        given = {"package_set_codename": SUITE, **(variables or {}), "image_roles": list(roles)}
        if packages:
            self.packages.download(collect_packages(roles, given, project=project))
        given.setdefault("package_set_mode", "install" if packages else "assume")
        inventory = image_inventory(self.rootfs.enter)
        events = play(playbook, inventory=inventory, variables=given, project=project)
        return [_result(part) for part in _parts(tuple(events))]

    def apply_twice(
        self, role: str, variables: Mapping[str, Any] | None = None, *, packages: bool = False
    ) -> Result:
        """Play a role, then again in the same run; the second time must change nothing."""
        first, second = self._play(_TWICE, (role,), variables, packages=packages)
        assert second.changed_tasks == (), f"{role} changes again: {second.changed_tasks}"
        return first

    def run(self, *command: str, check: bool = True, timeout_s: float = 120) -> Finished:
        """Run a program inside."""
        return self.rootfs.run(command, timeout_s=timeout_s, check=check)

    def shell(self, script: str) -> str:
        """Run a shell script inside; return what it printed."""
        return self.run("sh", "-euc", script).stdout

    def read(self, path: str) -> str:
        """Return the text of a file inside."""
        return self.run("cat", path).stdout

    def exists(self, path: str) -> bool:
        """Tell whether something is at a path inside."""
        return self.run("test", "-e", path, check=False).status == 0

    def mode(self, path: str) -> str:
        """Return a path's mode and owner: ``0644 root:root``."""
        return self.run("stat", "--format", "0%a %U:%G", path).stdout.strip()

    def write(self, path: str, text: str) -> None:
        """Put a text at a path inside, folders included."""
        script = 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"'
        self.run("sh", "-euc", script, "sh", path, text)


def _parts(events: tuple[PlayEvent, ...]) -> list[tuple[PlayEvent, ...]]:
    """Return the events of each play; raise RoleFailed when the last did not go well."""
    ended = events[-1]
    assert isinstance(ended, PlayEnded)
    if ended.status is not PlayStatus.SUCCESSFUL:
        tasks = [event for event in events if isinstance(event, TaskFinished)]
        failed = [f"{t.role}: {t.task}: {t.message}" for t in tasks if t.status == "failed"]
        raise RoleFailed("\n".join([*failed, ended.message]))
    starts = [number for number, event in enumerate(events) if event == _FIRST_TASK]
    return [events[start:end] for start, end in pairwise([*starts, len(events)])]


def _result(events: tuple[PlayEvent, ...]) -> Result:
    tasks = [event for event in events if isinstance(event, TaskFinished)]
    changed = tuple(f"{task.role}: {task.task}" for task in tasks if task.status == "changed")
    return Result(changed=len(changed), changed_tasks=changed, events=events)


@contextmanager
def open_chroot(cache: Path, folder: Path, *, above: Sequence[Path] = ()) -> Iterator[Chroot]:
    """Open the cached Debian, with the layers above it, and ``folder`` for what is written."""
    packages = Packages.ready(cache)
    binds = {
        packages.archives: "/var/cache/apt/archives",
        packages.lists: "/var/lib/apt/lists",
    }
    layers = [*above, packages.base]
    with open_rootfs(layers, folder / "upper", folder / "work", binds=binds) as rootfs:
        yield Chroot(rootfs, packages)


@contextmanager
def made_layer(
    cache: Path, folder: Path, make: Callable[[Chroot], object]
) -> Iterator[tuple[Path, ...]]:
    """Yield what is written on a fresh Debian, for the chroots of several tests to stand on."""
    with open_chroot(cache, folder) as chroot:
        make(chroot)
    yield (folder / "upper",)
    shutil.rmtree(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """The cached Debian, and a private apt of this computer that downloads for it."""

    folder: Path

    @classmethod
    def ready(cls, folder: Path) -> Packages:
        """Return the cache, made when there is none or it is old."""
        self = cls(folder=folder)
        with self._lock():
            stamp = folder / "made"
            if not stamp.exists() or stamp.stat().st_mtime < time.time() - _OLD_S:
                self._make()
                stamp.touch()
        return self

    @property
    def base(self) -> Path:
        """The root filesystem."""
        return self.folder / "base"

    @property
    def archives(self) -> Path:
        """The downloaded packages."""
        return self.folder / "archives"

    @property
    def lists(self) -> Path:
        """What the mirrors have."""
        return self.folder / "lists"

    def download(self, names: tuple[str, ...]) -> None:
        """Download packages, with what they need and recommend."""
        if not names:
            return
        with self._lock():
            self._apt("install", "--download-only", "--assume-yes", *names)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make(self) -> None:
        for old in (self.base, self.archives, self.lists):
            shutil.rmtree(old, ignore_errors=True)
            (old / "partial").mkdir(parents=True)
        shutil.rmtree(self.base)
        (self.folder / "sources.list").write_text("\n".join(_sources()) + "\n")
        _ran(
            "mmdebstrap", "--mode=root", "--variant=minbase", "--quiet",
            f"--include={','.join(INCLUDED)}", SUITE, str(self.base), *_sources(),
        )  # fmt: skip
        self._apt("update")

    def _apt(self, *words: str) -> None:
        settings = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferencesparts": "-",
            "Dir::State::lists": self.lists,
            "Dir::State::status": self.base / "var/lib/dpkg/status",
            "Dir::State::extended_states": self.base / "var/lib/apt/extended_states",
            "Dir::Cache": self.folder,
            "Dir::Cache::archives": self.archives,
            "APT::Sandbox::User": "root",
            "APT::Update::Post-Invoke": "",
        }
        options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        _ran("apt-get", "--quiet", *options, *words)


def _sources() -> list[str]:
    """Return the lines of sources.list, from the mirrors that this computer's apt uses."""
    wanted = "$(ORIGIN) $(RELEASE) $(REPO_URI)"
    listed = _ran("apt-get", "indextargets", "--format", wanted, "Created-By: Packages")
    found = [line.split() for line in listed.splitlines() if line.startswith("Debian ")]
    if not found:
        raise RuntimeError("apt-get update first: this computer's apt knows no Debian mirror")
    lines = {
        f"deb {uri} {SUITE}{suffix} {_COMPONENTS}"
        for _origin, release, uri in found
        for suffix in [release[len(release.partition("-")[0]) :]]
        if suffix in ("", "-security", "-updates")
    }
    return sorted(lines)


def _ran(*command: str) -> str:
    environ = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environ)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    return done.stdout
