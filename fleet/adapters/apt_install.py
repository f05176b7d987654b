# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages installed in a root filesystem, in one transaction, from files fetched before.

The system's own APT does it; it is shown our lists and files, so it needs no network, and
what it keeps of them is forgotten with the mounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fleet.adapters.apt import Apt
from fleet.adapters.apt_records import Resolution, parse_progress
from fleet.adapters.process import ProgramFailed, Progress
from fleet.adapters.rootfs import Rootfs
from fleet.errors import FleetError
from fleet.i18n import _

_STALL_S = 1800
_INITRD_MAKER = "/usr/sbin/update-initramfs"
_DIVERT = ("dpkg-divert", "--local", "--rename", "--divert", f"{_INITRD_MAKER}.later")
# A descriptor of its own: APT closes it in the packages' scripts, which need theirs.
_WITH_STATUS = ("sh", "-c", 'exec "$@" 3>&1', "sh")
_SOURCES_INSIDE = "/run/parclibre/image.sources"
_OPTIONS = (
    f"--option=Dir::Etc::sourcelist={_SOURCES_INSIDE}",
    "--option=Dir::Etc::sourceparts=none",
    "--option=APT::Status-Fd=3",
    "--option=APT::Sandbox::User=root",
    "--option=APT::Install-Recommends=false",
    "--option=Acquire::Languages=none",
    "--option=Dpkg::Use-Pty=0",
    "--option=Dpkg::Options::=--force-confdef",
    "--option=Dpkg::Options::=--force-confold",
    "--option=Dpkg::Options::=--force-unsafe-io",
)


def install_binds(apt: Apt) -> dict[Path, str]:
    """Return what ``open_rootfs`` must show for ``install``."""
    return {
        apt.lists: "/var/lib/apt/lists",
        apt.archives: "/var/cache/apt/archives",
        apt.folder / "image.sources": _SOURCES_INSIDE,
    }


def install(
    rootfs: Rootfs, wanted: Resolution, names: Sequence[str], *, log: Path | None = None
) -> Iterator[Progress]:
    """Install exactly these packages, at these versions; only ``names`` count as asked for.

    Everything that APT and the packages' scripts say is added to the ``log`` file.
    """
    exact = [f"{package.name}={package.version}" for package in wanted.packages]
    if not exact:
        return
    command = [*_WITH_STATUS, "apt-get", "--assume-yes", "--quiet=2", "--no-download", *_OPTIONS]
    command += ["install", "--", *exact]
    try:
        for line in rootfs.stream(command, stall_s=_STALL_S, log=log):
            if progress := parse_progress(line):
                yield progress
    except ProgramFailed as error:
        raise _failure(error) from error
    _mark_automatic(rootfs, wanted, names)


@contextmanager
def initrds_later(rootfs: Rootfs) -> Iterator[None]:
    """Have packages make no first stage meanwhile; an error leaves the system half changed.

    A kernel makes one, and what comes after it makes it again, for a role to make it a third time.
    """
    rootfs.run([*_DIVERT, "--add", _INITRD_MAKER], timeout_s=_STALL_S)
    rootfs.run(["ln", "--symbolic", "/usr/bin/true", _INITRD_MAKER], timeout_s=_STALL_S)
    yield
    rootfs.run(["rm", _INITRD_MAKER], timeout_s=_STALL_S)
    rootfs.run([*_DIVERT, "--remove", _INITRD_MAKER], timeout_s=_STALL_S)


def _mark_automatic(rootfs: Rootfs, wanted: Resolution, names: Sequence[str]) -> None:
    """Let a later removal of what was asked for take along what it brought."""
    asked = {name.partition("=")[0] for name in names}
    brought = [package.name for package in wanted.packages if package.name not in asked]
    if brought:
        rootfs.run(["apt-mark", "auto", *brought], timeout_s=_STALL_S)


def _failure(error: ProgramFailed) -> FleetError:
    wrong = [line for line in error.tail if line.startswith(("E:", "dpkg:", "pmerror:"))]
    said = " ".join(wrong or error.tail[-3:])
    if "No space left" in " ".join(error.tail):
        return FleetError(
            _("The disk is full; the packages cannot be installed."),
            hint=_("Free some disk space and build again."),
        )
    return FleetError(
        _("The packages cannot be installed in the image: {why}").format(why=said),
        hint=_("The log shows which package's script failed."),
    )
