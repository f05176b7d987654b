# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Papers of the example town: facts from its journal, digests, names, signed sheets, purge."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

from fleet.errors import BadInput, GuardRefused, NotFound, UsageError
from fleet.model import kinds as k
from fleet.model.papers import PAPERS
from fleet.services import acts, papers_kept, people, records
from fleet.services.acts import view_of
from fleet.services.bench_events import counted
from fleet.services.donors import add_donor
from fleet.services.machines import register
from fleet.services.papers_issue import Made, Target, make
from fleet.services.papers_law import laws
from fleet.services.papers_set import make_any, make_set
from fleet.services.town import Town, init_town
from fleet.store import queries
from fleet.store.people import Person, Role
from fleet.store.verify import verify
from tests.documents.pdf import flow_of, needs_poppler, words_of

pytestmark = [pytest.mark.timeout(300), needs_poppler]
DAY = "2026-11-22"
LOT = Target(lot="Lot rentrée 2024")
CANARY = "Zéphyrine Canari-Témoin"
PDF = b"%PDF-1.7 a scan"


def one(town: Town, code: str, target: Target, folder: Path) -> Made:
    (made,) = make(town, PAPERS[code], target, folder, on=DAY)
    return made


def given_tag(town: Town) -> str:
    """The tag of the first machine that was handed over."""
    return counted(town, "HandedOver")[0].machine.tag


def gift_of(town: Town, which: int = 0) -> str:
    """The tag of a machine that a company gave."""
    with town.journal.read() as connection:
        lines = queries.page_machines(connection, queries.MachineFilter())
    views = [view_of(town, line.id).machine for line in lines]
    return [one.tag for one in views if one.provenance == "given_by_company"][which]


def named(town: Town) -> tuple[str, str]:
    """A beneficiary whose name is known: their id, and the tag of the machine they received."""
    found = counted(town, "HandedOver")[1]
    assert isinstance(found.body, k.HandedOver)
    person = found.body.beneficiary
    with town.journal.write() as writer:
        if not town.people.is_known(writer.connection, person):
            known = Person(
                id=person, role=Role.BENEFICIARY, name=CANARY, last_contact=date(2026, 11, 1)
            )
            town.people.add(writer.connection, known)
    return person, found.machine.tag


def test_the_whole_set_of_a_lot_says_what_the_journal_says(example: Town, tmp_path: Path) -> None:
    made = list(make_set(example, LOT, tmp_path, on=DAY))

    by_kind = {paper.kind: paper for paper in made}
    deed = words_of(by_kind["proces-verbal-reforme"].path)
    gift = words_of(by_kind["convention-de-don"].path)
    slip = words_of(by_kind["bordereau-de-lot"].path)
    # Seven OptiPlex 3020 bought at 498 € each, retired by one decision.
    assert "Total : 7 matériels (valeurs connues) 3 486,00 € inconnue" in deed
    assert "Délibération 2024-31" in deed
    assert all(f"BLP-000{n}" in deed and f"BLP-000{n}" in slip for n in range(1, 8))
    assert "2183-2014-001" in deed
    assert "Repair Café du Lavoir" in gift
    assert "Convention 2023-07, valable jusqu’au 31 décembre 2027" in gift
    assert "ne dépasse pas 300 €" in gift
    assert "ordinateur fixe × 7" in slip
    assert len([paper for paper in made if paper.kind == "fiche-machine"]) == 7
    assert by_kind["etiquettes"].path.stat().st_size > 0


def test_a_gift_that_the_law_does_not_allow_says_so_on_its_face(tmp_path: Path) -> None:
    town = init_town(tmp_path, f"sqlite:///{tmp_path}/journal.db").acting_as("Sylvie Marchand")
    partner = records.add_partner(town, "Boutique du coin", "company")
    lot = records.open_lot(town, "Lot interdit", partner=partner)
    register(town, k.MachineRegistered(tag="VJ-0001", kind="laptop"))
    acts.record(town, ["VJ-0001"], k.ValueEstimated(machine_cents=30_001))
    acts.record(town, ["VJ-0001"], k.MachinePutInLot(lot=lot))

    made = one(town, "convention-de-don", Target(lot="Lot interdit"), tmp_path / "out")

    words = words_of(made.path)
    assert "aucune règle enregistrée ne permet à ce bénéficiaire (entreprise)" in words
    assert "au-dessus du plafond pour VJ-0001" in words
    assert "La collectivité efface chaque support avant l’enlèvement" in words


