# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines and small records: added, listed, shown, labelled, as text and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.cli.main import build_parser
from fleet.cli.parser import all_commands
from tests.cli.command_line import Said, Typist


@pytest.fixture
def person(tmp_path: Path) -> Typist:
    typist = Typist(tmp_path / "home")
    typist.types("init")
    typist.types("site", "add", "Mairie", "--kind", "town_hall")
    typist.types("room", "add", "Mairie", "Accueil", "--rows", "2", "--columns", "3")
    typist.types(
        "machine", "add", "--tag", "VJ-0042", "--kind", "laptop", "--manufacturer", "Dell",
        "--model", "Latitude 5490", "--serial", "5CG81", "--site", "mairie",
        "--purchase-value", "549,90", "--purchased-on", "01/09/2019", "--on", "2019-09-01",
    )  # fmt: skip
    typist.types(
        "machine", "add", "--kind", "desktop", "--manufacturer", "HP", "--model", "HP dc79"
    )
    typist.types("retire", "VJ-0042", "--decision", "D-1", "--on", "2026-03-31")
    return typist


def tags(said: Said) -> list[str]:
    return [machine["tag"] for machine in said.json["machines"]]


def test_a_machine_without_a_tag_gets_the_next_one(person: Typist) -> None:
    assert person.types("machine", "add").out == "PL-00003\n"


def test_a_taken_tag_is_refused(person: Typist) -> None:
    said = person.types("machine", "add", "--tag", "vj-0042")

    assert said.status == 2
    assert "already on another machine" in said.err


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((), ["PL-00002", "VJ-0042"]),
        (("--state", "retired"), ["VJ-0042"]),
        (("--state", "retired", "--state", "in_stock"), ["PL-00002", "VJ-0042"]),
        (("--site", "MAIRIE"), ["VJ-0042"]),
        (("--room", "accueil"), []),
        (("--model", "latitude"), ["VJ-0042"]),
        (("--tag", "VJ-0042"), ["VJ-0042"]),
        (("--text", "5cg81"), ["VJ-0042"]),
        (("--kind", "desktop"), ["PL-00002"]),
        (("--issues",), []),
        (("--sort", "state", "--descending"), ["VJ-0042", "PL-00002"]),
        (("--limit", "1", "--offset", "1"), ["VJ-0042"]),
    ],
)
def test_a_listing_is_filtered_sorted_and_paged(person: Typist, filters, expected) -> None:
    assert tags(person.types("machine", "list", "--json", *filters)) == expected


def test_a_page_says_how_to_see_the_next(person: Typist) -> None:
    said = person.types("machine", "list", "--limit", "1")

    assert "1 to 1 of 2 machines; the next ones: --offset 1" in said.err
    assert "2 machines" not in said.out


def test_the_maker_is_not_said_twice(person: Typist) -> None:
    said = person.types("machine", "list")

    assert "HP dc79" in said.out
    assert "HP HP" not in said.out
    assert "Dell Latitude 5490" in said.out


def test_a_listing_has_the_documented_fields(person: Typist) -> None:
    document = person.types("machine", "list", "--tag", "VJ-0042", "--json").json

    (machine,) = document["machines"]
    assert (document["format"], document["version"], document["total"]) == (
        "parclibre/machine-list", 1, 1,
    )  # fmt: skip
    assert machine["site_name"] == "Mairie"
    assert machine["room"] is None
    assert machine["purchased_on"] == "2019-09-01"


def test_a_machine_s_document_says_why_each_step_is_refused(person: Typist) -> None:
    document = person.types("machine", "show", "vj-0042", "--json").json

    assert document["format"] == "parclibre/machine"
    assert document["machine"]["purchase_value_cents"] == 54990
    assert document["next"]["Moved"] == {"allowed": True, "reasons": []}
    reason = document["next"]["Dismantled"]["reasons"][0]
    assert reason["code"] == "disks_unknown"
    assert "parclibre disk declare VJ-0042" in reason["text"]
    assert [event["kind"] for event in document["timeline"]] == ["MachineRegistered", "Retired"]
    assert document["timeline"][1]["author_name"] == "Camille B."


def test_an_unknown_machine_is_told_with_what_to_do(person: Typist) -> None:
    said = person.types("machine", "show", "Z-1")

    assert said.status == 3
    assert "parclibre machine list --text Z-1" in said.err


def test_control_characters_never_reach_the_terminal(person: Typist) -> None:
    hostile = "E\x1b[2J5490\x9b\u202e"
    person.types("machine", "add", "--tag", "Z-1", "--model", hostile, "--note", hostile)

    for command in (("list",), ("show", "Z-1"), ("list", "--json"), ("show", "Z-1", "--json")):
        said = person.types("machine", *command)
        assert said.status == 0
        assert not set("\x1b\x9b\u202e") & set(said.out)


