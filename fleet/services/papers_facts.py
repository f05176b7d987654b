# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each paper is given, read from the journal; names from the people table, at print time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model import paper_facts as f
from fleet.model.papers import PaperKind
from fleet.model.text import fold
from fleet.readers.town_card import read_town_card
from fleet.services import lots, papers_machine, records
from fleet.services.acts import resolve
from fleet.services.bench_events import Counted, counted
from fleet.services.documents import own_templates
from fleet.services.papers_law import article_of, cap_cents, laws
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.queries import MachineFilter, Record

CARD = "collectivite.yml"
_LOGOS = ("logo.png", "logo.jpg", "logo.jpeg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A paper ready to be made: facts, the subject it is about, and whose name it bears."""

    kind: PaperKind
    facts: f.Head
    about: str
    label: str
    person: str | None = None


def head(town: Town, *, number: str, on: str, quality: str = "") -> dict[str, Any]:
    """Return what every paper has. Raises BadInput when the town's card has a mistake."""
    return {
        "number": number, "on": on, "issuer": issuer(town), "law": laws(on, quality)
    }  # fmt: skip


def issuer(town: Town) -> f.Issuer:
    """Return the town as its papers name it: its card, else this installation's name."""
    folder = own_templates(town.home)[0]
    path = folder / CARD
    logo = next((name for name in _LOGOS if (folder / name).is_file()), "")
    if path.is_file():
        return replace(read_town_card(path.read_bytes(), str(path)), logo=logo)
    return f.Issuer(name=records.town_name(town), logo=logo)


def lot_paper(town: Town, kind: PaperKind, name: str, *, number: str, on: str) -> Draft:
    """Return a paper about a lot. Raises NotFound, UsageError when the lot holds nothing."""
    lot = lots.get(town, name)
    machines = _machines_of_lot(town, lot, on)
    partner = _partner(town, lot.partner, on)
    facts = f.LotPaper(
        **head(town, number=number, on=on, quality=partner.quality),
        lot=_lot(lot, machines, on),
        partner=partner,
        agreement=_agreement(town, lot.agreement),
        machines=machines,
    )
    return Draft(kind=kind, facts=facts, about=lot.id, label=lot.name)


def retirement_paper(town: Town, kind: PaperKind, name: str, *, number: str, on: str) -> Draft:
    """Return a paper about the machines of one réforme, by its list's number or its decision.

    Raises NotFound.
    """
    found = [one for one in counted(town, "Retired") if _is_of(one, name)]
    if not found:
        raise NotFound(
            _("No machine was retired by {name}.").format(name=name),
            hint=_("See the decisions: parclibre retirement list"),
        )
    ids = list(dict.fromkeys(one.machine.id for one in found))
    machines = papers_machine.machines(town, ids, on)
    about = f"retirement:{name}"
    lot = lots.Lot(id=about, name=name, opened_on=_day(found[0]))
    facts = f.LotPaper(
        **head(town, number=number, on=on), lot=_lot(lot, machines, on), machines=machines
    )
    return Draft(kind=kind, facts=facts, about=about, label=name)


def _is_of(one: Counted, name: str) -> bool:
    body = one.body
    wanted = fold(name)
    return isinstance(body, k.Retired) and wanted in (
        fold(body.list_number or ""),
        fold(body.decision),
    )


def machine_ids(town: Town, *, lot: str | None, tag: str | None) -> list[str]:
    """Return the machines of a lot (by name or id), or that of a tag. Raises NotFound."""
    with town.journal.read() as connection:
        if tag is not None:
            return [resolve(connection, tag)]
        wanted = MachineFilter(lot=records.find(town, "lot", lot or "").id)
        return queries.machine_ids(connection, wanted)


def machine_papers(
    town: Town, kind: PaperKind, ids: Sequence[str], *, numbers: Iterable[str], on: str
) -> list[Draft]:
    """Return one paper for each machine, in the order of tags."""
    base = head(town, number="", on=on)
    return [
        Draft(
            kind=kind,
            facts=f.MachinePaper(**{**base, "number": number}, machine=machine),
            about=machine.id,
            label=machine.tag,
        )
        for machine, number in zip(papers_machine.machines(town, ids, on), numbers, strict=False)
    ]


def donor_paper(
    town: Town, kind: PaperKind, ids: Sequence[str], *, about: str, number: str, on: str
) -> Draft:
    """Return the attestation for who gave machines. Raises UsageError when no gift is recorded, or
    several people gave them.
    """
    gifts = [one for one in counted(town, "GiftReceived") if one.machine.id in set(ids)]
    donors = {one.body.donor for one in gifts if isinstance(one.body, k.GiftReceived)}
    if len(donors) > 1:
        raise UsageError(
            _("These machines were given by several donors."),
            hint=_("Make one attestation for each machine: --machine TAG"),
        )
    machines = papers_machine.machines(town, ids, on)
    if not donors and not any(one.provenance.startswith("given_by") for one in machines):
        raise UsageError(
            _("No gift to the town is recorded on these machines."),
            hint=_("An attestation is for machines that a person or a company gave."),
        )
    donor = next(iter(donors), "")
    facts = f.DonorPaper(
        **head(town, number=number, on=on),
        donor=f.Person(name=_name(town, donor)),
        machines=machines,
        received_on=_day(gifts[-1]) if gifts else "",
    )
    label = machines[0].tag if len(machines) == 1 else _("{n} machines").format(n=len(machines))
    person = donor if facts.donor.name else None
    return Draft(kind=kind, facts=facts, about=about, label=label, person=person)


def family_papers(
    town: Town,
    kind: PaperKind,
    *,
    machine: str | None,
    beneficiary: str | None,
    numbers: Iterator[str],
    on: str,
) -> list[Draft]:
    """Return papers for a family: of a machine's last hand-over (or loan), or of every machine of
    a request. Raises NotFound, and UsageError when none is recorded.
    """
    event = "Loaned" if kind.code == "convention-de-pret" else "HandedOver"
    wanted = records.find(town, "beneficiary", beneficiary).id if beneficiary else None
    ids = machine_ids(town, lot=None, tag=machine) if machine else None
    # The last word on each machine counts.
    found = {one.machine.id: one for one in counted(town, event) if _fits(one, ids, wanted)}
    if not found:
        raise UsageError(_not_yet(event), hint=_("Record it first; the paper is made from it."))
    return [
        _family(town, kind, one, number=number, on=on)
        for one, number in zip(found.values(), numbers, strict=False)
    ]


def _family(town: Town, kind: PaperKind, one: Counted, *, number: str, on: str) -> Draft:
    body: Any = one.body
    request = _record(town, "beneficiary", body.beneficiary)
    name = _name(town, body.beneficiary)
    facts = f.FamilyPaper(
        **head(town, number=number, on=on),
        machine=papers_machine.machine(town, one.machine.id, on),
        beneficiary=f.Person(
            reference=request.name if request else "",
            name=name,
            referrer=_named(town, request.body.get("referrer", "")) if request else "",
        ),
        partner=_partner(town, getattr(body, "partner", None), on),
        handed_on=_day(one),
        until=getattr(body, "until", ""),
        price_cents=getattr(body, "price_cents", None) or 0,
    )
    person = body.beneficiary if name else None
    return Draft(kind=kind, facts=facts, about=one.machine.id, label=one.machine.tag, person=person)


def yearly_aid(town: Town, kind: PaperKind, year: int, *, number: str, on: str) -> Draft:
    """Return the list of gifts in kind of a year, one line for each partner and day."""
    groups: dict[tuple[str, str], list[Counted]] = {}
    for one in counted(town, "TitleTransferred"):
        body = one.body
        if isinstance(body, k.TitleTransferred) and body.way == "gift" and _year(one) == year:
            groups.setdefault((_day(one), body.taker), []).append(one)
    lines = tuple(_aid(town, taker, day, found) for (day, taker), found in sorted(groups.items()))
    facts = f.YearlyAid(
        **head(town, number=number, on=on),
        year=year,
        lines=lines,
        count=sum(line.count for line in lines),
        total_cents=sum(line.total_cents for line in lines),
        unvalued=sum(line.unvalued for line in lines),
    )
    return Draft(kind=kind, facts=facts, about=f"year:{year}", label=str(year))


# --- inside -------------------------------------------------------------------------------------


def _aid(town: Town, taker: str, day: str, found: Sequence[Counted]) -> f.AidLine:
    partner = _partner(town, taker, day)
    values = [one.machine.value_cents for one in found]
    return f.AidLine(
        partner=partner.name or taker,
        quality=partner.quality or "unknown",
        on=day,
        decision=_decision(town, found),
        count=len(found),
        kinds=_kinds((one.machine.kind, one.machine.value_cents) for one in found),
        total_cents=sum(value or 0 for value in values),
        unvalued=values.count(None),
    )


def _decision(town: Town, found: Sequence[Counted]) -> str:
    """Return the council's decision: that of the lot's agreement, else of the réforme."""
    lot = next((one.machine.lot for one in found if one.machine.lot), None)
    record = _record(town, "lot", lot or "")
    decision = _agreement(town, record.body.get("agreement") if record else None).decision
    if decision:
        return decision
    ids = {one.machine.id for one in found}
    bodies = (one.body for one in counted(town, "Retired") if one.machine.id in ids)
    told = dict.fromkeys(body.decision for body in bodies if isinstance(body, k.Retired))
    return " ; ".join(told)


def _machines_of_lot(town: Town, lot: lots.Lot, on: str) -> tuple[f.Machine, ...]:
    ids = machine_ids(town, lot=lot.id, tag=None)
    if not ids:
        raise UsageError(
            _("The lot {lot} holds no machine.").format(lot=lot.name),
            hint=_("Put machines in it first: parclibre lot pick {lot}").format(lot=lot.name),
        )
    return papers_machine.machines(town, ids, on)


def _lot(lot: lots.Lot, machines: Sequence[f.Machine], on: str) -> f.Lot:
    cap = cap_cents(on)
    values = [one.estimated_value_cents for one in machines]
    return f.Lot(
        name=lot.name,
        opened_on=lot.opened_on,
        deadline=lot.collect_by or "",
        place=lot.place or "",
        count=len(machines),
        kinds=_kinds((one.kind, one.estimated_value_cents) for one in machines),
        total_cents=_sum(values),
        purchase_total_cents=_sum([one.purchase_value_cents for one in machines]),
        book_total_cents=_sum([one.net_book_value_cents for one in machines]),
        unvalued=values.count(None),
        unproven=sum(not one.all_erased for one in machines),
        over_cap=tuple(
            one.tag
            for one in machines
            if cap is not None and (one.estimated_value_cents or 0) > cap
        ),
        decisions=tuple(dict.fromkeys(one.decision for one in machines if one.decision)),
    )


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _kinds(pairs: Iterable[tuple[str, int | None]]) -> tuple[f.KindCount, ...]:
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for kind, value in pairs:
        counts[kind] += 1
        totals[kind] += value or 0
    return tuple(
        f.KindCount(kind=kind, count=count, total_cents=totals[kind])
        for kind, count in counts.most_common()
    )


def _partner(town: Town, id_: str | None, day: str) -> f.Partner:
    record = _record(town, "partner", id_ or "")
    if record is None:
        return f.Partner()
    body = _texts(record.body)
    quality = body.get("quality", "")
    return f.Partner(
        name=record.name,
        quality=quality,
        proof_on=body.get("proof_on", ""),
        article=article_of(quality, day),
        registration=body.get("registration", ""),
        address=body.get("address", ""),
        signatory=body.get("signatory", ""),
    )


def _agreement(town: Town, id_: str | None) -> f.Agreement:
    record = _record(town, "agreement", id_ or "")
    if record is None:
        return f.Agreement()
    body = _texts(record.body)
    return f.Agreement(
        reference=record.name,
        on=body.get("on", ""),
        until=body.get("until", ""),
        scope=body.get("scope", ""),
        proof_owed=body.get("proof_owed", ""),
        decision=body.get("decision", ""),
        data_clause=bool(record.body.get("data_clause")),
    )


def _texts(body: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in body.items() if isinstance(value, str)}


def _record(town: Town, type_: str, id_: str) -> Record | None:
    if not id_.startswith(f"{type_}:"):
        return None
    with town.journal.read() as connection:
        return queries.get_record(connection, id_)


def _named(town: Town, id_: str) -> str:
    record = _record(town, "partner", id_)
    return record.name if record else id_


def _name(town: Town, person: str) -> str:
    with town.journal.read() as connection:
        return town.people.name_of(connection, person) or ""


def _fits(one: Counted, ids: Sequence[str] | None, beneficiary: str | None) -> bool:
    return (ids is None or one.machine.id in ids) and (
        beneficiary is None or getattr(one.body, "beneficiary", None) == beneficiary
    )


def _not_yet(event: str) -> str:
    if event == "Loaned":
        return _("No loan is recorded for this machine or request.")
    return _("No hand-over is recorded for this machine or request.")


def _day(one: Counted) -> str:
    return getattr(one.body, "on", None) or one.event.header.at[:10]


def _year(one: Counted) -> int:
    return int(_day(one)[:4])


def folder_of(town: Town) -> Path:
    """Return the folder of the town's own templates, card and pictures."""
    return own_templates(town.home)[0]
