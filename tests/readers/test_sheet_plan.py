# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of an inventory to machines and problems: words, dates, amounts, identity, maps."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInput
from fleet.readers.sheet import Sheet, SheetRow, read_sheet
from fleet.readers.sheet_columns import SheetSource, recognise
from fleet.readers.sheet_map import FIELDS, SheetMap, load_map
from fleet.readers.sheet_plan import SheetMachine, SheetPlan, plan_rows
from fleet.readers.sheet_problems import describe
from fleet.readers.sheet_words import COLUMN_NAMES, KIND_WORDS, STATE_WORDS

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sheets"
TODAY = date(2025, 1, 15)


def table(*rows: tuple[str, ...]) -> Sheet:
    """Return a sheet whose first row is the header, on line 1."""
    return Sheet(
        name="parc.csv",
        kind="csv",
        encoding="utf-8",
        table="",
        header_line=1,
        header=rows[0],
        rows=tuple(SheetRow(line=line, cells=row) for line, row in enumerate(rows[1:], start=2)),
    )


def plan(sheet: Sheet, sheet_map: SheetMap | None = None) -> SheetPlan:
    return plan_rows(sheet, recognise(sheet.header, sheet_map), today=TODAY)


def planned(name: str) -> SheetPlan:
    return plan(read_sheet((FIXTURES / name).read_bytes(), name))


def one(column: str, cell: str) -> SheetPlan:
    """Return the plan of one otherwise good row with one more cell."""
    return plan(table(("Tag", "Type", "Serial", column), ("A-1", "PC", "S1", cell)))


def machine(column: str, cell: str) -> SheetMachine:
    found = one(column, cell)
    assert found.problems == ()
    return found.machines[0]


def codes(found: SheetPlan) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in found.problems]


def test_a_school_csv_gives_its_good_rows_and_says_why_the_others_are_bad() -> None:
    found = planned("ecoles.csv")

    assert [entry.tag for entry in found.machines] == [
        "VH-0001",
        "VH-0002",
        "VH-0003",
        "VH-0004",
        "S4ABCDE3",
        "VH-0010",
    ]
    assert codes(found) == [
        (7, "no_identity"),
        (8, "duplicate_tag"),
        (9, "bad_date"),
        (10, "unknown_state"),
        (10, "negative_amount"),
        (12, "only_tag"),
    ]
    assert "line 5" in describe(found.problems[1])


def test_a_town_hall_workbook_keeps_dates_values_owners_and_names_no_one() -> None:
    found = planned("mairie.xlsx")
    given_away = next(entry for entry in found.machines if entry.tag == "001004")
    leased = next(entry for entry in found.machines if entry.tag == "001006")

    assert given_away.state == "given"
    assert given_away.state_on == date(2024, 2, 2)
    assert given_away.retired_on == date(2023, 12, 18)
    assert given_away.purchase_value_cents == 80_200
    assert given_away.net_book_value_cents == 0
    assert given_away.accounting_number == "2014-INF-0008"
    assert given_away.recipient == "Association Repair Café"
    assert (leased.owner, leased.provenance) == ("lessor", "leased")
    assert codes(found) == [(3, "spreadsheet_error")]
    assert not [word for word in ("Untel", "Exemple") if word in repr(found)]
    assert "person_left_out" in [warning.code for warning in found.warnings]


@pytest.mark.parametrize(
    ("name", "source", "tags"),
    [
        ("glpi-fr.csv", SheetSource.GLPI, ["INV-2001", "INV-2002", "PF1ABCDE"]),
        ("glpi-en.csv", SheetSource.GLPI, ["PC-OFFICE-01", "PC-OFFICE-02"]),
        ("snipe-it.csv", SheetSource.SNIPE_IT, ["SN-00001", "SN-00002", "SN-00003"]),
        ("library.tsv", SheetSource.TOWN, ["LIB-01", "LIB-02", "LIB-03"]),
    ],
)
def test_exports_are_recognised_by_their_headers(
    name: str, source: SheetSource, tags: list[str]
) -> None:
    sheet = read_sheet((FIXTURES / name).read_bytes(), name)
    mapping = recognise(sheet.header)
    found = plan_rows(sheet, mapping, today=TODAY)

    assert mapping.source is source
    assert [entry.tag for entry in found.machines] == tags
    assert found.problems == ()


