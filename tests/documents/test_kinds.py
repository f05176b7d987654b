# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of paper: tagged, in French, fonts inside, every fact on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.model.papers import LOT_SET, PAPERS, PaperKind
from fleet.output.documents import environment, to_pdf
from fleet.output.labels import Label, find_fonts, sheet
from fleet.output.papers import copied_names, paper_html, template_text
from fleet.output.template_code import check_code
from fleet.output.template_fields import check_fields
from tests.documents.pdf import (
    MADE_HERE,
    answer,
    drawn_in_the_margins,
    family_paper,
    flow_of,
    needs_poppler,
    pages_of,
    plain_of,
    words_of,
)

pytestmark = pytest.mark.timeout(300)
by_kind = pytest.mark.parametrize("kind", MADE_HERE, ids=lambda kind: kind.code)

_GOODS = ("SPEC-0001", "SPEC-0003", "PF0SPEC1", "LENOVO ThinkPad T460", "CNSPEC243")
FACTS = {
    "proces-verbal-reforme": (
        *_GOODS, "2018-2183-0041", "03/09/2018", "649,00 €", "1 551,40 €", "45,50 €",
        "Délibération 2026-41", "Total : 3 matériels", "L.2141-1", "le maire",
    ),
    "convention-de-don": (
        *_GOODS, "Association Le Lavoir numérique", "intérêt général", "la présidente",
        "RNA W000000000", "CONV-2026-3", "1er février 2026", "31 décembre 2028", "300 €",
        "18 décembre 2026", "Ateliers municipaux, quai 2", "avant l’effacement", "190,00 €",
        "ordinateur portable 180 €", "écran 30 €", "décret n° 2023-266", "15/01/2026",
    ),
    "bordereau-de-lot": (
        *_GOODS, "« Lot de rentrée »", "Association Le Lavoir numérique", "18 décembre 2026",
        "3 matériels", "effacé, certifié", "CE-20261012-SPECIMEN", "aucun support connu",
    ),
    "certificat-sortie-inventaire": (
        *_GOODS, "2018-2183-0042", "2183", "712,50 €", "45,50 €", "D.1617-19",
        "Opération d’ordre non budgétaire", "à confirmer par le service juridique",
    ),
    "annexe-aides-en-nature": (
        "donné en 2026", "Association Le Lavoir numérique", "12 matériels", "820,00 €",
        "20/10/2026", "ordinateur portable × 8", "1 sans valeur", "6 février 1992",
    ),
    "convention-de-pret": (
        "Camille Exemple", "DEM-118", "SPEC-0001", "PF0SPEC1", "30 juin 2027", "prêt à usage",
        "rayures sur le capot ; caméra : en défaut", "RGPD", "Atelier numérique, 3, rue des Écoles",
    ),
    "attestation-donateur": (
        "Camille Exemple", "DON-2026-8", "3 novembre 2026", "SPEC-0001", "PF0SPEC1",
        "Ce n’est pas un reçu fiscal",
    ),
    "attestation-remise": (
        "Camille Exemple", "DEM-118", "SPEC-0001", "PF0SPEC1", "Debian 13", "82 %",
        "CE-20261012-SPECIMEN", "Premiers pas", "Atelier numérique, 3, rue des Écoles",
        "02 51 00 00 00", "22 novembre 2026",
    ),
    "fiche-machine": (
        "SPEC-0001", "PF0SPEC1", "Intel Core i5-6300U", "8 Go", "250 Go", "S2RSPECIMEN",
        "CE-20261012-SPECIMEN", "Grade d’aspect B", "École Jules-Verne", "15/06/2026",
        "aujourd’hui",
    ),
    "rapport-annuel": ("rapport aux élus", "412", "57 %", "31 décembre 2026", "tarif 2026"),
}  # fmt: skip


def test_every_kind_made_here_has_its_facts_in_this_table() -> None:
    assert set(FACTS) == {kind.code for kind in MADE_HERE}
    assert set(LOT_SET) <= set(PAPERS)


