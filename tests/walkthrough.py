# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the pages of docs/ that are walked: their commands are real, and so is what they print.

A block opened by « ```sh parcours » is run; « ```sh parcours 5 » must end with exit status 5. A
« ```text » block right after it is its output. All blocks of a page run in one shell, in an empty
home folder. After a change of the program, the outputs are written again:

    .venv/bin/python -m tests.walkthrough
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
MARK = "sh parcours"
_BLOCK = re.compile(
    r"^```sh parcours(?: (?P<expected>\d+))?\n(?P<script>.*?)^```\n"
    r"(?P<quoted>\n```text\n(?P<output>.*?)^```\n)?",
    flags=re.MULTILINE | re.DOTALL,
)
_END = "--- end of step "
# What differs from one run to the next, and what the pages show instead.
_TODAY = date(2026, 11, 22)
_WRITTEN = "%d/%m/%Y"
_ID = re.compile(r"(?<=[a-z]:)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_CHANGING = (
    (re.compile(r"SHA256:[A-Za-z0-9+/]{43}"), "SHA256:…"),
    (re.compile(r"\bAAAA[A-Za-z0-9+/]{40,}"), "AAAA…"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "…"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A block of a page once run: what it printed on both streams, and its exit status."""

    script: str
    output: str
    status: int
    expected: int

    @property
    def as_told(self) -> bool:
        """Whether it ended as the page says."""
        return self.status == self.expected


def pages() -> list[Path]:
    """Return the pages of docs/ that have steps to run."""
    found = sorted((REPOSITORY / "docs").rglob("*.md"))
    return [path for path in found if f"```{MARK}" in path.read_text(encoding="utf-8")]


def walk(text: str, home: Path) -> list[Step]:
    """Run the steps of a page, from the root of the checkout, with this home folder."""
    found = list(_BLOCK.finditer(text))
    script = "".join(f"{match['script']}echo '{_END}'$?\n" for match in found)
    done = subprocess.run(
        ["bash", "-s"],
        input=script,
        cwd=REPOSITORY,
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = _steady(done.stdout, home)
    told = re.findall(rf"(.*?)^{_END}(\d+)\n", printed, flags=re.MULTILINE | re.DOTALL)
    return [
        Step(
            script=match["script"],
            output=output,
            status=int(status),
            expected=int(match["expected"] or 0),
        )
        for match, (output, status) in zip(found, told, strict=True)
    ]


def rewritten(text: str, steps: list[Step]) -> str:
    """Return the page with what its steps printed; blocks without a quotation stay without."""
    outputs = iter(steps)

    def block(match: re.Match[str]) -> str:
        step = next(outputs)
        if match["quoted"] is None:
            return match[0]
        return f"{match[0][: -len(match['quoted'])]}\n```text\n{step.output}```\n"

    return _BLOCK.sub(block, text)


def _environment(home: Path) -> dict[str, str]:
    programs = Path(sys.executable).parent
    return {
        "HOME": str(home),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "LANG": "fr_FR.UTF-8",
        "PYTHONUTF8": "1",
        # As on a terminal: the story and the data in the order in which they were told.
        "PYTHONUNBUFFERED": "1",
    }


def _steady(output: str, home: Path) -> str:
    today = date.today()
    text = output.replace(today.isoformat(), _TODAY.isoformat())
    text = text.replace(today.strftime(_WRITTEN), _TODAY.strftime(_WRITTEN))
    text = text.replace(str(home), "~")
    for changing, shown in _CHANGING:
        text = changing.sub(shown, text)
    text = re.sub(r" +$", "", text, flags=re.MULTILINE)
    numbers: dict[str, str] = {}
    return _ID.sub(lambda found: _numbered(found[0], numbers), text)


def _numbered(id_: str, numbers: dict[str, str]) -> str:
    """Return an id of the same width, the same for the same id: tables keep their columns."""
    return numbers.setdefault(id_, re.sub(r"[0-9a-f]", str(len(numbers) + 1), id_))


def main() -> None:
    """Write the outputs of every page again."""
    for path in pages():
        text = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as home:
            path.write_text(rewritten(text, walk(text, Path(home))), encoding="utf-8")


if __name__ == "__main__":
    main()
