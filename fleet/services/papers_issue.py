# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes papers: facts to PDF, kept (sealed when they bear a name), and told to the journal.

Order matters when the power goes: the PDF is kept first, the event that names it comes last.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.papers import PAPERS, TOKEN_BYTES, About, PaperKind, paper_number
from fleet.output.papers import check_template, paper_html
from fleet.output.template_code import refuse
from fleet.services import papers_facts
from fleet.services.certificates import put_file, safe_name
from fleet.services.documents import RenderMany, own_templates, side_by_side
from fleet.services.papers_facts import Draft
from fleet.services.papers_year import yearly_report
from fleet.services.people import keep_paper
from fleet.services.town import Town, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What papers are made for: exactly one of these."""

    lot: str | None = None
    retirement: str | None = None
    machine: str | None = None
    beneficiary: str | None = None
    year: int | None = None

    @property
    def about(self) -> About:
        """Which one it is. Raises UsageError when there is none, or several."""
        given = [one for one in About if getattr(self, one.value) is not None]
        if len(given) != 1:
            raise UsageError(
                _("Say what the document is for, once."),
                hint=_("Give one of: --lot, --retirement, --machine, --beneficiary, --year"),
            )
        return given[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A paper that was made. ``named`` when it bears a person's name."""

    kind: str
    number: str
    label: str
    path: Path
    digest: str
    named: bool = False


def make(
    town: Town,
    kind: PaperKind,
    target: Target,
    folder: Path,
    *,
    on: str,
    render: RenderMany = side_by_side,
    number: str = "",
) -> list[Made]:
    """Make the papers of one kind, write them to a folder, and tell the journal.

    ``number`` is that of the first paper; without it, each has a fresh one.

    Raises UsageError when the kind is for something else or nobody is acting, NotFound, and
    BadInput when a template of the town is refused.
    """
    if town.operator is None:
        raise UsageError(
            _("Nobody is named as the author of this act."),
            hint=_('Say who you are once: parclibre operator "Camille B."'),
        )
    own = own_templates(town.home)
    refuse(check_template(kind, own))
    wanted = drafts(town, kind, target, on=on, number=number)
    pages = [paper_html(kind, draft.facts, own, checked=True) for draft in wanted]
    made: list[Made] = []
    bodies: list[k.DocumentIssued] = []
    for draft, pdf in zip(wanted, render(pages, pictures_in(own)), strict=True):
        paper, body = _kept(town, draft, folder, on, pdf)
        made.append(paper)
        bodies.append(body)
    with town.act() as act:
        for body in bodies:
            act.add(new_id("document"), body)
    return made


def drafts(
    town: Town, kind: PaperKind, target: Target, *, on: str, number: str = ""
) -> list[Draft]:
    """Return the papers of one kind with their facts. Raises as ``make``."""
    require_fit(kind, target)
    numbers = chain((number,) if number else (), new_numbers(kind, on))
    return _DRAFTS[kind.code](town, kind, target, numbers, on)


def require_fit(kind: PaperKind, target: Target) -> None:
    """Raise UsageError when papers of this kind are not made for such a target."""
    if target.about not in kind.about:
        options = ", ".join(f"--{one.value}" for one in kind.about)
        raise UsageError(
            _("The document {kind} is not made for that.").format(kind=kind.code),
            hint=_("Give one of: {options}").format(options=options),
        )


def new_numbers(kind: PaperKind, on: str) -> Iterator[str]:
    """Yield fresh numbers of a kind, without end."""
    while True:
        yield paper_number(kind, on, secrets.token_bytes(TOKEN_BYTES))


