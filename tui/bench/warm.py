# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done behind the first screen, so that no later one holds the keys up.

Opening a step for the first time reads its modules, from a slow stick on an old PC; and looking
through all of the program's own objects for garbage takes longer than a handler may.
"""

from __future__ import annotations

import gc
from importlib import import_module

_STEPS = (
    "welcome", "start", "identify", "tests", "guided", "repair", "wipe", "wiping", "triage",
    "installing", "ending", "dead", "dead_path", "dock", "destroyed", "help",
)  # fmt: skip


def warm_up() -> None:
    """Read every step's module, then leave what was read out of the search for garbage."""
    for name in _STEPS:
        import_module(f"tui.bench.{name}")
    gc.freeze()
