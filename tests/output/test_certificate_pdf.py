# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates on paper: tagged, in French, whole for any firmware string, fetching nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest
import segno

from fleet.errors import BadInput
from fleet.model.certificate import Circumstances, MachineIdentity, certify, report_failure
from fleet.model.events import Clock
from fleet.model.facts import DiskKind
from fleet.model.policy import CLEAR, PURGE
from fleet.model.wipe import Hidden, ReadBack, Technique
from fleet.output import documents, wipe_text
from fleet.output.certificate_pdf import PrintedPaper, html, to_pdf
from fleet.services.certificate_proof import prove, prove_code, seal_certificate, seal_failure
from fleet.services.certificates import printed
from fleet.services.documents import in_child
from fleet.store.keys import ReplicaKey, open_replica_key
from tests.documents.pdf import drawn_in_the_margins
from tests.services import wipe_samples as samples

# A second each on a quiet machine; tests share theirs with virtual ones.
pytestmark = pytest.mark.timeout(600)
needs_poppler = pytest.mark.skipif(
    shutil.which("pdfinfo") is None, reason="apt-get install poppler-utils"
)
MACHINE = MachineIdentity(
    tag="VJ-0042", id="machine:1", owner="town", manufacturer="LENOVO", model="ThinkPad T460"
)
HOSTILE = "</td><script>x</script>\u202egnp\u2066\x1b[2J{{ 7 * 7 }} é" + "W" * 150


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> ReplicaKey:
    return open_replica_key(tmp_path_factory.mktemp("key"))


def around(key: ReplicaKey, number: str) -> Circumstances:
    return Circumstances(
        number=number,
        issued_at=samples.ENDED,
        key=key.public_key,
        replica=key.replica,
        machine=MACHINE,
        operator="operator:7f3a",
        policy="standard",
        clock="by hand",
        issuer="Ville de Saint-Étienne-du-Bois",
        destination="école Jean-Macé",
        doubt=("2009-01-01T00:04:11Z", "2026-11-22T14:00:00Z"),
    )


def certificate(key: ReplicaKey, serial: str = "S3Z8NB0K") -> PrintedPaper:
    verified = samples.verified(wiped=samples.target(serial=serial, model=serial))
    paper = certify(verified, around(key, "CE-20261122-GEZDGNBV"))
    return printed(prove(seal_certificate(key, paper), {key.public_key}))


def failure(key: ReplicaKey) -> PrintedPaper:
    report = report_failure(samples.failed(), around(key, "ECHEC-20261122-GEZDGNBV"))
    return printed(prove(seal_failure(key, report), {key.public_key}))


