# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which limits of triage are in force: the town's own file, else the ones that come along."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.thresholds import Thresholds
from fleet.readers.triage_yaml import read_thresholds

OWN_FILE = "triage.yml"
SHIPPED = Path(__file__).parent.parent / "data" / "triage-2026.yml"


def current(home: Path) -> Thresholds:
    """Return the limits of ``triage.yml`` in the store's folder, else the shipped ones.

    Raises BadInput with every problem of the file, FleetError when it cannot be read.
    """
    own = home / OWN_FILE
    return read_file(own) if own.exists() else shipped()


def read_file(path: Path) -> Thresholds:
    """Return the limits of a file. Raises as ``current``."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FleetError(
            _("{path} cannot be read: {why}.").format(path=path, why=error.strerror)
        ) from error
    return read_thresholds(raw, str(path))


@cache
def shipped() -> Thresholds:
    """Return the limits that come with the program."""
    return read_thresholds(SHIPPED.read_bytes(), SHIPPED.name)
