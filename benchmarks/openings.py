# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console: how long its handlers hold the interface's thread when a screen opens first.

Each walk is a new process, on a copy of the example town: nothing was read or opened before.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.handlers import figures
from benchmarks.held import Walk
from benchmarks.measure import Figure, Plan
from benchmarks.simulate import store_url
from fleet.services.example import fill
from fleet.services.town import init_town


def run(plan: Plan) -> Iterator[Figure]:
    """Open every screen several times; a screen's longest handler is the median of its walks."""
    with TemporaryDirectory(prefix="parclibre-openings-") as folder:
        home = Path(folder)
        town = init_town(home, store_url(home))
        fill(town)
        town.journal.engine.dispose()
        walks = [walked(home)[0] for _round in range(plan.tours)]
    return figures("openings", walks)


def walked(home: Path) -> tuple[Walk, list[str]]:
    """Return what one walk took, and the screens that it saw; it writes nothing but its name."""
    command = [sys.executable, "-m", "benchmarks.openings_child", str(home), store_url(home)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=300)
    return msgspec.json.decode(done.stdout, type=tuple[Walk, list[str]])
