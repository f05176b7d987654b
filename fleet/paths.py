# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things live, from the environment.

``PARCLIBRE_HOME`` and ``PARCLIBRE_STORE``: the town's; ``PARCLIBRE_CACHE``: what can be made
again; ``PARCLIBRE_ASSETS``: the playbooks, roles and recipes that come with the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parent
# A folder with these is a checkout, or the copy that the wheel carries.
_ASSETS = ("playbooks", "roles", "inventory")


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the store, keys and attachments (default: the XDG data folder)."""
    if chosen := environ.get("PARCLIBRE_HOME"):
        return Path(chosen).expanduser()
    base = environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "parclibre"


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of what can be downloaded or built again (default: the XDG cache)."""
    if chosen := environ.get("PARCLIBRE_CACHE"):
        return Path(chosen).expanduser()
    base = environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "parclibre"


def store_url(environ: Mapping[str, str], home: Path) -> str:
    """Return the store's URL: ``PARCLIBRE_STORE``, or the embedded file in ``home``."""
    return environ.get("PARCLIBRE_STORE") or f"sqlite:///{home / 'journal.db'}"


def assets_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder that holds ``playbooks``, ``roles``, ``inventory`` and ``ansible.cfg``.

    The setting first, then the checkout that this file is in, then the wheel's copy.
    """
    if chosen := environ.get("PARCLIBRE_ASSETS"):
        return Path(chosen).expanduser()
    checkout = _PACKAGE.parent
    if all((checkout / name).is_dir() for name in _ASSETS):
        return checkout
    return _PACKAGE / "assets"
