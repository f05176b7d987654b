# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is acting: the operator chosen once, kept by id (never by name) in the store's folder."""

from __future__ import annotations

import os
from pathlib import Path

_FILE = "session"


def operator_id(home: Path) -> str | None:
    """Return the id of the operator of this session, None when nobody was chosen."""
    try:
        text = (home / _FILE).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return text if text.startswith("operator:") else None


def choose_operator(home: Path, operator: str) -> None:
    """Remember the operator of this session, in a file that only the user reads."""
    path = home / f"{_FILE}.new"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(operator + "\n")
    path.rename(home / _FILE)


def forget_operator(home: Path) -> None:
    """End the session."""
    (home / _FILE).unlink(missing_ok=True)
