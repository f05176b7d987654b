# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acts on one machine, many, a file or a selection; confirmation; undo; merge and split."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import REPORTS, Typist

TAGS = ("A-1", "A-2", "A-3")


@pytest.fixture
def person(tmp_path: Path) -> Typist:
    typist = Typist(tmp_path / "home")
    typist.types("init")
    typist.types("site", "add", "École Jaurès", "--kind", "school")
    typist.types("room", "add", "ecole jaures", "Salle 12", "--rows", "4", "--columns", "6")
    for tag in TAGS:
        assert (
            typist.types(
                "machine", "add", "--tag", tag, "--kind", "desktop", "--on", "2020-09-01"
            ).status
            == 0
        )
    return typist


def state(person: Typist, tag: str) -> str:
    return str(person.types("machine", "show", tag, "--json").json["machine"]["state"])


def test_a_selection_does_what_is_allowed_and_lists_the_rest(person: Typist) -> None:
    person.types("machine", "describe", "A-2", "--provenance", "leased")

    said = person.types("retire", "--select-state", "in_stock", "--decision", "D-1", "--yes")

    assert said.status == 5
    assert said.out.startswith("2 accepted, 1 refused:\n  A-2\n    - The machine is leased")
    assert [state(person, tag) for tag in TAGS] == ["retired", "in_stock", "retired"]


def test_several_machines_ask_for_their_number(person: Typist) -> None:
    said = person.types("retire", *TAGS, "--decision", "D-1", answer="3")

    assert said.status == 0
    assert said.out == "3 accepted\n"
    assert "About to record: Retired" in said.err
    assert "Type the number of machines, 3, to confirm:" in said.err


def test_the_plan_says_what_will_be_refused(person: Typist) -> None:
    person.types("machine", "describe", "A-2", "--provenance", "leased")

    said = person.types("retire", *TAGS, "--decision", "D-1", answer="no")

    assert "A-2    In stock - will be refused: The machine is leased" in said.err


def test_another_answer_does_nothing(person: Typist) -> None:
    said = person.types("retire", *TAGS, "--decision", "D-1", answer="yes")

    assert said.status == 1
    assert "nothing was done" in said.err
    assert state(person, "A-1") == "in_stock"


def test_without_a_terminal_several_machines_need_yes(person: Typist) -> None:
    said = person.types("retire", *TAGS, "--decision", "D-1")

    assert said.status == 2
    assert "--yes" in said.err
    assert state(person, "A-1") == "in_stock"


def test_one_machine_does_not_ask(person: Typist) -> None:
    said = person.types("retire", "a-1", "--decision", "D-1")

    assert (said.status, said.out) == (0, "a-1: Retired\n")


def test_what_cannot_be_undone_asks_even_for_one_machine(person: Typist) -> None:
    person.types("retire", "A-1", "--decision", "D-1")
    person.types("disk", "declare", "A-1", "--none")

    refused = person.types("dismantle", "A-1")
    done = person.types("dismantle", "A-1", answer="A-1")

    assert (refused.status, done.status) == (2, 0)
    assert "Type the tag A-1 to confirm:" in done.err
    assert state(person, "A-1") == "dismantled"


def test_tags_come_from_a_file(person: Typist, tmp_path: Path) -> None:
    tags = tmp_path / "tags.txt"
    tags.write_text("\ufeffA-1\r\n# the one by the door\n\nA-3\na-1\n", encoding="utf-8")

    said = person.types("retire", "--tags-from", tags, "--decision", "D-1", "--yes")

    assert said.out == "2 accepted\n"
    assert [state(person, tag) for tag in TAGS] == ["retired", "in_stock", "retired"]


def test_unknown_tags_are_all_named_and_nothing_is_done(person: Typist) -> None:
    said = person.types("retire", "A-1", "Z-1", "Z-2", "--decision", "D-1", "--yes")

    assert said.status == 3
    assert "Z-1, Z-2" in said.err
    assert state(person, "A-1") == "in_stock"


