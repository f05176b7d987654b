# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a bundle: what the receiver lacks, each chain up to an end its replica signed."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard
from sqlalchemy import Connection, and_, or_, select, update

from fleet.errors import StoreDamaged, StoreUnavailable, TrustRefused, UsageError
from fleet.i18n import _
from fleet.model.events import Event, body_digest, next_link
from fleet.store import sshsig
from fleet.store.attachments import Attachments
from fleet.store.bundle_format import (
    ATTACHMENTS,
    EVENTS,
    FORMAT,
    MANIFEST,
    SIGNATURE,
    ChainPart,
    Line,
    Manifest,
    Piece,
    head_message,
    named_digests,
)
from fleet.store.files import finish, new_file, publish_new
from fleet.store.journal import Journal, Writer, stamp_text
from fleet.store.keys import ReplicaKey
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import chain_heads, events, local
from fleet.store.sql import upsert
from fleet.store.trust import TrustView, link_at, read_statements, view_trust

_LEVEL = 9
_WINDOW_LOG = 22
_CHUNK = 1024 * 1024

Heads = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChoice:
    """What goes in. ``have``: the receiver's heads; ``only_subjects``: whose bodies are shown."""

    have: Heads = field(default_factory=dict)
    only_subjects: frozenset[str] | None = None

    def shows(self, event: Event, view: TrustView) -> bool:
        """Tell whether the body goes along. Trust events always do; after a revocation none."""
        last_good = view.last_good(event.header.replica)
        if last_good is not None and event.header.seq > last_good:
            return False
        chosen = self.only_subjects is None or event.subject in self.only_subjects
        return chosen or event.subject.startswith("replica:")


def export_bundle(
    journal: Journal, key: ReplicaKey, store: Attachments, target: Path, choice: ExportChoice
) -> Manifest:
    """Write a bundle file in one step and return its manifest.

    Raises UsageError when the file exists, TrustRefused when we were revoked or a chain of the
    receiver is a fork of ours, StoreDamaged when our own store does not verify.
    """
    if target.exists():
        raise _exists(target)
    view = _sign_own_head(journal, key)
    with (
        journal.read() as connection,
        tempfile.TemporaryDirectory(prefix=".export-", dir=store.folder) as name,
    ):
        parts = tuple(_parts(connection, choice.have))
        lines = _EventsFile(Path(name) / EVENTS, parts, store)
        lines.write(connection, choice, view)
        manifest = Manifest(
            format=FORMAT,
            exporter=key.replica,
            created=stamp_text(journal.now()),
            chains=parts,
            count=lines.count,
            events=lines.piece(),
            attachments=tuple(Piece(d, store.size(d)) for d in sorted(lines.digests)),
            only_subjects=_sorted(choice.only_subjects),
        )
        _publish(manifest, lines.path, key, store, target)
    return manifest


def read_known_heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Return the chain ends known here: the ``have`` to give to whoever exports for us."""
    query = select(chain_heads.c.replica, chain_heads.c.seq, chain_heads.c.link)
    return {row.replica: (row.seq, row.link) for row in connection.execute(query)}


def _sign_own_head(journal: Journal, key: ReplicaKey) -> TrustView:
    """Sign our chain's end, note it as published, and return whom we trust."""
    with journal.write() as writer:
        statements = read_statements(writer.connection)
        view = view_trust(journal.replica, key.public_key, statements)
        view.sender_key(key.replica)
        seq, link = writer.heads().get(key.replica, (0, ""))
        if seq:
            message = head_message(key.replica, seq, link)
            keep_signed_head(
                writer, key.replica, seq, link, key.sign(message, sshsig.HEAD_NAMESPACE)
            )
            published = {"name": published_name(key.replica), "value": str(seq)}
            upsert(writer.connection, local, ("name",), [published])
    return view


def published_name(replica: str) -> str:
    """Return the entry of ``local`` with the last seq exported (PostgreSQL serves several)."""
    return f"published_seq:{replica}"


def keep_signed_head(writer: Writer, replica: str, seq: int, link: str, signature: str) -> None:
    """Keep a replica's own word on its chain's end, to relay it; an older word is ignored."""
    older = or_(chain_heads.c.signed_seq.is_(None), chain_heads.c.signed_seq <= seq)
    writer.connection.execute(
        update(chain_heads)
        .where(chain_heads.c.replica == replica, older)
        .values(signed_seq=seq, signed_link=link, signature=signature)
    )


def _parts(connection: Connection, have: Heads) -> Iterator[ChainPart]:
    query = select(chain_heads).where(chain_heads.c.signed_seq.is_not(None))
    for head in connection.execute(query.order_by(chain_heads.c.replica)).all():
        known_seq, known_link = have.get(head.replica, (0, None))
        if known_seq >= head.signed_seq:
            continue
        link = link_at(connection, head.replica, known_seq)
        if known_link is not None and link != known_link:
            raise fork(head.replica, None)
        yield ChainPart(
            replica=head.replica,
            first_seq=known_seq + 1,
            previous_link=link or "",
            last_seq=head.signed_seq,
            last_link=head.signed_link,
            signature=head.signature,
        )


