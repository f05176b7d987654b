# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packages a root filesystem holds, and what their copyright files declare.

The root is foreign: a link is followed only from one package's documentation to another's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers.dpkg_status import Copyright, InstalledPackage, read_copyright, read_installed

_STATUS = "var/lib/dpkg/status"
_DOCUMENTATION = PurePosixPath("/usr/share/doc")
_LINKS_FOLLOWED = 3


def packages_of(root: Path) -> tuple[InstalledPackage, ...]:
    """Return the installed packages of a root filesystem, seen through /proc/PID/root or not.

    Raises BadInput when dpkg's list is not there.
    """
    try:
        status = (root / _STATUS).read_text("utf-8", "replace")
    except OSError as error:
        raise BadInput(
            _("{path} cannot be read: {why}.").format(path=root / _STATUS, why=error.strerror)
        ) from error
    return read_installed(status)


def copyrights_of(root: Path, packages: Iterable[InstalledPackage]) -> dict[str, Copyright]:
    """Return what the copyright files say, by package; without those that have none."""
    names = (one.package.name for one in packages)
    found = ((name, _paper(root, name)) for name in names)
    return {name: read_copyright(path.read_bytes()) for name, path in found if path is not None}


def _paper(root: Path, package: str) -> Path | None:
    """Return a package's copyright file, which may be that of the package it links to."""
    inside = _DOCUMENTATION / package / "copyright"
    for _attempt in range(_LINKS_FOLLOWED):
        for link in (inside.parent, inside):
            path = root / link.relative_to("/")
            if path.is_symlink():
                target = os.path.normpath(link.parent / path.readlink())
                inside = PurePosixPath(target) / inside.relative_to(link)
                break
        else:
            break
    path = root / inside.relative_to("/")
    within = inside.parent.parent == _DOCUMENTATION
    return path if within and not path.is_symlink() and path.is_file() else None
