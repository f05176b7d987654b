# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What templates of papers are given: plain records, in which everything is already computed.

Field names are what a town writes in its copies. An empty text, or None, is « not known »: the
paper leaves a blank to fill in by hand. Days are ISO, amounts in cents, sizes in bytes. Codes
(kinds, qualities, levels) are worded by ``mots-parc.html``.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The town, from its ``documents/collectivite.yml``; ``logo`` is a file's name there."""

    name: str = ""
    address: tuple[str, ...] = ()
    siren: str = ""
    represented_by: str = ""
    empowered_by: str = ""
    service: str = ""
    phone: str = ""
    email: str = ""
    opening_hours: str = ""
    return_address: str = ""
    collection_place: str = ""
    account: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One reference or number set by law. ``entry`` is the dated entry that gave it, ``source``
    the rule it comes from; ``verified`` False: nobody read that rule itself.
    """

    text: str
    source: str
    entry: str
    since: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Laws:
    """The references that papers quote, as they hold on the paper's day."""

    gift: Law
    gift_cap: Law
    resale: Law
    retirement: Law
    inventory_exit: Law
    reuse_duty: Law
    aid_list: Law
    refurbished: Law
    data_protection: Law
    waste: Law
    loan: Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Who receives. ``quality`` is a code, whose proof was seen on ``proof_on``; ``article`` is
    what lets that quality receive gifts.
    """

    name: str = ""
    quality: str = ""
    proof_on: str = ""
    article: str = ""
    registration: str = ""
    address: str = ""
    signatory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The convention with a partner."""

    reference: str = ""
    on: str = ""
    until: str = ""
    scope: str = ""
    proof_owed: str = ""
    decision: str = ""
    data_clause: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A disk of a machine and what was done of its data.

    ``outcome``: certified, wiped (proven, without a certificate of ours), declared, destroyed,
    kept, none. ``number`` is the certificate's.
    """

    disk: str
    serial: str = ""
    size_bytes: int = 0
    outcome: str = "none"
    number: str = ""
    level: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """One test of the sheet. ``result``: pass, fail, na, skipped."""

    __test__ = False  # not a test of pytest's

    test: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Time in one state."""

    state: str
    since: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine as papers name it. ``complete_tests``: every function was tested and works;
    ``all_erased``: the data of every disk is gone, or the disk is.
    """

    tag: str
    id: str = ""
    kind: str = "other"
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    accounting_number: str = ""
    purchased_on: str = ""
    purchase_value_cents: int | None = None
    net_book_value_cents: int | None = None
    estimated_value_cents: int | None = None
    over_ten_years: bool = False
    owner: str = "town"
    provenance: str = "bought"
    state: str = ""
    since: str = ""
    site: str = ""
    room: str = ""
    retired_on: str = ""
    decision: str = ""
    exit_on: str = ""
    exit_way: str = ""
    cpu: str = ""
    memory_bytes: int = 0
    battery_percent: int | None = None
    system: str = ""
    grade: str = ""
    defects: tuple[str, ...] = ()
    failed_tests: tuple[str, ...] = ()
    tests: tuple[TestLine, ...] = ()
    complete_tests: bool = False
    erasures: tuple[Erasure, ...] = ()
    all_erased: bool = False
    stays: tuple[Stay, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """How many machines of one kind."""

    kind: str
    count: int
    total_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A lot and its sums, None when no value is known.

    ``unvalued`` machines have no estimated value, ``unproven`` no proven erasure; ``over_cap`` are
    tags whose value is above the cap.
    """

    name: str
    opened_on: str = ""
    deadline: str = ""
    place: str = ""
    count: int = 0
    kinds: tuple[KindCount, ...] = ()
    total_cents: int | None = None
    purchase_total_cents: int | None = None
    book_total_cents: int | None = None
    unvalued: int = 0
    unproven: int = 0
    over_cap: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A beneficiary or donor: the reference, and a name only when it is known at print time."""

    reference: str = ""
    name: str = ""
    referrer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AidLine:
    """What one partner received in a year."""

    partner: str
    quality: str
    on: str
    decision: str
    count: int
    kinds: tuple[KindCount, ...]
    total_cents: int
    unvalued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of the yearly report, worded: ``value`` with its unit, ``note`` its limits, ``of``
    the number of machines that it was computed of.
    """

    label: str
    value: str
    note: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the yearly report: a sentence that says what it is about, and its figures."""

    title: str
    sentence: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every paper has; ``specimen`` ones are no papers, and say so."""

    number: str
    on: str
    issuer: Issuer
    law: Laws
    specimen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPaper(Head):
    """A paper about a lot: réforme, gift, slip, accounting exit."""

    lot: Lot
    partner: Partner = field(default_factory=Partner)
    agreement: Agreement = field(default_factory=Agreement)
    machines: tuple[Machine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyAid(Head):
    """The yearly list of gifts in kind."""

    year: int
    lines: tuple[AidLine, ...] = ()
    count: int = 0
    total_cents: int = 0
    unvalued: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinePaper(Head):
    """A paper about one machine."""

    machine: Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorPaper(Head):
    """What a donor is given: the machines received and when."""

    donor: Person
    machines: tuple[Machine, ...]
    received_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPaper(Head):
    """What a family is given: a machine handed over, or lent ``until`` a day."""

    machine: Machine
    beneficiary: Person
    partner: Partner = field(default_factory=Partner)
    handed_on: str = ""
    until: str = ""
    price_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyReport(Head):
    """The two pages for the council, whose figures the audit computed and worded until ``day``.

    ``missing`` are the figures without a value, by their reason; ``digest`` is the audit's;
    ``unverified`` are the values used that nobody read at the source.
    """

    year: int
    sections: tuple[Section, ...]
    missing: tuple[str, ...] = ()
    day: str = ""
    digest: str = ""
    unverified: tuple[str, ...] = ()