def fork(replica: str, common: int | None) -> TrustRefused:
    """Return the error of two chains under one replica id; they agree up to ``common``."""
    if common is None:
        agree = _("The two chains part somewhere before.")
        command = "parclibre replica rehome"
    else:
        agree = _("The two chains agree up to event {seq}.").format(seq=common)
        command = f"parclibre replica rehome --common {common}"
    return TrustRefused(
        _("Two installations write as {replica}: one is a copy or a restored backup.").format(
            replica=replica
        )
        + " "
        + agree,
        hint=_("On the copy, run: {command}; then trust its new id.").format(command=command),
    )


class _EventsFile:
    """``events.jsonl`` being written: checks our own chains on the way, counts what goes in."""

    def __init__(self, path: Path, parts: tuple[ChainPart, ...], store: Attachments) -> None:
        self.path = path
        self.count = 0
        self.digests: set[str] = set()
        self._parts = parts
        self._store = store
        self._digest = hashlib.sha256()
        self._links = {part.replica: part.previous_link for part in parts}

    def write(self, connection: Connection, choice: ExportChoice, view: TrustView) -> None:
        """Write the events of all parts in causal order."""
        with self.path.open("xb") as file:
            for event in _events_of(connection, self._parts):
                self._verify(event)
                shown = event.body is not None and choice.shows(event, view)
                raw = _line(event, shown=shown)
                file.write(raw)
                self._digest.update(raw)
                self.count += 1
                if shown:
                    named = named_digests(event.subject, event.body)
                    self.digests.update(digest for digest in named if self._store.has(digest))

    def piece(self) -> Piece:
        """Return the finished file's digest and size."""
        return Piece(self._digest.hexdigest(), self.path.stat().st_size)

    def _verify(self, event: Event) -> None:
        header = event.header
        link = next_link(self._links[header.replica], header)
        told = event.body is None or body_digest(event.salt, event.body) == header.body_digest
        if link != event.link or not told:
            raise StoreDamaged(
                _("Event {seq} of {replica} was altered in this store.").format(
                    seq=header.seq, replica=header.replica
                ),
                hint=_("Run « journal verify », then restore the store from a backup."),
            )
        self._links[header.replica] = link


def _events_of(connection: Connection, parts: tuple[ChainPart, ...]) -> Iterator[Event]:
    wanted = [
        and_(events.c.replica == part.replica, events.c.seq.between(part.first_seq, part.last_seq))
        for part in parts
    ]
    if not wanted:
        return
    order = (events.c.lamport, events.c.replica, events.c.seq)
    query = SELECT_EVENTS.where(or_(*wanted)).order_by(*order)
    for row in connection.execution_options(yield_per=1000).execute(query):
        yield event_of(row)


def _line(event: Event, *, shown: bool) -> bytes:
    body = event.body.decode() if shown and event.body is not None else None
    salt = event.salt if shown else ""
    return (
        msgspec.json.encode(Line(header=event.header, link=event.link, salt=salt, body=body))
        + b"\n"
    )


def _publish(
    manifest: Manifest, events_file: Path, key: ReplicaKey, store: Attachments, target: Path
) -> None:
    """Write the file beside its place, then put it there; never over another file."""
    try:
        with new_file(target.parent) as (file, temporary):
            _write_archive(file, manifest, events_file, key, store)
            finish(file)
            publish_new(temporary, target)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError as error:
        raise StoreUnavailable(
            _("The bundle cannot be written: {error}.").format(error=error),
            hint=_("Check the folder, its free space and your rights, then export again."),
        ) from error


def _write_archive(
    file: BinaryIO, manifest: Manifest, events_file: Path, key: ReplicaKey, store: Attachments
) -> None:
    raw = msgspec.json.encode(manifest)
    signature = key.sign(raw, sshsig.BUNDLE_NAMESPACE).encode("ascii")
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL, window_log=_WINDOW_LOG, write_checksum=True
    )
    compressor = zstandard.ZstdCompressor(compression_params=parameters)
    with (
        compressor.stream_writer(file, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.USTAR_FORMAT) as archive,
    ):
        _add(archive, MANIFEST, len(raw), io.BytesIO(raw))
        _add(archive, SIGNATURE, len(signature), io.BytesIO(signature))
        with events_file.open("rb") as lines:
            _add(archive, EVENTS, manifest.events.size, lines)
        for piece in manifest.attachments:
            # Read whole so that an altered attachment is found before it is sent.
            data = store.get(piece.digest)
            _add(archive, ATTACHMENTS + piece.digest, len(data), io.BytesIO(data))


def _add(archive: tarfile.TarFile, name: str, size: int, content: BinaryIO) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    archive.addfile(member, content)


def _sorted(subjects: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if subjects is None else tuple(sorted(subjects))


def _exists(target: Path) -> UsageError:
    return UsageError(
        _("{path} exists already and is left as it is.").format(path=target),
        hint=_("Choose another file name."),
    )
