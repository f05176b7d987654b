# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real installations for tests: folders, keys, SQLite stores, and bundles between them."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.store.attachments import Attachments
from fleet.store.bundle import ExportChoice, export_bundle
from fleet.store.bundle_format import Limits
from fleet.store.bundle_import import ImportReport, import_bundle
from fleet.store.engine import open_engine
from fleet.store.journal import Draft, Journal
from fleet.store.keys import ReplicaKey, open_replica_key
from fleet.store.rehome import Rehomed, finish_rehome, rehome
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events
from fleet.store.trust import revocation, trusting

_numbers = itertools.count(1)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class Installation:
    """One installation in a folder of its own."""

    home: Path
    key: ReplicaKey
    journal: Journal
    store: Attachments = field(init=False)

    def __post_init__(self) -> None:
        self.store = Attachments(self.home / "attachments")

    @classmethod
    def at(cls, home: Path, url: str | None = None) -> Installation:
        home.mkdir(exist_ok=True)
        engine = open_engine(url or f"sqlite:///{home}/journal.sqlite")
        key = finish_rehome(engine, home)
        return cls(home=home, key=key, journal=Journal(engine, key.replica, now=lambda: NOW))

    @property
    def replica(self) -> str:
        return self.key.replica

    def say(self, subject: str, *bodies: k.Body) -> list[Event]:
        draft = Draft(
            subject=subject,
            body=bodies[0],
            author="operator:alix",
            act=f"act:{next(_numbers)}",
            at=NOW,
        )
        with self.journal.write() as writer:
            return writer.append([replace(draft, body=body) for body in bodies])

    def trust(self, *others: Installation) -> None:
        for other in others:
            self.say(other.replica, trusting(other.key.public_key))

    def revoke(self, other: Installation, last_seq: int | None = None) -> None:
        with self.journal.read() as connection:
            body = revocation(connection, other.replica, last_seq=last_seq)
        self.say(other.replica, body)

    def export(
        self,
        *,
        have: dict[str, tuple[int, str]] | None = None,
        only: Iterable[str] | None = None,
    ) -> Path:
        subjects = None if only is None else frozenset(only)
        choice = ExportChoice(have=have or {}, only_subjects=subjects)
        return self.export_to(self.home / f"{next(_numbers)}.tar.zst", choice)

    def export_to(self, target: Path, choice: ExportChoice | None = None) -> Path:
        export_bundle(self.journal, self.key, self.store, target, choice or ExportChoice())
        return target

    def import_(self, bundle: Path, limits: Limits | None = None) -> ImportReport:
        return import_bundle(self.journal, self.key, self.store, bundle, limits)

    def heads(self) -> dict[str, tuple[int, str]]:
        with self.journal.write() as writer:
            return {name: head for name, head in writer.heads().items() if head[0]}

    def events(self) -> list[Event]:
        query = SELECT_EVENTS.order_by(events.c.lamport, events.c.replica, events.c.seq)
        with self.journal.read() as connection:
            return [event_of(row) for row in connection.execute(query)]

    def chain(self, replica: str) -> list[Event]:
        return [event for event in self.events() if event.header.replica == replica]

    def event(self, replica: str, seq: int) -> Event:
        where = (events.c.replica == replica) & (events.c.seq == seq)
        with self.journal.read() as connection:
            return event_of(connection.execute(SELECT_EVENTS.where(where)).one())

    def rehome(self, common: int | None = None) -> Rehomed:
        done = rehome(self.journal, self.home, author="operator:alix", act="act:r", common=common)
        self.key = finish_rehome(self.journal.engine, self.home)
        return done

    def everything(self) -> tuple[object, ...]:
        """What a refused import must leave as it was: every row, every file."""
        with self.journal.read() as connection:
            rows = connection.execute(select(events).order_by(events.c.pos)).all()
        files = sorted(str(path) for path in self.store.folder.rglob("*") if path.is_file())
        return (tuple(map(tuple, rows)), tuple(sorted(self.heads().items())), tuple(files))

    def copied_to(self, home: Path) -> Installation:
        """A cloned stick: the same key, the same store."""
        with self.journal.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(self.home, home)
        return Installation.at(home)


def machine(number: int) -> str:
    """A machine id that reads well in a failure."""
    return f"machine:{number}"


def registered(number: int) -> k.MachineRegistered:
    return k.MachineRegistered(tag=f"PL-{number:05d}", kind="laptop")


def new_replica(folder: Path) -> ReplicaKey:
    """Only a key, for who is never heard."""
    folder.mkdir(exist_ok=True)
    return open_replica_key(folder)
