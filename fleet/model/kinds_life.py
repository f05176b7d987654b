# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event bodies of a machine's life: transitions, and what their guards ask for."""

from __future__ import annotations

from typing import Literal

from fleet.model.body import Body
from fleet.model.state import State


class Installed(Body, frozen=True):
    """In service in a room and seat, or with a holder; without ``image``, not installed by us."""

    site: str | None = None
    room: str | None = None
    seat: str | None = None
    holder: str | None = None
    image: str | None = None
    system: str | None = None
    on: str | None = None


class Moved(Body, frozen=True):
    """Another place, same state."""

    site: str | None = None
    room: str | None = None
    seat: str | None = None
    on: str | None = None


class CheckedIn(Body, frozen=True):
    """A machine in service said it is alive: a use."""

    system: str | None = None


class ForeignBoot(Body, frozen=True):
    """A system that is not ours was started from its disks: a use."""

    note: str | None = None


class RepairOpened(Body, frozen=True):
    """A fault, in words."""

    fault: str
    on: str | None = None


class RepairClosed(Body, frozen=True):
    """``outcome``: repaired, not_repaired, no_fault. ``back_to``: in_service or in_stock."""

    outcome: Literal["repaired", "not_repaired", "no_fault"]
    back_to: Literal["in_stock", "in_service"] = "in_stock"
    parts: tuple[str, ...] = ()
    minutes: int = 0
    on: str | None = None


class Retired(Body, frozen=True):
    """The decision of réforme. ``list_number`` is that of the procès-verbal, one for many
    machines; ``net_book_value_cents`` what the accounts still say it is worth that day.
    """

    decision: str
    on: str | None = None
    list_number: str | None = None
    net_book_value_cents: int | None = None


class TakenIn(Body, frozen=True):
    """The workshop received it: the town's own (no partner) or a partner's."""

    partner: str | None = None
    agreement: str | None = None
    on: str | None = None


class Returned(Body, frozen=True):
    """Came back from a family or a loan: a use. ``end_of_life``: to be recycled, not repaired."""

    why: str = ""
    on: str | None = None
    end_of_life: bool = False


class ReadyLost(Body, frozen=True):
    """Taken back from « prête » by a person."""

    why: str = ""
    on: str | None = None


class TestsRecorded(Body, frozen=True):
    """A test sheet. ``results``: test name to pass, fail, na, or ``skipped: who, why``."""

    profile: str
    results: dict[str, str]
    on: str | None = None


class VerdictGiven(Body, frozen=True):
    """The technical verdict: accepted or rejected, with reasons."""

    rejected: bool
    reasons: tuple[str, ...] = ()
    on: str | None = None


class ImageInstalled(Body, frozen=True):
    """A system for family use was installed; ``bare`` declares it is handed over without one."""

    image: str | None = None
    bare: bool = False
    on: str | None = None


class MadeReady(Body, frozen=True):
    """Ready to give."""

    on: str | None = None


class HandedOver(Body, frozen=True):
    """Given to a family through a partner; the receipt is an attachment digest or reference.

    ``price_cents`` is the solidarity price the family paid, None or 0 for a gift.
    """

    partner: str
    beneficiary: str
    receipt: str
    on: str | None = None
    price_cents: int | None = None


class Loaned(Body, frozen=True):
    """Lent until a date."""

    beneficiary: str
    until: str
    receipt: str | None = None
    on: str | None = None


class Exited(Body, frozen=True):
    """Sold, or transferred to another public body. A sale counts as reuse by the taker's
    ``commitment`` and its ``proof`` (an attachment's digest).
    """

    way: Literal["sale", "transfer"]
    taker: str
    on: str | None = None
    price_cents: int | None = None
    commitment: str | None = None
    proof: str | None = None


class Dismantled(Body, frozen=True):
    """Taken apart for parts."""

    note: str = ""
    on: str | None = None


class ToRecycle(Body, frozen=True):
    """Becomes waste (DEEE)."""

    why: str = ""
    on: str | None = None


class Recycled(Body, frozen=True):
    """Collected; one slip (bordereau) may cover a pallet."""

    slip: str
    on: str | None = None


class Lost(Body, frozen=True):
    """Lost or stolen."""

    stolen: bool = False
    on: str | None = None


class Found(Body, frozen=True):
    """Found again."""

    on: str | None = None


class TitleTransferred(Body, frozen=True):
    """Who owns it now. ``way``: gift, staff_gift, sale, transfer, take_back."""

    way: Literal["gift", "staff_gift", "sale", "transfer", "take_back"]
    taker: str
    commitment: str | None = None
    proof: str | None = None
    on: str | None = None
    price_cents: int | None = None


class StateDeclared(Body, frozen=True):
    """History from a spreadsheet: any state, with its own date."""

    state: State
    site: str | None = None
    room: str | None = None
    seat: str | None = None
    system: str | None = None
    source: str = ""
    on: str | None = None


class GuardWaived(Body, frozen=True):
    """A supervisor's exception to one guard; never possible for G1."""

    transition: str
    code: str
    why: str


class Undone(Body, frozen=True):
    """A correcting event: the named events no longer count."""

    events: tuple[str, ...]


class ConflictSettled(Body, frozen=True):
    """A person settled an inbox entry; ``state`` when the state had to be chosen."""

    key: str
    state: State | None = None
    why: str = ""
