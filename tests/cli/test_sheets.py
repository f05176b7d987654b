# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``import sheet`` typed on a real store: shown first, confirmed, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import SHEETS, Typist

SCHOOLS = SHEETS / "ecoles.csv"


@pytest.fixture
def keeper(tmp_path: Path) -> Typist:
    person = Typist(tmp_path / "home")
    assert person.types("init").status == 0
    return person


def machines(keeper: Typist) -> int:
    total: int = keeper.types("machine", "list", "--json").json["total"]
    return total


def test_a_dry_run_shows_the_table_and_every_bad_row_and_writes_nothing(keeper: Typist) -> None:
    said = keeper.types("import", "sheet", SCHOOLS)

    assert said.status == 4
    assert "6 new machines" in said.out
    for line in (7, 8, 9, 10, 12):
        assert f"line {line}" in said.out
    assert "--apply" in said.err
    assert machines(keeper) == 0


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        ("ecoles.csv", "ecoles.csv: a town's own sheet, encoding "),
        ("glpi-fr.csv", "glpi-fr.csv: a GLPI export, encoding "),
        ("snipe-it.csv", "snipe-it.csv: a Snipe-IT export, encoding "),
        ("mairie.xlsx", "mairie.xlsx: a town's own sheet, table « "),
    ],
)
def test_the_first_line_says_what_the_file_was_taken_for(
    keeper: Typist, sheet: str, told: str
) -> None:
    assert keeper.types("import", "sheet", SHEETS / sheet).out.startswith(told)


def test_the_number_of_machines_typed_confirms_the_import(keeper: Typist) -> None:
    said = keeper.types("import", "sheet", SCHOOLS, "--apply", answer="6")

    assert said.status == 4
    assert "6 machines brought in" in said.out
    assert machines(keeper) == 6


def test_another_answer_writes_nothing(keeper: Typist) -> None:
    said = keeper.types("import", "sheet", SCHOOLS, "--apply", answer="oui")

    assert said.status == 1
    assert machines(keeper) == 0


def test_without_anybody_to_answer_it_asks_for_yes(keeper: Typist) -> None:
    assert keeper.types("import", "sheet", SCHOOLS, "--apply").status == 2
    assert machines(keeper) == 0

    keeper.types("import", "sheet", SCHOOLS, "--apply", "--yes")

    assert machines(keeper) == 6


def test_a_second_import_changes_nothing(keeper: Typist) -> None:
    glpi = SHEETS / "glpi-fr.csv"
    first = keeper.types("import", "sheet", glpi, "--apply", "--yes", "--json").json
    digest = keeper.types("journal", "rebuild").out

    second = keeper.types("import", "sheet", glpi, "--apply", "--yes", "--json").json

    assert (first["source"], first["applied"], second["applied"]) == ("glpi", 3, 0)
    assert [row["line"] for row in second["known"]] == [row["line"] for row in first["new"]]
    assert keeper.types("journal", "rebuild").out == digest


def test_a_map_gives_the_town_s_own_words(keeper: Typist, tmp_path: Path) -> None:
    sheet = tmp_path / "parc.csv"
    sheet.write_text("Code;Genre;Où en est-on\nX1;bécane;au clou\n", encoding="utf-8")
    words = tmp_path / "map.yml"
    words.write_text(
        "columns: {tag: Code, state: Où en est-on}\n"
        "kinds: {bécane: desktop}\nstates: {au clou: retired}\n",
        encoding="utf-8",
    )

    said = keeper.types("import", "sheet", sheet, "--map", words, "--json")

    (row,) = said.json["new"]
    assert (row["tag"], row["kind"], row["state"]) == ("X1", "desktop", "retired")


def test_what_is_not_a_spreadsheet_is_refused(keeper: Typist, tmp_path: Path) -> None:
    other = tmp_path / "photo.csv"
    other.write_bytes(b"%PDF-1.7 ...")

    said = keeper.types("import", "sheet", other)

    assert said.status == 4
    assert said.err
