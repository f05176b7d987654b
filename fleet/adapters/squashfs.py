# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root filesystems packed into one file, and unpacked, by squashfs-tools.

The same files give the same bytes: packing is single-ordered whatever the number of
processors, and no date is later than the given one.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from fleet.adapters import process
from fleet.adapters.process import ProgramFailed, Progress
from fleet.adapters.rootfs import Rootfs
from fleet.errors import FleetError
from fleet.i18n import _

DEFAULT_LEVEL = 15
DEFAULT_BLOCK_KIB = 1024
# A system that runs from its squashfs opens a whole block for each small file that it reads.
RUNNING_BLOCK_KIB = 128
_STALL_S = 600
_PERCENT = re.compile(r"(\d+)%\s*$")
_FULL = ("No space left", "out of space", "Disk quota exceeded", "File too large")


def pack(
    view: Rootfs,
    target: Path,
    *,
    epoch: int,
    level: int = DEFAULT_LEVEL,
    block_kib: int = DEFAULT_BLOCK_KIB,
    processors: int | None = None,
) -> Iterator[Progress]:
    """Pack what ``fleet.adapters.rootfs.open_view`` shows; ``target`` appears once whole.

    Owners, modes, capabilities and extended attributes are kept; a file dated after ``epoch``
    is dated ``epoch``. Closing the iterator leaves nothing.
    """
    part = target.with_name(f"{target.name}.part")
    command = (
        *view.enter, "env", f"SOURCE_DATE_EPOCH={epoch}",
        process.require("mksquashfs"), view.root, str(part.absolute()),
        "-comp", "zstd", "-Xcompression-level", str(level), "-b", f"{block_kib}K",
        "-noappend", "-no-recovery", "-reproducible", "-xattrs", "-exit-on-error", "-progress",
        *(("-processors", str(processors)) if processors else ()),
    )  # fmt: skip
    part.unlink(missing_ok=True)
    try:
        yield from _followed(command, "mksquashfs")
        process.run(["sync", str(part)], timeout_s=_STALL_S)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def unpack(image: Path, folder: Path, *, processors: int | None = None) -> Iterator[Progress]:
    """Unpack an image into a folder.

    A folder that exists is filled (a mounted disk); one that does not appears once whole.
    """
    if folder.exists():
        yield from _unpacked(image, folder, processors)
        return
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        yield from _unpacked(image, part, processors)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _unpacked(image: Path, folder: Path, processors: int | None) -> Iterator[Progress]:
    command = (
        process.require("unsquashfs"), "-force", "-strict-errors", "-dest", str(folder),
        *(("-processors", str(processors)) if processors else ()),
        str(image),
    )  # fmt: skip
    return _followed(command, "unsquashfs")


def _followed(command: Sequence[str], name: str) -> Iterator[Progress]:
    """Yield each percentage once."""
    last = -1
    try:
        for line in process.stream(command, stall_s=_STALL_S, name=name):
            found = _PERCENT.search(line)
            if found and int(found[1]) != last:
                last = int(found[1])
                yield Progress(percent=float(last), text=name)
    except ProgramFailed as error:
        raise _failure(error, name) from error


def _failure(error: ProgramFailed, name: str) -> FleetError:
    said = [line for line in error.tail if not _PERCENT.search(line)]
    if any(word in line for line in said for word in _FULL):
        return FleetError(
            _("The disk is full; {name} stopped.").format(name=name),
            hint=_("Free some disk space and try again: nothing half-written was kept."),
        )
    return FleetError(_("{name} failed: {why}").format(name=name, why=" ".join(said[-3:])))
