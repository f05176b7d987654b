# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first layer of a Debian image: a minimal system in a folder, by mmdebstrap.

Its packages are fetched beforehand, so that it is made without the network, where a package's
script can change neither this computer's files nor its kernel settings.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from fleet.adapters import process
from fleet.adapters.apt import Apt
from fleet.adapters.process import ProgramFailed, Progress
from fleet.adapters.rootfs import private_host
from fleet.errors import FleetError
from fleet.i18n import _

# What every Debian has, and what Ansible needs.
BASE_PACKAGES = ("?priority(required)", "ca-certificates", "python3")
_STALL_S = 900
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
# mmdebstrap would mount a /proc and a /sys through which the host's kernel can be set.
_SKIPPED = (
    "chroot/mount/proc", "chroot/mount/sys", "update", "download/empty", "essential/unlink",
    "cleanup/apt/cache",
)  # fmt: skip
_HOOKS = {
    # The cache is shown, not copied.
    "setup": """\
mkdir -p "$1/var/cache/apt/archives" "$1/var/lib/apt/lists"
mount --bind '{archives}' "$1/var/cache/apt/archives"
cp '{lists}'/*_* "$1/var/lib/apt/lists/"
""",
    # The private /proc is read only where it matters.
    "extract": """\
mount --rbind /proc "$1/proc"
mount -t tmpfs -o ro,nodev,mode=555 tmpfs "$1/sys"
""",
    "customize": """\
umount --lazy "$1/proc" "$1/sys" "$1/var/cache/apt/archives"
rm -f "$1"/var/cache/apt/*.bin "$1/etc/resolv.conf" "$1/etc/hostname"
rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
""",
}


def base_names(packages: Sequence[str] = BASE_PACKAGES) -> tuple[str, ...]:
    """Return what to resolve and download before ``bootstrap``."""
    return ("?essential", "apt", *packages)


def bootstrap(
    apt: Apt,
    target: Path,
    *,
    suite: str,
    epoch: int,
    packages: Sequence[str] = BASE_PACKAGES,
    log: Path | None = None,
) -> Iterator[Progress]:
    """Make a minimal Debian in the ``target`` folder, which must not exist yet.

    It is made beside it, and put there once whole. The packages must have been downloaded
    (``base_names``). What mmdebstrap says is added to the ``log`` file. Closing the iterator
    leaves nothing.
    """
    part, scratch = (target.with_name(f"{target.name}.{word}") for word in ("part", "scratch"))
    _remove(part, scratch)
    scratch.mkdir(parents=True)
    try:
        hooks = _write_hooks(apt, scratch)
        with private_host(part, scratch, kept=[apt.archives]) as private:
            command = _command(apt, part, suite, packages, hooks)
            words = (*private.enter, "env", f"SOURCE_DATE_EPOCH={epoch}", *command)
            yield from _stages(words, log)
        part.rename(target)
    finally:
        _remove(part, scratch)


def _stages(words: Sequence[str], log: Path | None) -> Iterator[Progress]:
    """Yield mmdebstrap's stages; its percentages start again at each of them."""
    stage = ""
    try:
        for line in process.stream(words, stall_s=_STALL_S, name="mmdebstrap", log=log):
            if line.startswith("I: "):
                stage = line[3:].strip()
                yield Progress(percent=0.0, text=stage)
            elif stage and (found := _PERCENT.search(line)):
                yield Progress(percent=float(found[1]), text=stage)
    except ProgramFailed as error:
        raise _failure(error) from error


def _write_hooks(apt: Apt, folder: Path) -> tuple[str, ...]:
    """Write the hooks' scripts; return mmdebstrap's options for them."""
    for name, text in _HOOKS.items():
        body = text.format(archives=apt.archives, lists=apt.lists)
        (folder / name).write_text(f"#!/bin/sh\nset -eu\n{body}")
        (folder / name).chmod(0o755)
    return tuple(f'--{name}-hook={folder / name} "$1"' for name in _HOOKS)


def _command(
    apt: Apt, target: Path, suite: str, packages: Sequence[str], hooks: Sequence[str]
) -> tuple[str, ...]:
    return (
        process.require("mmdebstrap"),
        "--mode=root", "--variant=apt", "--format=directory", "--architectures=amd64",
        f"--skip={','.join(_SKIPPED)}",
        *(f"--include={package}" for package in packages),
        "--dpkgopt=force-unsafe-io",
        *hooks,
        suite, str(target), str(apt.folder / "image.sources"),
    )  # fmt: skip


def _remove(*folders: Path) -> None:
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)


def _failure(error: ProgramFailed) -> FleetError:
    said = [line for line in error.tail if line.startswith(("E:", "dpkg:"))] or list(error.tail)
    return FleetError(
        _("The base system cannot be made: {why}").format(why=" ".join(said[-4:])),
        hint=_("The packages may have changed on the mirror meanwhile: try again."),
    )
