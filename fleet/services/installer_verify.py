# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads back from the disk all that was written, and compares it with what it must be."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from fleet.adapters.disk_ext4 import Ext4, Node
from fleet.adapters.disk_unpack import Listed
from fleet.errors import FleetError
from fleet.i18n import _, ngettext
from fleet.services.installer_events import ReadBackAdvanced, ReadBackMatched
from fleet.services.installer_settings import MachineFile, folder_mode

_SHOWN = 10
_WORKERS = min(4, os.cpu_count() or 1)


class ReadBackFailed(FleetError):
    """What is on the disk is not what was written; the disk is left unfinished."""

    exit_status = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an entry must be; ``sha256`` only for regular files, ``target`` for links."""

    mode: int
    uid: int
    gid: int
    target: str | None = None
    sha256: str | None = None
    size: int | None = None


def expected_entries(
    listed: Iterable[Listed], digests: Mapping[str, str], own: Sequence[MachineFile]
) -> dict[str, Expected]:
    """Return every entry that the installed system must have, by path; its top folder too.

    Raises ReadBackFailed when the image's list of files does not name a file of the image.
    """
    found = {
        one.path: Expected(
            mode=one.mode, uid=one.uid, gid=one.gid, target=one.target,
            sha256=digests.get(one.path) if stat.S_ISREG(one.mode) else None,
            size=one.size if stat.S_ISREG(one.mode) else None,
        )
        for one in listed
    }  # fmt: skip
    unnamed = [path for path, one in found.items() if stat.S_ISREG(one.mode) and one.sha256 is None]
    if unnamed:
        raise failed(unnamed)
    for file in own:
        for folder in _folders(file.path):
            mode = stat.S_IFDIR | folder_mode(folder)
            found.setdefault(folder, Expected(mode=mode, uid=0, gid=0))
        found[file.path] = _own(file)
    return found


def read_back(
    system: Ext4, home: Ext4 | None, expected: Mapping[str, Expected]
) -> Iterator[ReadBackAdvanced | ReadBackMatched]:
    """Compare filesystems with what they must hold. Raises ReadBackFailed that names files."""
    seen = {"": (system, system.root())}
    seen |= {node.path: (system, node) for node in system.nodes()}
    if home is not None:
        seen |= {"home": (home, replace(home.root(), path="home"))}
        seen |= {f"home/{node.path}": (home, node) for node in home.nodes()}
    wrong = sorted(set(seen) ^ set(expected))
    wrong += [
        path
        for path, (_ext4, node) in seen.items()
        if path in expected and not _same(node, expected[path])
    ]
    if wrong:
        raise failed(wrong)
    files = [(path, *at) for path, at in seen.items() if stat.S_ISREG(at[1].mode)]
    total = sum(node.size for _path, _ext4, node in files)
    yield from _compare_contents(files, expected, total)
    yield ReadBackMatched(entries=len(seen), files=len(files), size_bytes=total)


def failed(paths: Sequence[str]) -> ReadBackFailed:
    """Return the failure that names what differs."""
    shown = ", ".join(f"/{path}" for path in paths[:_SHOWN])
    return ReadBackFailed(
        ngettext(
            "{n} entry on the disk is not what was written: {names}",
            "{n} entries on the disk are not what was written: {names}",
            len(paths),
        ).format(n=len(paths), names=shown),
        hint=_("The disk may be failing: test it, or replace it. It does not start as it is."),
    )


def _own(file: MachineFile) -> Expected:
    if file.target is not None:
        return Expected(mode=stat.S_IFLNK | 0o777, uid=0, gid=0, target=file.target)
    digest = hashlib.sha256(file.content).hexdigest()
    mode = stat.S_IFREG | file.mode
    return Expected(mode=mode, uid=0, gid=0, sha256=digest, size=len(file.content))


def _compare_contents(
    files: Sequence[tuple[str, Ext4, Node]], expected: Mapping[str, Expected], total: int
) -> Iterator[ReadBackAdvanced]:
    """Yield progress; files are read in the order of the disk."""
    ordered = sorted(files, key=lambda one: (id(one[1]), one[1].first_block(one[2])))
    wrong, done, last = [], 0, -1
    with ThreadPoolExecutor(_WORKERS) as pool:
        digests = pool.map(lambda one: one[1].digest(one[2]), ordered)
        for (path, _ext4, node), digest in zip(ordered, digests, strict=True):
            if digest != expected[path].sha256:
                wrong.append(path)
            done += node.size
            if (percent := done * 100 // max(total, 1)) > last:
                last = percent
                yield ReadBackAdvanced(percent=percent)
    if wrong:
        raise failed(wrong)


def _same(node: Node, expected: Expected) -> bool:
    wanted = (expected.mode, expected.uid, expected.gid, expected.target)
    right_size = expected.size is None or node.size == expected.size
    return right_size and (node.mode, node.uid, node.gid, node.target) == wanted


def _folders(path: str) -> list[str]:
    """Return the folders that hold a path, without the top one."""
    return [str(parent) for parent in Path(path).parents if parent.name]
