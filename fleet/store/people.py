# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People: a name and one contact, sealed with a key per person; a purge destroys the key.

The journal knows people by id only. After a purge the id, the role and the day stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, insert, or_, select, text, update

from fleet.errors import GuardRefused, NotFound
from fleet.i18n import _
from fleet.model.text import clean, fold
from fleet.store.retention import purge_date
from fleet.store.schema import people, person_keys
from fleet.store.seals import (
    KeyBackup,
    MasterKey,
    add_to_ledger,
    new_key,
    open_master_key,
    read_backup,
    read_ledger,
    seal,
    unseal,
    write_backup,
)


class Role(StrEnum):
    """Why a person is known here."""

    OPERATOR = "operator"
    HOLDER = "holder"
    BENEFICIARY = "beneficiary"
    DONOR = "donor"


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed."""

    name: str
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person to add. ``last_contact`` starts the time after which the name must go."""

    id: str
    role: Role
    name: str
    contact: str | None = None
    last_contact: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """Who was purged. ``traces_erased`` is False while another program holds the old pages."""

    purged: tuple[str, ...]
    on: date
    traces_erased: bool = False


class People:
    """The people tables of one store; every method works in the caller's transaction."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.master: MasterKey = open_master_key(home)

    def add(self, connection: Connection, person: Person) -> None:
        """Keep a person's name and contact, sealed."""
        key = new_key()
        identity = Identity(name=clean(person.name) or "", contact=clean(person.contact))
        sealed = seal(key, msgspec.json.encode(identity), f"name of {person.id}")
        wrapped = self.master.wrap(person.id, key)
        until = purge_date(person.role, person.last_contact)
        row = {"id": person.id, "role": person.role, "sealed": sealed, "purge_on": _iso(until)}
        connection.execute(insert(people).values(row))
        connection.execute(insert(person_keys).values(id=person.id, wrapped=wrapped))

    def keep(self, connection: Connection, person: Person) -> str | None:
        """Keep a person's name and contact in the place of what was known; returns the day of
        their purge (ISO), None for a role without one.
        """
        key = self._key(connection, person.id)
        if key is None:
            self.add(connection, person)
        else:
            self._seal_again(connection, key, person)
        return _iso(purge_date(person.role, person.last_contact))

    def _seal_again(self, connection: Connection, key: bytes, person: Person) -> None:
        identity = Identity(name=clean(person.name) or "", contact=clean(person.contact))
        sealed = seal(key, msgspec.json.encode(identity), f"name of {person.id}")
        until = purge_date(person.role, person.last_contact)
        changed = {"sealed": sealed, "purge_on": _iso(until)}
        connection.execute(update(people).where(people.c.id == person.id).values(changed))

    def identity_of(self, connection: Connection, person: str) -> Identity | None:
        """Return a name and contact, or None when purged or never known here."""
        row = connection.execute(select(people).where(people.c.id == person)).first()
        return None if row is None else self._open(connection, row)

    def name_of(self, connection: Connection, person: str) -> str | None:
        """Return a name, or None when purged or never known here."""
        identity = self.identity_of(connection, person)
        return None if identity is None else identity.name

    def is_known(self, connection: Connection, person: str) -> bool:
        """Tell whether a person was entered here, even when their name cannot be read any more."""
        query = select(people.c.id).where(people.c.id == person)
        return connection.execute(query).scalar() is not None

    def is_purged(self, connection: Connection, person: str) -> bool:
        """Tell whether a person was known here and their name destroyed since."""
        query = select(people.c.purged_on).where(people.c.id == person)
        return connection.execute(query).scalar() is not None

    def find_operator(self, connection: Connection, name: str) -> str | None:
        """Return the id of the operator of that name; case and accents do not count."""
        query = select(people).where(people.c.role == Role.OPERATOR, people.c.sealed.is_not(None))
        for row in connection.execute(query.order_by(people.c.id)):
            identity = self._open(connection, row)
            if identity is not None and fold(identity.name) == fold(clean(name) or ""):
                return str(row.id)
        return None

    def renew(self, connection: Connection, person: str, last_contact: date) -> None:
        """Count the keeping time from a newer contact with the person."""
        row = connection.execute(select(people).where(people.c.id == person)).first()
        if row is None or row.purged_on is not None:
            raise _unknown(person)
        until = purge_date(row.role, last_contact)
        connection.execute(update(people).where(people.c.id == person).values(purge_on=_iso(until)))

    def purge_due(self, connection: Connection, today: date) -> PurgeReport:
        """Purge every name whose time is over, and those purged before in an older store."""
        alive = or_(people.c.purged_on.is_(None), people.c.sealed.is_not(None))
        rows = connection.execute(select(people.c.id, people.c.purge_on).where(alive)).all()
        ledger = read_ledger(self.home)
        due = [
            row.id
            for row in rows
            if row.id in ledger or (row.purge_on is not None and row.purge_on <= today.isoformat())
        ]
        return self.purge(connection, due, today)

    def purge(self, connection: Connection, persons: Iterable[str], today: date) -> PurgeReport:
        """Destroy the keys and empty the sealed fields of persons (a person may ask for it)."""
        chosen = tuple(sorted(persons))
        add_to_ledger(self.home, {person: today.isoformat() for person in chosen})
        days = read_ledger(self.home)
        for person in chosen:
            emptied = {"sealed": None, "purge_on": None, "purged_on": days[person]}
            connection.execute(update(people).where(people.c.id == person).values(emptied))
            connection.execute(delete(person_keys).where(person_keys.c.id == person))
        return PurgeReport(purged=chosen, on=today)

    def backup_keys(self, connection: Connection, path: Path) -> None:
        """Write the persons' keys to a file of their own, to be kept apart from the store's."""
        rows = connection.execute(select(person_keys)).all()
        keys = {row.id: self.master.unwrap(row.id, row.wrapped) for row in rows}
        write_backup(path, KeyBackup(keys=keys, purges=self._purges(connection)))

    def restore_keys(self, connection: Connection, path: Path, today: date) -> PurgeReport:
        """Bring back keys from a backup, then replay all purges known here or due by today."""
        backup = read_backup(path)
        add_to_ledger(self.home, {**backup.purges, **self._purges(connection)})
        rows = connection.execute(select(people.c.id).where(people.c.sealed.is_not(None)))
        for person in [row.id for row in rows if row.id in backup.keys]:
            wrapped = self.master.wrap(person, backup.keys[person])
            connection.execute(delete(person_keys).where(person_keys.c.id == person))
            connection.execute(insert(person_keys).values(id=person, wrapped=wrapped))
        return self.purge_due(connection, today)

    def seal_attachment(self, connection: Connection, person: str, data: bytes) -> bytes:
        """Return a paper that bears the person's name, readable until the purge."""
        key = self._key(connection, person)
        if key is None:
            raise _unknown(person)
        return seal(key, data, f"paper of {person}")

    def open_attachment(self, connection: Connection, person: str, sealed: bytes) -> bytes:
        """Return a sealed paper. Raises GuardRefused after the purge."""
        key = self._key(connection, person)
        if key is None:
            raise GuardRefused(
                _("This paper cannot be opened any more: the name it bears was purged."),
                hint=_("What it proves stays in the journal, without the name."),
            )
        return unseal(key, sealed, f"paper of {person}")

    def _open(self, connection: Connection, row: Row[tuple[object, ...]]) -> Identity | None:
        key = self._key(connection, row.id)
        if row.sealed is None or key is None:
            return None
        return msgspec.json.decode(unseal(key, row.sealed, f"name of {row.id}"), type=Identity)

    def _key(self, connection: Connection, person: str) -> bytes | None:
        query = select(person_keys.c.wrapped).where(person_keys.c.id == person)
        wrapped = connection.execute(query).scalar()
        return None if wrapped is None else self.master.unwrap(person, wrapped)

    def _purges(self, connection: Connection) -> dict[str, str]:
        query = select(people.c.id, people.c.purged_on).where(people.c.purged_on.is_not(None))
        return {row.id: row.purged_on for row in connection.execute(query)}


def erase_traces(engine: Engine) -> bool:
    """Drop the old pages that still hold purged bytes; False when a reader keeps them for now.

    SQLite overwrites freed cells (``secure_delete``); its write-ahead log is emptied here.
    PostgreSQL rewrites both tables; its own WAL and backups age out by the server's settings.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL people, person_keys"))
        return True
    with engine.connect().execution_options(parclibre_write=True) as connection:
        busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
        return not busy


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _unknown(person: str) -> NotFound:
    return NotFound(
        _("No name is known here for {person}.").format(person=person),
        hint=_("It was never entered in this store, or it was purged."),
    )
