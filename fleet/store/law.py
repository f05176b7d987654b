# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The law that comes with the program, read once: ``fleet/data/law-france.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fleet.model.dated import DatedTable
from fleet.readers.dated import load_dated

FILE = Path(__file__).parent.parent / "data" / "law-france.yml"


@cache
def law() -> DatedTable:
    """Return the dated values of the law. Raises BadInput when the file is not in order."""
    return load_dated(FILE.read_bytes(), FILE.name)
