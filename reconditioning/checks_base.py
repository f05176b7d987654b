# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every automatic test is given and gives back; no test itself.

A check is a generator: it yields ``CheckAdvanced`` and returns an ``Outcome``. It reaches the
machine through ``Tools`` and ``Places`` only, so that captured answers replay through it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fleet.adapters import process
from fleet.adapters.process import Finished
from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.bench_tests import FAIL, NA, PASS, SKIPPED
from fleet.model.facts import Finding
from fleet.model.text import clean
from fleet.model.thresholds import CheckLimits, Durations, Thresholds

# What a person may say while a test asks something of them.
DONE, BROKEN, SKIP = "done", "broken", "skip"

_MOST_RAW = 400_000
_CUT = "\n[…]\n"


class Tools(Protocol):
    """The one door to other programs, as the checks use it."""

    def run(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        """Return how a program ended, whatever its status.

        Raises ToolMissing, or FleetError when it does not end in time.
        """

    def stream(self, command: Sequence[str], *, stall_s: float) -> Iterator[str]:
        """Yield its lines as they come. Raises ToolMissing, ProgramFailed, FleetError."""


class RealTools:
    """The programs of this machine."""

    def run(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        """See Tools."""
        return process.run(command, timeout_s=timeout_s, check=False)

    def stream(self, command: Sequence[str], *, stall_s: float) -> Iterator[str]:
        """See Tools."""
        return process.stream(command, stall_s=stall_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the kernel's files are; tests put a made-up machine there."""

    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    dev: Path = Path("/dev")

    def entries(self, folder: str) -> tuple[Path, ...]:
        """Return the entries of a folder of /sys, in order; none when it is absent."""
        return tuple(sorted((self.sys / folder).glob("*")))


def read(path: Path) -> str:
    """Return a small file's text without surrounding blanks; empty when unreadable."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(64 * 1024).strip("\n\0 ")
    except OSError:
        return ""


def _never() -> bool:
    return False


def _nobody() -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """One machine under test. ``kind`` is the journal's; ``disks`` are paths to test.

    ``cancelled`` is asked often. ``answered`` returns what the person typed since last asked:
    ``done``, ``broken`` or ``skip``. ``wiping``: a disk of this machine is being wiped now, so that
    neither its power nor its disks may be touched. ``scratch`` is a folder for files that are
    deleted at once.
    """

    thresholds: Thresholds
    profile: str = "complet"
    kind: str = "other"
    disks: tuple[Path, ...] = ()
    tools: Tools = field(default_factory=RealTools)
    places: Places = Places()
    scratch: Path = Path("/run")
    cancelled: Callable[[], bool] = _never
    wiping: Callable[[], bool] = _never
    answered: Callable[[], str | None] = _nobody
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @property
    def limits(self) -> CheckLimits:
        """What is called a failure."""
        return self.thresholds.tests

    @property
    def durations(self) -> Durations:
        """How long the tests of this profile last."""
        return self.thresholds.durations(self.profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAdvanced:
    """How far a test is. ``doing`` is a code with a sentence; ``asks``: a person must act.

    ``percent`` is None when nobody knows; ``detail`` is a figure such as « 61 °C » or « 2/4 ».
    """

    test: str
    doing: str
    percent: float | None = None
    detail: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEnded:
    """A test's end, as ``TestMeasured`` keeps it; ``raw`` is what the tools said, to be attached.

    ``why`` is a code when skipped. ``ask_person``: the machine cannot tell, the guided test of
    that name must.
    """

    test: str
    result: str
    seconds: int
    reasons: tuple[str, ...]
    raw: str
    why: str | None = None
    ask_person: bool = False


class Cancelled(FleetError):
    """A person stopped the test."""

    def __init__(self) -> None:
        super().__init__(_("The test was stopped."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check found out."""

    result: str
    reasons: tuple[Finding, ...] = ()
    why: str | None = None
    ask_person: bool = False


def passed(*reasons: Finding) -> Outcome:
    """Return a pass, with what is worth knowing."""
    return Outcome(result=PASS, reasons=reasons)


def failed(*reasons: Finding) -> Outcome:
    """Return a failure, the deciding reasons first."""
    return Outcome(result=FAIL, reasons=reasons)


def absent(why: Finding) -> Outcome:
    """Return « not applicable »: the machine has nothing of the kind."""
    return Outcome(result=NA, reasons=(why,))


WIPE_RUNNING = Finding(code="wipe_running")


def undecided(why: Finding, *reasons: Finding, ask_person: bool = False) -> Outcome:
    """Return a test that could not be done, and why; never a pass."""
    reasons = (why, *reasons)
    return Outcome(result=SKIPPED, reasons=reasons, why=str(why), ask_person=ask_person)


class Bench:
    """One test being run: its context, and its transcript, which keeps every tool's own words.

    ``tool`` is the program last started.
    """

    def __init__(self, test: str, context: CheckContext) -> None:
        self.test = test
        self.context = context
        self.tool = ""
        self._kept: list[str] = []

    @property
    def raw(self) -> str:
        """What the tools said, cut in the middle when too long."""
        text = "".join(self._kept)
        if len(text) <= _MOST_RAW:
            return text
        return text[: _MOST_RAW // 2] + _CUT + text[-_MOST_RAW // 2 :]

    def advanced(
        self, doing: str, percent: float | None = None, detail: str = "", *, asks: bool = False
    ) -> CheckAdvanced:
        """Return a progress event of this test. Raises Cancelled when a person stopped it."""
        if self.context.cancelled():
            raise Cancelled
        return CheckAdvanced(test=self.test, doing=doing, percent=percent, detail=detail, asks=asks)

    def keep(self, title: str, text: str) -> None:
        """Keep a tool's words, or a file's."""
        self._kept.append(f"# {clean(title) or '?'}\n{text.rstrip()}\n\n")

    def run(
        self,
        command: Sequence[str],
        *,
        timeout_s: float = 30,
        keep: Callable[[str], str] = str,
    ) -> Finished:
        """Run a program and keep its words, or what ``keep`` leaves of them."""
        self.tool = command[0]
        done = self.context.tools.run(command, timeout_s=timeout_s)
        said = keep("\n".join(filter(None, (done.stdout.rstrip(), done.stderr.rstrip()))))
        self.keep(f"{' '.join(command)} ({done.status})", said)
        return done

    def stream(self, command: Sequence[str], *, stall_s: float) -> Iterator[str]:
        """Run a long program and keep its lines as they come."""
        self.tool = command[0]
        self._kept.append(f"# {' '.join(command)}\n")
        for line in self.context.tools.stream(command, stall_s=stall_s):
            self._kept.append(f"{line}\n")
            yield line

    def read(self, path: Path) -> str:
        """Return a small file's text and keep it."""
        text = read(path)
        if text:
            self.keep(str(path), text)
        return text

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises Cancelled when a person stopped the test."""
        if self.context.cancelled():
            raise Cancelled
        self.context.sleep(seconds)


Running = Generator[CheckAdvanced, None, Outcome]
Check = Callable[[Bench], Running]


def as_json(text: str) -> object:
    """Return a small tool's JSON; None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
