# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign text never commands a terminal, a spreadsheet or a browser."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.output.jsonout import Shape
from fleet.output.safe import for_csv, for_html, for_terminal, lines_for_terminal
from fleet.output.tables import display_width, table

SHAPE = Shape(name="sample", fields=lambda: {"serial": "a serial"})
HOSTILE = "PF\x1b[2J\x9b31m\u202eKO\x07\u200b\r\n\ud800"


def dangerous(text: str) -> bool:
    return any(
        ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or char in "\u200b\u202e\u2066\ufeff"
        for char in text.replace("\n", "")
    )


def test_a_hostile_serial_prints_as_marks() -> None:
    assert for_terminal(HOSTILE) == "PF�[2J�31m�KO������"[: len(HOSTILE)]
    assert for_terminal("École « Jaurès » œuf 5 €") == "École « Jaurès » œuf 5 €"


@given(st.text())
def test_nothing_dangerous_reaches_a_terminal(text: str) -> None:
    assert not dangerous(for_terminal(text))
    assert "\n" not in for_terminal(text)
    assert not dangerous(lines_for_terminal(text))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1+1", "\r=1"]
)
def test_a_formula_is_shown_and_not_computed(cell: str) -> None:
    assert for_csv(cell).startswith("'")


@pytest.mark.parametrize("cell", ["-12,50", "+3", "-4", "12", "Latitude-5490", "a=b", ""])
def test_numbers_and_plain_text_are_left_alone(cell: str) -> None:
    assert for_csv(cell) == cell


@given(st.text())
def test_a_cell_survives_a_csv_file_on_one_line(text: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([for_csv(text), "next"])

    rows = list(csv.reader(io.StringIO(out.getvalue()), delimiter=";"))

    assert rows == [[for_csv(text), "next"]]


def test_html_is_escaped_in_elements_and_attributes() -> None:
    assert for_html("<b onclick='x'>&\"\x1b") == "&lt;b onclick=&#x27;x&#x27;&gt;&amp;&quot;�"


@given(st.text(alphabet=st.characters()))
def test_json_says_everything_and_prints_nothing_dangerous(text: str) -> None:
    document = SHAPE.document(serial=text)

    assert not dangerous(document)
    assert json.loads(document) == {"format": "parclibre/sample", "version": 1, "serial": text}


def test_json_holds_documented_fields_only() -> None:
    with pytest.raises(KeyError, match="model"):
        SHAPE.document(model="x")


def test_a_table_is_aligned_by_what_the_eye_sees() -> None:
    lines = table(["Tag", "Model"], [["A", "été"], ["漢字", None]])

    assert lines == ["Tag   Model", "A     été", "漢字"]
    assert display_width("e\u0301") == 1


def test_a_table_shrinks_its_widest_columns_to_the_width() -> None:
    lines = table(["Tag", "Model"], [["VJ-0042", "HP Compaq dc7900 Small Form Factor"]], width=30)

    assert lines[1] == "VJ-0042  HP Compaq dc7900 Sma…"


def test_a_hostile_cell_does_not_break_a_table() -> None:
    assert not any(dangerous(line) for line in table(["Serial"], [[HOSTILE]]))
