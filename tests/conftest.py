# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test may ask for: the repository's root, and a private PostgreSQL."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from fleet.i18n import set_language
from tests.postgresql import PostgresServer, find_programs

# A busy machine is not a bug: pytest-timeout ends what hangs.
settings.register_profile("parclibre", deadline=None, print_blob=True)
settings.load_profile("parclibre")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test's store: no test sees the user's, nor another test's."""
    home = tmp_path / "parclibre-home"
    monkeypatch.setenv("PARCLIBRE_HOME", str(home))
    monkeypatch.delenv("PARCLIBRE_STORE", raising=False)
    return home


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test starts in the source's language, whatever the one before spoke."""
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def tracked_files(repository: Path) -> tuple[Path, ...]:
    """The files of the checkout that git tracks, deleted ones left out."""
    # The checkout may belong to another account than the one that runs the tests.
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={repository}", "ls-files", "-z"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (repository / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A private PostgreSQL server of this test process, stopped and erased at the end."""
    programs = find_programs()
    if programs is None:
        reason = "PostgreSQL's server programs are missing: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with PostgresServer.started(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database, dropped after the test."""
    with postgres_server.database() as url:
        yield url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use PostgreSQL, and skip those that need root without it."""
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker("postgresql")
        if item.get_closest_marker("root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="needs root: sudo make test"))
