# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done behind the first screen, so that no later one holds the keys up.

Opening a step for the first time reads its modules, from a slow stick on an old PC; and looking
through all of the program's own objects for garbage takes longer than a handler may.
"""

from __future__ import annotations

import gc
from importlib import import_module
from pkgutil import iter_modules

from tui import bench


def warm_up() -> None:
    """Read every step's module, then leave what was read out of the search for garbage."""
    for found in iter_modules(bench.__path__, f"{bench.__name__}."):
        import_module(found.name)
    gc.freeze()
