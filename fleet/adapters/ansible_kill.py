# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a run of Ansible with all that it started.

Killing its process group is not enough: ansible-core's workers leave it (each has a session of
its own), and go on inside the root filesystem. They are known by a variable of their environment,
unique to the run; what they started is known by its parents.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_ROUNDS = 50
_PAUSE_S = 0.02


def kill_marked(mark: str) -> None:
    """Kill each process whose environment has ``mark`` (``NAME=value``), and its descendants."""
    for _round in range(_ROUNDS):
        found = _marked(mark.encode())
        if not found:
            return
        for pid in _with_descendants(found):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE_S)


def _marked(mark: bytes) -> set[int]:
    return {pid for pid in _pids() if mark in _read(pid, "environ").split(b"\0")} - {os.getpid()}


def _with_descendants(roots: set[int]) -> set[int]:
    parents = {pid: parent for pid in _pids() if (parent := _parent(pid)) is not None}
    found = set(roots)
    while new := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= new
    return found


def _parent(pid: int) -> int | None:
    # The name, in parentheses, may hold anything: the parent is the second field after it.
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else None


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _read(pid: int, name: str) -> bytes:
    try:
        return (Path("/proc") / str(pid) / name).read_bytes()
    except OSError:
        # It ended meanwhile, or belongs to somebody else.
        return b""
