# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports a bundle: everything is verified first, then written in one transaction."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, func, select, update

from fleet.errors import StoreUnavailable
from fleet.i18n import _
from fleet.model.events import Event
from fleet.store.attachments import Attachments
from fleet.store.bundle import keep_signed_head
from fleet.store.bundle_check import batches, check_bundle, known_events
from fleet.store.bundle_format import Limits, Line
from fleet.store.bundle_read import Unpacked, unpack
from fleet.store.engine import is_sqlite
from fleet.store.journal import ChainedEvent, Journal, Writer
from fleet.store.keys import ReplicaKey
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events, issues
from fleet.store.trust import read_statements, view_trust


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import changed: new events by replica, bodies filled in, what the inbox gained."""

    new_events: dict[str, int]
    filled_bodies: int
    machines: tuple[str, ...]
    new_issues: tuple[tuple[str, str], ...]
    new_attachments: int


def import_bundle(
    journal: Journal, key: ReplicaKey, store: Attachments, path: Path, limits: Limits | None = None
) -> ImportReport:
    """Verify a bundle wholly, then write it wholly.

    Raises BadInput, TrustRefused or NotFound with nothing written.
    """
    limits = limits or Limits()
    with journal.read() as connection:
        view = view_trust(journal.replica, key.public_key, read_statements(connection))
    with _staging(store) as folder, _taken_back_on_failure(store) as taken:
        unpacked = unpack(path, folder, view.sender_key, limits)
        with journal.write() as writer:
            check_bundle(writer.connection, journal.replica, key.public_key, unpacked, limits)
            _adopt(store, unpacked, taken)
            return _Merge(writer, unpacked, limits).run(len(taken))


@contextmanager
def _staging(store: Attachments) -> Iterator[Path]:
    try:
        with tempfile.TemporaryDirectory(prefix=".import-", dir=store.folder) as name:
            yield Path(name)
    except OSError as error:
        raise StoreUnavailable(
            _("The bundle cannot be laid out: {error}.").format(error=error),
            hint=_("Check the free space of PARCLIBRE_HOME, then import again."),
        ) from error


@contextmanager
def _taken_back_on_failure(store: Attachments) -> Iterator[list[str]]:
    """Give a list for the digests put in place; they go out again when the commit fails."""
    taken: list[str] = []
    try:
        yield taken
    except BaseException:
        for digest in taken:
            store.discard(digest)
        raise


def _adopt(store: Attachments, unpacked: Unpacked, taken: list[str]) -> None:
    """Put the bundle's attachments in place; a damaged one of ours is healed by the way."""
    for digest, path in unpacked.attachments.items():
        if not store.has(digest):
            taken.append(digest)
        store.adopt(path, digest)


class _Merge:
    """The writing of one checked bundle."""

    def __init__(self, writer: Writer, unpacked: Unpacked, limits: Limits) -> None:
        self._writer = writer
        self._connection = writer.connection
        self._unpacked = unpacked
        self._limits = limits
        self._new: Counter[str] = Counter()
        self._machines: set[str] = set()
        self._filled = 0

    def run(self, new_attachments: int) -> ImportReport:
        """Write events, missing bodies and signed heads; say what changed."""
        before = self._issues()
        for batch in batches(self._unpacked.events, self._limits):
            self._fill(batch)
            self._note(self._writer.merge([_chained(line) for line in batch]))
        for part in self._unpacked.manifest.chains:
            keep_signed_head(
                self._writer, part.replica, part.last_seq, part.last_link, part.signature
            )
        self._writer.projector.flush()
        return ImportReport(
            new_events=dict(self._new),
            filled_bodies=self._filled,
            machines=tuple(sorted(self._machines)),
            new_issues=tuple(sorted(self._issues() - before)),
            new_attachments=new_attachments,
        )

    def _note(self, merged: list[Event]) -> None:
        self._new.update(event.header.replica for event in merged)
        self._machines.update(e.subject for e in merged if e.subject.startswith("machine:"))

    def _fill(self, batch: list[Line]) -> None:
        """Give events known by their header only the bodies that this bundle shows."""
        known = known_events(self._connection, batch)
        places = [(line, (line.header.replica, line.header.seq)) for line in batch]
        missing = [line for line, at in places if at in known and not known[at][1] and line.body]
        filled = [self._fill_one(line) for line in missing]
        self._filled += len(filled)
        self._machines.update(e.subject for e in filled if e.subject.startswith("machine:"))
        self._writer.projector.refold_events(filled)
        if filled:
            self._announce()

    def _fill_one(self, line: Line) -> Event:
        where = (events.c.replica == line.header.replica) & (events.c.seq == line.header.seq)
        values = {"salt": line.salt, "body": line.body_bytes}
        self._connection.execute(update(events).where(where).values(values))
        return event_of(self._connection.execute(SELECT_EVENTS.where(where)).one())

    def _announce(self) -> None:
        """Raise the last arrival number, which other open programs watch for changes."""
        last = self._writer.last_pos()
        free: ColumnElement[int] | int = last + 1
        if not is_sqlite(self._connection):
            free = func.nextval(func.pg_get_serial_sequence(events.name, "pos"))
        self._connection.execute(update(events).where(events.c.pos == last).values(pos=free))

    def _issues(self) -> set[tuple[str, str]]:
        rows = self._connection.execute(select(issues.c.subject, issues.c.key))
        return {(subject, key) for subject, key in rows}


def _chained(line: Line) -> ChainedEvent:
    return ChainedEvent(header=line.header, link=line.link, salt=line.salt, body=line.body_bytes)
