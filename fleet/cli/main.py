# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``parclibre`` command."""

from __future__ import annotations

from importlib.metadata import version


def main() -> int:
    """Print the program's version and return the exit status."""
    print("ParcLibre", version("parclibre"))
    return 0