def test_no_machine_named_is_a_wrong_command(person: Typist) -> None:
    assert person.types("retire", "--decision", "D-1").status == 2


def test_an_empty_selection_is_told(person: Typist) -> None:
    assert person.types("ready", "--select-state", "lost").status == 3


@pytest.mark.parametrize("day", ["2026-02-30", "31/02/2026", "yesterday", "2026-3", "01/01/9999"])
def test_a_day_that_is_none_is_refused(person: Typist, day: str) -> None:
    assert person.types("retire", "A-1", "--decision", "D-1", "--on", day).status == 2


def test_a_day_to_come_is_refused(person: Typist) -> None:
    said = person.types("retire", "A-1", "--decision", "D-1", "--on", "2190-01-01")

    assert said.status == 2
    assert "future" in said.err


def test_dates_are_read_as_the_french_write_them(person: Typist) -> None:
    person.types("retire", "A-1", "--decision", "D-1", "--on", "31/03/2026")

    shown = person.types("machine", "show", "A-1", "--json").json
    assert shown["machine"]["since"] == "2026-03-31"


def test_undo_takes_back_the_whole_last_act(person: Typist) -> None:
    person.types("retire", *TAGS, "--decision", "D-1", "--yes")

    said = person.types("undo")

    assert said.status == 0
    assert said.out.startswith("Undone on 3 subjects:\n")
    assert [state(person, tag) for tag in TAGS] == ["in_stock"] * 3
    assert "Undone" in person.types("machine", "show", "A-1").out


def test_undo_names_what_it_took_back(person: Typist) -> None:
    person.types("room", "add", "École Jaurès", "CDI", "--rows", "2", "--columns", "3")
    room = person.types("undo").out
    person.types("site", "add", "Mairie", "--kind", "town_hall")
    site = person.types("undo").out

    assert room.startswith("Undone on 1 subject:\n  CDI: Room added: ")
    assert site.startswith("Undone on 1 subject:\n  Mairie: Site added: ")
    assert not any(raw in room + site for raw in ("site:", "room:"))


def test_a_verdict_is_told_with_its_reasons(person: Typist) -> None:
    one = person.types("verdict", "A-1", "--reject", "oxydée", "--reject", "sans RAM")
    all_ = person.types("verdict", *TAGS, "--accept", "--yes")

    assert one.out == "A-1: Technical verdict: rejected, oxydée, sans RAM\n"
    assert all_.out == "3 machines: Technical verdict: accepted\n"


def test_the_journal_says_an_undone_act_and_a_disk_s_health_in_words(person: Typist) -> None:
    person.types("report", "import", REPORTS / "inconnu-precision-deux-disques.json")
    health = person.types("journal", "show", "--kind", "DiskMeasured").out
    person.types("undo")
    undone = person.types("journal", "show", "--kind", "Undone").out

    assert "Sectors that cannot be read and wait to be replaced: 67" in health
    assert "pending_sectors" not in health
    assert "Undone: 2 events " in undone


def test_a_partner_who_refers_a_request_is_listed_by_name(person: Typist) -> None:
    person.types("partner", "add", "CCAS")
    partner = person.types("partner", "list", "--json").json["partners"][0]["id"]
    person.types("beneficiary", "add", "DEM-1", "--referrer", partner)
    person.types("beneficiary", "add", "DEM-2", "--referrer", "Secours populaire")

    listed = person.types("beneficiary", "list").out

    assert "CCAS" in listed
    assert "Secours populaire" in listed
    assert "partner:" not in listed


def test_undo_is_refused_when_somebody_built_on_it(person: Typist, tmp_path: Path) -> None:
    person.types("retire", "A-1", "--decision", "D-1")
    Typist(tmp_path / "home", name="Sacha L.").types("take-in", "A-1")

    said = person.types("undo")

    assert said.status == 5
    assert "Later acts build on your last one" in said.err


