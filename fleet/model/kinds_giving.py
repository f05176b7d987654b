# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event bodies of the second life: values, gifts received, lots, requests, follow-up."""

from __future__ import annotations

from typing import Literal

from fleet.model.body import Body


class ValueEstimated(Body, frozen=True):
    """What a whole configuration is worth today, in cents: the machine with the screen and the
    keyboard, mouse or charger that go with it (circular of 1 December 2000). ``basis`` says how
    it was estimated.
    """

    machine_cents: int
    screen_cents: int = 0
    accessories_cents: int = 0
    basis: str = ""
    on: str | None = None


class GiftReceived(Body, frozen=True):
    """A citizen or a company gave the machine: no réforme. ``donor`` is an id of the people
    table; ``attestation`` the number of the paper that thanks; ``declared_cents`` what the donor
    says it is worth.
    """

    donor: str
    donor_kind: Literal["person", "company"]
    attestation: str = ""
    declared_cents: int | None = None
    on: str | None = None


class LeftLot(Body, frozen=True):
    """A machine left its lot: refused by the partner at the collection, or returned by it later
    (the town holds it again; who owns it is said by ``TitleTransferred``).
    """

    lot: str
    outcome: Literal["refused", "returned"]
    why: str = ""
    on: str | None = None


class LotClosed(Body, frozen=True):
    """The lot was collected: ``count`` machines were counted, ``expected`` were in it."""

    count: int
    expected: int
    why: str = ""
    on: str | None = None


class EligibilityAttested(Body, frozen=True):
    """« Éligible : oui », by whom (a body, not a person) and when; never why."""

    by: str
    on: str


class RequestClosed(Body, frozen=True):
    """A family's request ends without a machine of ours."""

    outcome: Literal["withdrawn", "served_elsewhere", "no_answer"]
    on: str | None = None


class FollowedUp(Body, frozen=True):
    """A sign of life from the family, some months after the hand-over; no_answer is one asked for
    in vain.
    """

    outcome: Literal["works", "problem", "no_answer"]
    note: str = ""
    on: str | None = None


class ReuseProven(Body, frozen=True):
    """The taker proved that the reuse it committed to was done (decree 2023-266, article 2);
    ``proof`` is an attachment's digest.
    """

    proof: str
    on: str | None = None
