# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small records (sites, rooms, partners, agreements, lots, beneficiaries, operators, held
reports, replicas): the last event of their subject is what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, delete, update

from fleet.model.events import Event, canonical, subject_type
from fleet.model.fold import effective
from fleet.model.kinds import body_of
from fleet.store.schema import records
from fleet.store.sql import upsert

# Kind -> the body field that names the record.
RECORD_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "SiteAdded": "name",
        "RoomAdded": "name",
        "PartnerAdded": "name",
        "AgreementSigned": "reference",
        "LotOpened": "name",
        "BeneficiaryReferred": "reference",
        "DocumentIssued": "number",
        "OperatorAdded": "role",
        "PolicyChosen": "name",
        "OpeningStockDeclared": "year",
        "ReportHeld": "file",
        "ReplicaEnrolled": "label",
    }
)


def write_records(connection: Connection, written: Sequence[Event]) -> None:
    """Write the records of new events, which come last in causal order."""
    rows = {e.subject: row for e in written if (row := _row(e)) is not None}
    upsert(connection, records, ("id",), list(rows.values()))
    settled = [subject for subject, settled in _decisions(written).items() if settled]
    if settled:
        connection.execute(update(records).where(records.c.id.in_(settled)).values(settled=True))


def _decisions(events: Iterable[Event]) -> dict[str, bool]:
    """Return report -> whether its last word, in causal order, is a decision."""
    kinds = {"ReportHeld": False, "ReportSettled": True}
    return {e.subject: kinds[e.kind] for e in events if e.kind in kinds}


def refold_record(connection: Connection, subject: str, events: Sequence[Event]) -> None:
    """Write one record again from all its events; it goes when none is left."""
    kept = effective(events)
    rows = [row for event in kept if (row := _row(event)) is not None]
    if not rows:
        connection.execute(delete(records).where(records.c.id == subject))
        return
    row = rows[-1] | {"settled": _decisions(kept).get(subject, False)}
    upsert(connection, records, ("id",), [row])


def _row(event: Event) -> dict[str, Any] | None:
    field = RECORD_KINDS.get(event.kind)
    body = body_of(event) if field is not None else None
    if field is None or body is None:
        return None
    return {
        "id": event.subject,
        "type": subject_type(event.subject),
        "name": str(getattr(body, field)),
        "lamport": event.stamp.lamport,
        "replica": event.header.replica,
        "body": canonical(body).decode(),
        "settled": False,
    }
