# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console's process ends with its terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

# What it returned is written down: a traceback would end the process with status 1 as well.
SCRIPT = """
import sys
from pathlib import Path
from tui.app import run
home, returned = map(Path, sys.argv[1:])
returned.write_text(str(run(home, 'sqlite://')))
"""
WAIT_S = 30


def read_until(terminal: int, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        seen += os.read(terminal, 65536)


def test_a_console_whose_terminal_is_gone_ends_without_a_hang_up_signal(
    own_home: Path, tmp_path: Path
) -> None:
    returned = tmp_path / "returned"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", SCRIPT, str(own_home), str(returned)]
    # A session of its own, without a controlling terminal: nobody sends it SIGHUP.
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    ) as console:
        os.close(theirs)
        read_until(ours, b"ParcLibre")

        os.close(ours)

        try:
            console.wait(timeout=WAIT_S)
        finally:
            console.kill()

    assert returned.read_text() == "1"