def test_each_paper_has_its_digest_and_its_bytes_in_the_journal(
    example: Town, tmp_path: Path
) -> None:
    made = one(example, "bordereau-de-lot", LOT, tmp_path)

    paper = papers_kept.find(example, made.number.lower())
    data = made.path.read_bytes()
    assert paper.digest == hashlib.sha256(data).hexdigest()
    assert papers_kept.open_paper(example, paper) == data
    assert papers_kept.about_name(example, paper.about) == "Lot rentrée 2024"
    assert list(verify(example.journal, example.attachments)) == []


def test_a_file_that_was_changed_is_told_from_the_one_that_was_made(
    example: Town, tmp_path: Path
) -> None:
    made = one(example, "bordereau-de-lot", LOT, tmp_path)
    renamed = tmp_path / "sans-numero.pdf"
    renamed.write_bytes(made.path.read_bytes())
    stranger = tmp_path / "autre.pdf"
    stranger.write_bytes(PDF)
    before = papers_kept.check_files(example, [made.path, renamed, stranger])
    made.path.write_bytes(made.path.read_bytes() + b"\n")

    (after,) = papers_kept.check_files(example, [made.path])

    assert [found.outcome for found in before] == ["sound", "sound", "unknown"]
    assert (after.outcome, after.number) == ("altered", made.number)


def test_a_family_without_a_known_name_gets_a_blank_line(example: Town, tmp_path: Path) -> None:
    tag = given_tag(example)

    made = one(example, "attestation-remise", Target(machine=tag), tmp_path)

    words = words_of(made.path)
    assert not made.named
    assert f"Numéro {tag}" in words
    assert "Les fichiers de l’ancien utilisateur ont été effacés" in words
    assert "Repair Café du Lavoir vous donne cet ordinateur" in words
    assert "Linux Debian 12 (famille-debian12-2024.1)" in words
    assert f"Pour voir la preuve, donnez-nous le numéro {tag}" in words
    assert "Appelez le" in words
    assert "Rapportez-le ici" in words


def test_a_request_gives_the_papers_of_all_its_machines(example: Town, tmp_path: Path) -> None:
    found = counted(example, "HandedOver")[0]
    assert isinstance(found.body, k.HandedOver)
    with example.journal.read() as connection:
        request = queries.get_record(connection, found.body.beneficiary)
    assert request is not None

    made = one(example, "attestation-remise", Target(beneficiary=request.name), tmp_path)

    assert f"Dossier : {request.name}" in words_of(made.path)
    assert found.machine.tag in words_of(made.path)


def test_a_name_is_printed_and_sealed_and_stays_nowhere_else(example: Town, tmp_path: Path) -> None:
    person, tag = named(example)

    made = one(example, "attestation-remise", Target(machine=tag), tmp_path)

    paper = papers_kept.find(example, made.number)
    assert CANARY in words_of(made.path)
    assert paper.person == person
    assert papers_kept.open_paper(example, paper) == made.path.read_bytes()
    assert hashlib.sha256(made.path.read_bytes()).hexdigest() != paper.digest
    assert papers_kept.check_files(example, [made.path])[0].outcome == "sound"
    assert CANARY not in made.path.name
    assert traces(example) == []


