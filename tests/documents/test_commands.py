# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre document`` as it is typed: making, listing, printing, templates, statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command_line import Typist
from tests.documents.pdf import needs_poppler, words_of

pytestmark = [pytest.mark.timeout(300), needs_poppler]
LOT = "Lot rentrée 2024"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Typist:
    """The example town, and a person at its desk."""
    person = Typist(tmp_path_factory.mktemp("desk") / "home")
    assert person.types("init", "--example").status == 0
    return person


def test_a_document_is_made_listed_printed_again_and_checked(desk: Typist, tmp_path: Path) -> None:
    made = desk.types("document", "make", "bordereau-de-lot", "--lot", LOT, "--output", tmp_path)
    path = Path(made.out.strip())
    number = path.stem.rpartition("_")[2]

    listed = desk.types("document", "list", "--json").json["documents"]
    again = desk.types("document", "print", number, "--output", tmp_path / "again")
    checked = desk.types("document", "check", tmp_path, "--json")

    assert made.status == 0
    assert [one["about"] for one in listed if one["number"] == number] == [LOT]
    assert Path(again.out.strip()).read_bytes() == path.read_bytes()
    assert checked.json["files"] == [{"file": path.name, "outcome": "sound", "number": number}]


def test_machines_without_a_certificate_are_told_of(desk: Typist, tmp_path: Path) -> None:
    made = desk.types(
        "document", "make", "certificats-effacement", "--lot", LOT, "--output", tmp_path
    )

    assert made.status == 0
    assert made.out == ""
    assert "No erasure certificate is on record" in made.err


def test_an_altered_document_ends_with_status_7(desk: Typist, tmp_path: Path) -> None:
    made = desk.types("document", "make", "bordereau-de-lot", "--lot", LOT, "--output", tmp_path)
    path = Path(made.out.strip())
    path.write_bytes(path.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6"))

    said = desk.types("document", "check", tmp_path)

    assert said.status == 7
    assert "ALTERED" in said.out


def test_a_signed_sheet_comes_back_by_its_documents_number(desk: Typist, tmp_path: Path) -> None:
    made = desk.types("document", "make", "convention-de-don", "--lot", LOT, "--output", tmp_path)
    number = Path(made.out.strip()).stem.rpartition("_")[2]
    (tmp_path / "scan.png").write_bytes(b"\x89PNG\r\n\x1a\n signed")

    kept = desk.types("document", "attach", number, tmp_path / "scan.png")
    desk.types("document", "print", number, "--signed", "--output", tmp_path / "out")

    assert kept.status == 0
    sheet = tmp_path / "out" / f"{number}_signe-1.png"
    assert sheet.read_bytes() == b"\x89PNG\r\n\x1a\n signed"


def test_a_copied_template_is_changed_previewed_and_used(desk: Typist, tmp_path: Path) -> None:
    copied = desk.types("document", "copy", "bordereau-de-lot")
    path = Path(copied.out.strip())
    ours = path.read_text("utf-8")
    path.write_text(ours.replace("<p>Nombre", "<p>Cachet de la mairie.</p><p>Nombre"), "utf-8")
    try:
        preview = desk.types("document", "preview", "bordereau-de-lot", "--output", tmp_path)
        made = desk.types(
            "document", "make", "bordereau-de-lot", "--lot", LOT, "--output", tmp_path
        )
        twice = desk.types("document", "copy", "bordereau-de-lot")
    finally:
        path.unlink()

    assert "Cachet de la mairie." in words_of(Path(preview.out.strip()))
    assert "SPÉCIMEN" in words_of(Path(preview.out.strip()))
    assert "Cachet de la mairie." in words_of(Path(made.out.strip()))
    assert "SPÉCIMEN" not in words_of(Path(made.out.strip()))
    assert "left as it is" in twice.err


def test_a_preview_lists_what_is_missing_and_refuses_what_is_unknown(
    desk: Typist, tmp_path: Path
) -> None:
    template = tmp_path / "essai.html"
    template.write_text(
        "<html lang=fr><body>\n<h1>{{ number }}</h1>\n{{ lot.nom }}\n</body></html>"
    )

    said = desk.types("document", "preview", "bordereau-de-lot", "--template", template)

    assert said.status == 4
    assert "essai.html, line 3: there is no field « lot.nom »" in said.out
    assert "the field « partner.name » is not used" in said.out
    assert not list(tmp_path.glob("*.pdf"))


def test_the_towns_card_names_it_and_a_mistake_in_it_names_its_line(
    desk: Typist, tmp_path: Path
) -> None:
    card = Path(desk.types("document", "copy", "collectivite").out.strip())
    try:
        good = desk.types("document", "make", "bordereau-de-lot", "--lot", LOT,
                          "--output", tmp_path)  # fmt: skip
        card.write_text("nom: Ici\nville: Là\n", "utf-8")
        bad = desk.types("document", "make", "bordereau-de-lot", "--lot", LOT)
    finally:
        card.unlink()

    assert "Commune d’Exempleville" in words_of(Path(good.out.strip()))
    assert bad.status == 4
    assert "collectivite.yml:2" in bad.err


def test_templates_of_a_folder_are_checked_too(desk: Typist, tmp_path: Path) -> None:
    (tmp_path / "fiche-machine.html").write_text("{{ machine.tagg }}", "utf-8")

    said = desk.types("document", "check", tmp_path, "--json")

    assert said.status == 4
    (finding,) = [one for one in said.json["templates"] if one["fatal"]]
    assert (finding["file"], finding["line"]) == ("fiche-machine.html", 1)


def test_json_of_the_list_holds_no_name(desk: Typist) -> None:
    found = desk.types("document", "list", "--json").json["documents"]

    assert found
    assert "Camille" not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("make", "convention-de-don"), 2),
        (("make", "dossier-de-lot", "--year", "2024"), 2),
        (("make", "rapport-annuel", "--year", "20260"), 2),
        (("make", "nothing", "--lot", LOT), 2),
        (("make", "convention-de-don", "--lot", "Nulle part"), 3),
        (("print", "CONV-20260101-AAAAAAAA"), 3),
        (("check", "/nowhere/at/all"), 3),
        (("copy", "nothing"), 2),
        (("preview", "etiquettes"), 2),
        (("preview", "fiche-machine", "--template", "/nowhere.html"), 3),
    ],
)
def test_wrong_words_have_their_status(words: tuple[str, ...], status: int, desk: Typist) -> None:
    said = desk.types("document", *words)

    assert said.status == status
    assert said.err
