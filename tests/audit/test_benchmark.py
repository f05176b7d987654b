# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's benchmark compares what it says it does, on a small simulated town."""

from __future__ import annotations

from pathlib import Path

from benchmarks import audit
from benchmarks.measure import Plan


def test_audit_and_sql_by_hand_agree_on_a_simulated_town(tmp_path: Path) -> None:
    plan = Plan(cache=tmp_path, tell=lambda line: None, machines=400)

    time_taken, memory = audit.run(plan)

    assert time_taken.against is not None and time_taken.met
    assert 0 < memory.value < audit.TARGET_MB
    assert [name for name, _sql in audit.statements()].count("-") == 4
