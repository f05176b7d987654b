# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that appends until told or killed; it prints each event id once it is committed.

Run as ``python -m tests.store.appender HOME URL NAME COUNT BATCH``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fleet.model import kinds as k
from fleet.store.journal import Draft, Journal
from tests.store.installations import NOW, Installation

ROOT = Path(__file__).parent.parent.parent


def start(home: Path, url: str, name: str, count: int, batch: int = 1) -> subprocess.Popen[str]:
    """Start an appender as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(home), url, name, str(count), str(batch)],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def _bodies(name: str, number: int) -> tuple[tuple[str, k.Body], ...]:
    machine, disk = f"machine:{name}-{number // 3}", f"disk:{name}-{number // 3}"
    return (
        (machine, k.MachineRegistered(tag=f"{name}-{number // 3}", model="OptiPlex 780")),
        (disk, k.DiskRegistered(model="ST500", serial=f"{name}{number}", kind="hdd")),
        (machine, k.DiskAdded(disk=disk)),
    )


def _drafts(name: str, first: int, batch: int) -> list[Draft]:
    said = (_bodies(name, number)[number % 3] for number in range(first, first + batch))
    return [
        Draft(subject=subject, body=body, author="operator:a", act=f"{name}-{first}", at=NOW)
        for subject, body in said
    ]


def append(journal: Journal, name: str, count: int, batch: int) -> None:
    """Append ``count`` events, ``batch`` in one transaction, and acknowledge each on stdout."""
    for first in range(0, count, batch):
        with journal.write() as writer:
            written = writer.append(_drafts(name, first, batch))
        sys.stdout.write("".join(f"{event.header.id}\n" for event in written))
        sys.stdout.flush()


if __name__ == "__main__":
    _home, _url, _name, _count, _batch = sys.argv[1:]
    append(Installation.at(Path(_home), _url).journal, _name, int(_count), int(_batch))
