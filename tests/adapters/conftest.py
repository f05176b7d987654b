# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One minimal Debian for every test that needs a root filesystem, and a tiny archive."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.adapters.apt import Apt, open_apt
from fleet.adapters.apt_sources import debian_sources
from fleet.adapters.bootstrap import base_names, bootstrap
from tests.adapters.tiny_archive import TinyArchive, new_archive, served

BASE_SUITE = "trixie"


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that the processes of one test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "rootfs"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def debian_apt(shared_folder: Path) -> Apt:
    """The APT of the suite of these tests, with the mirrors of this computer."""
    return open_apt(shared_folder / "cache", debian_sources(BASE_SUITE))


@pytest.fixture(scope="session")
def base(shared_folder: Path, debian_apt: Apt) -> Path:
    """A minimal Debian, made once; written by no test: it is a lower layer."""
    folder = shared_folder / "base"
    with (shared_folder / "base.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            debian_apt.refresh()
            list(debian_apt.download(debian_apt.resolve(base_names())))
            epoch = debian_apt.newest_release_epoch()
            list(bootstrap(debian_apt, folder, suite=BASE_SUITE, epoch=epoch))
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[TinyArchive]:
    """An empty archive, served."""
    with served(new_archive(tmp_path / "archive")) as tiny:
        yield tiny
        tiny.forget_key()
