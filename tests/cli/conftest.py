# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of typed commands share: somebody at a desk, with a store and its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.store.keys import ReplicaKey, open_replica_key
from tests.cli.command_line import Typist


@pytest.fixture
def desk(tmp_path: Path) -> Typist:
    """A person whose store was just made."""
    person = Typist(tmp_path / "desk")
    person.types("init", "--name", "Atelier")
    return person


@pytest.fixture
def key(desk: Typist) -> ReplicaKey:
    """The key with which that store signs."""
    return open_replica_key(desk.home)
