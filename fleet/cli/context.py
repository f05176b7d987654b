# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every command is given: the store's opener, the environment, and where words go.

A command module exposes ``register(commands)``, which adds its parsers through
``fleet.cli.parser.command`` and names for each a function ``run(args, context) -> int`` that
returns the exit status. Expected failures are raised as FleetError and shown by ``main``.
stdout carries data (``say``, ``print_json``, ``print_table``); stderr carries the story
(``tell``).
"""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from fleet.cli import session
from fleet.output.jsonout import Shape
from fleet.output.safe import for_terminal, lines_for_terminal
from fleet.output.tables import table
from fleet.paths import home_folder, store_url
from fleet.services.live_clock import clock_of
from fleet.services.town import Town, open_town

Run = Callable[[Namespace, "Context"], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One run of the command line. ``operator`` is the name given by option, if any."""

    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    operator: str | None = None

    @property
    def home(self) -> Path:
        """The folder of the store, keys and attachments."""
        return home_folder(self.environ)

    @property
    def store_url(self) -> str:
        """The URL of the store."""
        return store_url(self.environ, self.home)

    @property
    def interactive(self) -> bool:
        """Whether a person can answer a question here."""
        return self.stdin.isatty() and self.stderr.isatty()

    def town(self) -> Town:
        """Open the store to read. Raises NotFound when there is none yet.

        On a live system the time is the machine's, or a person's: the town knows which.
        """
        town = open_town(self.home, self.store_url)
        clock = clock_of(self.environ)
        return town if clock is None else replace(town, clock=clock)

    def acting_town(self) -> Town:
        """Open the store to write, as the operator of ``--operator``, ``PARCLIBRE_OPERATOR`` or
        the session. Acts raise UsageError when there is none of them.
        """
        town = self.town()
        name = self.operator or self.environ.get("PARCLIBRE_OPERATOR")
        if name:
            return town.acting_as(name)
        return replace(town, operator=session.operator_id(self.home))

    def today(self) -> date:
        """Return today's date here."""
        return date.today()

    def say(self, text: str = "") -> None:
        """Print data on stdout, made safe for a terminal."""
        print(lines_for_terminal(text), file=self.stdout)

    def tell(self, text: str) -> None:
        """Print the story on stderr, made safe for a terminal."""
        print(lines_for_terminal(text), file=self.stderr)

    def print_json(self, shape: Shape, **values: Any) -> None:
        """Print a JSON document of a documented shape."""
        print(shape.document(**values), file=self.stdout)

    def print_table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table, cut to the width of the terminal when there is one."""
        width = shutil.get_terminal_size().columns if self.stdout.isatty() else None
        for line in table(header, rows, width=width):
            print(line, file=self.stdout)

    def ask(self, question: str) -> str:
        """Ask a person; the question goes to stderr. Returns what was typed, without spaces."""
        print(for_terminal(question), end=" ", file=self.stderr, flush=True)
        return self.stdin.readline().strip()