def answer(program: str, *options: str | Path) -> str:
    done = subprocess.run([program, *options], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def paper(key: ReplicaKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's PDF: its page, a certificate, a failure."""
    path = tmp_path_factory.mktemp("pdf") / "papers.pdf"
    people = {"operator:7f3a": "Zoé Lœwe"}
    pages = html([certificate(key), failure(key)], machine=MACHINE, people=people)
    path.write_bytes(to_pdf(pages))
    return path


@needs_poppler
def test_the_pdf_is_tagged_with_headings_tables_and_their_header_cells(paper: Path) -> None:
    told = answer("pdfinfo", paper)
    tags = answer("pdfinfo", "-struct-text", paper)

    assert re.search(r"Tagged:\s+yes", told)
    assert "Effacements de la machine VJ-0042" in told
    assert re.search(r"Author:\s+Ville de Saint-Étienne-du-Bois", told)
    for tag in ("H1", "H2", "Table", "Caption", "TH", "TD", "L ", "LI", "Figure"):
        assert re.search(rf"^\s+{tag}", tags, flags=re.MULTILINE), tag
    assert "Certificat d’effacement" in tags


def test_the_pdf_says_its_language_its_conformance_and_what_the_code_is(paper: Path) -> None:
    raw = paper.read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, flags=re.DOTALL)
    plain = raw + b"".join(_inflated(stream) for stream in streams)

    assert b"/Lang (fr)" in plain
    assert b"pdfuaid:part" in plain
    assert b"/Alt (Code QR du certificat" in plain
    assert b"/JavaScript" not in plain
    assert b"/URI" not in plain


@needs_poppler
def test_no_table_goes_over_the_edge_of_its_page(paper: Path) -> None:
    assert drawn_in_the_margins(paper) == []


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


@needs_poppler
def test_accents_and_every_field_are_on_the_page(paper: Path) -> None:
    words = " ".join(answer("pdftotext", "-layout", paper, "-").split())

    for told in (
        "Certificat d’effacement", "CE-20261122-GEZDGNBV", "S3Z8NB0K", "école Jean-Macé",
        "ATA SANITIZE, effacement des blocs", "Purge", "12 déposés avant l’effacement, 0 retrouvé",
        "10,5 % du support", "22/11/2026 à 14:03:07 UTC", "hdparm 9.65", "Zoé Lœwe",
        "la machine disait 01/01/2009", "aucun secteur caché", "500 107 862 016 octets",
        "1 h 17 min 34 s", "Deuxième personne", "refused (status : 5)",
    ):  # fmt: skip
        assert told in words.replace("\u202f", " ").replace("\u00a0", " "), told


@needs_poppler
def test_each_paper_has_one_page_of_its_own_and_a_failure_looks_like_one(paper: Path) -> None:
    pages = [answer("pdftotext", "-f", str(n), "-l", str(n), paper, "-") for n in (1, 2, 3)]

    assert re.search(r"Pages:\s+3\b", answer("pdfinfo", paper))
    assert "ÉCHEC" in pages[0]
    assert "N’EST PAS EFFACÉ" in pages[2]
    assert "marker" not in pages[2]
    assert "un témoin déposé avant l’effacement est encore lisible" in pages[2]
    assert "ertificat" not in pages[2]


@needs_poppler
def test_a_hostile_firmware_string_stays_a_text(key: ReplicaKey, tmp_path: Path) -> None:
    pages = html([certificate(key, HOSTILE)])
    path = tmp_path / "hostile.pdf"
    path.write_bytes(to_pdf(pages))

    words = "".join(answer("pdftotext", path, "-").split())
    assert "<script>" not in pages
    assert not re.search("[\u202e\u2066\x1b]", pages)
    assert "</td><script>" in words
    assert "{{7*7}}" in words
    assert re.search(r"Pages:\s+[12]\b", answer("pdfinfo", path))


@needs_poppler
@pytest.mark.skipif(shutil.which("zbarimg") is None, reason="apt-get install zbar-tools")
def test_a_scanner_reads_the_code_from_the_printed_page(
    key: ReplicaKey, paper: Path, tmp_path: Path
) -> None:
    answer("pdftoppm", "-r", "150", "-f", "2", "-l", "2", "-png", paper, tmp_path / "page")
    [picture] = tmp_path.glob("page*.png")

    scanned = answer("zbarimg", "--quiet", "--raw", picture)

    found = prove_code(scanned, {key.public_key})
    assert (found.code.number, found.code.serial_shown) == ("CE-20261122-GEZDGNBV", "S3Z8NB0K")


def test_the_qr_code_holds_the_code_and_fits_thirty_millimetres(key: ReplicaKey) -> None:
    text = certificate(key, "S3Z8NB0K" * 4).code

    code = segno.make(text, error="m", micro=False)

    assert code.mode == "alphanumeric"
    modules = code.symbol_size(border=0)[0]
    assert 30 / modules >= 0.5  # millimetres: what office printers and phones agree on
    svg = documents.qr_svg(text, "Code QR")
    assert "<title>Code QR</title>" in svg


def test_the_same_paper_gives_the_same_bytes(key: ReplicaKey) -> None:
    page = documents.fill("mots.html")

    assert to_pdf(page) == to_pdf(page)


def test_a_process_of_its_own_makes_a_pdf_too() -> None:
    assert in_child("<!doctype html><html lang=fr><title>é</title><p>Été").startswith(b"%PDF-1.7")


def test_no_file_nor_address_is_ever_fetched(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("body { display: none }")
    page = f'<html lang=fr><title>x</title><link rel=stylesheet href="{secret.as_uri()}"><p>Vu'
    path = tmp_path / "page.pdf"

    path.write_bytes(to_pdf(page))

    assert "disallowed protocol" in caplog.text
    if shutil.which("pdftotext"):
        assert "Vu" in answer("pdftotext", path, "-")


def test_a_town_changes_a_template_by_a_copy_and_a_mistake_names_it(
    key: ReplicaKey, tmp_path: Path
) -> None:
    copy = tmp_path / "effacement-signatures.html"
    copy.write_text("<p>Cachet de la mairie</p>")
    changed = html([certificate(key)], own=(tmp_path,))
    copy.write_text("{{ p.nothing_like_it }}")

    assert "Cachet de la mairie" in changed
    with pytest.raises(BadInput, match=r"effacement\.html"):
        html([certificate(key)], own=(tmp_path,))


def test_a_template_cannot_leave_its_sandbox(tmp_path: Path) -> None:
    (tmp_path / "evil.html").write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}")

    with pytest.raises(BadInput):
        documents.fill("evil.html", (tmp_path,))


def test_every_code_of_a_paper_has_its_french_words() -> None:
    source = (documents.TEMPLATES / "mots.html").read_text()
    causes = [*wipe_text._given_up(), *wipe_text._problems(), *wipe_text._proof()]
    kinds = [*Technique, *Hidden, *ReadBack, *DiskKind, CLEAR, PURGE, *Clock]
    codes = [*kinds, *causes]

    missing = [code for code in codes if f'"{code}":' not in source]

    assert missing == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "0 min 59 s"), (4654, "1 h 17 min 34 s"), (90000, "25 h 00 min 00 s")],
)
def test_durations_are_told_as_people_say_them(seconds: int, words: str, tmp_path: Path) -> None:
    (tmp_path / "d.html").write_text("{{ s|duree }}")

    assert documents.fill("d.html", (tmp_path,), s=seconds).replace("\u00a0", " ") == words
