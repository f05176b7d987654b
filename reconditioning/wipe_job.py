# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every engine is given and gives back; how it waits for a drive that works by itself.

An engine yields percentages and returns an Outcome; it raises GivenUp so that the next technique
is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fleet.adapters.process import Finished
from fleet.errors import FleetError, ToolMissing
from fleet.model.reasons import Reason
from fleet.model.wipe import WipeTarget
from fleet.readers.hdparm import SanitizeState, SanitizeStatus
from reconditioning.wipe_tools import Recorder, Tools

COMMAND_S = 120
POLL_S = 2.0
# Without any progress for so long, a drive is not waited for any more.
STALL_S = 1800.0
_SILENT_POLLS = 5


class GivenUp(Exception):
    """A technique could not be carried out; ``reason`` says why."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.reason = Reason(code=code, params=params)


class Cancelled(Exception):
    """A person stopped the wipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One disk being wiped by its drive. ``tools`` are those of the recorder."""

    target: WipeTarget
    tools: Tools
    recorder: Recorder
    cancelled: Callable[[], bool]

    @property
    def path(self) -> str:
        """The disk, as programs are told."""
        return str(self.target.path)

    def run(self, name: str, command: Sequence[str], timeout_s: float = COMMAND_S) -> Finished:
        """Run and keep. Raises GivenUp when the program is missing or does not end."""
        try:
            return self.recorder.run(name, command, timeout_s=timeout_s)
        except ToolMissing as error:
            raise GivenUp("tool_missing", tool=command[0]) from error
        except FleetError as error:
            raise GivenUp("no_answer", tool=command[0]) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A technique was carried out, as far as its engine knows.

    ``device_log``: whether the drive's own log or state agrees, None when it has none.
    """

    tool: str
    device_log: bool | None
    passes: int = 1
    bytes_written: int = 0
    problems: tuple[Reason, ...] = ()


Steps = Generator[float, None, Outcome]
Engine = Callable[[Job], Steps]


def waited(
    job: Job, name: str, command: Sequence[str], *, estimate_s: float, timeout_s: float
) -> Generator[float, None, Finished]:
    """Run a program that is silent until its end; yield percentages from the drive's estimate.

    It is not stopped by a cancellation: a drive that erases goes on without the program.
    """
    started = job.tools.clock()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(job.run, name, command, timeout_s)
        while True:
            try:
                return running.result(timeout=1)
            except TimeoutError:
                yield min(99.0, (job.tools.clock() - started) * 100 / max(1.0, estimate_s))


def until_settled(
    job: Job, ask: Callable[[], SanitizeStatus]
) -> Generator[float, None, SanitizeStatus]:
    """Ask a drive that sanitizes until it has ended; yield its own percentages.

    Raises GivenUp when it makes no progress, Cancelled when a person stopped waiting (the drive
    itself cannot be stopped).
    """
    percent, moved_at, silent = -1.0, job.tools.clock(), 0
    while True:
        status = ask()
        silent = silent + 1 if status.state is SanitizeState.UNKNOWN else 0
        if status.state is not SanitizeState.RUNNING and not 0 < silent < _SILENT_POLLS:
            return status
        if status.percent != percent:
            percent, moved_at = status.percent, job.tools.clock()
        if job.tools.clock() - moved_at > STALL_S:
            raise GivenUp("stalled")
        if job.cancelled():
            raise Cancelled
        yield status.percent
        job.tools.sleep(POLL_S)


def version_of(job: Job, program: str, *options: str) -> str:
    """Return a program's name and version in its own words, for the certificate."""
    try:
        done = job.tools.run([program, *options], timeout_s=COMMAND_S)
    except FleetError:
        return program
    told = done.stdout.split("\n", 1)[0].strip()[:60]
    return told if told and not done.status else program
