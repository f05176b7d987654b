# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of papers: what each is about, what it is given, and what it must say."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from fleet.model.paper_facts import (
    DonorPaper,
    FamilyPaper,
    Head,
    LotPaper,
    MachinePaper,
    YearlyAid,
    YearlyReport,
)

TOKEN_BYTES = 5
# What no paper may lack, whatever a town changes.
_ALWAYS = ("number", "on", "issuer.name")
_GOODS = ("machines.tag", "machines.manufacturer", "machines.model", "machines.serial")
_VALUES = ("machines.purchased_on", "machines.estimated_value_cents")


class About(StrEnum):
    """What a paper is made for, which is also the option of the command line."""

    LOT = "lot"
    RETIREMENT = "retirement"
    MACHINE = "machine"
    BENEFICIARY = "beneficiary"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """One kind of paper. ``needed`` are the fields that its template must use.

    ``facts`` is None for a paper that another part makes: certificates and labels.
    """

    code: str
    prefix: str
    about: tuple[About, ...]
    facts: type[Head] | None
    needed: tuple[str, ...] = ()
    named: bool = False

    @property
    def template(self) -> str:
        """The name of its template's file."""
        return f"{self.code}.html"


def _kind(
    code: str,
    prefix: str,
    facts: type[Head] | None,
    *about: About,
    needed: tuple[str, ...] = (),
    named: bool = False,
) -> PaperKind:
    always = _ALWAYS if facts is not None else ()
    return PaperKind(
        code=code, prefix=prefix, about=about, facts=facts, needed=(*always, *needed), named=named
    )


PAPERS: Mapping[str, PaperKind] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            _kind(
                "proces-verbal-reforme", "PV", LotPaper, About.RETIREMENT, About.LOT,
                needed=(*_GOODS, "machines.accounting_number", "machines.purchased_on",
                        "machines.net_book_value_cents", "law.retirement", "lot.count"),
            ),
            _kind(
                "convention-de-don", "CONV", LotPaper, About.LOT,
                needed=(*_GOODS, *_VALUES, "partner.name", "partner.quality", "law.gift",
                        "law.gift_cap", "law.resale", "law.reuse_duty", "lot.deadline",
                        "agreement.data_clause"),
            ),
            _kind(
                "bordereau-de-lot", "BL", LotPaper, About.LOT,
                needed=(*_GOODS, "lot.name", "lot.count", "partner.name",
                        "machines.erasures.outcome"),
            ),
            _kind(
                "certificat-sortie-inventaire", "CSI", LotPaper, About.LOT,
                needed=(*_GOODS, "machines.accounting_number", "machines.purchased_on",
                        "machines.purchase_value_cents", "machines.net_book_value_cents",
                        "law.inventory_exit"),
            ),
            _kind(
                "annexe-aides-en-nature", "ANX", YearlyAid, About.YEAR,
                needed=("year", "lines.partner", "lines.count", "lines.total_cents",
                        "law.aid_list"),
            ),
            _kind(
                "convention-de-pret", "PRET", FamilyPaper, About.MACHINE, About.BENEFICIARY,
                needed=("machine.tag", "machine.serial", "until", "beneficiary.name", "law.loan",
                        "law.data_protection"),
                named=True,
            ),
            _kind(
                "attestation-donateur", "DON", DonorPaper, About.MACHINE, About.LOT,
                needed=(*_GOODS, "donor.name"),
            ),
            _kind(
                "attestation-remise", "REM", FamilyPaper, About.MACHINE, About.BENEFICIARY,
                needed=("machine.tag", "machine.serial", "machine.system", "beneficiary.name",
                        "machine.erasures.number", "issuer.return_address",
                        "law.data_protection"),
                named=True,
            ),
            _kind("certificats-effacement", "CE", None, About.LOT, About.MACHINE),
            _kind(
                "fiche-machine", "FM", MachinePaper, About.MACHINE, About.LOT,
                needed=("machine.tag", "machine.serial", "machine.erasures.outcome"),
            ),
            _kind("etiquettes", "ETQ", None, About.LOT, About.MACHINE),
            _kind(
                "rapport-annuel", "RA", YearlyReport, About.YEAR,
                needed=("year", "sections.figures.value", "sections.figures.note"),
            ),
        )
    }
)  # fmt: skip

# What a whole lot needs, in the order in which people sign.
LOT_SET = (
    "proces-verbal-reforme", "convention-de-don", "certificat-sortie-inventaire",
    "bordereau-de-lot", "fiche-machine", "certificats-effacement", "etiquettes",
)  # fmt: skip


def paper_number(kind: PaperKind, on: str, token: bytes) -> str:
    """Return a number that nobody else gives: prefix, the paper's day, five random bytes."""
    if len(token) != TOKEN_BYTES:
        raise ValueError(f"a number takes {TOKEN_BYTES} random bytes")
    letters = base64.b32encode(token).decode("ascii")
    return f"{kind.prefix}-{on.replace('-', '')}-{letters}"
