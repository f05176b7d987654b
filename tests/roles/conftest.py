# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian in which roles are tried; see ``harness``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.paths import cache_folder
from tests.roles.harness import Chroot, open_chroot

_PATIENCE_S = 900


@pytest.fixture(scope="session")
def role_cache() -> Path:
    """The folder of the cached Debian and of its packages, which the next run finds again."""
    if chosen := os.environ.get("PARCLIBRE_TEST_CACHE"):
        return Path(chosen)
    return cache_folder(os.environ) / "roles"


@pytest.fixture
def below() -> tuple[Path, ...]:
    """The layers that a test stands on; a file overrides it."""
    return ()


@pytest.fixture
def chroot(role_cache: Path, tmp_path: Path, below: tuple[Path, ...]) -> Iterator[Chroot]:
    """A Debian for one test: fresh, or with the layers ``below``."""
    folder = tmp_path / "chroot"
    with open_chroot(role_cache, folder, above=below) as opened:
        yield opened
    # pytest keeps the folders of the last runs: a desktop each would fill the disk.
    shutil.rmtree(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let packages be installed on a busy machine: that is minutes, not the usual limit."""
    for item in items:
        if "role_cache" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(_PATIENCE_S), append=False)
