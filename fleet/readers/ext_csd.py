# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``mmc extcsd read``: what an eMMC can erase (JESD84-B51, SEC_FEATURE_SUPPORT [231])."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECURE = re.compile(r"SEC_FEATURE_SUPPORT: 0x([0-9a-fA-F]{2})\]")
_ERASE, _SANITIZE = 0x01, 0x40


@dataclass(frozen=True, slots=True, kw_only=True)
class EmmcErasing:
    """Secure purge (before eMMC 4.5) and sanitize (since)."""

    secure_erase: bool = False
    sanitize: bool = False


def read_ext_csd(text: str) -> EmmcErasing:
    """Return what the card offers; nothing when the text does not say."""
    found = _SECURE.search(text[: 1 << 20])
    bits = int(found[1], 16) if found else 0
    return EmmcErasing(secure_erase=bool(bits & _ERASE), sanitize=bool(bits & _SANITIZE))
