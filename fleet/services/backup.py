# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of an embedded installation; a store on a server has its own tools for that."""

from __future__ import annotations

from pathlib import Path

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.paths import store_url
from fleet.services.town import Town
from fleet.store import backup
from fleet.store.backup import BackupNote
from fleet.store.engine import is_sqlite

__all__ = ["BackupNote", "restore", "write"]


def write(town: Town, target: Path, *, people_keys: bool = False) -> BackupNote:
    """Write one consistent copy of the installation to a new file.

    Raises UsageError for a store on a server and when the file exists, StoreUnavailable when it
    cannot be written.
    """
    if not is_sqlite(town.journal.engine):
        raise _on_a_server()
    return backup.write_backup(
        town.journal, town.home, town.attachments, target, people_keys=people_keys
    )


def restore(source: Path, home: Path, url: str) -> BackupNote:
    """Make the installation of an absent or empty folder from a backup.

    Raises UsageError when the folder is not empty or ``url`` names another store than the one of
    the folder, NotFound and BadInput for the file.
    """
    if url != store_url({}, home):
        raise _on_a_server()
    return backup.restore_backup(source, home)


def _on_a_server() -> UsageError:
    return UsageError(
        _("PARCLIBRE_STORE names a store elsewhere: this backup is for the embedded one."),
        hint=_(
            "Save the database with pg_dump and restore it with pg_restore; copy the folder "
            "PARCLIBRE_HOME at the same time."
        ),
    )
