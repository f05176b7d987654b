# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event bodies about places, partners, papers and replicas."""

from __future__ import annotations

from typing import Literal

import msgspec

from fleet.model.body import Body


class SiteAdded(Body, frozen=True):
    """A school, a town hall, a workshop. ``kind``: school, town_hall, workshop, other."""

    name: str
    kind: str = "other"


class RoomAdded(Body, frozen=True):
    """A room of a site with its seat grid."""

    site: str
    name: str
    rows: int = 1
    columns: int = 1


class PartnerAdded(Body, frozen=True):
    """An association or body. ``quality`` is the code of the legal quality that lets it receive
    gifts (``fleet.model.law``); ``proof`` the digest of the paper that shows it, read on
    ``proof_on``. ``signatory`` is a role, never a name.
    """

    name: str
    quality: str = "unknown"
    proof: str | None = None
    proof_on: str | None = None
    registration: str | None = None
    address: str | None = None
    signatory: str | None = None


class AgreementSigned(Body, frozen=True):
    """A convention with a partner; ``data_clause`` lets machines leave before they are wiped.

    ``scope`` says what it covers, ``signatories`` the roles that signed, ``proof_owed`` what the
    partner sends back, ``decision`` the council's, ``paper`` the signed sheet's digest.
    """

    partner: str
    reference: str
    data_clause: bool = False
    until: str | None = None
    on: str | None = None
    scope: str = ""
    signatories: tuple[str, ...] = ()
    proof_owed: str = ""
    decision: str | None = None
    paper: str | None = None


class LotOpened(Body, frozen=True):
    """A lot of machines for one partner, to be collected at ``place`` by ``collect_by``."""

    name: str
    partner: str | None = None
    agreement: str | None = None
    on: str | None = None
    collect_by: str | None = None
    place: str | None = None


class BeneficiaryReferred(Body, frozen=True):
    """An anonymous request: who attests eligibility and when, the needs (codes of
    ``fleet.model.needs``; older ones are free words) with a few words, never a name nor a reason.
    """

    referrer: str
    reference: str
    needs: tuple[str, ...] = ()
    kind: str = "family"
    on: str | None = None
    eligible_by: str | None = None
    eligible_on: str | None = None
    note: str = ""


class OperatorAdded(Body, frozen=True):
    """A person who acts; the name is in the people table only."""

    role: str = "operator"


class PolicyChosen(Body, frozen=True):
    """The rules in force from here on; see ``fleet.model.policy.Policy``."""

    name: str
    accept_declared_wipes: bool = False
    test_profile: str = "rapide"
    levels: dict[str, Literal["clear", "purge"]] = msgspec.field(default_factory=dict)


class OpeningStockDeclared(Body, frozen=True):
    """Retired goods in stock on 1 January of the first year (decree 2023-266, B)."""

    year: int
    count: int


class ReplicaEnrolled(Body, frozen=True):
    """A replica made known: its Ed25519 public key in OpenSSH form."""

    public_key: str
    label: str = ""


class ReplicaTrusted(Body, frozen=True):
    """Bundles of this replica are accepted from here on."""

    public_key: str


class ReplicaRevoked(Body, frozen=True):
    """Nothing after (``last_seq``, ``last_link``) is accepted from this replica."""

    last_seq: int
    last_link: str
    why: str = ""


class ReplicaRehomed(Body, frozen=True):
    """The unpublished events of ``old`` were written again under a new replica."""

    old: str
    old_seq: int
    old_link: str