def test_a_place_path_gives_site_and_room() -> None:
    first = planned("glpi-fr.csv").machines[0]

    assert (first.site, first.room) == ("École Curie", "Salle 12")


@pytest.mark.parametrize("field", COLUMN_NAMES)
def test_every_column_name_leads_to_one_field(field: str) -> None:
    for name in COLUMN_NAMES[field]:
        fields = dict(recognise(("Tag", "Serial", name.upper())).fields)
        if field in ("tag", "serial", "name", "entity"):
            continue
        assert field in fields, name


@pytest.mark.parametrize(("code", "words"), STATE_WORDS.items())
def test_every_state_word_leads_to_its_code_in_any_case(code: str, words: tuple[str, ...]) -> None:
    for word in (code, *words, *(word.upper() for word in words)):
        assert machine("État", word).state == code


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Réformée", "retired"),
        ("REFORMES", "retired"),
        ("donnés", "given"),
        ("Volée", "lost"),
        ("h.s.", "in_repair"),
    ],
)
def test_feminine_and_plural_state_words_are_understood(word: str, code: str) -> None:
    assert machine("État", word).state == code


def test_an_unknown_state_word_is_refused_with_candidates() -> None:
    problem = one("État", "En servise").problems[0]

    assert (problem.line, problem.column, problem.value) == (2, "État", "En servise")
    assert dict(problem.params)["candidates"].startswith("in_service")
    assert "in_service" in describe(problem)


def test_a_state_word_that_stretches_its_meaning_is_said_to() -> None:
    assert [warning.code for warning in one("État", "HS").warnings] == ["vague_state"]


@pytest.mark.parametrize(("code", "words"), KIND_WORDS.items())
def test_every_kind_word_leads_to_its_code(code: str, words: tuple[str, ...]) -> None:
    for word in words:
        found = plan(table(("Tag", "Type"), ("A-1", word)))
        assert found.machines[0].kind == code, word


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("PC portable HP 15 pouces", "laptop"),
        ("Écran 22 pouces", "screen"),
        ("Mini PC NUC", "mini_pc"),
    ],
)
def test_a_kind_inside_a_phrase_is_found(phrase: str, kind: str) -> None:
    assert plan(table(("Tag", "Type"), ("A-1", phrase))).machines[0].kind == kind


def test_a_status_column_wins_over_one_that_tells_the_condition() -> None:
    sheet = table(("Tag", "Type", "État", "Statut"), ("A-1", "PC", "Usé", "Réformé"))
    mapping = recognise(sheet.header)

    assert plan(sheet).machines[0].state == "retired"
    assert mapping.ignored == ("État",)


def test_an_unknown_kind_is_other_and_its_word_is_kept_in_the_note() -> None:
    found = plan(table(("Tag", "Type", "Note"), ("A-1", "Guillotine", "grande")))

    assert (found.machines[0].kind, found.machines[0].note) == ("other", "Guillotine — grande")
    assert "unknown_kind" in [warning.code for warning in found.warnings]


