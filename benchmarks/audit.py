# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole audit of a year on the large town, against SQL written by hand for its main figures.

The audit runs in a process of its own, whose memory is measured. Answers that both give are
compared first. What SQL by hand leaves out (exact medians, survival, lists of machines, carbon) the
audit does in the same time.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, Plan

YEAR = 2024
TARGET_S, TARGET_MB = 10.0, 500.0
BY_HAND = Path(__file__).parent / "audit.sql"


def run(plan: Plan) -> Iterator[Figure]:
    """Audit the large store, and ask it by hand."""
    home = plan.store()
    found = [_child(home) for _turn in range(3)]
    by_hand = min(_by_hand(home, found[0]["figures"]) for _turn in range(3))
    took = sorted(one["seconds"] for one in found)[1]
    memory = max(one["peak_mb"] for one in found)
    yield Figure(
        section="audit", name=f"whole audit, {plan.machines} machines", value=took, unit="s",
        against=by_hand, ratio=by_hand / took, target=f"under {TARGET_S:.0f} s for 100 000",
        met=took < TARGET_S,
    )  # fmt: skip
    yield Figure(
        section="audit", name="memory of its process, at most", value=memory, unit="MB",
        target=f"under {TARGET_MB:.0f} MB", met=memory < TARGET_MB,
    )  # fmt: skip


def _child(home: Path) -> dict[str, Any]:
    """Return what the child process measured."""
    asked = [sys.executable, "-m", "benchmarks.audit_child", str(home), str(YEAR)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _by_hand(home: Path, ours: dict[str, int]) -> float:
    """Return how long SQL takes. Raises AssertionError when the answers differ."""
    parameters = {"day": f"{YEAR}-12-31", "first": f"{YEAR}-01-01"}
    took = 0.0
    with closing(sqlite3.connect(home / "journal.db", isolation_level=None)) as plain:
        plain.execute("PRAGMA cache_size=-48000")
        for key, sql in statements():
            began = time.perf_counter()
            rows = plain.execute(sql, parameters).fetchall()
            took += time.perf_counter() - began
            assert key == "-" or (rows[0][0] or 0) == (ours.get(key) or 0), key
    return took


def statements() -> Iterator[tuple[str, str]]:
    """Yield the statements by hand and the figures that they must equal."""
    for one in BY_HAND.read_text("utf-8").split("-- name: ")[1:]:
        name, _line, sql = one.partition("\n")
        yield name, sql
