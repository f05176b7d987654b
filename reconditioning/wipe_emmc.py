# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""eMMC: discard everything then SANITIZE, or a secure discard; neither keeps a log to read."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from fleet.model.wipe import Technique
from reconditioning.wipe_job import GivenUp, Job, Outcome, Steps, version_of, waited

_ERASE_S = 2 * 3600
_ESTIMATE_S = 300


def sanitize(job: Job, technique: Technique) -> Steps:
    """Give every block back to the card, then have it erase what was given back."""
    yield from _checked(job, "discard", ["blkdiscard", "--force", job.path])
    yield from _checked(job, technique, ["mmc", "sanitize", job.path])
    return Outcome(tool=version_of(job, "mmc", "--version"), device_log=None)


def secure_discard(job: Job, technique: Technique) -> Steps:
    """Have the card erase every block and its copies."""
    yield from _checked(job, technique, ["blkdiscard", "--secure", "--force", job.path])
    return Outcome(tool=version_of(job, "blkdiscard", "--version"), device_log=None)


def _checked(job: Job, name: str, command: Sequence[str]) -> Generator[float, None, None]:
    done = yield from waited(job, name, command, estimate_s=_ESTIMATE_S, timeout_s=_ERASE_S)
    if done.status:
        raise GivenUp("command_refused", tool=command[0], status=str(done.status))
