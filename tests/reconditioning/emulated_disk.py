# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks with faults that QEMU's block layer makes, shown as files through FUSE: real errors of the
kernel, without a virtual machine nor a kernel module.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

Node = Mapping[str, object]
GROUP = "speed"


def require_emulation() -> None:
    """Skip where files cannot be exported so."""
    if shutil.which("qemu-storage-daemon") is None:
        pytest.skip("needs qemu-storage-daemon (Debian: qemu-utils)")
    if os.geteuid() != 0 or not os.access("/dev/fuse", os.W_OK):
        pytest.skip("needs root and /dev/fuse")


def raw(path: Path) -> Node:
    return {"driver": "file", "filename": str(path), "cache": {"direct": True}}


def faulty(path: Path, *rules: Mapping[str, object]) -> Node:
    """A disk whose sectors fail: rules of QEMU's blkdebug (iotype, sector, errno)."""
    return {
        "driver": "blkdebug",
        "image": raw(path),
        "inject-error": [{"event": "none", **rule} for rule in rules],
    }


def remote(socket: Path) -> Node:
    return {"driver": "nbd", "server": {"type": "unix", "path": str(socket)}}


def slow(path: Path) -> Node:
    """A disk held at a speed."""
    return {"driver": "throttle", "throttle-group": GROUP, "file": raw(path)}


@contextmanager
def shown(
    nodes: Sequence[Node], folder: Path, *, bytes_per_s: int | None = None
) -> Iterator[tuple[Path, ...]]:
    """Show nodes as files, each by a daemon of its own; ``bytes_per_s`` is for ``slow`` ones.

    One daemon answers one request at a time, and would have disks wait for each other.
    """
    points = [folder / f"emulated-{number}.img" for number in range(len(nodes))]
    with ExitStack() as stack:
        for node, point in zip(nodes, points, strict=True):
            stack.enter_context(_served(node, point, bytes_per_s))
        yield tuple(points)


@contextmanager
def _served(node: Node, point: Path, bytes_per_s: int | None) -> Iterator[None]:
    point.touch()
    command = ["qemu-storage-daemon"]
    if bytes_per_s:
        command += ["--object", f"throttle-group,id={GROUP},x-bps-total={bytes_per_s}"]
    command += ["--blockdev", json.dumps({**node, "node-name": "disk"})]
    command += [
        "--export",
        f"type=fuse,id=shown,node-name=disk,mountpoint={point},writable=on",
    ]
    with subprocess.Popen(command) as daemon:
        try:
            _wait(daemon, point)
            yield
        finally:
            daemon.terminate()


def _wait(daemon: subprocess.Popen[bytes], point: Path) -> None:
    deadline = time.monotonic() + 30
    while not point.stat().st_size:
        assert daemon.poll() is None, "qemu-storage-daemon ended"
        assert time.monotonic() < deadline, "nothing was shown"
        time.sleep(0.05)
