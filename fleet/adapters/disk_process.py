# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that write to a disk die with the installer.

One that outlived it would go on writing under the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.adapters.process import Finished, require, run, stream

_TIE = ("setpriv", "--pdeathsig", "KILL")
# A slow disk may take minutes to write out what memory holds.
_STALL_S = 1800


def run_tied(command: Sequence[str], *, timeout_s: float, check: bool = True) -> Finished:
    """Run a program that dies with this process. Raises as ``process.run`` does."""
    require(command[0])
    return run([*_TIE, *command], timeout_s=timeout_s, check=check)


def told_by(command: Sequence[str]) -> Iterator[str]:
    """Yield what such a program prints, as ``process.stream`` does."""
    require(command[0])
    yield from stream([*_TIE, *command], stall_s=_STALL_S, name=command[0])
