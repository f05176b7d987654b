# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A made-up machine on the bench: its kernel files in a folder, its tools' answers from captures.

Outputs of stress-ng and dd were captured on a Debian 12; SMART and SMBIOS come from the shipped
samples; those of iw, btmgmt and v4l2-ctl follow the tools' own printing, with made-up addresses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fleet.adapters.process import Finished, ProgramFailed
from fleet.errors import ToolMissing
from fleet.model.thresholds import Thresholds
from fleet.services.thresholds import shipped
from reconditioning.checks import CheckContext, CheckEnded, Places, run_check
from reconditioning.checks_base import CheckAdvanced

SAMPLES = Path(__file__).parent.parent / "fixtures" / "hardware"
GIB = 2**30

Answer = Finished | Callable[[Sequence[str]], Finished]


def said(stdout: str = "", stderr: str = "", status: int = 0) -> Finished:
    """What a program answers."""
    return Finished(status=status, stdout=stdout, stderr=stderr)


def smart(name: str, **changes: Any) -> Finished:
    """The answer of smartctl about a drive of the shipped samples, with some keys changed."""
    document = json.loads((SAMPLES / "smartctl_json" / name).read_text(encoding="utf-8"))
    drive = document if isinstance(document, dict) else document[0]
    return said(json.dumps({**drive, **changes}))


def dd(seconds: float = 0.02) -> Callable[[Sequence[str]], Finished]:
    """A dd that reads all it is asked for, at 4 MiB in so many seconds."""

    def answer(command: Sequence[str]) -> Finished:
        options = dict(word.split("=", 1) for word in command[1:])
        chunks = int(options["count"])
        size, spent = chunks * 4 * 2**20, chunks * seconds
        counted = f"{chunks}+0 records in\n{chunks}+0 records out\n"
        return said(
            stderr=f"{counted}{size} bytes ({size // 2**20} MB) copied, {spent:g} s, x MB/s\n"
        )

    return answer


@dataclass(slots=True)
class Replayed:
    """Tools that answer from a table, by program; an absent one is missing."""

    answers: dict[str, Answer] = field(default_factory=dict)
    streams: dict[str, tuple[list[str], int]] = field(default_factory=dict)
    typed: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        self.typed.append(tuple(command))
        answer = self.answers.get(command[0])
        if answer is None:
            raise ToolMissing(f"no {command[0]}")
        return answer if isinstance(answer, Finished) else answer(command)

    def stream(self, command: Sequence[str], *, stall_s: float) -> Iterator[str]:
        self.typed.append(tuple(command))
        if command[0] not in self.streams:
            raise ToolMissing(f"no {command[0]}")
        lines, status = self.streams[command[0]]
        yield from lines
        if status:
            raise ProgramFailed(command[0], status, lines)


@dataclass(slots=True)
class Machine:
    """A machine in a folder, a clock that moves when it is waited for, and a person who acts."""

    folder: Path
    tools: Replayed = field(default_factory=Replayed)
    clock: float = 0.0
    # What happens at a moment of the clock: a cable goes in, a charger comes out.
    happens: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    thresholds: Thresholds = field(default_factory=shipped)

    def write(self, path: str, text: str | bytes) -> Path:
        """Put a kernel file there: sys/..., proc/..., dev/..."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def link(self, path: str, target: str) -> None:
        """Put a link there to another path of the machine."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).symlink_to(self.folder / target)

    def sleep(self, seconds: float) -> None:
        """Let time pass, and what was to happen meanwhile happen."""
        self.clock += seconds
        for moment, act in [one for one in self.happens if one[0] <= self.clock]:
            self.happens.remove((moment, act))
            act()

    def monotonic(self) -> float:
        """The clock; work takes some time too."""
        self.clock += 0.01
        return self.clock

    def test(self, name: str, *, kind: str = "laptop", **changes: Any) -> CheckEnded:
        """Run a check and return its end."""
        *_progress, ended = self.events(name, kind=kind, **changes)
        assert isinstance(ended, CheckEnded)
        return ended

    def events(
        self, name: str, *, kind: str = "laptop", **changes: Any
    ) -> list[CheckAdvanced | CheckEnded]:
        """Run a check and return all that it told."""
        (self.folder / "scratch").mkdir(exist_ok=True)
        context = CheckContext(
            thresholds=self.thresholds,
            kind=kind,
            tools=self.tools,
            places=Places(
                sys=self.folder / "sys", proc=self.folder / "proc", dev=self.folder / "dev"
            ),
            scratch=self.folder / "scratch",
            monotonic=self.monotonic,
            sleep=self.sleep,
            answered=lambda: self.says.pop(0) if self.says else None,
        )
        return list(run_check(name, replace(context, **changes)))


def codes(ended: CheckEnded) -> list[str]:
    """The codes of a test's reasons, without their values."""
    return [reason.partition("=")[0] for reason in ended.reasons]
