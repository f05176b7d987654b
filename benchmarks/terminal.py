# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program in a terminal of its own (a pty): keys go in, the time of each paint is noted."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COLUMNS, ROWS = 160, 50
# Nothing was written for so long: what a key press caused is over.
QUIET_S = 0.4
_CHUNK = 1 << 16


class TerminalSilent(RuntimeError):
    """The program did not write what was waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A running program and the other end of its terminal."""

    process: subprocess.Popen[bytes]
    line: int
    started_at: float

    @classmethod
    @contextmanager
    def running(cls, command: Sequence[str], environment: dict[str, str]) -> Iterator[Terminal]:
        """Start a program in a terminal of 160 columns and 50 rows; it is ended afterwards."""
        line, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        started_at = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env=environment,
        )
        os.close(theirs)
        try:
            yield cls(process=process, line=line, started_at=started_at)
        finally:
            process.terminate()
            process.wait(timeout=20)
            os.close(line)

    def wait_for(self, text: str, timeout_s: float = 60) -> float:
        """Return the seconds from the start until this text was painted. Raises TerminalSilent."""
        seen = b""
        until = time.perf_counter() + timeout_s
        while text.encode() not in seen:
            more = self._read() if self._ready(until - time.perf_counter()) else b""
            if not more:
                raise TerminalSilent(f"{text!r} never came: {seen[-2000:]!r}")
            seen += more
        return time.perf_counter() - self.started_at

    def press(self, keys: str) -> float | None:
        """Press keys; return the seconds until the last paint they cause, None without any."""
        pressed_at = time.perf_counter()
        os.write(self.line, keys.encode())
        return self.settle(pressed_at)

    def settle(self, since: float) -> float | None:
        """Read until the program is quiet; return the seconds from ``since`` to its last word."""
        last = None
        while self._ready(QUIET_S) and self._read():
            last = time.perf_counter() - since
        return last

    def memory_mb(self) -> float:
        """Return the program's resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def processor_s(self) -> float:
        """Return the processor time that the program's threads have had."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(path.read_text(encoding="ascii").split()[0]) for path in threads) / 1e9

    def _read(self) -> bytes:
        """Return what was written; nothing when the program is gone (Linux says EIO)."""
        try:
            return os.read(self.line, _CHUNK)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""

    def _ready(self, timeout_s: float) -> bool:
        return bool(select.select([self.line], [], [], max(timeout_s, 0))[0])
