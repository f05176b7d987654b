# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add files to an ext4 inside a virtual disk file, without mounting it nor a loop device."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from fleet.adapters import process
from fleet.errors import FleetError
from fleet.i18n import _

_TIMEOUT_S = 120
_SECRET = ".token"  # noqa: S105 - the end of a name


def add_files(disk: Path, offset_bytes: int, files: Mapping[str, bytes]) -> None:
    """Write files of root's in the filesystem at this place; tokens are for root only.

    Paths are relative to its root. Raises FleetError when one is not there afterwards.
    """
    place = f"{disk}?offset={offset_bytes}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "script"
        script.write_text("\n".join(_orders(files, folder)) + "\n", encoding="utf-8")
        process.run(["debugfs", "-w", "-f", str(script), place], timeout_s=_TIMEOUT_S)
        _require(place, files, folder)


def _orders(files: Mapping[str, bytes], folder: Path) -> Iterator[str]:
    """Yield debugfs commands; making a folder that exists is refused and changes nothing."""
    parents = {parent for path in files for parent in PurePosixPath(path).parents}
    for parent in sorted(parents, key=lambda one: len(one.parts)):
        if parent.parts:
            yield f'mkdir "{parent}"'
    for number, (path, content) in enumerate(files.items()):
        source = folder / f"file{number}"
        source.write_bytes(content)
        source.chmod(0o600 if path.endswith(_SECRET) else 0o644)
        yield f'rm "{path}"'
        yield f'write "{source}" "{path}"'


def _require(place: str, files: Mapping[str, bytes], folder: Path) -> None:
    """Read every file back: debugfs ends well whatever its commands did."""
    copies = {path: folder / f"read{number}" for number, path in enumerate(files)}
    script = folder / "read"
    script.write_text(
        "".join(f'dump "{path}" "{copy}"\n' for path, copy in copies.items()), encoding="utf-8"
    )
    process.run(["debugfs", "-f", str(script), place], timeout_s=_TIMEOUT_S)
    for path, copy in copies.items():
        if not copy.exists() or copy.read_bytes() != files[path]:
            raise FleetError(_("The file {path} could not be added to the disk.").format(path=path))