@pytest.mark.parametrize(
    ("text", "expected", "warning"),
    [
        ("12/03/2019", date(2019, 3, 12), None),
        ("2/9/16", date(2016, 9, 2), None),
        ("02/09/98", date(1998, 9, 2), None),
        ("2019-03-12", date(2019, 3, 12), None),
        ("2019-03-12 10:00:00", date(2019, 3, 12), None),
        ("12.03.2019", date(2019, 3, 12), None),
        ("12/03/2019 00:00", date(2019, 3, 12), None),
        ("1er mars 2019", date(2019, 3, 1), None),
        ("12 août 2019", date(2019, 8, 12), None),
        ("mars 2019", date(2019, 3, 1), "date_by_month"),
        ("Déc. 2018", date(2018, 12, 1), "date_by_month"),
        ("03/2019", date(2019, 3, 1), "date_by_month"),
        ("2019", date(2019, 1, 1), "date_by_year"),
        ("43536", date(2019, 3, 12), "date_by_serial"),
        ("00/00/0000", None, None),
        ("-", None, None),
        ("inconnue", None, None),
    ],
)
def test_a_purchase_date_is_read_day_first(
    text: str, expected: date | None, warning: str | None
) -> None:
    found = one("Date d'achat", text)

    assert found.problems == ()
    assert found.machines[0].purchased_on == expected
    assert [w.code for w in found.warnings if w.code.startswith("date_")] == (
        [warning] if warning else []
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2019", "bad_date"),
        ("03/25/2019", "bad_date"),
        ("bientôt", "bad_date"),
        ("16/01/2025", "date_in_future"),
        ("2049", "date_in_future"),
        ("01/01/1901", "date_too_old"),
        ("#REF!", "spreadsheet_error"),
    ],
)
def test_a_date_that_cannot_be_is_refused(text: str, code: str) -> None:
    assert codes(one("Date d'achat", text)) == [(2, code)]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 234,50 €", 123_450),
        ("1\u202f234,50\u00a0€", 123_450),
        ("1.234,50", 123_450),
        ("1,234.50", 123_450),
        ("1234.5", 123_450),
        ("1234,505", 123_451),
        ("450 € TTC", 45_000),
        ("EUR 450", 45_000),
        ("1.234.567", 123_456_700),
        ("0", 0),
        ("n/c", None),
    ],
)
def test_an_amount_is_read_in_french_and_english_writing(text: str, cents: int | None) -> None:
    assert machine("Valeur d'achat", text).purchase_value_cents == cents


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-20", "negative_amount"),
        ("(20,00)", "negative_amount"),
        ("1.234", "ambiguous_amount"),
        ("1,234", "ambiguous_amount"),
        ("cher", "bad_amount"),
        ("1,2,3.4,5", "bad_amount"),
        ("9" * 14, "bad_amount"),
        ("1E+9", "bad_amount"),
    ],
)
def test_an_amount_that_is_none_is_refused(text: str, code: str) -> None:
    assert codes(one("Valeur d'achat", text)) == [(2, code)]


def test_a_machine_bought_after_it_was_retired_is_refused() -> None:
    header = ("Tag", "Type", "Date d'achat", "Date de réforme", "Date de sortie")

    found = plan(
        table(
            header,
            ("A-1", "PC", "01/01/2020", "01/01/2019", ""),
            ("A-2", "PC", "01/01/2015", "01/01/2020", "01/01/2019"),
        )
    )

    assert codes(found) == [(2, "purchase_after_retirement"), (3, "exit_before_retirement")]


def test_a_retirement_date_without_a_state_makes_it_retired() -> None:
    only = machine("Date de réforme", "01/02/2020")

    assert (only.state, only.state_on) == ("retired", date(2020, 2, 1))


def test_a_serial_stands_for_a_missing_tag_but_a_filler_does_not() -> None:
    found = plan(
        table(
            ("Tag", "Serial", "Model"),
            ("", "PF0X1ABC", "x"),
            ("", "To be filled by O.E.M.", "x"),
            ("A-3", "0123456789", "x"),
        )
    )

    assert [(m.tag, m.tag_proposed, m.serial) for m in found.machines] == [
        ("PF0X1ABC", True, "PF0X1ABC"),
        ("A-3", False, None),
    ]
    assert codes(found) == [(3, "no_identity")]


def test_tags_and_serials_that_differ_only_by_case_are_duplicates() -> None:
    found = plan(
        table(
            ("Tag", "Serial"),
            ("A-1", "S1"),
            ("a-1", "S2"),
            ("A-3", "s1"),
            ("", "A-1"),
        )
    )

    assert codes(found) == [(3, "duplicate_tag"), (4, "duplicate_serial"), (5, "duplicate_tag")]


def test_a_serial_that_the_spreadsheet_turned_into_a_number_is_refused() -> None:
    assert codes(plan(table(("Tag", "Serial"), ("A-1", "1,23457E+12")))) == [
        (2, "scientific_notation")
    ]


def test_a_cell_beyond_the_header_is_a_problem_and_a_repeated_header_too() -> None:
    found = plan(table(("Tag", "Model"), ("A-1", "x", "", "lost?"), ("Tag", "Model")))

    assert codes(found) == [(2, "too_many_cells"), (3, "repeated_header")]
    assert found.problems[0].value == "lost?"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "'=", " = "])
def test_no_text_of_a_record_starts_a_formula(start: str) -> None:
    found = plan(table(("Tag", "Model", "Note"), (f"{start}A-1", f"{start}M", f"{start}cmd")))

    assert not [
        text
        for text in (found.machines[0].tag, found.machines[0].model, found.machines[0].note)
        if text is None or text.startswith(("=", "+", "-", "@"))
    ]