def _kept(
    town: Town, draft: Draft, folder: Path, on: str, pdf: bytes
) -> tuple[Made, k.DocumentIssued]:
    person = draft.person
    digest = keep_paper(town, person, pdf) if person else town.attachments.put(pdf)
    number = draft.facts.number
    path = put_file(folder, file_name(draft.kind.code, draft.label, number), pdf)
    body = k.DocumentIssued(
        kind=draft.kind.code, number=number, digest=digest, about=draft.about, person=person, on=on
    )
    made = Made(
        kind=draft.kind.code, number=number, label=draft.label, path=path, digest=digest,
        named=person is not None,
    )  # fmt: skip
    return made, body


def pictures_in(own: Sequence[Path]) -> tuple[Path, ...]:
    """Return those of a town's folders that are there."""
    return tuple(folder for folder in own if folder.is_dir())


def file_name(kind: str, label: str, number: str) -> str:
    """Return the name of a paper's file; no person's name is ever in it."""
    return f"{kind}_{plain_name(label)}_{number}.pdf"


def plain_name(label: str) -> str:
    """Return a label as a part of a file's name, without accents."""
    letters = unicodedata.normalize("NFKD", label)
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return safe_name(kept)[:40]


# --- what each kind is made from ----------------------------------------------------------------

_Drafts = Callable[[Town, PaperKind, Target, Iterator[str], str], list[Draft]]


def _of_lot(
    town: Town, kind: PaperKind, target: Target, numbers: Iterator[str], on: str
) -> list[Draft]:
    if target.retirement is not None:
        name = target.retirement
        return [papers_facts.retirement_paper(town, kind, name, number=next(numbers), on=on)]
    name = target.lot or ""
    return [papers_facts.lot_paper(town, kind, name, number=next(numbers), on=on)]


def _of_machines(
    town: Town, kind: PaperKind, target: Target, numbers: Iterator[str], on: str
) -> list[Draft]:
    ids = machines_of(town, target)
    return papers_facts.machine_papers(town, kind, ids, numbers=numbers, on=on)


def _of_donor(
    town: Town, kind: PaperKind, target: Target, numbers: Iterator[str], on: str
) -> list[Draft]:
    ids = machines_of(town, target)
    return [papers_facts.donor_paper(town, kind, ids, about=ids[0], number=next(numbers), on=on)]


def _of_family(
    town: Town, kind: PaperKind, target: Target, numbers: Iterator[str], on: str
) -> list[Draft]:
    return papers_facts.family_papers(
        town,
        kind,
        machine=target.machine,
        beneficiary=target.beneficiary,
        numbers=numbers,
        on=on,
    )


def _of_year(
    town: Town, kind: PaperKind, target: Target, numbers: Iterator[str], on: str
) -> list[Draft]:
    make_one = yearly_report if kind.code == "rapport-annuel" else papers_facts.yearly_aid
    return [make_one(town, kind, target.year or 0, number=next(numbers), on=on)]


def machines_of(town: Town, target: Target) -> Sequence[str]:
    ids = papers_facts.machine_ids(town, lot=target.lot, tag=target.machine)
    if not ids:
        raise UsageError(
            _("The lot {lot} holds no machine.").format(lot=target.lot),
            hint=_("Put machines in it first: parclibre lot pick {lot}").format(lot=target.lot),
        )
    return ids


_DRAFTS: dict[str, _Drafts] = {
    "proces-verbal-reforme": _of_lot,
    "convention-de-don": _of_lot,
    "bordereau-de-lot": _of_lot,
    "certificat-sortie-inventaire": _of_lot,
    "annexe-aides-en-nature": _of_year,
    "convention-de-pret": _of_family,
    "attestation-donateur": _of_donor,
    "attestation-remise": _of_family,
    "fiche-machine": _of_machines,
    "rapport-annuel": _of_year,
}


def known_kind(code: str) -> PaperKind:
    """Return a kind of paper by its code. Raises UsageError."""
    if code in PAPERS:
        return PAPERS[code]
    raise UsageError(
        _("There is no document « {kind} ».").format(kind=code),
        hint=_("Choose one of: {kinds}").format(kinds=", ".join(PAPERS)),
    )
