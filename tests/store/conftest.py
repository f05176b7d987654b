# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stores that the same tests run on: an SQLite file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.installations import Installation


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/journal.sqlite"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def desk(tmp_path: Path, store_url: str) -> Iterator[Installation]:
    """An installation on each kind of store."""
    one = Installation.at(tmp_path / "desk", store_url)
    yield one
    one.journal.close()
