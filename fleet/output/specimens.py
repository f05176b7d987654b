# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented facts to see a template with: every field is filled, everything is a specimen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from fleet.model import paper_facts as f
from fleet.model.papers import PaperKind

_DAY = "2026-11-22"
_MACHINES = (
    ("SPEC-0001", "laptop", "LENOVO", "ThinkPad T460", "PF0SPEC1", 64_900, 0, 9_000),
    ("SPEC-0002", "desktop", "Dell Inc.", "OptiPlex 7040", "SPEC7040", 71_250, 4_550, 7_500),
    ("SPEC-0003", "screen", "HP", "E243", "CNSPEC243", 18_990, 0, 2_500),
)


def specimen(kind: PaperKind, *, number: str, issuer: f.Issuer, law: f.Laws) -> f.Head:
    """Return invented facts for a kind of paper. Raises KeyError for certificates and labels."""
    head = {"number": number, "on": _DAY, "issuer": issuer, "law": law, "specimen": True}
    assert kind.facts is not None  # noqa: S101  (certificates and labels have other makers)
    return _MAKERS[kind.facts](head)


def machine(row: int = 0) -> f.Machine:
    """Return an invented machine with every field filled."""
    tag, kind, maker, model, serial, bought, book, value = _MACHINES[row]
    return f.Machine(
        tag=tag,
        kind=kind,
        manufacturer=maker,
        model=model,
        serial=serial,
        accounting_number=f"2018-2183-{row + 41:04d}",
        purchased_on="2018-09-03",
        purchase_value_cents=bought,
        net_book_value_cents=book,
        estimated_value_cents=value,
        state="ready",
        since="2026-10-12",
        site="École Jules-Verne",
        room="Salle informatique",
        retired_on="2026-06-15",
        decision="Délibération 2026-41",
        cpu="Intel Core i5-6300U",
        memory_bytes=8 * 2**30,
        battery_percent=82 if kind == "laptop" else None,
        system="Debian 13, bureau Xfce",
        grade="B",
        defects=("rayures sur le capot",),
        failed_tests=("camera",) if kind == "laptop" else (),
        tests=(f.TestLine(test="start", result="pass"), f.TestLine(test="camera", result="fail")),
        erasures=_erasures(kind),
        all_erased=True,
        stays=(
            f.Stay(state="in_service", since="2018-09-10", until="2026-06-15"),
            f.Stay(state="retired", since="2026-06-15", until="2026-09-01"),
            f.Stay(state="ready", since="2026-10-12"),
        ),
        code=f"parclibre:{tag}",
    )


def _erasures(kind: str) -> tuple[f.Erasure, ...]:
    if kind == "screen":
        return ()
    return (
        f.Erasure(
            disk="Samsung SSD 850 EVO",
            serial="S2RSPECIMEN",
            size_bytes=250_059_350_016,
            outcome="certified",
            number="CE-20261012-SPECIMEN",
            level="purge",
            on="2026-10-12",
        ),
    )


def _partner() -> f.Partner:
    return f.Partner(
        name="Association Le Lavoir numérique",
        quality="interet_general_precarite",
        proof_on="2026-01-15",
        article="CG3P, art. L.3212-2, 3°, et L.3212-3",
        registration="RNA W000000000",
        address="12, rue du Lavoir, 00000 Exempleville",
        signatory="la présidente",
    )


def _agreement() -> f.Agreement:
    return f.Agreement(
        reference="CONV-2026-3",
        on="2026-02-01",
        until="2028-12-31",
        scope="Elle couvre les lots de l’année scolaire.",
        decision="Délibération 2026-07",
        data_clause=True,
    )


def _lot_paper(head: Mapping[str, Any]) -> f.Head:
    machines = tuple(machine(row) for row in range(len(_MACHINES)))
    lot = f.Lot(
        name="Lot de rentrée",
        opened_on="2026-09-01",
        deadline="2026-12-18",
        place="Ateliers municipaux, quai 2",
        count=len(machines),
        kinds=tuple(f.KindCount(kind=one.kind, count=1) for one in machines),
        total_cents=sum(one.estimated_value_cents or 0 for one in machines),
        purchase_total_cents=sum(one.purchase_value_cents or 0 for one in machines),
        book_total_cents=sum(one.net_book_value_cents or 0 for one in machines),
        decisions=("Délibération 2026-41",),
    )
    return f.LotPaper(
        lot=lot, partner=_partner(), agreement=_agreement(), machines=machines, **head
    )


def _aid(head: Mapping[str, Any]) -> f.Head:
    line = f.AidLine(
        partner=_partner().name,
        quality=_partner().quality,
        on="2026-10-20",
        decision="Délibération 2026-41",
        count=12,
        kinds=(f.KindCount(kind="laptop", count=8), f.KindCount(kind="screen", count=4)),
        total_cents=82_000,
        unvalued=1,
    )
    return f.YearlyAid(
        year=2026, lines=(line,), count=line.count, total_cents=82_000, unvalued=1, **head
    )


def _machine_paper(head: Mapping[str, Any]) -> f.Head:
    return f.MachinePaper(machine=machine(), **head)


def _donor_paper(head: Mapping[str, Any]) -> f.Head:
    donor = f.Person(reference="DON-2026-8", name="Camille Exemple")
    return f.DonorPaper(donor=donor, machines=(machine(),), received_on="2026-11-03", **head)


def _family_paper(head: Mapping[str, Any]) -> f.Head:
    return f.FamilyPaper(
        machine=machine(),
        beneficiary=f.Person(reference="DEM-118", name="Camille Exemple", referrer="CCAS"),
        partner=_partner(),
        handed_on=_DAY,
        until="2027-06-30",
        **head,
    )


def _year_paper(head: Mapping[str, Any]) -> f.Head:
    figures = (
        f.Figure(label="Machines en service", value="412", note="au 31 décembre"),
        f.Figure(label="Taux du décret 2023-266", value="57 %", note="84 biens sur 147 en stock"),
    )
    section = f.Section(
        title="Le parc", sentence="Ce que possède la commune, et son âge.", figures=figures
    )
    return f.YearlyReport(
        year=2026,
        sections=(section,),
        missing=("Achats : un prix manque",),
        day="2026-12-31",
        digest="0" * 64,
        unverified=("tarif 2026",),
        **head,
    )


_MAKERS: Mapping[type[f.Head], Callable[[Mapping[str, Any]], f.Head]] = MappingProxyType(
    {
        f.LotPaper: _lot_paper,
        f.YearlyAid: _aid,
        f.MachinePaper: _machine_paper,
        f.DonorPaper: _donor_paper,
        f.FamilyPaper: _family_paper,
        f.YearlyReport: _year_paper,
    }
)
