# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a squashfs root: its list of entries, single files, or all of it into a folder."""

from __future__ import annotations

import re
import stat
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters.disk_process import told_by
from fleet.adapters.process import run
from fleet.errors import BadInput
from fleet.i18n import _

_TOP = "squashfs-root"
_LINE = re.compile(
    r"([-bcdlps])([-rwxsStT]{9}) (\d+)/(\d+) +(\d+(?:, *\d+)?) \d{4}-\d\d-\d\d \d\d:\d\d "
    + _TOP + r"(?:/(.*))?"
)  # fmt: skip
_KINDS = {
    "-": stat.S_IFREG, "d": stat.S_IFDIR, "l": stat.S_IFLNK, "c": stat.S_IFCHR,
    "b": stat.S_IFBLK, "p": stat.S_IFIFO, "s": stat.S_IFSOCK,
}  # fmt: skip
_PERCENT = re.compile(r"(\d+)%$")
_LISTING_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry of the image; the top folder's path is empty."""

    path: str
    mode: int
    uid: int
    gid: int
    size: int
    target: str | None = None


def list_image(image: Path) -> Iterator[Listed]:
    """Yield every entry of a squashfs. Raises BadInput when a line cannot be read."""
    for line in told_by(["unsquashfs", "-lln", str(image)]):
        found = _LINE.fullmatch(line)
        if found is None:
            raise BadInput(
                _("The image's list has an entry that cannot be read: {line}").format(line=line),
                hint=_("Build the image again without this file."),
            )
        yield _listed(found)


def read_files(image: Path, names: Sequence[str]) -> dict[str, bytes]:
    """Return the content of some regular files, by their path without a leading slash."""
    if not names:
        return {}
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held) / "root"
        run(
            ["unsquashfs", "-no-progress", "-dest", str(folder), str(image), *names],
            timeout_s=_LISTING_S,
        )
        return {name: (folder / name).read_bytes() for name in names}


def unpack(image: Path, folder: Path) -> Iterator[int]:
    """Unpack a whole squashfs into a folder that may exist; yield percentages, each once."""
    last = -1
    for piece in told_by(["unsquashfs", "-force", "-dest", str(folder), str(image)]):
        found = _PERCENT.search(piece.rstrip())
        if found and int(found[1]) > last:
            last = int(found[1])
            yield last


def _listed(found: re.Match[str]) -> Listed:
    kind, letters, uid, gid, size, name = found.groups(default="")
    target = None
    if kind == "l":
        name, _arrow, target = name.partition(" -> ")
    return Listed(
        path=name,
        mode=_KINDS[kind] | _permissions(letters),
        uid=int(uid),
        gid=int(gid),
        size=int(size) if "," not in size else 0,
        target=target,
    )


def _permissions(letters: str) -> int:
    """Return the twelve permission bits that ``ls`` spells in nine letters."""
    bits = 0
    for letter in letters:
        bits = bits << 1 | (letter in "rwxst")
    special = (letters[2] in "sS", letters[5] in "sS", letters[8] in "tT")
    return bits | special[0] << 11 | special[1] << 10 | special[2] << 9
