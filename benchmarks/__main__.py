# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks [SECTION...] [--quick]``: measures and prints.

At full size the figures go to ``results.json`` and to the README's tables.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import (
    append,
    audit,
    console,
    documents,
    handlers,
    openings,
    postgresql,
    queries,
    rebuild,
    report,
)
from benchmarks.measure import Figure, Plan
from benchmarks.simulate import tell_on_stderr

SECTIONS: Mapping[str, Callable[[Plan], Iterator[Figure]]] = {
    "append": append.run,
    "rebuild": rebuild.run,
    "queries": queries.run,
    "console": console.run,
    "openings": openings.run,
    "audit": audit.run,
    "bench": handlers.run,
    "documents": documents.run,
    "postgresql": postgresql.run,
}
QUICK = {
    "machines": 300,
    "small": 30,
    "appends": 2_000,
    "singles": 60,
    "repeats": 3,
    "tours": 1,
    "starts": 1,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure the sections asked for; the exit status says whether every target was met."""
    chosen = _parser().parse_args(arguments)
    plan = _plan(chosen)
    plan.cache.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    for section in chosen.section or SECTIONS:
        for figure in SECTIONS[section](plan):
            print(report.line(figure), flush=True)
            figures.append(figure)
    full_size = not chosen.quick and chosen.machines is None
    if chosen.keep or full_size:
        report.write_readme(report.keep(figures))
    return 1 if any(figure.met is False for figure in figures) and not chosen.quick else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("section", nargs="*", choices=[[], *SECTIONS], default=[])
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that all runs")
    parser.add_argument("--machines", type=int, help="size of the simulated fleet")
    parser.add_argument("--cache", type=Path, default=_cache(), help="where simulated stores stay")
    parser.add_argument("--keep", action="store_true", help="write the tables, whatever the size")
    return parser


def _plan(chosen: argparse.Namespace) -> Plan:
    sizes = dict(QUICK) if chosen.quick else {}
    if chosen.machines is not None:
        sizes["machines"] = chosen.machines
    return Plan(cache=chosen.cache, tell=tell_on_stderr, **sizes)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "parclibre-benchmarks"


if __name__ == "__main__":
    sys.exit(main())
