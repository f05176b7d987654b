# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money and sizes as people write them, with the decimal sign of their language."""

from __future__ import annotations

from fleet.i18n import _, current_language


def euros(cents: int | None) -> str:
    """Return an amount in euros, empty for none."""
    return "" if cents is None else f"{_decimal(f'{cents / 100:.2f}')} €"


def disk_size(bytes_: int | None) -> str:
    """Return a size in decimal units, as disks are sold; empty for unknown."""
    if bytes_ is None:
        return ""
    if bytes_ >= 10**12:
        return _("{n} TB").format(n=_decimal(f"{bytes_ / 1e12:.3g}"))
    return _("{n} GB").format(n=_decimal(f"{bytes_ / 1e9:.3g}"))


def memory_size(bytes_: int | None) -> str:
    """Return a size in binary units, as memory is sold; empty for unknown."""
    return "" if bytes_ is None else _("{n} GiB").format(n=_decimal(f"{bytes_ / 2**30:.3g}"))


def _decimal(number: str) -> str:
    return number.replace(".", ",") if current_language() == "fr" else number
