# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at a terminal: runs a program on a terminal of its own, and answers its questions."""

from __future__ import annotations

import os
import pty
import select
import time


def talk(command: list[str], answers: list[str], wait_s: float = 40) -> str:
    """Run a program on a terminal of its own, answer each of its questions, return all it said."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)  # noqa: S606
    said, seen, deadline = "", 0, time.monotonic() + wait_s
    while time.monotonic() < deadline:
        ready, _writable, _failed = select.select([terminal], [], [], 0.5)
        try:
            said += os.read(terminal, 4096).decode() if ready else ""
        except OSError:
            break
        if answers and said[seen:].rstrip("\n").endswith((": ", ":  ")):
            seen = len(said)
            os.write(terminal, answers.pop(0).encode() + b"\n")
    os.close(terminal)
    os.waitpid(child, 0)
    return said
