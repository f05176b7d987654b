# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expected failures: one sentence on what happened, one on what to do, and an exit status."""

from __future__ import annotations


class FleetError(Exception):
    """A failure the user can act on; shown once, by the command line or the console.

    ``message`` says what happened, ``hint`` what to do; both are already in the user's
    language. ``exit_status`` is what the process returns.
    """

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(FleetError):
    """The command's words are wrong (unknown option, bad date, unknown field)."""

    exit_status = 2


class NotFound(FleetError):
    """Something named by the user does not exist."""

    exit_status = 3


class BadInput(FleetError):
    """A foreign file cannot be read as what it claims to be."""

    exit_status = 4


class GuardRefused(FleetError):
    """The lifecycle refused the act; the message lists the reasons."""

    exit_status = 5


class TrustRefused(FleetError):
    """A bundle, chain or replica is not trusted, or its proof does not hold."""

    exit_status = 6


class StoreDamaged(FleetError):
    """The journal or an attachment does not verify."""

    exit_status = 7


class StoreUnavailable(FleetError):
    """The store cannot be opened or stays locked."""

    exit_status = 8


class ToolMissing(FleetError):
    """A program this task needs is not installed; the hint says how to install it."""

    exit_status = 9


class MirrorUnreachable(FleetError):
    """A mirror of packages does not answer, or gives wrong files."""

    exit_status = 10


class BootTestFailed(FleetError):
    """The boot test was made and the image did not pass."""

    exit_status = 11


class WipeNotProven(FleetError):
    """A disk was not wiped, or it is not proven; the message says what to do with it."""

    exit_status = 12
