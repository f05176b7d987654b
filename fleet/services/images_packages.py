# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packages a root filesystem holds, and what their copyright files declare."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers.dpkg_status import Copyright, InstalledPackage, read_copyright, read_installed
from fleet.services.images_inside import plain_file

_STATUS = "var/lib/dpkg/status"


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
    found = ((name, plain_file(root, f"usr/share/doc/{name}/copyright")) for name in names)
    return {name: read_copyright(path.read_bytes()) for name, path in found if path is not None}