def test_a_machine_is_installed_in_a_seat_and_repaired(person: Typist) -> None:
    for words in (
        ("install", "A-1", "--room", "salle 12", "--seat", "B2", "--image", "bureau-2026"),
        ("repair", "open", "A-1", "--fault", "ne démarre pas"),
        ("repair", "close", "A-1", "--outcome", "repaired", "--part", "pile", "--minutes", "20"),
        ("lose", "A-1", "--stolen"),
        ("find", "A-1"),
    ):
        assert person.types(*words).status == 0

    machine = person.types("machine", "show", "A-1", "--json").json["machine"]
    assert machine["state"] == "in_stock"
    assert machine["names"][machine["room"]] == "Salle 12"
    assert machine["seat"] == "B2"


def test_a_holder_s_name_stays_out_of_the_journal(person: Typist) -> None:
    person.types("install", "A-1", "--holder", "Dominique T.")

    shown = person.types("machine", "show", "A-1", "--json").json
    assert shown["machine"]["holder"].startswith("holder:")
    assert "Dominique" not in str(shown["timeline"])
    assert "Holder:                   Dominique T." in person.types("machine", "show", "A-1").out


def test_two_records_merge_and_split_again(person: Typist) -> None:
    assert person.types("merge", "A-1", "A-2").status == 0
    merged = person.types("machine", "show", "A-2", "--json").json["machine"]
    assert (merged["tag"], merged["other_tags"]) == ("A-1", ["A-2"])

    assert person.types("split", "A-1", "A-2").status == 0

    assert person.types("machine", "show", "A-2", "--json").json["machine"]["tag"] == "A-2"


def test_a_machine_is_not_merged_with_itself(person: Typist) -> None:
    assert person.types("merge", "A-1", "a-1").status == 2
    assert person.types("split", "A-1", "A-2").status == 3


def test_a_loan_needs_a_known_beneficiary(person: Typist) -> None:
    said = person.types("loan", "A-1", "--beneficiary", "DEM-1", "--until", "2027-06-30", "--yes")

    assert said.status == 3
    assert "DEM-1" in said.err


def test_nobody_named_cannot_act(tmp_path: Path) -> None:
    nobody = Typist(tmp_path / "home", name="")
    nobody.types("init")

    said = nobody.types("site", "add", "Mairie")

    assert said.status == 2
    assert "parclibre operator" in said.err


def test_the_operator_is_chosen_once_and_kept_by_id(tmp_path: Path) -> None:
    nobody = Typist(tmp_path / "home", name="")
    nobody.types("init")

    chosen = nobody.types("operator", "Camille B.")
    acted = nobody.types("machine", "add", "--tag", "A-9")

    session = nobody.home / "session"
    assert (chosen.out, acted.status) == ("Camille B.\n", 0)
    assert session.read_text().startswith("operator:")
    assert session.stat().st_mode & 0o777 == 0o600
    assert "(Camille B.)" in nobody.types("machine", "show", "A-9").out
    assert nobody.types("operator", "--nobody").status == 0
    assert nobody.types("operator").status == 3


def test_the_operator_may_be_named_for_one_command(person: Typist) -> None:
    person.types("retire", "A-1", "--decision", "D-1", "--operator", "Sacha L.")

    assert "Retired: decision D-1  (Sacha L.)" in person.types("machine", "show", "A-1").out


def test_a_room_is_counted_from_scanned_codes(person: Typist, tmp_path: Path) -> None:
    for tag in ("A-1", "A-2"):
        person.types("install", tag, "--room", "salle 12")
    scans = tmp_path / "scanned.txt"
    scans.write_text("parclibre:A-1\nA-3\nZ-9\n", encoding="utf-8")

    said = person.types("room", "count", "Salle 12", "--tags-from", scans, "--move")

    assert said.out.splitlines() == [
        "2 machines seen",
        "Missing: A-2",
        "Unexpected here: A-3",
        "Moved here: A-3",
        "Tags that no machine bears: Z-9",
    ]
    machine = person.types("machine", "show", "A-3", "--json").json["machine"]
    assert machine["names"][machine["room"]] == "Salle 12"
