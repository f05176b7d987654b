# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who an installation is: ourselves, the maker of a bundle, or one the journal has heard of."""

from __future__ import annotations

from pathlib import Path

from fleet.errors import NotFound
from fleet.i18n import _
from fleet.model.kinds import ReplicaEnrolled
from fleet.services.exchange import Introduction, introduce_bundle
from fleet.services.town import Town
from fleet.store import sshsig, trust


def ourselves(town: Town) -> Introduction:
    """Return this installation's id, public key and fingerprint, for others to compare."""
    return _introduction(town.key.replica, town.key.public_key)


def introduced(town: Town, source: str, key: str | None = None) -> Introduction:
    """Return the installation named by a bundle file, or by its id with its key.

    The key of an installation that was enrolled is known. Raises NotFound when no key is,
    TrustRefused when it is not an Ed25519 public key.
    """
    if not source.startswith("replica:"):
        return introduce_bundle(Path(source))
    known = key or _announced(town, source)
    if known is None:
        raise NotFound(
            _("No key is known for the installation {replica}.").format(replica=source),
            hint=_('Give a bundle it made, or its public key: --key "ssh-ed25519 …"'),
        )
    return _introduction(source, known)


def _announced(town: Town, replica: str) -> str | None:
    with town.journal.read() as connection:
        statements = trust.read_statements(connection)
    keys = [
        statement.body.public_key
        for statement in statements
        if statement.subject == replica and isinstance(statement.body, ReplicaEnrolled)
    ]
    return keys[-1] if keys else None


def _introduction(replica: str, key: str) -> Introduction:
    normal = sshsig.normal_public(key)
    return Introduction(replica=replica, public_key=normal, fingerprint=sshsig.fingerprint(normal))
