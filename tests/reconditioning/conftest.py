# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the bench share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reconditioning.bench_machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing in it yet."""
    return Machine(tmp_path)
