# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attachments are what their name says, or are named as damaged."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from fleet.errors import NotFound, StoreDamaged
from fleet.store.attachments import Attachments


@pytest.fixture
def store(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path / "attachments")


def test_what_was_put_is_got_back_by_its_sha256(store: Attachments) -> None:
    digest = store.put(b"raw report")

    assert digest == hashlib.sha256(b"raw report").hexdigest()
    assert store.get(digest) == b"raw report"
    assert store.has(digest)
    assert store.path(digest) == store.folder / digest[:2] / digest


def test_only_the_owner_may_read_files_and_folders(store: Attachments) -> None:
    path = store.path(store.put(b"raw report"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_putting_twice_keeps_one_file_and_no_leftover(store: Attachments) -> None:
    store.put(b"raw report")
    store.put(b"raw report")

    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


def test_one_flipped_byte_is_found_and_named(store: Attachments) -> None:
    good, bad = store.put(b"good"), store.put(b"bad report")
    store.path(bad).write_bytes(b"bad rEport")

    with pytest.raises(StoreDamaged, match=bad):
        store.get(bad)
    damages = list(store.verify_all())
    assert [damage.digest for damage in damages] == [bad]
    assert damages[0].found == hashlib.sha256(b"bad rEport").hexdigest()
    assert store.get(good) == b"good"


def test_absent_attachment_is_not_found(store: Attachments) -> None:
    with pytest.raises(NotFound, match="0" * 64):
        store.get("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_name_that_is_no_digest_never_becomes_a_path(store: Attachments, name: str) -> None:
    with pytest.raises(NotFound):
        store.has(name)
