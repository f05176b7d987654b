# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDF files are slow to make: each kind is made once, and so is the example town."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from fleet.output.documents import to_pdf
from fleet.output.papers import paper_html
from fleet.output.specimens import specimen
from fleet.services.example import fill
from fleet.services.papers_law import laws
from fleet.services.town import Town, init_town
from tests.documents.pdf import DAY, MADE_HERE, TOWN


@pytest.fixture(scope="package")
def specimens(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A specimen of each kind of paper, by code."""
    folder = tmp_path_factory.mktemp("specimens")
    made = {}
    for kind in MADE_HERE:
        facts = specimen(kind, number=f"{kind.prefix}-20261122-SPEC", issuer=TOWN, law=laws(DAY))
        made[kind.code] = folder / f"{kind.code}.pdf"
        made[kind.code].write_bytes(to_pdf(paper_html(kind, facts)))
    return made


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The example town, whose head of IT acts."""
    home = tmp_path_factory.mktemp("town")
    town = init_town(home, f"sqlite:///{home}/journal.db")
    fill(town)
    return town.acting_as("Sylvie Marchand")
