# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real wizard in a terminal of its own: keys go in, drawings come out; it can be killed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.bench.workshop import Bench

# The PDF of a certificate alone takes half a minute on a busy computer.
WAIT_S = 180
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_=>])")
KEYS = {
    "enter": b"\r", "escape": b"\x1b", "down": b"\x1b[B", "home": b"\x1b[H", "end": b"\x1b[F",
    "f3": b"\x1b[[C", "f4": b"\x1b[[D", "f5": b"\x1b[[E", "f6": b"\x1b[17~",
    "f8": b"\x1b[19~", "f9": b"\x1b[20~",
}  # fmt: skip


class Terminal:
    """A wizard's process at the Linux console's terminal type, 80 by 24."""

    def __init__(self, bench: Bench, *, operator: str | None = "Atelier 1") -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.screen = b""
        self.terminal = ours
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fleet.cli.main", *_words(bench, operator)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, **_environ(bench)},
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_what: object) -> None:
        if self.process.poll() is None:
            self.kill()
        os.close(self.terminal)

    def press(self, *keys: str) -> None:
        """Type keys, or texts that are no key's name."""
        for key in keys:
            os.write(self.terminal, KEYS.get(key) or key.encode())
            time.sleep(0.15)

    def sees(self, *words: str) -> str:
        """Wait until each of these words was drawn since the last time; return what was."""
        until = time.monotonic() + WAIT_S
        while not all(word in self.drawn for word in words):
            if time.monotonic() > until or not self._read():
                raise AssertionError(f"never saw {words}; drawn: {self.drawn[-1500:]}")
        seen, self.screen = self.drawn, b""
        return seen

    @property
    def drawn(self) -> str:
        """What was drawn since the last ``sees``, without its colours."""
        return _ESCAPES.sub(b"", self.screen).decode("utf-8", "replace")

    def _read(self) -> bool:
        ready, _w, _x = select.select([self.terminal], [], [], 1.0)
        if ready:
            try:
                self.screen += os.read(self.terminal, 65536)
            except OSError:
                return False
        return self.process.poll() is None

    def kill(self) -> None:
        """Pull the power: no handler of the process runs."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def resident_mb(self) -> float:
        """The process's resident memory, at its highest."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


def _words(bench: Bench, operator: str | None) -> list[str]:
    who = ["--operator", operator] if operator else []
    disks = [word for disk in bench.disks for word in ("--disk", str(disk))]
    return [*who, "bench", "--report", str(bench.place.report), *disks]


def _environ(bench: Bench) -> dict[str, str]:
    return {
        "TERM": "linux",
        "LANG": "C.UTF-8",
        "LANGUAGE": "en",
        "PARCLIBRE_HOME": str(bench.town.home),
        "PARCLIBRE_STICK": str(bench.place.stick),
    }
