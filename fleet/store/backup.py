# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One file with all of an embedded installation at one moment, and a new home made from it.

The file is a ``tar`` compressed with ``zstd``: a note of what it is, the store, the attachments,
the keys. It has our signing key: it is a secret, unlike a bundle. The keys of people's names are
left out unless asked for, in the store too.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import msgspec
import zstandard

from fleet.errors import BadInput, NotFound, StoreUnavailable, UsageError
from fleet.i18n import _
from fleet.store.attachments import Attachments
from fleet.store.files import finish, new_file, private_folder, publish_new, sync_folder
from fleet.store.journal import Journal, stamp_text
from fleet.store.keys import FOLDER

FORMAT = "parclibre-backup-1"
_NOTE, _STORE = "backup.json", "journal.db"
_ATTACHMENTS = "attachments/"
_NEEDED = (_STORE, f"{FOLDER}/replica", f"{FOLDER}/replica.pub")
_PEOPLE = "people."
_KEY_FILE = re.compile(rf"{FOLDER}/(?:replica|people)\.?[a-z.]*")
_ATTACHMENT = re.compile(_ATTACHMENTS + r"(?P<digest>[0-9a-f]{64})")
_NOTE_BYTES = 64 * 1024
_CHUNK = 1024 * 1024


class BackupNote(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup file says of itself. ``replica``: the installation; ``created``: UTC."""

    format: str
    replica: str
    created: str
    attachments: int
    people_keys: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A file to put in the backup under a name of its own."""

    name: str
    path: Path


def write_backup(
    journal: Journal, home: Path, store: Attachments, target: Path, *, people_keys: bool
) -> BackupNote:
    """Write all of an embedded installation to a new 0600 file, in one step.

    Raises UsageError when the file exists, StoreUnavailable when it cannot be written.
    """
    if target.exists():
        raise _exists(target)
    with _writing(target), tempfile.TemporaryDirectory(prefix=".backup-", dir=home) as name:
        keys = _copy_at_one_moment(journal, home, Path(name), people_keys=people_keys)
        papers = [_Part(name=_ATTACHMENTS + d, path=store.path(d)) for d in store.digests()]
        note = BackupNote(
            format=FORMAT,
            replica=journal.replica,
            created=stamp_text(journal.now()),
            attachments=len(papers),
            people_keys=people_keys,
        )
        with new_file(target.parent) as (file, temporary):
            copy = _Part(name=_STORE, path=Path(name) / _STORE)
            _pack(file, note, [copy, *papers, *keys])
            finish(file)
            publish_new(temporary, target)
    return note


def restore_backup(source: Path, home: Path) -> BackupNote:
    """Make an installation in an absent or empty folder from a backup, whole or not at all.

    Raises UsageError when something is in the folder, NotFound and BadInput for the file,
    StoreUnavailable when the folder cannot be written.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise UsageError(
            _("{path} is not an empty folder: it is left as it is.").format(path=home),
            hint=_("Choose another one: PARCLIBRE_HOME=FOLDER parclibre backup restore FILE"),
        )
    home = home.resolve()  # a link to an empty folder is as good as the folder
    with _writing(home):
        home.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".restored-", dir=home.parent))
        try:
            note = _unpack(source, made)
            made.rename(home)
            sync_folder(home.parent)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return note


# --- writing ------------------------------------------------------------------------------------


def _copy_at_one_moment(
    journal: Journal, home: Path, folder: Path, *, people_keys: bool
) -> list[_Part]:
    """Copy the store and the keys while nobody writes; attachments only ever grow."""
    keys = private_folder(folder / FOLDER)
    with journal.write():
        for path in sorted((home / FOLDER).iterdir()):
            if path.name[0] != "." and (people_keys or not path.name.startswith(_PEOPLE)):
                shutil.copyfile(path, keys / path.name)
        _copy_store(journal, folder / _STORE, people_keys=people_keys)
    return [_Part(name=f"{FOLDER}/{path.name}", path=path) for path in sorted(keys.iterdir())]


def _copy_store(journal: Journal, target: Path, *, people_keys: bool) -> None:
    with (
        closing(journal.engine.raw_connection()) as reader,
        closing(sqlite3.connect(target)) as copy,
    ):
        reader.driver_connection.backup(copy)  # type: ignore[union-attr]
        copy.execute("PRAGMA journal_mode=DELETE")
        if not people_keys:
            copy.execute("DELETE FROM person_keys")
            copy.commit()
            copy.execute("VACUUM")


def _pack(file: BinaryIO, note: BackupNote, parts: list[_Part]) -> None:
    raw = msgspec.json.encode(note)
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    with (
        compressor.stream_writer(file, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT) as archive,
    ):
        _add(archive, _NOTE, len(raw), io.BytesIO(raw))
        for part in parts:
            with part.path.open("rb") as content:
                _add(archive, part.name, os.fstat(content.fileno()).st_size, content)


def _add(archive: tarfile.TarFile, name: str, size: int, content: BinaryIO) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    archive.addfile(member, content)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise StoreUnavailable(
            _("{path} cannot be written: {why}.").format(path=path, why=error.strerror or error),
            hint=_("Check the folder, its free space and your rights, then do it again."),
        ) from error


def _exists(path: Path) -> UsageError:
    return UsageError(
        _("{path} exists already and is left as it is.").format(path=path),
        hint=_("Choose another file name."),
    )


# --- reading ------------------------------------------------------------------------------------


def _unpack(source: Path, folder: Path) -> BackupNote:
    try:
        file = source.open("rb")
    except OSError as error:
        raise NotFound(
            _("There is no file {path}.").format(path=source), hint=_("Check its name and folder.")
        ) from error
    try:
        with (
            file,
            zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream,
            tarfile.open(fileobj=stream, mode="r|") as archive,
        ):
            note = _lay_out(archive, folder)
            while stream.read(_CHUNK):
                pass  # the checksum is at the very end
            return note
    except (zstandard.ZstdError, tarfile.TarError, EOFError, msgspec.DecodeError) as error:
        raise _not_a_backup() from error


def _lay_out(archive: tarfile.TarFile, folder: Path) -> BackupNote:
    """Only plain files of the names that we write are understood: no path to be tricked with."""
    note = _read_note(archive)
    names = {_NOTE}
    while (member := archive.next()) is not None:
        content = archive.extractfile(member) if member.isreg() else None
        if content is None or member.name in names:
            raise _not_a_backup()
        names.add(member.name)
        found = _ATTACHMENT.fullmatch(member.name)
        if found is not None:
            digest = found["digest"]
            _copy_out(content, folder / _ATTACHMENTS / digest[:2] / digest, digest)
        elif member.name == _STORE or _KEY_FILE.fullmatch(member.name):
            _copy_out(content, folder / member.name)
        else:
            raise _not_a_backup()
    papers = sum(name.startswith(_ATTACHMENTS) for name in names)
    if not names.issuperset(_NEEDED) or papers != note.attachments:
        raise _not_a_backup()
    return note


def _read_note(archive: tarfile.TarFile) -> BackupNote:
    member = archive.next()
    if member is None or member.name != _NOTE or not member.isreg() or member.size > _NOTE_BYTES:
        raise _not_a_backup()
    content = archive.extractfile(member)
    note = msgspec.json.decode(content.read() if content else b"", type=BackupNote)
    if note.format != FORMAT:
        raise _not_a_backup()
    return note


def _copy_out(content: IO[bytes], path: Path, digest: str | None = None) -> None:
    private_folder(path.parent)
    hashed = hashlib.sha256()
    with new_file(path.parent) as (file, temporary):
        while chunk := content.read(_CHUNK):
            hashed.update(chunk)
            file.write(chunk)
        finish(file)
        temporary.rename(path)
    if digest is not None and hashed.hexdigest() != digest:
        raise _not_a_backup()


def _not_a_backup() -> BadInput:
    return BadInput(
        _("This file is not a backup of ParcLibre, or it is damaged: nothing was restored."),
        hint=_("Give a file written by « parclibre backup --output FILE »."),
    )
