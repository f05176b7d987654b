# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``report`` and ``inbox`` typed on a real store, with the sample reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import REPORTS, Typist

KEYS = {
    "file", "format", "manufacturer", "model", "version", "serial", "uuid", "board", "chassis",
    "cpu", "memory_bytes", "memory_slots", "disks", "batteries", "firmware_date", "warnings",
}  # fmt: skip
ELITEBOOK = REPORTS / "inconnu-elitebook-840.json"
TWO_DISKS = REPORTS / "inconnu-precision-deux-disques.json"


@pytest.fixture
def person(tmp_path: Path) -> Typist:
    """Somebody before any store is made."""
    return Typist(tmp_path / "home")


@pytest.fixture
def keeper(person: Typist) -> Typist:
    """Somebody with an empty store."""
    assert person.types("init").status == 0
    return person


def test_reports_are_read_without_any_store(person: Typist) -> None:
    said = person.types("report", "read", ELITEBOOK, TWO_DISKS, "--json")

    assert said.status == 0
    assert [set(report) for report in said.json] == [KEYS, KEYS]
    assert said.json[0]["model"] == "HP EliteBook 840 G5"
    assert [disk["health"] for disk in said.json[1]["disks"]] == ["good", "failing"]
    assert not person.home.exists()


def test_without_json_the_facts_are_lines_in_french_too(tmp_path: Path) -> None:
    said = Typist(tmp_path, language="fr_FR.UTF-8").types("report", "read", ELITEBOOK)

    assert said.status == 0
    assert "HP EliteBook 840 G5" in said.out
    assert "HP HP" not in said.out
    assert "SAMSUNG MZVLB256HAHQ-000H1" in said.out


def test_a_bad_file_is_told_with_status_4_and_the_others_are_printed(
    person: Typist, tmp_path: Path
) -> None:
    bad = tmp_path / "liste-de-courses.txt"
    bad.write_text("du pain\n", encoding="utf-8")

    said = person.types("report", "read", bad, ELITEBOOK, "--json")

    assert said.status == 4
    assert "liste-de-courses.txt" in said.err
    assert [report["file"] for report in said.json] == [str(ELITEBOOK)]


def test_no_control_character_of_a_report_reaches_the_terminal(
    person: Typist, tmp_path: Path
) -> None:
    evil = ELITEBOOK.read_text(encoding="utf-8").replace("83B2", "\\u001b]0;oups\\u0007\\u202e")
    path = tmp_path / "evil.json"
    path.write_text(evil, encoding="utf-8")

    plain, as_json = (
        person.types("report", "read", path),
        person.types("report", "read", path, "--json"),
    )

    for said in (plain, as_json):
        assert said.status == 0
        assert not any(char in said.out for char in "\x1b\x07\u202e")


def test_an_import_prints_one_line_per_file_and_a_second_one_changes_nothing(
    keeper: Typist,
) -> None:
    first = keeper.types("report", "import", REPORTS)
    digest = keeper.types("journal", "rebuild").out

    second = keeper.types("report", "import", REPORTS)

    assert first.status == second.status == 0
    assert len(first.out.splitlines()) == len(second.out.splitlines()) == 5
    assert "new machine" in first.out
    assert all("same machine" in line for line in second.out.splitlines())
    assert keeper.types("journal", "rebuild").out == digest


def test_a_refused_file_says_why_and_the_others_come_in(keeper: Typist, tmp_path: Path) -> None:
    bad = tmp_path / "vide.txt"
    bad.write_text("", encoding="utf-8")

    said = keeper.types("report", "import", bad, tmp_path / "absent.json", ELITEBOOK)

    assert said.status == 4
    refused, absent, accepted = said.out.splitlines()
    assert refused.startswith("vide.txt: refused - ")
    assert absent.startswith("absent.json: refused - The file cannot be read: ")
    assert accepted.startswith(f"{ELITEBOOK.name}: new machine")


def test_importing_needs_to_know_who_acts(keeper: Typist) -> None:
    nobody = Typist(keeper.home, name="")

    said = nobody.types("report", "import", ELITEBOOK)

    assert (said.status, said.out) == (2, "")
    assert nobody.types("machine", "list", "--json").json["total"] == 0


@pytest.fixture
def asked(keeper: Typist) -> tuple[Typist, str]:
    """A store with a nameless PC, and a second report that may be of the same one."""
    keeper.types("report", "import", REPORTS / "a-decider-veriton.json")
    twin = (REPORTS / "a-decider-veriton.json").read_text(encoding="utf-8")
    path = keeper.home / "second.json"
    path.write_text(twin.replace("2026-06-25", "2026-06-26"), encoding="utf-8")
    assert "to decide" in keeper.types("report", "import", path).out
    (entry,) = keeper.types("inbox", "list", "--json").json["entries"]
    assert entry["kind"] == "report"
    return keeper, entry["ref"]


def test_a_held_report_is_shown_beside_its_candidates(asked: tuple[Typist, str]) -> None:
    keeper, ref = asked

    shown = keeper.types("inbox", "show", ref, "--json").json
    table = keeper.types("inbox", "show", ref).out

    assert [candidate["tag"] for candidate in shown["candidates"]] == ["PL-00001"]
    assert shown["report"]["model"] == "Veriton Z4640G"
    assert "PL-00001" in table


@pytest.mark.parametrize(
    ("words", "machines"), [(("same", "PL-00001"), 1), (("new",), 2), (("dismiss",), 1)]
)
def test_a_decision_empties_the_inbox(
    asked: tuple[Typist, str], words: tuple[str, ...], machines: int
) -> None:
    keeper, ref = asked

    said = keeper.types("inbox", "settle", ref, *words)

    assert said.status == 0
    assert keeper.types("inbox", "list", "--json").json["entries"] == []
    assert keeper.types("machine", "list", "--json").json["total"] == machines


@pytest.mark.parametrize("words", [(), ("same",), ("new", "PL-00001")])
def test_half_a_decision_is_refused(asked: tuple[Typist, str], words: tuple[str, ...]) -> None:
    keeper, ref = asked

    said = keeper.types("inbox", "settle", ref, *words)

    assert said.status == 2
    assert len(keeper.types("inbox", "list", "--json").json["entries"]) == 1


def test_an_unknown_entry_is_named_as_such(keeper: Typist) -> None:
    said = keeper.types("inbox", "show", "deadbeef")

    assert said.status == 3
    assert "deadbeef" in said.err
