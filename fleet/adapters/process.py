# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door to other programs: a list, never a shell string; always a time limit."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from fleet.errors import FleetError, ToolMissing
from fleet.i18n import _

# Debian keeps administration programs out of a user's PATH.
_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"
_STDERR_SHOWN = 400
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended, and what it said."""

    status: int
    stdout: str
    stderr: str


def find(program: str) -> str | None:
    """Return a program's path, administration folders included; None when it is missing."""
    return shutil.which(program, path=_path())


def run(command: Sequence[str], *, timeout_s: float, check: bool = True) -> Finished:
    """Run a program with English messages and no input.

    Raises ToolMissing when it is absent, FleetError when it takes too long or (with ``check``)
    fails.
    """
    program = find(command[0])
    if program is None:
        raise ToolMissing(_("The program {name} is not installed.").format(name=command[0]))
    _log.debug("%s", shlex.join(command))
    environ = {**os.environ, "PATH": _path(), "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=timeout_s, check=False, env=environ,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise FleetError(
            _("{name} did not answer within {n} s.").format(name=command[0], n=timeout_s)
        ) from error
    except OSError as error:
        raise FleetError(
            _("{name} cannot be run: {why}.").format(name=command[0], why=error.strerror)
        ) from error
    if check and done.returncode:
        raise FleetError(
            _("{name} failed with status {status}: {end}").format(
                name=command[0], status=done.returncode, end=done.stderr[-_STDERR_SHOWN:].strip()
            )
        )
    return Finished(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


def _path() -> str:
    return os.pathsep.join(filter(None, (os.environ.get("PATH"), _SYSTEM_PATH)))
