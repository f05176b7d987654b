# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of the store, the same on SQLite and PostgreSQL.

``events`` and ``chain_heads`` are the journal. ``PROJECTIONS`` can be dropped and rebuilt at
any time. People tables are apart: they can be emptied without touching a figure.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

_BIG = BigInteger().with_variant(Integer, "sqlite")
_KEY = String().with_variant(String(collation="C"), "postgresql")

# ``pos`` is the order of arrival here, and means nothing elsewhere. ``body`` is NULL when a
# filtered bundle withheld it. ``lamport`` is derived (see fleet.model.causality).
events = Table(
    "events",
    metadata,
    Column("pos", _BIG, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False),
    Column("subject", _KEY, nullable=False),
    Column("kind", _KEY, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", _KEY, nullable=False),
    Column("clock", _KEY, nullable=False),
    Column("author", _KEY, nullable=False),
    Column("act", _KEY, nullable=False),
    Column("replica", _KEY, nullable=False),
    Column("seq", _BIG, nullable=False),
    Column("seen", Text, nullable=False),
    Column("body_digest", _KEY, nullable=False),
    Column("salt", _KEY, nullable=False),
    Column("body", LargeBinary),
    Column("link", _KEY, nullable=False),
    Column("lamport", _BIG, nullable=False),
    UniqueConstraint("replica", "seq"),
)
Index("events_subject", events.c.subject, events.c.lamport)
Index("events_kind", events.c.kind)

# Last known (seq, link) of each chain, with the owner's signature over it when we have one.
# ``signed_seq``/``signature`` relay a replica's own word to others.
chain_heads = Table(
    "chain_heads",
    metadata,
    Column("replica", _KEY, primary_key=True),
    Column("seq", _BIG, nullable=False),
    Column("link", _KEY, nullable=False),
    Column("lamport", _BIG, nullable=False),
    Column("signed_seq", _BIG),
    Column("signed_link", _KEY),
    Column("signature", Text),
)

# Vector clock epochs: derived, kept with the journal because every append needs them.
epochs = Table(
    "epochs",
    metadata,
    Column("replica", _KEY, primary_key=True),
    Column("from_seq", _BIG, primary_key=True),
    Column("vector", Text, nullable=False),
)

# This installation: replica id and what it has published (highest seq exported so far).
local = Table(
    "local",
    metadata,
    Column("name", _KEY, primary_key=True),
    Column("value", Text, nullable=False),
)

# --- people: names apart, one key per person ------------------------------------------------
people = Table(
    "people",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("role", _KEY, nullable=False),
    Column("sealed", LargeBinary),
    Column("purge_on", _KEY),
    Column("purged_on", _KEY),
)
person_keys = Table(
    "person_keys",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

# ``no`` only ties a machine to its search row; it is not part of the projection's digest.
# --- projections ---------------------------------------------------------------------------
machines = Table(
    "machines",
    metadata,
    Column("no", _BIG, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False, unique=True),
    Column("tag", _KEY, nullable=False),
    Column("kind", _KEY, nullable=False),
    Column("state", _KEY, nullable=False),
    Column("since", _KEY, nullable=False),
    Column("site", _KEY),
    Column("room", _KEY),
    Column("seat", _KEY),
    Column("owner", _KEY, nullable=False),
    Column("custody", _KEY, nullable=False),
    Column("title", _KEY, nullable=False),
    Column("manufacturer", _KEY),
    Column("model", _KEY),
    Column("serial", _KEY),
    Column("lot", _KEY),
    Column("purchased_on", _KEY),
    Column("system", _KEY),
    Column("disks", Integer, nullable=False),
    Column("unproven_disks", Integer, nullable=False),
    Column("issues", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("fold", LargeBinary, nullable=False),
)
SORTABLE = ("tag", "state", "model", "site", "since", "purchased_on", "kind")
Index("machines_tag", machines.c.tag, machines.c.id)
for _name in SORTABLE[1:]:
    Index(f"machines_{_name}", machines.c[_name], machines.c.tag, machines.c.id)
Index("machines_room", machines.c.room)

disks = Table(
    "disks",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("model", _KEY),
    Column("serial", _KEY),
    Column("kind", _KEY, nullable=False),
    Column("size_bytes", _BIG),
    Column("health", _KEY, nullable=False),
    Column("fate", _KEY, nullable=False),
    Column("fold", LargeBinary, nullable=False),
)
Index("disks_serial", disks.c.serial)

attachments = Table(
    "attachments",
    metadata,
    Column("machine", _KEY, primary_key=True),
    Column("disk", _KEY, primary_key=True),
    Column("status", _KEY, nullable=False),
)
Index("attachments_disk", attachments.c.disk)

intervals = Table(
    "intervals",
    metadata,
    Column("machine", _KEY, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("state", _KEY, nullable=False),
    Column("from_on", _KEY, nullable=False),
    Column("until_on", _KEY),
    Column("known_at", _KEY, nullable=False),
)
Index("intervals_state", intervals.c.state, intervals.c.from_on)

# Identity lookups: (kind, value) -> machine. Values folded; junk never enters.
evidence = Table(
    "evidence",
    metadata,
    Column("kind", _KEY, primary_key=True),
    Column("value", _KEY, primary_key=True),
    Column("machine", _KEY, primary_key=True),
)
Index("evidence_machine", evidence.c.machine)

# Violations, conflicts, unknown kinds: what the inbox shows, besides held reports.
issues = Table(
    "issues",
    metadata,
    Column("subject", _KEY, primary_key=True),
    Column("key", _KEY, primary_key=True),
    Column("kind", _KEY, nullable=False),
    Column("detail", Text, nullable=False),
)

# Sites, rooms, partners, agreements, lots, beneficiaries, operators, policies, held reports,
# replicas: small records, last word wins in causal order.
records = Table(
    "records",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("type", _KEY, nullable=False),
    Column("name", _KEY, nullable=False),
    Column("lamport", _BIG, nullable=False),
    Column("replica", _KEY, nullable=False),
    Column("body", Text, nullable=False),
    Column("settled", Boolean, nullable=False),
)
Index("records_type", records.c.type, records.c.name)

aliases = Table(
    "aliases",
    metadata,
    Column("absorbed", _KEY, primary_key=True),
    Column("into", _KEY, nullable=False),
)

PROJECTIONS = (machines, disks, attachments, intervals, evidence, issues, records, aliases)
