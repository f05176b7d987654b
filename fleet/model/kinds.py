# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event kinds and the shape of their bodies, one version each; older ones are upcast.

Bodies hold no floats (amounts in cents, energies in mWh) and no names of people, only ids.
``on`` is the effective date (ISO ``YYYY-MM-DD``); without it the header's time counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.events import MAX_BODY_BYTES


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every event body; ``VERSION`` is the version written today."""

    VERSION: ClassVar[int] = 1


# --- places, partners, papers ------------------------------------------------------------


class SiteAdded(Body):
    """A school, a town hall, a workshop. ``kind``: school, town_hall, workshop, other."""

    name: str
    kind: str = "other"


class RoomAdded(Body):
    """A room of a site with its seat grid."""

    site: str
    name: str
    rows: int = 1
    columns: int = 1


class PartnerAdded(Body):
    """An association or body. ``quality`` is the legal quality that lets it receive gifts."""

    name: str
    quality: str = "unknown"


class AgreementSigned(Body):
    """A convention with a partner; ``data_clause`` lets machines leave before they are wiped."""

    partner: str
    reference: str
    data_clause: bool = False
    until: str | None = None
    on: str | None = None


class LotOpened(Body):
    """A lot of machines for one partner."""

    name: str
    partner: str | None = None
    agreement: str | None = None
    on: str | None = None


class BeneficiaryReferred(Body):
    """An anonymous request: who attests eligibility, the need, never a name nor a reason."""

    referrer: str
    reference: str
    needs: tuple[str, ...] = ()
    kind: str = "family"
    on: str | None = None


class OperatorAdded(Body):
    """A person who acts; the name is in the people table only."""

    role: str = "operator"


class PolicyChosen(Body):
    """The rules in force from here on; see ``fleet.model.policy.Policy``."""

    name: str
    accept_declared_wipes: bool = False
    test_profile: str = "rapide"
    levels: dict[str, str] = {}


class OpeningStockDeclared(Body):
    """Retired goods in stock on 1 January of the first year (decree 2023-266, B)."""

    year: int
    count: int


# --- replicas ----------------------------------------------------------------------------


class ReplicaEnrolled(Body):
    """A replica made known: its Ed25519 public key in OpenSSH form."""

    public_key: str
    label: str = ""


class ReplicaTrusted(Body):
    """Bundles of this replica are accepted from here on."""

    public_key: str


class ReplicaRevoked(Body):
    """Nothing after (``last_seq``, ``last_link``) is accepted from this replica."""

    last_seq: int
    last_link: str
    why: str = ""


class ReplicaRehomed(Body):
    """The unpublished events of ``old`` were written again under a new replica."""

    old: str
    old_seq: int
    old_link: str


# --- machines: identity and facts ----------------------------------------------------------


class MachineRegistered(Body):
    """A machine enters the journal; ``origin``: stock (the town's) or gift (from outside)."""

    tag: str
    kind: str = "other"
    owner: str = "town"
    provenance: str = "bought"
    origin: str = "stock"
    site: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    accounting_number: str | None = None
    purchased_on: str | None = None
    purchase_value_cents: int | None = None
    net_book_value_cents: int | None = None
    system: str | None = None
    note: str | None = None
    on: str | None = None


class MachineDescribed(Body):
    """Corrected or completed fields of a machine; an absent field is left as it is."""

    tag: str | None = None
    kind: str | None = None
    owner: str | None = None
    provenance: str | None = None
    site: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    accounting_number: str | None = None
    purchased_on: str | None = None
    purchase_value_cents: int | None = None
    net_book_value_cents: int | None = None
    system: str | None = None
    note: str | None = None


class ReportImported(Body):
    """What the machine said, once. ``report`` is the digest of the raw evidence.

    ``lists_disks`` and not ``hidden_storage`` from our own collector makes the disks *known*.
    """

    report: str
    format: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    board_serial: str | None = None
    board_model: str | None = None
    uuid: str | None = None
    chassis: str | None = None
    chassis_serial: str | None = None
    macs: tuple[str, ...] = ()
    cpu: str | None = None
    cores: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    memory_slots: int | None = None
    firmware_date: str | None = None
    disks: tuple[str, ...] = ()
    lists_disks: bool = False
    hidden_storage: bool = False
    battery_percent: int | None = None
    environment: str = "unknown"
    collected_at: str | None = None
    clock: str = "unknown"


class ReportHeld(Body):
    """A report that asks for a person's decision. Subject: ``report:<digest>``."""

    format: str
    file: str
    why: str
    candidates: tuple[str, ...] = ()
    summary: str = ""


class ReportSettled(Body):
    """The decision on a held report: same machine, new machine, or dismissed."""

    decision: str
    machine: str | None = None


class DiskAdded(Body):
    """A disk now sits in this machine. ``cause``: report or person."""

    disk: str
    cause: str = "report"


class DiskRemoved(Body):
    """A disk left this machine. ``outcome``: unaccounted, kept, destroyed, moved."""

    disk: str
    outcome: str = "unaccounted"
    note: str | None = None
    on: str | None = None


class DisksDeclared(Body):
    """A person signs the complete list of disks; an empty list is « sans disque »."""

    disks: tuple[str, ...] = ()
    second_person: str | None = None
    on: str | None = None


class Seen(Body):
    """Stock-taking: the machine was physically seen, in this room or elsewhere."""

    room: str | None = None
    site: str | None = None


class MachinePutInLot(Body):
    """The machine belongs to a lot (None takes it out)."""

    lot: str | None = None


class MachinesMerged(Body):
    """The ``absorbed`` machine is the same physical PC as the subject."""

    absorbed: str


class MachinesSplit(Body):
    """Undoes a merge: ``absorbed`` is a machine of its own again."""

    absorbed: str


# --- machines: lifecycle -----------------------------------------------------------------


class Installed(Body):
    """In service in a room and seat, or with a holder. ``image`` None: « non installée par nous »."""

    site: str | None = None
    room: str | None = None
    seat: str | None = None
    holder: str | None = None
    image: str | None = None
    system: str | None = None
    on: str | None = None


class Moved(Body):
    """Another place, same state."""

    site: str | None = None
    room: str | None = None
    seat: str | None = None
    on: str | None = None


class CheckedIn(Body):
    """A machine in service said it is alive: a use."""

    system: str | None = None


class ForeignBoot(Body):
    """A system that is not ours was started from its disks: a use."""

    note: str | None = None


class RepairOpened(Body):
    """A fault, in words."""

    fault: str
    on: str | None = None


class RepairClosed(Body):
    """``outcome``: repaired, not_repaired, no_fault. ``back_to``: in_service or in_stock."""

    outcome: str
    back_to: str = "in_stock"
    parts: tuple[str, ...] = ()
    minutes: int = 0
    on: str | None = None


class Retired(Body):
    """The decision of réforme."""

    decision: str
    on: str | None = None


class TakenIn(Body):
    """The workshop received it: the town's own (no partner) or a partner's."""

    partner: str | None = None
    agreement: str | None = None
    on: str | None = None


class Returned(Body):
    """Came back from a family or a loan: a use."""

    why: str = ""
    on: str | None = None


class ReadyLost(Body):
    """Taken back from « prête » by a person."""

    why: str = ""
    on: str | None = None


class TestsRecorded(Body):
    """A test sheet. ``results``: test name to pass, fail, na, or ``skipped: who, why``."""

    profile: str
    results: dict[str, str]
    on: str | None = None


class VerdictGiven(Body):
    """The technical verdict: accepted or rejected, with reasons."""

    rejected: bool
    reasons: tuple[str, ...] = ()
    on: str | None = None


class ImageInstalled(Body):
    """A system for family use was installed; ``bare`` declares it is handed over without one."""

    image: str | None = None
    bare: bool = False
    on: str | None = None


class MadeReady(Body):
    """Ready to give."""

    on: str | None = None


class HandedOver(Body):
    """Given to a family through a partner; the receipt is an attachment digest or reference."""

    partner: str
    beneficiary: str
    receipt: str
    on: str | None = None


class Loaned(Body):
    """Lent until a date."""

    beneficiary: str
    until: str
    receipt: str | None = None
    on: str | None = None


class Exited(Body):
    """Sold, or transferred to another public body."""

    way: str
    taker: str
    on: str | None = None


class Dismantled(Body):
    """Taken apart for parts."""

    note: str = ""
    on: str | None = None


class ToRecycle(Body):
    """Becomes waste (DEEE)."""

    why: str = ""
    on: str | None = None


class Recycled(Body):
    """Collected; one slip (bordereau) may cover a pallet."""

    slip: str
    on: str | None = None


class Lost(Body):
    """Lost or stolen."""

    stolen: bool = False
    on: str | None = None


class Found(Body):
    """Found again."""

    on: str | None = None


class TitleTransferred(Body):
    """Who owns it now. ``way``: gift, staff_gift, sale, transfer, take_back."""

    way: str
    taker: str
    commitment: str | None = None
    proof: str | None = None
    on: str | None = None


class StateDeclared(Body):
    """History from a spreadsheet: any state, with its own date."""

    state: str
    site: str | None = None
    room: str | None = None
    seat: str | None = None
    system: str | None = None
    source: str = ""
    on: str | None = None


class GuardWaived(Body):
    """A supervisor's exception to one guard; never possible for G1."""

    transition: str
    code: str
    why: str


class Undone(Body):
    """A correcting event: the named events no longer count."""

    events: tuple[str, ...]


class ConflictSettled(Body):
    """A person settled an inbox entry; ``state`` when the state had to be chosen."""

    key: str
    state: str | None = None
    why: str = ""


# --- disks -------------------------------------------------------------------------------


class DiskRegistered(Body):
    """A disk becomes a subject of its own; ``label`` is ours when it has no serial."""

    model: str | None = None
    serial: str | None = None
    wwn: str | None = None
    size_bytes: int | None = None
    kind: str = "unknown"
    label: str | None = None


class DiskMeasured(Body):
    """SMART verdict from a report."""

    health: str
    reasons: tuple[str, ...] = ()
    power_on_hours: int | None = None
    report: str | None = None


class DiskWiped(Body):
    """A wipe. ``level``: clear, purge. ``readback``: full, sampled, none.

    ``declared`` is a wipe told by a person (report attached, second person named): it never
    makes a certificate, and counts for G1 only when the policy says so.
    """

    level: str
    method: str
    readback: str
    succeeded: bool = True
    coverage_permille: int = 0
    declared: bool = False
    report: str | None = None
    second_person: str | None = None
    tool: str | None = None
    on: str | None = None


class DiskDestroyed(Body):
    """Physically destroyed, with the report that says so."""

    how: str
    report: str | None = None
    on: str | None = None


class DiskKept(Body):
    """Taken out and kept under our control."""

    where: str
    on: str | None = None


KINDS: dict[str, type[Body]] = {
    cls.__name__: cls
    for cls in list(globals().values())
    if isinstance(cls, type) and issubclass(cls, Body) and cls is not Body
}

# (kind, version) -> function that turns that version's mapping into the next version's.
UPCASTS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}


def is_known(kind: str, version: int) -> bool:
    """Tell whether this program understands the kind at that version."""
    return kind in KINDS and 1 <= version <= KINDS[kind].VERSION


def read_body(kind: str, version: int, body: bytes) -> Body:
    """Return the typed body of a known event, upcast to today's version.

    Raises BadInput when the body is too large or not of its kind's shape.
    """
    if len(body) > MAX_BODY_BYTES:
        raise _bad_body(kind, _("it is larger than {limit} bytes").format(limit=MAX_BODY_BYTES))
    cls = KINDS[kind]
    try:
        if version == cls.VERSION:
            return msgspec.json.decode(body, type=cls)
        raw = msgspec.json.decode(body, type=dict[str, Any])
        for step in range(version, cls.VERSION):
            raw = UPCASTS[kind, step](raw)
        return msgspec.convert(raw, type=cls)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise _bad_body(kind, str(error)) from error


def _bad_body(kind: str, why: str) -> BadInput:
    return BadInput(
        _("An event of kind {kind} has a bad body: {why}.").format(kind=kind, why=why),
        hint=_("Ask the sender for the bundle again."),
    )
