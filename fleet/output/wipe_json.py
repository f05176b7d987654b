# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wipe's whole record as JSON values, with every word of the tools; it is no certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from fleet.model.wipe import VerifiedWipe, WipeResult


def wipe_document(result: WipeResult) -> dict[str, object]:
    """Return a result as JSON values: ``verified``, ``reasons`` (codes), ``level``, ``record``."""
    reasons = () if isinstance(result, VerifiedWipe) else result.reasons
    return {
        "verified": isinstance(result, VerifiedWipe),
        "level": result.record.level,
        "reasons": _plain(reasons),
        "record": _plain(result.record),
    }


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value
