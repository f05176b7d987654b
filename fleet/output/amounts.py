# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money, sizes and counts as people write them, with the decimal sign of their language."""

from __future__ import annotations

from fleet.i18n import _, current_language, ngettext


def euros(cents: int | None) -> str:
    """Return an amount in euros, empty for none."""
    return "" if cents is None else f"{decimal(cents / 100, places=2)} €"


def disk_size(bytes_: int | None) -> str:
    """Return a size in decimal units, as disks are sold; empty for unknown."""
    if bytes_ is None:
        return ""
    if bytes_ >= 10**12:
        return _("{n} TB").format(n=_short(bytes_ / 1e12))
    return _("{n} GB").format(n=_short(bytes_ / 1e9))


def memory_size(bytes_: int | None) -> str:
    """Return a size in binary units, as memory is sold; empty for unknown."""
    return "" if bytes_ is None else _("{n} GiB").format(n=_short(bytes_ / 2**30))


def core_count(cores: int) -> str:
    """Return a processor's number of cores."""
    return ngettext("{cores} core", "{cores} cores", cores).format(cores=cores)


def thread_count(threads: int) -> str:
    """Return a processor's number of threads."""
    return ngettext("{n} thread", "{n} threads", threads).format(n=threads)


def watt_hours(milliwatt_hours: int) -> str:
    """Return an energy in watt-hours, without the unit."""
    return decimal(milliwatt_hours / 1000, places=1)


def decimal(number: float, *, places: int) -> str:
    """Return a number with the decimal sign of the user's language."""
    return _signed(f"{number:.{places}f}")


def _short(number: float) -> str:
    return _signed(f"{number:.0f}" if number >= 100 else f"{number:.3g}")


def _signed(number: str) -> str:
    return number.replace(".", ",") if current_language() == "fr" else number
