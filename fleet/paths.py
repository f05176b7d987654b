# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the store lives, from the environment: ``PARCLIBRE_HOME`` and ``PARCLIBRE_STORE``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the store, keys and attachments (default: the XDG data folder)."""
    if chosen := environ.get("PARCLIBRE_HOME"):
        return Path(chosen).expanduser()
    base = environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "parclibre"


def store_url(environ: Mapping[str, str], home: Path) -> str:
    """Return the store's URL: ``PARCLIBRE_STORE``, or the embedded file in ``home``."""
    return environ.get("PARCLIBRE_STORE") or f"sqlite:///{home / 'journal.db'}"