def test_a_purge_takes_the_paper_and_its_signed_sheet_with_the_name(
    example: Town, tmp_path: Path
) -> None:
    person, tag = named(example)
    made = one(example, "attestation-remise", Target(machine=tag), tmp_path)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(PDF)
    signed = papers_kept.attach(example, made.number, scan)
    sheet = papers_kept.open_sheet(example, signed, signed.signed[0])

    people.purge_persons(example, [person], date(2026, 11, 22))

    assert sheet == (PDF, "application/pdf")
    paper = papers_kept.find(example, made.number)
    for read in (
        lambda: papers_kept.open_paper(example, paper),
        lambda: papers_kept.open_sheet(example, paper, paper.signed[0]),
        lambda: papers_kept.attach(example, made.number, scan),
    ):
        with pytest.raises(GuardRefused):
            read()
    assert papers_kept.check_files(example, [made.path])[0].outcome == "unreadable"
    again = one(example, "attestation-remise", Target(machine=tag), tmp_path)
    assert CANARY not in words_of(again.path)
    assert traces(example) == []


def test_a_signed_agreement_is_sealed_with_a_key_of_its_own(example: Town, tmp_path: Path) -> None:
    made = one(example, "convention-de-don", LOT, tmp_path)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a photo")

    signed = papers_kept.attach(example, made.number, photo, on="2026-11-23")

    (digest,) = signed.signed
    assert papers_kept.open_sheet(example, signed, digest) == (photo.read_bytes(), "image/jpeg")
    assert photo.read_bytes() not in example.attachments.get(digest)


@pytest.mark.parametrize("content", [b"MZ\x90 program", b"GIF89a", b"<html>", b"plain"])
def test_a_signed_sheet_of_the_wrong_kind_is_refused(
    content: bytes, example: Town, tmp_path: Path
) -> None:
    made = one(example, "bordereau-de-lot", LOT, tmp_path)
    file = tmp_path / "scan.pdf"
    file.write_bytes(content)

    with pytest.raises(BadInput, match=r"scan\.pdf"):
        papers_kept.attach(example, made.number, file)


def test_the_gifts_of_a_year_are_summed_by_partner_and_day(example: Town, tmp_path: Path) -> None:
    made = one(example, "annexe-aides-en-nature", Target(year=2024), tmp_path)

    # The computer room's twelve PCs, on 28 June 2024: the only gift of that year.
    flow = flow_of(made.path)
    assert "12matériels:ordinateurfixe×12" in flow
    assert "28/06/2024" in flow
    assert flow.count("RepairCaféduLavoir") == 1


def test_a_deed_of_reforme_lists_every_machine_of_its_decision(
    example: Town, tmp_path: Path
) -> None:
    made = one(
        example, "proces-verbal-reforme", Target(retirement="délibération 2024-31"), tmp_path
    )

    words = words_of(made.path)
    assert "constate que 12 matériels désignés" in words
    assert all(f"BLP-{n:04d}" in words for n in range(1, 13))
    with pytest.raises(NotFound):
        one(example, "proces-verbal-reforme", Target(retirement="PV-0"), tmp_path)


def test_a_donor_whose_name_is_known_is_named_and_the_paper_sealed(
    example: Town, tmp_path: Path
) -> None:
    tag = gift_of(example)
    donor = add_donor(example, CANARY)
    acts.record(example, [tag], k.GiftReceived(donor=donor, donor_kind="person", on="2025-01-20"))

    made = one(example, "attestation-donateur", Target(machine=tag), tmp_path)

    words = words_of(made.path)
    assert f"reçu gratuitement de {CANARY}" in words
    assert "20 janvier 2025" in words
    assert papers_kept.find(example, made.number).person == donor
    assert traces(example) == []


def test_a_year_without_gifts_says_so(example: Town, tmp_path: Path) -> None:
    made = one(example, "annexe-aides-en-nature", Target(year=2020), tmp_path)

    assert "Aucun don de matériel informatique n’est enregistré pour 2020" in words_of(made.path)


