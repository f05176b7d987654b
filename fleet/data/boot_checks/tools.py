# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every check inside the machine uses: answers, programs with a time limit, waiting."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Settings = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a check found: ``pass``, ``fail`` or ``not_applicable``, and why."""

    result: str
    evidence: str


@dataclass(frozen=True)
class Ran:
    """How a program ended, and everything it wrote."""

    status: int
    output: str


Check = Callable[[Settings], Answer]


def passed(evidence: str) -> Answer:
    """The question was asked and the answer is right."""
    return Answer("pass", evidence)


def fail(evidence: str) -> Answer:
    """The question was asked and the answer is wrong."""
    return Answer("fail", evidence)


def not_applicable(why: str) -> Answer:
    """The question makes no sense for this image."""
    return Answer("not_applicable", why)


def judged(right: bool, evidence: str) -> Answer:
    """Pass or fail by a condition, with the same evidence."""
    return passed(evidence) if right else fail(evidence)


def installed(program: str) -> bool:
    """Whether a program is in this machine."""
    return shutil.which(program, path=search_path()) is not None


def search_path() -> str:
    """The folders of programs: administration ones and Debian's games (/usr/games) too."""
    system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return f"{system}:/usr/local/games:/usr/games"


def run(
    command: Sequence[str], timeout_s: float = 60, variables: Mapping[str, str] | None = None
) -> Ran:
    """Run a program; a missing one, or one that takes too long, is a status of its own."""
    environ = {**os.environ, "PATH": search_path(), "LC_ALL": "C.UTF-8", **(variables or {})}
    try:
        done = subprocess.run(
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=timeout_s, check=False, env=environ,
        )  # fmt: skip
    except FileNotFoundError:
        return Ran(127, f"{command[0]} is not installed")
    except subprocess.TimeoutExpired:
        return Ran(124, f"{command[0]} took more than {timeout_s} s")
    return Ran(done.returncode, done.stdout.decode("utf-8", "replace"))


def wait_for(condition: Callable[[], bool], limit_s: float, every_s: float = 2) -> bool:
    """Ask again until a condition holds; False when the limit is reached."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_s)
    return True


def text_of(path: str) -> str:
    """Return a file's text; empty when there is none."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def assignments(path: str) -> dict[str, str]:
    """Return the NAME=value lines of a file of shell variables."""
    pairs = (line.partition("=") for line in text_of(path).splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _equals, value in pairs}
