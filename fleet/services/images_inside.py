# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths inside a foreign root filesystem, whose links must not lead to this computer's files."""

from __future__ import annotations

from collections import deque
from pathlib import Path, PurePosixPath

# The kernel's own limit (path_resolution(7)).
_LINKS_FOLLOWED = 40


def inside(root: Path, name: str) -> Path:
    """Return where a path of a foreign root leads: links are followed as chroot would.

    ``root`` itself is taken as it is, /proc/PID/root included.
    """
    left, done, links = deque(_words(name)), list[str](), 0
    while left:
        word = left.popleft()
        path = root.joinpath(*done, word)
        if word == "..":
            done = done[:-1]
        elif path.is_symlink() and links < _LINKS_FOLLOWED:
            links += 1
            target = str(path.readlink())
            done = [] if target.startswith("/") else done
            left.extendleft(reversed(_words(target)))
        else:
            done.append(word)
    return root.joinpath(*done)


def plain_file(root: Path, name: str) -> Path | None:
    """Return a regular file of a foreign root, None when there is none by that name."""
    path = inside(root, name)
    return path if not path.is_symlink() and path.is_file() else None


def _words(name: str) -> list[str]:
    return [word for word in PurePosixPath(name).parts if word != "/"]
