# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start an image's menu entries on a virtual screen, without a machine, and see which crash.

The root filesystem is opened by ``fleet.adapters.rootfs`` with a folder to write in: the image
itself does not change. It must hold Xvfb; ``add_packages`` puts it in that folder.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fleet.adapters.rootfs import Rootfs
from fleet.errors import FleetError
from fleet.i18n import _
from fleet.services.boot_checks import SCRIPTS

#: What a root filesystem needs besides what images hold; xwininfo tells the windows' titles.
PACKAGES = ("xvfb", "x11-utils", "dbus-daemon")
_SCRIPT = SCRIPTS / "launch.py"
_STALL_S = 120
_INSTALL_S = 600


class EntryResult(StrEnum):
    """How a program was after some seconds. ENDED: by itself, saying that all is well."""

    RUNNING = "running"
    ENDED = "ended"
    CRASHED = "crashed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchedEntry:
    """A menu entry that was started: what it said last, and the titles of its windows."""

    entry: str
    result: EntryResult
    said: str
    windows: tuple[str, ...]

    @property
    def works(self) -> bool:
        """Whether it neither crashed nor was missing."""
        return self.result in (EntryResult.RUNNING, EntryResult.ENDED)


def add_packages(root: Rootfs, files: Sequence[Path]) -> None:
    """Install packages that were downloaded, in the folder that is written.

    ``files`` are those of ``Apt.resolve(PACKAGES, installed=...)``: everything they need.
    """
    folder = root.outside / "var" / "tmp" / "parclibre-packages"
    folder.mkdir(parents=True)
    try:
        for file in files:
            shutil.copyfile(file, folder / file.name)
        names = [f"/var/tmp/parclibre-packages/{file.name}" for file in files]  # noqa: S108
        root.run(["dpkg", "--unpack", *names], timeout_s=_INSTALL_S)
        root.run(["dpkg", "--configure", "--pending"], timeout_s=_INSTALL_S)
    finally:
        shutil.rmtree(folder)


def launch_entries(
    root: Rootfs, entries: Sequence[str], *, seconds: float = 15
) -> Iterator[LaunchedEntry]:
    """Start each entry for some seconds, one after another, as a user without rights.

    An entry is the name of its file, such as ``org.kde.gcompris``. Raises FleetError when the
    virtual screen does not start.
    """
    request = json.dumps({"entries": list(entries), "seconds": seconds})
    script = _SCRIPT.read_text(encoding="utf-8")
    answered = 0
    for line in root.stream(["python3", "-c", script, request], stall_s=_STALL_S + seconds):
        if line.startswith("{"):
            answered += 1
            yield _launched(line)
    if answered != len(entries):
        raise FleetError(
            _("Only {n} of {total} menu entries could be started.").format(
                n=answered, total=len(entries)
            ),
            hint=_("The image's root needs Xvfb and python3 for this test."),
        )


def _launched(line: str) -> LaunchedEntry:
    told = json.loads(line)
    return LaunchedEntry(
        entry=told["entry"],
        result=EntryResult(told["result"]),
        said=told["said"],
        windows=tuple(told["windows"]),
    )
