# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures as a table, as ``results.json``, and in the README between its markers."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.measure import Figure

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
README = FOLDER / "README.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"
_HEADINGS = ("figure", "ours", "against", "ratio", "target", "met")


class Run(msgspec.Struct, kw_only=True):
    """Figures of one section, when and where they were taken."""

    on: str
    machine: str
    figures: list[Figure]


def this_machine() -> str:
    """Return the class of this computer, without its name."""
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} shared cores {platform.machine()}, {platform.system()}, {versions}"


def keep(figures: Iterable[Figure]) -> dict[str, Run]:
    """Replace the sections measured now in the kept results; returns all of them."""
    kept: dict[str, Run] = {}
    if RESULTS.exists():
        kept = msgspec.json.decode(RESULTS.read_bytes(), type=dict[str, Run])
    fresh: dict[str, list[Figure]] = {}
    for figure in figures:
        fresh.setdefault(figure.section, []).append(figure)
    on = datetime.now(UTC).strftime("%Y-%m-%d")
    for section, found in fresh.items():
        kept[section] = Run(on=on, machine=this_machine(), figures=found)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")
    return kept


def write_readme(runs: dict[str, Run]) -> None:
    """Put the tables of all sections in the README."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    after = rest.split(_END)[1]
    tables = "\n".join(_section(name, run) for name, run in runs.items())
    README.write_text(f"{before}{_BEGIN}{tables}{_END}{after}", encoding="utf-8")


def _section(name: str, run: Run) -> str:
    return f"## {name}\n\n{run.on}, {run.machine}\n\n{markdown(run.figures)}\n"


def markdown(figures: Sequence[Figure]) -> str:
    """Return figures as a Markdown table."""
    lines = [_HEADINGS, ("---",) * 6, *(_cells(figure) for figure in figures)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def line(figure: Figure) -> str:
    """Return a figure as one line of plain text."""
    name, ours, against, ratio, target, met = _cells(figure)
    return f"{figure.section:10} {name:52} {ours:>14} {against:>14} {ratio:>7}  {met:3} {target}"


def _cells(figure: Figure) -> tuple[str, ...]:
    against = "" if figure.against is None else f"{_number(figure.against)} {figure.unit}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    met = {True: "yes", False: "NO", None: ""}[figure.met]
    ours = f"{_number(figure.value)} {figure.unit}"
    return (figure.name, ours, against, ratio, figure.target, met)


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"
