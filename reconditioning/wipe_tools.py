# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a wipe needs of the outside, as one small protocol, and the recorder of raw words.

A fake of a drive implements ``Tools`` and drives the very same code as a real one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol

from fleet.adapters import process
from fleet.adapters.disk_direct import Disk, open_direct
from fleet.adapters.process import Finished
from fleet.model.wipe import RawLog


class Tools(Protocol):
    """Programs, disks, what the kernel says of them, and time."""

    def run(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        """Run a program to its end, whatever its status.

        Raises ToolMissing when it is absent, FleetError when it takes too long.
        """

    def open(self, path: Path) -> AbstractContextManager[Disk]:
        """Open a disk past the kernel's memory. Raises FleetError."""

    def kernel(self, path: Path) -> str:
        """Return a small file of /sys, without its line end; empty when there is none."""

    def tell_kernel(self, path: Path, word: str) -> None:
        """Write a word to a file of /sys; where there is none, nothing happens."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def clock(self) -> float:
        """Return seconds that only go forward."""


class SystemTools:
    """The real ones."""

    def run(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        """Run a program to its end, whatever its status."""
        return process.run(command, timeout_s=timeout_s, check=False)

    def open(self, path: Path) -> AbstractContextManager[Disk]:
        """Open a disk past the kernel's memory."""
        return open_direct(path)

    def kernel(self, path: Path) -> str:
        """Return a small file of /sys."""
        try:
            return path.read_text("ascii", "replace").strip()
        except OSError:
            return ""

    def tell_kernel(self, path: Path, word: str) -> None:
        """Write a word to a file of /sys."""
        with suppress(OSError):
            path.write_text(word, "ascii")

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def clock(self) -> float:
        """Return seconds that only go forward."""
        return time.monotonic()


class Recorder:
    """Runs programs and keeps what each answered, word for word, for the certificate."""

    def __init__(self, tools: Tools) -> None:
        """Take the programs."""
        self._tools = tools
        self._logs: dict[str, RawLog] = {}

    def run(self, name: str, command: Sequence[str], *, timeout_s: float) -> Finished:
        """Run and keep; an answer of the same name takes the place of the one before."""
        done = self._tools.run(command, timeout_s=timeout_s)
        self.keep(name, command, done.status, said(done))
        return done

    def keep(self, name: str, command: Sequence[str], status: int, text: str) -> None:
        """Keep words."""
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        self._logs[name] = RawLog(
            name=name, command=tuple(command), status=status, text=text, digest=digest
        )

    @property
    def logs(self) -> tuple[RawLog, ...]:
        """Everything kept, in the order of the first time."""
        return tuple(self._logs.values())


def said(done: Finished) -> str:
    """Return both streams of a program, the errors last."""
    return done.stdout + done.stderr