def test_the_report_to_the_council_is_french_and_hides_small_numbers(
    example: Town, tmp_path: Path
) -> None:
    made = one(example, "rapport-annuel", Target(year=2025), tmp_path)

    words = words_of(made.path)
    assert "Situation au 31 décembre 2025" in words
    assert "Empreinte de l’audit (SHA-256)" in words
    assert not any(name in words for name in ("Sylvie", "Nadia", "Perrin"))
    assert re.search(r"Achats ; [^.]* : un prix manque\.", words)
    tables, missing = words.split("Ce que ce rapport ne chiffre pas")
    assert "un prix manque" not in tables
    assert "Argent" not in tables  # none of its figures has a value
    assert "Évité par les secondes vies, central" in missing


def test_a_maker_that_the_model_names_is_printed_once(example: Town, tmp_path: Path) -> None:
    lent = counted(example, "Loaned")[0].machine

    made = one(example, "fiche-machine", Target(machine=lent.tag), tmp_path)

    assert (lent.manufacturer, lent.model) == ("HP", "HP ProBook 430 G3")
    assert "Ordinateur portable HP ProBook 430 G3" in words_of(made.path)


def test_a_loan_has_its_agreement_and_a_machine_that_is_not_lent_has_none(
    example: Town, tmp_path: Path
) -> None:
    lent = counted(example, "Loaned")[0]
    assert isinstance(lent.body, k.Loaned)

    made = one(example, "convention-de-pret", Target(machine=lent.machine.tag), tmp_path)

    assert "Convention de prêt d’un ordinateur" in words_of(made.path)
    assert lent.body.until[:4] in words_of(made.path)
    with pytest.raises(UsageError, match="No loan"):
        one(example, "convention-de-pret", Target(machine=given_tag(example)), tmp_path)


def test_a_donor_is_thanked_for_a_gift_and_for_nothing_else(example: Town, tmp_path: Path) -> None:
    gift = gift_of(example, -1)

    made = one(example, "attestation-donateur", Target(machine=gift), tmp_path)

    assert gift in words_of(made.path)
    with pytest.raises(UsageError, match="No gift"):
        one(example, "attestation-donateur", Target(machine=given_tag(example)), tmp_path)


@pytest.mark.parametrize(
    ("code", "target", "told"),
    [
        ("convention-de-don", Target(machine="BLP-0001"), "is not made for that"),
        ("convention-de-don", Target(), "once"),
        ("convention-de-don", Target(lot="a", year=2024), "once"),
        ("etiquettes", Target(year=2024), "is not made for that"),
    ],
)
def test_a_paper_for_the_wrong_thing_is_refused(
    code: str, target: Target, told: str, example: Town, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=told):
        list(make_any(example, PAPERS[code], target, tmp_path, on=DAY))


def test_a_paper_of_a_day_that_no_entry_covers_asks_to_look_the_rule_up() -> None:
    old, today = laws("1985-01-01", "esus"), laws(DAY, "esus")

    assert old.gift.text == "règle à vérifier"
    assert not old.gift.verified
    assert today.gift.text == "CG3P, art. L.3212-2, 3°, et L.3212-3"
    assert today.gift_cap.text.replace("\u00a0", " ") == "300 €"
    assert today.resale.verified
    # Nobody read the accounting instruction that the list of retired goods quotes.
    assert not today.retirement.verified


def test_an_unknown_lot_and_an_empty_one_make_nothing(example: Town, tmp_path: Path) -> None:
    if not any(lot.name == "Vide" for lot in records.listing(example, "lot")):
        records.open_lot(example, "Vide")
    before = len(papers_kept.papers(example))

    with pytest.raises(NotFound):
        one(example, "convention-de-don", Target(lot="Nulle part"), tmp_path)
    with pytest.raises(UsageError, match="holds no machine"):
        one(example, "convention-de-don", Target(lot="Vide"), tmp_path)

    assert len(papers_kept.papers(example)) == before


def traces(town: Town) -> list[str]:
    """Return the files of the store that hold the canary's name, in any usual encoding."""
    needles = [CANARY.encode(code) for code in ("utf-8", "utf-16-le", "latin-1")]
    found = []
    for path in sorted(town.home.rglob("*")):
        if path.is_file() and any(needle in path.read_bytes() for needle in needles):
            found.append(path.name)
    return found
