# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private PostgreSQL server for tests: own data folder, own socket, no network port."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

# Debian keeps the server's programs out of PATH.
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
SUPERUSER = "parclibre"


def find_programs() -> Path | None:
    """Return the folder of ``initdb`` and ``pg_ctl``, newest version first, or None."""
    versions = sorted(DEBIAN_PROGRAMS.glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server, reached through the Unix socket in ``folder``."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @contextmanager
    def started(cls, programs: Path) -> Iterator[PostgresServer]:
        """Start a server for the length of the block; its data vanish with it."""
        # Socket paths are limited to 107 bytes: pytest's own folders are too deep.
        with tempfile.TemporaryDirectory(prefix="parclibre-pg-") as name:
            folder = Path(name)
            shutil.chown(folder, _account().pw_uid, _account().pw_gid)
            _create(programs, folder)
            try:
                yield cls(folder=folder)
            finally:
                _run(programs / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate")

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the SQLAlchemy URL of a new empty database, dropped after the block."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql+psycopg://{SUPERUSER}@/{name}?host={self.folder}"
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.folder), user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def _create(programs: Path, folder: Path) -> None:
    data = folder / "data"
    # A French ICU collation, so that an order left to the database differs from SQLite's.
    _run(
        programs / "initdb", "-D", data,
        "--username", SUPERUSER, "--auth", "trust", "--no-sync",
        "--encoding", "UTF8", "--locale", "C.UTF-8",
        "--locale-provider", "icu", "--icu-locale", "fr-FR",
    )  # fmt: skip
    _run(
        programs / "pg_ctl", "start", "-D", data, "--wait", "--timeout", "60",
        "--log", folder / "log",
        "--options", f"-k {folder} -c listen_addresses='' -c fsync=off",
    )  # fmt: skip


def _run(*command: str | Path) -> None:
    account = _account()
    subprocess.run(
        command,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=account.pw_uid,
        group=account.pw_gid,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        timeout=90,
    )


def _account() -> pwd.struct_passwd:
    """The account that runs the server: this one, or nobody for root, which it refuses."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
