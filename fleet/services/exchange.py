# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange with other installations: bundles out and in, and whom to trust."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from uuid6 import uuid7

from fleet.errors import BadInput, TrustRefused
from fleet.i18n import _
from fleet.services.town import NOBODY, Town
from fleet.store import bundle, bundle_import, bundle_read, rehome, trust
from fleet.store.bundle_choice import subjects_of_lot
from fleet.store.bundle_import import ImportReport
from fleet.store.bundle_read import Introduction
from fleet.store.trust import KnownReplica

__all__ = ["ImportReport", "Introduction", "KnownReplica"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What a bundle holds."""

    path: Path
    events: int
    attachments: int
    filtered: bool


def export_bundle(
    town: Town,
    target: Path,
    *,
    have: bundle.Heads | None = None,
    lots: Sequence[str] = (),
    subjects: Sequence[str] = (),
) -> ExportReport:
    """Write a signed bundle of what the receiver lacks (all, without ``have``).

    With lots or subjects, only their bodies and attachments go along; the rest is headers.
    Raises UsageError, TrustRefused, StoreDamaged.
    """
    chosen: frozenset[str] | None = None
    if lots or subjects:
        with town.journal.read() as connection:
            chosen = frozenset(subjects).union(*(subjects_of_lot(connection, lot) for lot in lots))
    choice = bundle.ExportChoice(have=have or {}, only_subjects=chosen)
    manifest = bundle.export_bundle(town.journal, town.key, town.attachments, target, choice)
    return ExportReport(
        path=target,
        events=manifest.count,
        attachments=len(manifest.attachments),
        filtered=chosen is not None,
    )


def import_bundle(town: Town, path: Path) -> ImportReport:
    """Verify and write a bundle, all or nothing. Raises BadInput, TrustRefused, NotFound."""
    return bundle_import.import_bundle(town.journal, town.key, town.attachments, path)


def heads_json(town: Town) -> str:
    """Return what we have, as JSON to send to whoever will export for us."""
    with town.journal.read() as connection:
        heads = bundle.read_known_heads(connection)
    return json.dumps({replica: list(head) for replica, head in sorted(heads.items())})


def read_heads_json(text: str) -> bundle.Heads:
    """Return the heads written by ``heads_json``. Raises BadInput."""
    try:
        return {str(name): (int(seq), str(link)) for name, (seq, link) in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(
            _("This does not say what the receiver has."),
            hint=_("Give the file written there by « bundle heads »."),
        ) from error


def introduce_bundle(path: Path) -> Introduction:
    """Return who says to have made a bundle, with the fingerprint to compare. Proves nothing."""
    return bundle_read.introduce(path)


def list_replicas(town: Town) -> list[KnownReplica]:
    """Return the installations named in the journal, ours included."""
    with town.journal.read() as connection:
        statements = trust.read_statements(connection)
    view = trust.view_trust(town.key.replica, town.key.public_key, statements)
    return trust.known_replicas(view, statements)


def trusted_replicas(town: Town) -> dict[str, str]:
    """Return the public key of each installation whose bundles and images are accepted now."""
    with town.journal.read() as connection:
        statements = trust.read_statements(connection)
    view = trust.view_trust(town.key.replica, town.key.public_key, statements)
    return {name: key for name, key in view.keys.items() if name not in view.revocations}


def enrol_replica(town: Town, replica: str, public_key: str, label: str) -> None:
    """Make an installation known by its key and a label; it is not trusted by that."""
    with town.act() as act:
        act.add(replica, trust.enrolment(public_key, label))


def trust_replica(town: Town, replica: str, public_key: str) -> None:
    """Accept the bundles of an installation from now on. Raises TrustRefused for ourselves."""
    if replica == town.key.replica:
        raise TrustRefused(_("An installation does not vouch for itself."))
    with town.act() as act:
        act.add(replica, trust.trusting(public_key))


def revoke_replica(town: Town, replica: str, *, last_seq: int | None = None, why: str = "") -> None:
    """Accept nothing more of an installation after its last good event. Raises NotFound."""
    with town.act() as act:
        body = trust.revocation(act.writer.connection, replica, last_seq=last_seq, why=why)
        act.add(replica, body)


def rehome_replica(town: Town, *, common: int | None = None) -> tuple[Town, rehome.Rehomed]:
    """Go on under a new id and key; returns the installation to use from now on."""
    author = town.operator or NOBODY
    done = rehome.rehome(town.journal, town.home, author=author, act=str(uuid7()), common=common)
    return replace(town, key=rehome.finish_rehome(town.journal.engine, town.home)), done
