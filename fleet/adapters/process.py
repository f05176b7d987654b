# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door to other programs: a list, never a shell string; always a time limit."""

from __future__ import annotations

import logging
import os
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fleet.errors import FleetError, ToolMissing
from fleet.i18n import _

# Debian keeps administration programs out of a user's PATH.
_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"
_STDERR_SHOWN = 400
_TAIL_LINES = 40
_GRACE_S = 2.0
_CHUNK_BYTES = 65536
_LINE_END = re.compile(rb"[\r\n]")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended, and what it said."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a long program is, and what it is doing, in its own words."""

    percent: float
    text: str


class ProgramFailed(FleetError):
    """A streamed program ended badly; ``tail`` holds the last lines it printed."""

    def __init__(self, name: str, status: int, tail: Sequence[str]) -> None:
        super().__init__(
            _("{name} failed with status {status}: {end}").format(
                name=name, status=status, end="\n".join(tail)[-_STDERR_SHOWN:].strip()
            )
        )
        self.status = status
        self.tail = tuple(tail)


def find(program: str) -> str | None:
    """Return a program's path, administration folders included; None when it is missing."""
    return shutil.which(program, path=_path())


def require(program: str) -> str:
    """Return a program's path; raise ToolMissing when it is absent."""
    path = find(program)
    if path is None:
        raise ToolMissing(_("The program {name} is not installed.").format(name=program))
    return path


def run(
    command: Sequence[str],
    *,
    timeout_s: float,
    check: bool = True,
    environ: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program with English messages and no input; ``environ`` is added to ours.

    Raises ToolMissing when it is absent, FleetError when it takes too long or (with ``check``)
    fails.
    """
    program = _found(command)
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=timeout_s, check=False, env=_environ(environ),
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


def stream(
    command: Sequence[str],
    *,
    stall_s: float,
    environ: Mapping[str, str] | None = None,
    name: str | None = None,
    log: Path | None = None,
) -> Iterator[str]:
    """Yield what a program prints (both streams), line by line, as it comes.

    A carriage return ends a line too, so progress bars arrive as lines. Closing the iterator
    kills the program and its process group. Raises ToolMissing when it is absent,
    ProgramFailed when it fails, FleetError when it stays silent for ``stall_s`` seconds.
    ``name`` is what messages call it; every line is added to the ``log`` file.
    """
    name = name or command[0]
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    program = _started(command, _environ(environ))
    try:
        assert program.stdout is not None  # noqa: S101  (asked for by PIPE)
        with (log or Path(os.devnull)).open("a", encoding="utf-8") as kept:
            for line in _lines(program.stdout, stall_s, name):
                tail.append(line)
                kept.write(f"{line}\n")
                yield line
        status = program.wait()
    finally:
        _end(program)
    if status:
        raise ProgramFailed(name, status, tail)


def _started(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [_found(command), *command[1:]],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environ, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise FleetError(
            _("{name} cannot be run: {why}.").format(name=command[0], why=error.strerror)
        ) from error


def _lines(output: IO[bytes], stall_s: float, name: str) -> Iterator[str]:
    """Cut what comes into lines; an unended last line counts."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if not selector.select(stall_s):
                raise FleetError(_("{name} said nothing for {n} s.").format(name=name, n=stall_s))
            chunk = os.read(output.fileno(), _CHUNK_BYTES)
            *whole, rest = _LINE_END.split(rest + chunk)
            for line in whole if chunk else (*whole, rest):
                if line:
                    yield line.decode("utf-8", "replace")
            if not chunk:
                return


def _end(program: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the program's group behind; it is given a moment to tidy up."""
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_S
    while program.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    if program.stdout is not None:
        program.stdout.close()


def _found(command: Sequence[str]) -> str:
    program = require(command[0])
    _log.debug("%s", shlex.join(command))
    return program


def _environ(added: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, "PATH": _path(), "LC_ALL": "C", **(added or {})}


def _path() -> str:
    return os.pathsep.join(filter(None, (os.environ.get("PATH"), _SYSTEM_PATH)))
