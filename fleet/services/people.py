# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People's names: purge, backup of their keys, papers that bear a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from fleet.services.town import Town
from fleet.store.people import PurgeReport, erase_traces


def purge_due(town: Town, today: date) -> PurgeReport:
    """Destroy the keys of everybody whose keeping time is over."""
    with town.journal.write() as writer:
        report = town.people.purge_due(writer.connection, today)
    return _erased(town, report)


def purge_persons(town: Town, persons: Sequence[str], today: date) -> PurgeReport:
    """Destroy the keys of these persons, who asked for it."""
    with town.journal.write() as writer:
        report = town.people.purge(writer.connection, persons, today)
    return _erased(town, report)


def renew_contact(town: Town, person: str, last_contact: date) -> None:
    """Count a person's keeping time from a newer contact. Raises NotFound after the purge."""
    with town.journal.write() as writer:
        town.people.renew(writer.connection, person, last_contact)


def renew_if_known(town: Town, persons: Sequence[str], last_contact: date) -> None:
    """Count the keeping time of those whose name is kept here from a newer contact."""
    with town.journal.write() as writer:
        for person in persons:
            if town.people.identity_of(writer.connection, person) is not None:
                town.people.renew(writer.connection, person, last_contact)


def name_of(town: Town, person: str) -> str | None:
    """Return a person's name, None when purged or unknown here."""
    with town.journal.read() as connection:
        return town.people.name_of(connection, person)


def backup_keys(town: Town, path: Path) -> None:
    """Write the keys of persons to a file to be kept apart from the store's own backup."""
    with town.journal.read() as connection:
        town.people.backup_keys(connection, path)


def restore_keys(town: Town, path: Path, today: date) -> PurgeReport:
    """Bring back the keys of a backup, except of those purged since. Raises BadInput."""
    with town.journal.write() as writer:
        report = town.people.restore_keys(writer.connection, path, today)
    return _erased(town, report)


def keep_paper(town: Town, person: str, data: bytes) -> str:
    """Keep a paper that bears a person's name, sealed with their key; returns its digest."""
    with town.journal.read() as connection:
        sealed = town.people.seal_attachment(connection, person, data)
    return town.attachments.put(sealed)


def read_paper(town: Town, person: str, digest: str) -> bytes:
    """Return a sealed paper. Raises GuardRefused after the purge."""
    sealed = town.attachments.get(digest)
    with town.journal.read() as connection:
        return town.people.open_attachment(connection, person, sealed)


def _erased(town: Town, report: PurgeReport) -> PurgeReport:
    return replace(report, traces_erased=erase_traces(town.journal.engine))