def test_an_excel_text_formula_gives_its_text_and_control_characters_go() -> None:
    only = plan(table(("Tag", "Model"), ('="00123"', "x\x1b[31m\u202ey"))).machines[0]

    assert (only.tag, only.model) == ("00123", "x [31m y")


cells = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["A-1", "=1", "31/12/2019", "2049", "1 234,50 €", "HS", "En service", "-", "#REF!"]
    ),
)


@given(
    header=st.lists(st.sampled_from([names[0] for names in COLUMN_NAMES.values()]), max_size=12),
    rows=st.lists(st.lists(cells, max_size=15), max_size=8),
)
def test_every_row_is_a_machine_or_a_problem_never_both(
    header: list[str], rows: list[list[str]]
) -> None:
    sheet = table(("Étiquette", *header), *(tuple(row) for row in rows))

    found = plan(sheet)

    good = [entry.line for entry in found.machines]
    bad = {problem.line for problem in found.problems}
    assert sorted([*good, *bad]) == [row.line for row in sheet.rows if not row.blank]
    assert all(describe(problem) for problem in (*found.problems, *found.warnings))


def test_a_sheet_without_tag_or_serial_column_says_what_it_has() -> None:
    with pytest.raises(BadInput) as refusal:
        recognise(("Couleur", "Poids"))

    assert "Couleur, Poids" in refusal.value.hint
    assert "accounting_number" in refusal.value.hint


MAP = """\
# Inventaire de la ville
columns:
  tag: Repère
  model: Libellé
states:
  Dans le grenier: in_stock
kinds: {Bécane: desktop}
constants:
  state: in_service
  site: École Jaurès
"""


def test_a_map_names_columns_words_and_constants() -> None:
    sheet_map = load_map(MAP)
    sheet = table(
        ("Repère", "Libellé", "Type", "Statut"),
        ("A-1", "Optiplex", "bécane", "dans le grenier"),
        ("A-2", "Optiplex", "PC", ""),
    )

    found = plan(sheet, sheet_map)

    assert [(m.tag, m.kind, m.state, m.site) for m in found.machines] == [
        ("A-1", "desktop", "in_stock", "École Jaurès"),
        ("A-2", "desktop", "in_service", "École Jaurès"),
    ]


def test_a_map_helps_to_find_the_header() -> None:
    sheet_map = load_map(MAP)
    text = "Parc;de la ville;;;\nRepère;Libellé;X;Y;\nA-1;Optiplex;1;2;\n"

    sheet = read_sheet(
        text.encode(), "parc.csv", columns=[name for _field, name in sheet_map.columns]
    )

    assert sheet.header == ("Repère", "Libellé", "X", "Y")


@pytest.mark.parametrize(
    ("text", "line", "allowed"),
    [
        ("columns:\n  tags: Repère\n", 2, "accounting_number"),
        ("colums:\n  tag: x\n", 1, "constants"),
        ("states:\n  HS: broken\n", 2, "to_recycle"),
        ("constants:\n  state: gone\n", 2, "to_recycle"),
        ("constants:\n  serial: '1'\n", 2, "net_book_value"),
        ("- a\n", 1, "columns"),
        ("columns:\n  tag: [a]\n", 2, ""),
        ("columns: 3\n", 1, ""),
        ("columns:\n\tx: y\n", 2, "columns"),
        ("[" * 5_000, 1, "columns"),
        ("\x00", 1, "columns"),
    ],
)
def test_a_bad_map_says_where_and_what_is_allowed(text: str, line: int, allowed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        load_map(text, "ville.yml")

    assert f"ville.yml, line {line}:" in refusal.value.message
    assert allowed in refusal.value.hint


def test_a_mapped_column_that_is_absent_is_named() -> None:
    with pytest.raises(BadInput, match="Repère"):
        recognise(("Tag", "Type"), load_map(MAP))


def test_an_empty_map_changes_nothing() -> None:
    assert load_map("") == load_map("columns:\n") == SheetMap()


@given(st.text(max_size=200))
def test_any_text_is_a_map_or_is_refused(text: str) -> None:
    try:
        sheet_map = load_map(text)
    except BadInput:
        return
    assert {field for field, _column in sheet_map.columns} <= set(FIELDS)
