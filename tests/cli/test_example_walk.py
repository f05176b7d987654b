# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A newcomer's first hour: from the example town and the sample reports to a family."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import REPORTS, Said, Typist

TAG = "BLP-0027"
PARTNER = ("--partner", "Repair Café du Lavoir")


@pytest.fixture
def newcomer(tmp_path: Path) -> Typist:
    """Somebody who loaded the example town and imported the sample reports."""
    person = Typist(tmp_path / "home")
    assert person.types("init", "--example").status == 0
    assert person.types("report", "import", REPORTS).status == 0
    return person


def state(person: Typist) -> str:
    found = person.types("machine", "show", TAG, "--json")
    assert found.status == 0
    return str(found.json["machine"]["state"])


def test_a_machine_walks_from_the_classroom_to_a_family(newcomer: Typist, tmp_path: Path) -> None:
    paper = tmp_path / "effacement.txt"
    paper.write_text("nwipe: succeeded\n", encoding="utf-8")

    def does(*words: object) -> Said:
        said = newcomer.types(*words)
        assert said.status == 0, (words, said)
        return said

    does("retire", TAG, "--decision", "Délibération 2026-12")
    does("value", TAG, "--machine", "120")
    does("title", "transfer", TAG, "--way", "gift", "--taker", PARTNER[1], "--yes")
    does("take-in", TAG, *PARTNER, "--agreement", "Convention 2023-07")

    refused = newcomer.types("ready", TAG)

    assert refused.status == 5
    for guard in ("G1", "G2", "G3"):
        assert f"[{guard}]" in refused.out + refused.err
    assert state(newcomer) == "in_workshop"

    does(
        "wipe", "record", TAG, "--declared", "--level", "purge", "--method", "ATA Secure Erase",
        "--readback", "sampled", "--report", paper, "--second-person", "Noé T.", "--yes",
    )  # fmt: skip
    does("test", "record", TAG, "--all-pass")
    does("image", "record", TAG, "--image", "famille-2026")
    does("ready", TAG)
    does("beneficiary", "add", "2026-044", "--referrer", "CCAS", "--need", "laptop")
    does(
        "hand-over", TAG, *PARTNER, "--beneficiary", "2026-044", "--receipt-number", "R-44", "--yes"
    )

    assert state(newcomer) == "given"
    assert newcomer.types("journal", "verify").status == 0


def test_a_declared_wipe_does_not_count_under_the_default_policy(
    newcomer: Typist, tmp_path: Path
) -> None:
    before = len(newcomer.types("inbox", "list", "--json").json["entries"])
    chosen = newcomer.types("policy", "set", "Stricte")
    assert chosen.status == 0, chosen

    after = newcomer.types("inbox", "list", "--json").json["entries"]

    assert len(after) > before
    assert newcomer.types("machine", "list", "--state", "ready", "--json").json["total"] == 0
