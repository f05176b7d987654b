# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of any writing, of any length, of any ill will: whole, escaped, inside the page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.model.paper_facts import LotPaper
from fleet.model.papers import PAPERS
from fleet.output.documents import to_pdf
from fleet.output.papers import paper_html
from fleet.output.specimens import machine, specimen
from fleet.services.papers_law import laws
from tests.documents.pdf import (
    DAY,
    TOWN,
    answer,
    family_paper,
    flow_of,
    needs_poppler,
    pages_of,
)

pytestmark = [pytest.mark.timeout(300), needs_poppler]
REMISE = PAPERS["attestation-remise"]
NAMES = {
    "accents": "Zoé Lœuvre-Ÿvonne d’Éphèse",
    "long with spaces": "Marie-Antoinette " * 12,
    "long without a space": "W" * 200,
    "html": "</td></table><script>alert(1)</script><img src=x onerror=y>",
    "jinja": "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "css": "</style><style>* { display: none }",
    "vietnamese": "Nguyễn Thị Hồng Nhung",
    "greek and cyrillic": "Ελένη Παπαδοπούλου, Наталія Шевченко",
}

# What must stand on the page that is signed.
ACT_BEFORE_SIGNING = {
    "proces-verbal-reforme": "Les supports de données sont effacés",
    "convention-de-don": "Fait en deux exemplaires",
    "bordereau-de-lot": "Nombre de matériels réellement enlevés",
    "certificat-sortie-inventaire": "Date de sortie",
}


def made(name: str, folder: Path) -> Path:
    path = folder / "paper.pdf"
    path.write_bytes(to_pdf(paper_html(REMISE, family_paper(REMISE, name))))
    return path


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_is_printed_whole_and_never_obeyed(name: str, tmp_path: Path) -> None:
    path = made(name, tmp_path)

    assert re.sub(r"\s", "", name) in flow_of(path)
    assert pages_of(path) <= 3
    assert "Premierspas" in flow_of(path)
    assert outside(path) == []


@pytest.mark.parametrize("name", ["עדי בן־חיים", "محمد بن عبد الله"])
def test_a_name_that_is_read_from_right_to_left_turns_nothing_else(
    name: str, tmp_path: Path
) -> None:
    path = made(name, tmp_path)

    text = answer("pdftotext", path, "-")
    letters = {letter for letter in name if letter.isalpha()}
    assert letters & set(text), "no letter of the name is in the text"
    assert "Dossier : DEM-118" in text.replace("\u00a0", " ")
    assert outside(path) == []


def test_marks_that_turn_or_hide_text_are_replaced() -> None:
    html = paper_html(REMISE, family_paper(REMISE, "Ada\u202eenilevoL\u2066\u200b\x1b[2J"))

    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x1b]", html)
    assert "Ada\ufffdenilevoL" in html


def test_a_hostile_machine_and_partner_stay_inside_their_cells(tmp_path: Path) -> None:
    kind = PAPERS["convention-de-don"]
    facts = specimen(kind, number="CONV-20261122-GEZDGNBV", issuer=TOWN, law=laws(DAY))
    assert isinstance(facts, LotPaper)
    hostile = replace(machine(), model="M" * 200, serial="S" * 120, tag="T" * 60)
    partner = replace(facts.partner, name="<b>gras</b> " + "P" * 200)
    path = tmp_path / "lot.pdf"

    changed = replace(facts, machines=(hostile, *facts.machines), partner=partner, specimen=False)
    path.write_bytes(to_pdf(paper_html(kind, changed)))

    flow = flow_of(path)
    assert "<b>gras</b>" in flow
    assert "M" * 20 in flow
    assert outside(path) == []


@pytest.mark.parametrize(
    "code",
    ["proces-verbal-reforme", "convention-de-don", "bordereau-de-lot",
     "certificat-sortie-inventaire"],
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 7, 12, 16, 45])
def test_a_lot_of_any_size_is_summed_once_and_no_signature_stands_alone(
    code: str, count: int, tmp_path: Path
) -> None:
    kind = PAPERS[code]
    facts = specimen(kind, number="X-20261122-GEZDGNBV", issuer=TOWN, law=laws(DAY))
    assert isinstance(facts, LotPaper)
    many = tuple(replace(machine(), tag=f"VJ-{n:04d}", serial="") for n in range(count))
    lot = replace(facts.lot, count=count)
    path = tmp_path / "lot.pdf"

    changed = replace(facts, machines=many, lot=lot, specimen=False)
    path.write_bytes(to_pdf(paper_html(kind, changed)))

    pages = answer("pdftotext", "-layout", path, "-").split("\f")
    signed = next(page for page in pages if "Signature" in page)
    before = signed[: signed.index("Nom et fonction")]
    assert all(f"VJ-{n:04d}" in "".join(pages) for n in range(count))
    assert sum(page.count("Total :") for page in pages) <= 1
    assert ACT_BEFORE_SIGNING[code] in " ".join(before.split())
    assert outside(path) == []


def outside(path: Path) -> list[str]:
    """Return the words that stand, even in part, outside their page."""
    boxes = answer("pdftotext", "-bbox", path, "-")
    found: list[str] = []
    for page in boxes.split("<page ")[1:]:
        size = re.match(r'width="([\d.]+)" height="([\d.]+)"', page)
        assert size is not None
        width, height = float(size[1]), float(size[2])
        for box in re.finditer(
            r'xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word', page
        ):
            left, top, right, bottom = map(float, box.groups()[:4])
            if left < 0 or top < 0 or right > width or bottom > height:
                found.append(box[5])
    return found