@needs_poppler
@by_kind
def test_the_paper_is_tagged_in_french_with_a_title(
    kind: PaperKind, specimens: Mapping[str, Path]
) -> None:
    path = specimens[kind.code]

    told = answer("pdfinfo", path)
    tags = answer("pdfinfo", "-struct-text", path)

    assert re.search(r"Tagged:\s+yes", told)
    assert re.search(r"Title:\s+\S+", told)
    assert re.search(r"Author:\s+Commune de Saint-Étienne-du-Bois", told)
    assert re.search(r"^\s+H1", tags, flags=re.MULTILINE)
    assert b"/Lang (fr)" in plain_of(path)
    assert b"pdfuaid:part" in plain_of(path)
    if "<table" in (template_text(kind.template) or ""):
        assert re.search(r"^\s+TH", tags, flags=re.MULTILINE)


@needs_poppler
@by_kind
def test_every_font_is_inside_the_paper(kind: PaperKind, specimens: Mapping[str, Path]) -> None:
    lines = answer("pdffonts", specimens[kind.code]).splitlines()[2:]

    columns = [line.split()[-5:-2] for line in lines]

    assert columns
    assert all(embedded == "yes" and unicode == "yes" for embedded, _sub, unicode in columns)


@needs_poppler
@by_kind
def test_the_paper_says_each_of_its_facts(kind: PaperKind, specimens: Mapping[str, Path]) -> None:
    path = specimens[kind.code]
    words, flow = words_of(path), flow_of(path)

    missing = [
        fact for fact in FACTS[kind.code] if fact not in words and fact.replace(" ", "") not in flow
    ]

    assert missing == []


@needs_poppler
@by_kind
def test_nothing_is_drawn_in_the_margins(kind: PaperKind, specimens: Mapping[str, Path]) -> None:
    assert drawn_in_the_margins(specimens[kind.code]) == []


@needs_poppler
@by_kind
def test_each_page_of_a_specimen_says_so(kind: PaperKind, specimens: Mapping[str, Path]) -> None:
    path = specimens[kind.code]

    pages = [
        answer("pdftotext", "-f", str(n), "-l", str(n), path, "-")
        for n in range(1, pages_of(path) + 1)
    ]

    assert all("SPÉCIMEN" in page for page in pages)


@by_kind
def test_our_own_templates_hold_no_code_and_use_every_needed_field(kind: PaperKind) -> None:
    made = environment()
    assert kind.facts is not None

    code = [
        finding
        for name in copied_names(kind)
        for finding in check_code(template_text(name) or "", name, made)
    ]
    fields = check_fields(kind.template, kind.facts, kind.needed, template_text, made)

    assert code == []
    assert fields == []


@needs_poppler
def test_labels_have_their_title_their_language_and_their_fonts(tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    path.write_bytes(sheet([Label(tag="VJ-0001"), Label(tag="VJ-0007")], fonts=find_fonts()))

    fonts = answer("pdffonts", path).splitlines()[2:]

    assert re.search(r"Title:\s+VJ-0001 – VJ-0007", answer("pdfinfo", path))
    assert b"/Lang" in plain_of(path)
    assert all(line.split()[-5] == "yes" for line in fonts)


@needs_poppler
def test_a_family_of_a_desktop_pc_is_told_to_plug_its_screen_in(tmp_path: Path) -> None:
    kind, path = PAPERS["attestation-remise"], tmp_path / "paper.pdf"
    facts = family_paper(kind, "Awa D.")
    disk = facts.machine.erasures[0]
    bare = replace(disk, outcome="none", number="", on="")
    desktop = replace(facts.machine, kind="desktop", erasures=(bare,), all_erased=False)

    path.write_bytes(to_pdf(paper_html(kind, replace(facts, machine=desktop, price_cents=4500))))

    words = words_of(path)
    assert "Branchez l’écran, le clavier, la souris" in words
    assert "dont nous n’avons pas la preuve d’effacement" in words
    assert "vous vend cet ordinateur" in words
    assert "ont été effacés" not in words


@needs_poppler
def test_the_yearly_report_holds_on_two_pages(specimens: Mapping[str, Path]) -> None:
    assert pages_of(specimens["rapport-annuel"]) <= 2
