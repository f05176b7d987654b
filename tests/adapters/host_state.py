# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be the same on the build host before and after: taken twice, then compared.

Processes and sockets are those of the test's own descendants, orphans included: other tests
run at the same time.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

_SYSCTLS = ("vm", "kernel", "net")
# Counters, random numbers and what follows memory or the clock: they change by themselves.
_RESTLESS = (
    "random/", "ns_last_pid", "pty/nr", "nf_conntrack_count", "tainted", "stat_refresh",
    "hung_task_detect_count", "sched_domain",
)  # fmt: skip
_SOCKETS = ("tcp", "tcp6", "udp", "udp6")
_LISTENING = ("0A", "07")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What a build could disturb."""

    mounts: frozenset[str]
    sysctls: frozenset[tuple[str, str]]
    listening: frozenset[str]
    etc_digest: str
    processes: frozenset[str]


def host_state() -> HostState:
    """Look at this computer."""
    # From now on, a process whose parent is gone is ours, not init's.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return HostState(
        mounts=frozenset(Path("/proc/self/mounts").read_text().splitlines()),
        sysctls=frozenset(_sysctls()),
        listening=frozenset(_listening()),
        etc_digest=_digest(Path("/etc")),
        processes=frozenset(_processes()),
    )


def differences(before: HostState, after: HostState) -> dict[str, object]:
    """Return what changed, by its name; empty when nothing did."""
    changed: dict[str, object] = {}
    for field in fields(HostState):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            changed[field.name] = sorted(old ^ new) if isinstance(old, frozenset) else (old, new)
    return changed


@contextmanager
def unchanged_host() -> Iterator[None]:
    """Fail when what runs inside changes this computer."""
    before = host_state()
    yield
    assert differences(before, host_state()) == {}


def _sysctls() -> Iterator[tuple[str, str]]:
    for top in _SYSCTLS:
        for folder, _, names in os.walk(f"/proc/sys/{top}"):
            for path in (Path(folder, name) for name in names):
                if not any(word in str(path) for word in _RESTLESS):
                    yield str(path), _text(path)


def _listening() -> Iterator[str]:
    ours = _sockets()
    for kind in _SOCKETS:
        for line in _text(Path("/proc/net", kind)).splitlines()[1:]:
            words = line.split()
            if words[3] in _LISTENING and words[9] in ours:
                yield f"{kind} {words[1]}"


def _sockets() -> set[str]:
    """Return the numbers of the sockets that we or our descendants hold."""
    links = (
        _link(entry)
        for pid in (os.getpid(), *_descendants())
        for entry in _entries(Path(f"/proc/{pid}/fd"))
    )
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            digest.update(os.fsencode(path) + path.read_bytes())
    return digest.hexdigest()


def _processes() -> Iterator[str]:
    for pid in _descendants():
        words = _text(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")
        if words:  # a zombie has none
            yield f"{pid} {words}"


def _descendants() -> set[int]:
    children: dict[int, set[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        words = _text(entry).rpartition(")")[2].split()
        if words:
            children.setdefault(int(words[1]), set()).add(int(entry.parent.name))
    found: set[int] = set()
    waiting = {os.getpid()}
    while waiting:
        waiting = set().union(*(children.get(pid, set()) for pid in waiting)) - found
        found |= waiting
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
