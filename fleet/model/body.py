# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of every event body."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Body(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Base of every event body; ``VERSION`` is the version written today."""

    VERSION: ClassVar[int] = 1
