# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repairs typed at the workshop, and their open data."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from fleet.model.repairs import Publication, Repair, ords_row, problem_of
from fleet.services.repairs import standard
from tests.cli.command_line import Typist

BROKEN = ("repair", "add", "VJ-0042", "--fault")


@pytest.fixture
def workshop(desk: Typist) -> Typist:
    """A desk with one laptop."""
    desk.types("machine", "add", "--tag", "VJ-0042", "--kind", "laptop", "--manufacturer", "LENOVO")
    return desk


def exported(person: Typist, tmp_path: Path, *options: str) -> list[dict[str, str]]:
    path = tmp_path / "repairs.csv"
    said = person.types(
        "repair", "export", "--output", path, "--provider", "Ville", "--force", *options
    )
    assert said.status == 0, said.err
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_repair_leaves_as_one_row_of_the_standard(workshop: Typist, tmp_path: Path) -> None:
    workshop.types(
        *BROKEN, "memory", "--part", "salvaged:DDR3 4 Go:VJ-0007", "--minutes", 15,
        "--outcome", "fixed", "--on", "2026-03-02",
    )  # fmt: skip

    (row,) = exported(workshop, tmp_path, "--group", "Atelier du lundi")

    assert tuple(row) == standard().columns
    assert row.pop("id") and row.pop("record_date")
    assert row == {
        "data_provider": "Ville",
        "country": "FRA",
        "partner_product_category": "laptop",
        "product_category": "Laptop",
        "product_category_id": "16",
        "brand": "LENOVO",
        "year_of_manufacture": "",
        "product_age": "",
        "repair_status": "Fixed",
        "repair_barrier_if_end_of_life": "",
        "group_identifier": "Atelier du lundi",
        "event_date": "2026-03-02",
        "problem": "Memory faulty or too small",
    }


def test_free_words_leave_only_when_a_person_says_that_they_were_read(
    workshop: Typist, tmp_path: Path
) -> None:
    workshop.types(*BROKEN, "Mme Dupont a renversé du thé", "--outcome", "end_of_life",
                   "--barrier", "too_worn_out")  # fmt: skip

    (kept_back,) = exported(workshop, tmp_path)
    (told,) = exported(workshop, tmp_path, "--with-words")

    assert kept_back["problem"] == ""
    assert told["problem"] == "Mme Dupont a renversé du thé"
    assert kept_back["repair_barrier_if_end_of_life"] == "Product too worn out"
    assert "VJ-0042" not in str(kept_back) and "Camille" not in str(told)


def test_a_repair_of_the_town_hall_is_there_too_and_what_was_undone_is_not(
    workshop: Typist, tmp_path: Path
) -> None:
    workshop.types("repair", "open", "VJ-0042", "--fault", "keyboard")
    workshop.types("repair", "close", "VJ-0042", "--outcome", "repaired")
    workshop.types(*BROKEN, "screen", "--outcome", "fixed")
    workshop.types("undo")

    rows = exported(workshop, tmp_path)

    assert [(row["problem"], row["repair_status"]) for row in rows] == [
        ("Keys do not work", "Fixed")
    ]


def test_a_formula_typed_as_a_fault_is_text_for_a_spreadsheet(
    workshop: Typist, tmp_path: Path
) -> None:
    workshop.types(*BROKEN, '=HYPERLINK("http://x")')

    (row,) = exported(workshop, tmp_path, "--with-words")

    assert row["problem"].startswith("'=")


def test_a_file_that_exists_is_replaced_only_when_asked(workshop: Typist, tmp_path: Path) -> None:
    path = tmp_path / "repairs.csv"
    path.write_text("mine")

    said = workshop.types("repair", "export", "--output", path, "--provider", "Ville")

    assert said.status == 1
    assert "--force" in said.err
    assert path.read_text() == "mine"


@pytest.mark.parametrize("part", ["DDR3", "salvaged:dalle", "new:", "stolen:dalle:VJ-1"])
def test_a_part_says_whether_it_is_new_or_where_it_comes_from(workshop: Typist, part: str) -> None:
    said = workshop.types(*BROKEN, "screen", "--part", part)

    assert said.status == 2
    assert "salvaged:WHAT:TAG" in said.err


@pytest.mark.parametrize(
    ("outcome", "barrier", "told"),
    [
        ("end_of_life", "cannot_open", "No way to open the product"),
        ("end_of_life", None, ""),
        ("end_of_life", "of another version", ""),
        ("fixed", "cannot_open", ""),
    ],
)
def test_a_barrier_stands_only_at_the_end_of_life(
    outcome: str, barrier: str | None, told: str
) -> None:
    repair = Repair(
        id="1", on="2026-03-02", recorded_on="2026-03-02", kind="hovercraft", brand=None,
        fault="screen", outcome=outcome, barrier=barrier,
    )  # fmt: skip
    publication = Publication(provider="Ville", group="Ville")

    row = dict(zip(standard().columns, ords_row(repair, publication, standard()), strict=True))

    assert row["repair_barrier_if_end_of_life"] == told
    assert (row["product_category"], row["brand"]) == ("Misc", "Unknown")
    assert problem_of(repair, publication, standard()) == "Screen broken or dim"
