# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a test types it: in this process, on a real store."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.cli.main import main

SHEETS = Path(__file__).parent.parent / "fixtures" / "sheets"
REPORTS = Path(__file__).parent.parent / "fixtures" / "reports"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command returned and printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Typist:
    """Types commands in one store, as one person."""

    def __init__(self, home: Path, *, name: str = "Camille B.", language: str = "C") -> None:
        self.home = home
        self.environ = {
            "PARCLIBRE_HOME": str(home),
            "PARCLIBRE_OPERATOR": name,
            "LANG": language,
            "PATH": os.environ["PATH"],
        }

    def types(self, *words: object, answer: str | None = None, scans: str = "") -> Said:
        """Run a command; with ``answer``, a person sits at the terminal and types it. ``scans``
        is what a barcode reader types.
        """
        person = answer is not None
        stdin = Terminal(f"{answer}\n") if person else io.StringIO(scans)
        out, err = io.StringIO(), Terminal() if person else io.StringIO()
        typed = [str(word) for word in words]
        status = main(typed, environ=self.environ, stdin=stdin, stdout=out, stderr=err)
        return Said(status=status, out=out.getvalue(), err=err.getvalue())