def test_a_machine_gets_a_new_label_that_nobody_bears(person: Typist) -> None:
    taken = person.types("machine", "describe", "PL-00002", "--new-tag", "vj-0042")
    given = person.types("machine", "describe", "PL-00002", "--new-tag", "VJ-0099")

    assert (taken.status, given.status) == (2, 0)
    assert person.types("machine", "show", "VJ-0099", "--json").json["machine"]["tag"] == "VJ-0099"


@pytest.mark.parametrize("amount", ["-3", "1e3", "12,345", "free", ""])
def test_an_amount_that_is_none_is_refused(person: Typist, amount: str) -> None:
    assert person.types("machine", "add", f"--purchase-value={amount}").status == 2


@pytest.mark.parametrize("size", ["0", "-1", "many", "1e9", "12 parsecs", "9" * 40])
def test_a_size_that_is_none_is_refused(person: Typist, size: str) -> None:
    said = person.types("disk", "add", "VJ-0042", "--serial", "S", f"--size={size}")

    assert said.status == 2


def test_labels_are_written_as_sheets_and_pictures(person: Typist, tmp_path: Path) -> None:
    pdf, folder = tmp_path / "labels.pdf", tmp_path / "labels"

    sheet = person.types("machine", "label", "--select-state", "retired", "PL-00002", "--pdf", pdf)
    pictures = person.types("machine", "label", "VJ-0042", "PL-00002", "--png", folder)

    assert (sheet.status, pictures.status) == (0, 0)
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert sorted(path.name for path in folder.iterdir()) == ["PL-00002.png", "VJ-0042.png"]
    assert "2 labels written" in sheet.err
    assert person.types("machine", "label", "VJ-0042", "--pdf", pdf, "--skip", "24").status == 2
    assert person.types("machine", "label", "VJ-0042", "--pdf", tmp_path).status == 2


def test_records_are_listed_with_names_for_ids(person: Typist) -> None:
    person.types("partner", "add", "Repair Café", "--quality", "esus")
    person.types(
        "agreement", "add", "repair cafe", "CONV-3", "--data-clause", "--until", "2027-12-31"
    )
    person.types("lot", "add", "Lot-7", "--partner", "Repair Café", "--agreement", "CONV-3")
    person.types("beneficiary", "add", "DEM-1", "--referrer", "CCAS", "--need", "laptop")
    person.types("lot", "put", "--lot", "lot-7", "VJ-0042")

    assert person.types("room", "list", "--json").json["rooms"][0]["site_name"] == "Mairie"
    agreement = person.types("agreement", "list", "--json").json["agreements"][0]
    assert (agreement["partner_name"], agreement["data_clause"]) == ("Repair Café", True)
    lot = person.types("lot", "list", "--json").json["lots"][0]
    assert (lot["partner_name"], lot["agreement_name"]) == ("Repair Café", "CONV-3")
    assert tags(person.types("machine", "list", "--lot", "Lot-7", "--json")) == ["VJ-0042"]
    beneficiary = person.types("beneficiary", "list", "--json").json["beneficiaries"][0]
    assert (beneficiary["referrer"], beneficiary["needs"]) == ("CCAS", ["laptop"])
    assert person.types("partner", "list").out.splitlines()[1].split() == [
        "Repair", "Café", "reuse", "body", "approved", "ESUS", "no"
    ]  # fmt: skip


def test_an_agreement_with_a_data_clause_lets_machines_leave_before_the_wipe(
    person: Typist,
) -> None:
    person.types("partner", "add", "Repair Café")
    person.types("agreement", "add", "Repair Café", "CONV-3", "--data-clause")
    take_in = ("take-in", "VJ-0042", "--partner", "Repair Café")

    without, with_clause = person.types(*take_in), person.types(*take_in, "--agreement", "CONV-3")

    assert (without.status, with_clause.status) == (5, 0)
    assert "[C1] The machine would leave the town with data on it" in without.out


def test_the_policy_in_force_is_shown(person: Typist) -> None:
    before = person.types("policy", "show", "--json").json
    person.types("policy", "set", "strict", "--test-profile", "complet", "--level", "hdd=purge")
    after = person.types("policy", "show", "--json").json

    assert (before["name"], before["levels"]["hdd"]) == ("standard", "clear")
    assert (after["name"], after["levels"]["hdd"]) == ("strict", "purge")
    assert "battery" in after["tests"]
    assert person.types("policy", "set", "x", "--level", "hdd=shred").status == 2


def test_each_command_that_reads_offers_json() -> None:
    silent = [
        " ".join(words)
        for words, parser in all_commands(build_parser())
        if words[-1] in {"list", "show"} and parser.shape is None
    ]

    assert silent == []
