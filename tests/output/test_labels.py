# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels: what they hold, how they fit, with and without a font on the computer."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pytest
import segno
from PIL import Image

from fleet.output.labels import PER_SHEET, Label, find_fonts, fitted, picture, qr_code, sheet

LABEL = Label(tag="VJ-0042", model="Dell Latitude 5490", serial="5CG81", owner="Saint-Cœur 5 €")
FONTS = [pytest.param(None, id="built-in")]
if (found := find_fonts()) is not None:
    FONTS.append(pytest.param(found, id="DejaVu"))


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def drawing(pdf: bytes) -> bytes:
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, flags=re.DOTALL)
    return zlib.decompress(streams[0])


@pytest.mark.parametrize("fonts", FONTS)
def test_a_sheet_holds_24_labels_and_then_another_begins(fonts) -> None:
    labels = [LABEL] * (PER_SHEET + 1)

    assert pages(sheet(labels[:-1], fonts=fonts)) == 1
    assert pages(sheet(labels, fonts=fonts)) == 2
    assert pages(sheet(labels[:-1], skip=1, fonts=fonts)) == 2


def test_accents_print_without_any_font_on_the_computer() -> None:
    text = drawing(sheet([LABEL], fonts=None)).decode("latin-1")

    assert "VJ-0042" in text
    assert "Saint-Coeur 5 EUR" in text


def test_a_long_model_takes_two_lines_and_is_cut_there() -> None:
    label = Label(tag="A", model="Compaq dc7900 Small Form Factor with a very long name indeed")

    lines = fitted(label, lambda text, size, bold: len(text) * size / 10, 20.0)

    assert [text for text, _size, _bold in lines] == [
        "A", "Compaq dc7900 Small Form", "Factor with a very long n..."
    ]  # fmt: skip


def test_a_tag_that_nearly_fits_is_made_smaller_and_never_cut() -> None:
    lines = fitted(Label(tag="VJ-0042"), lambda text, size, bold: len(text) * size, 100.0)

    (text, size, bold), *others = lines
    assert (text, bold, others) == ("VJ-0042", True, [])
    assert 7 * size <= 100.0


@pytest.mark.parametrize("fonts", FONTS)
def test_a_picture_is_a_label_at_300_dots_with_the_code_in_whole_dots(fonts) -> None:
    image = Image.open(io.BytesIO(picture(LABEL, fonts=fonts)))

    assert image.size == (827, 437)
    assert round(image.info["dpi"][0]) == 300
    modules = [list(row) for row in qr_code("VJ-0042").matrix_iter(border=2)]
    box = image.convert("L").crop((59, 0, 59 + 11 * len(modules), 437))
    top = (437 - box.width) // 2
    centres = [
        [box.getpixel((11 * column + 5, top + 11 * row + 5)) for column in range(len(modules))]
        for row in range(len(modules))
    ]
    assert centres == [[0 if black else 255 for black in row] for row in modules]


def test_the_code_holds_the_tag_and_no_address() -> None:
    assert qr_code("VJ-0042").matrix == segno.make_qr("parclibre:VJ-0042", error="q").matrix


def test_fonts_are_looked_for_and_may_be_missing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("fleet.output.labels._FONT_FOLDERS", (tmp_path,))

    assert find_fonts() is None
