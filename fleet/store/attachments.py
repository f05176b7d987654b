# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attachments: raw reports, photos, papers, kept as files named by their SHA-256."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import NotFound, StoreDamaged
from fleet.i18n import _
from fleet.store.files import finish, new_file, private_folder, sync_folder

DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """An attachment that is not what its name says. ``found`` is the digest of its bytes."""

    digest: str
    found: str | None


class Attachments:
    """A folder of content-addressed files: ``ab/abcdef...``."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_folder(folder)

    def put(self, data: bytes) -> str:
        """Keep the bytes durably and return their digest."""
        digest = hashlib.sha256(data).hexdigest()
        if not self.has(digest):
            with new_file(self.folder) as (file, temporary):
                file.write(data)
                finish(file)
                self.adopt(temporary, digest)
        return digest

    def adopt(self, path: Path, digest: str) -> None:
        """Take over a synced file of the same file system, whose digest was checked."""
        target = self.path(digest)
        if not target.parent.is_dir():
            private_folder(target.parent)
            sync_folder(self.folder)
        path.rename(target)
        sync_folder(target.parent)

    def get(self, digest: str) -> bytes:
        """Return the bytes. Raises NotFound, and StoreDamaged when they were altered."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                _("The attachment {digest} is not in this store.").format(digest=digest),
                hint=_("Import a bundle that holds it."),
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise _altered(digest)
        return data

    def has(self, digest: str) -> bool:
        """Tell whether a file of that name is here; its bytes are checked when read."""
        return self.path(digest).is_file()

    def size(self, digest: str) -> int:
        """Return the file's size in bytes."""
        return self.path(digest).stat().st_size

    def discard(self, digest: str) -> None:
        """Remove an attachment that no stored event names."""
        self.path(digest).unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Return where the file of that digest is or would be. Raises NotFound for a non-digest."""
        if not DIGEST.fullmatch(digest):
            raise NotFound(
                _("{digest!r} does not name an attachment.").format(digest=digest),
                hint=_("An attachment's name is 64 hexadecimal digits."),
            )
        return self.folder / digest[:2] / digest

    def digests(self) -> Iterator[str]:
        """Yield the digests of all attachments, in order."""
        for path in sorted(self.folder.glob("??/*")):
            if DIGEST.fullmatch(path.name):
                yield path.name

    def verify_all(self) -> Iterator[Damage]:
        """Yield every attachment whose bytes are not those of its name."""
        for digest in self.digests():
            found = _digest_of(self.path(digest))
            if found != digest:
                yield Damage(digest=digest, found=found)


def _digest_of(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()


def _altered(digest: str) -> StoreDamaged:
    return StoreDamaged(
        _("The attachment {digest} was altered: its bytes have another digest.").format(
            digest=digest
        ),
        hint=_("Restore this file from a backup, or import a bundle that holds it."),
    )
