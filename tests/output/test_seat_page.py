# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test page on paper: whatever names the seat has, and on a key without fonts."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from fleet.output.labels import find_fonts
from fleet.output.seat_page import seat_page
from fleet.readers.seats import Seat

# The longest name that a computer may have, and what the PDF format's own fonts lack.
LONG = Seat(hostname="w" * 63, room="Salle « Cœur »", seat="n° 1 — fenêtre", site="École \x1b[2J")


@pytest.mark.parametrize("own_fonts", [True, False])
def test_any_seat_makes_one_a4_page_and_nothing_leaves_it(tmp_path: Path, own_fonts: bool) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing: apt-get install poppler-utils")
    path = tmp_path / "page.pdf"

    path.write_bytes(seat_page(LONG, date(2026, 9, 1), fonts=find_fonts() if own_fonts else None))

    # Only what lies in the paper, 10 mm from its edges (at 72 dots per inch).
    crop = ("-x", "28", "-y", "28", "-W", "539", "-H", "785")
    said = subprocess.run(
        ["pdftotext", *crop, path, "-"], capture_output=True, text=True, check=True
    ).stdout
    size = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert LONG.hostname in said
    assert "fenêtre" in said
    assert "\x1b" not in said
    assert "Pages:           1" in size and "A4" in size
