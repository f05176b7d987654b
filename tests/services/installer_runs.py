# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installations in a process of their own, to be killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from fleet.store.keys import ReplicaKey


def started(image: Path, disk: Path, key: ReplicaKey) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services.install_and_tell", image, disk, key.public_key],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def killed_after(process: subprocess.Popen[str], event: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == event:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
