# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests ask of a PDF: poppler's programs, and invented records with a name to print."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from fleet.model.paper_facts import FamilyPaper, Issuer, Person
from fleet.model.papers import PAPERS, PaperKind
from fleet.output.specimens import specimen
from fleet.services.papers_law import laws

_DPI = 60
DAY = "2026-11-22"
TOWN = Issuer(
    name="Commune de Saint-Étienne-du-Bois",
    address=("1, place de l’Église", "85000 Exempleville"),
    siren="218500123",
    represented_by="le maire",
    phone="02 51 00 00 00",
    email="numerique@exemple.example",
    return_address="Atelier numérique, 3, rue des Écoles",
    collection_place="Ateliers municipaux, quai 2",
    account="2183",
)
MADE_HERE = tuple(kind for kind in PAPERS.values() if kind.facts is not None)
needs_poppler = pytest.mark.skipif(
    shutil.which("pdfinfo") is None, reason="apt-get install poppler-utils"
)


def answer(program: str, *options: str | Path) -> str:
    done = subprocess.run([program, *options], capture_output=True, text=True, check=True)
    return done.stdout


def words_of(path: Path) -> str:
    """Return a PDF's text on one line, with plain spaces."""
    text = answer("pdftotext", "-layout", path, "-")
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def flow_of(path: Path) -> str:
    """Return a PDF's text without any space, in reading order: words broken by a cell count."""
    return re.sub(r"\s", "", answer("pdftotext", "-raw", path, "-"))


def plain_of(path: Path) -> bytes:
    """Return a PDF's bytes with its compressed streams after them, inflated."""
    raw = path.read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, flags=re.DOTALL)
    return raw + b"".join(map(_inflated, streams))


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def pages_of(path: Path) -> int:
    found = re.search(r"Pages:\s+(\d+)", answer("pdfinfo", path))
    assert found is not None
    return int(found[1])


def drawn_in_the_margins(path: Path, margin_mm: int = 10) -> list[int]:
    """Return the pages on which something stands at the left or right edge of the paper."""
    pixels = round(margin_mm / 25.4 * _DPI)
    folder = path.with_suffix("")
    folder.mkdir()
    answer("pdftoppm", "-gray", "-r", str(_DPI), path, folder / "page")
    found = []
    for number, file in enumerate(sorted(folder.iterdir()), start=1):
        page = Image.open(file)
        right = page.crop((page.width - pixels, 0, page.width, page.height))
        edges = (page.crop((0, 0, pixels, page.height)), right)
        if any(edge.getextrema() != (255, 255) for edge in edges):
            found.append(number)
    return found


def family_paper(kind: PaperKind, name: str) -> FamilyPaper:
    """Return an invented family's paper that bears a name."""
    facts = specimen(kind, number="REM-20261122-GEZDGNBV", issuer=TOWN, law=laws(DAY))
    assert isinstance(facts, FamilyPaper)
    person = Person(reference="DEM-118", name=name)
    return replace(facts, beneficiary=person, specimen=False)
