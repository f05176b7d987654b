# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody at a desk, for the tests that type ``parclibre audit``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import Typist


@pytest.fixture
def desk(tmp_path: Path) -> Typist:
    """A person whose store was just made."""
    person = Typist(tmp_path / "desk")
    person.types("init", "--name", "Atelier")
    return person
