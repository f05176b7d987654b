# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first opinion, typed: from reports, without a store, with other limits to try."""

from __future__ import annotations

from pathlib import Path

from fleet.services.thresholds import SHIPPED
from tests.cli.command_line import REPORTS, Typist

HARDWARE = Path(__file__).parent.parent / "fixtures" / "hardware"
OLD = HARDWARE / "dmidecode" / "Toshiba_SATELLITE_T110_9FCD3A4C13A3.txt"


def test_a_report_of_our_collector_has_an_opinion_with_every_reason(tmp_path: Path) -> None:
    person = Typist(tmp_path / "no store here")

    said = person.types("report", "opinion", REPORTS / "inconnu-precision-deux-disques.json")

    assert said.status == 0, said.err
    lines = [line.strip() for line in said.out.splitlines()]
    assert lines[0].endswith("inconnu-precision-deux-disques.json")
    assert any(line.startswith("Because: The disk") and "failing" in line for line in lines)
    assert lines[-1] == "Limits of 2026-11-22."
    assert not (tmp_path / "no store here").exists()


def test_a_program_gets_codes_and_sentences(tmp_path: Path) -> None:
    document = Typist(tmp_path).types("report", "opinion", OLD, "--json").json

    (machine,) = document["machines"]
    assert (machine["opinion"], machine["desktop"]) == ("recycle", None)
    assert machine["reasons"][0] == {
        "code": "cpu_few_cores=1|2",
        "text": "Cores of the processor: 1; at least 2 are needed.",
    }


def test_other_limits_are_tried_and_a_bad_file_of_limits_is_refused(tmp_path: Path) -> None:
    limits = tmp_path / "try.yml"
    limits.write_text(SHIPPED.read_text("utf-8").replace("cores: {value: 2", "cores: {value: 1"))
    bad = tmp_path / "bad.yml"
    bad.write_text("dated: 2026\n")
    person = Typist(tmp_path)

    tried = person.types("report", "opinion", OLD, "--limits", limits, "--json").json
    refused = person.types("report", "opinion", OLD, "--limits", bad)
    missing = person.types("report", "opinion", OLD, "--limits", tmp_path / "none.yml")

    assert tried["machines"][0]["opinion"] == "keep"
    assert refused.status == 4
    assert f"{bad}:1" in refused.err
    assert missing.status == 1


def test_one_file_that_is_no_report_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("bring milk")

    said = Typist(tmp_path).types("report", "opinion", tmp_path / "notes.txt", OLD)

    assert said.status == 4
    assert "notes.txt" in said.err
    assert "Recycle it" in said.out


def test_a_bare_disk_is_no_machine(tmp_path: Path) -> None:
    disk = HARDWARE / "smartctl_json" / "weee_sata03.json"

    said = Typist(tmp_path).types("report", "opinion", disk, "--json")

    assert said.json["machines"] == []


def test_the_limits_in_force_are_shown_with_their_sources_and_a_copy_can_be_changed(
    tmp_path: Path,
) -> None:
    person = Typist(tmp_path / "home")
    copy = tmp_path / "triage.yml"
    person.types("policy", "limits", "--copy", copy)
    (tmp_path / "home").mkdir()
    shipped = person.types("policy", "limits", "--json").json
    changed = copy.read_text("utf-8").replace('dated: "2026-11-22"', 'dated: "2027-01-05"')
    (tmp_path / "home" / "triage.yml").write_text(changed, encoding="utf-8")

    own = person.types("policy", "limits", "--json").json
    table = person.types("policy", "limits").out

    assert (shipped["file"], shipped["dated"]) == (None, "2026-11-22")
    assert own["file"] == str(tmp_path / "home" / "triage.yml")
    assert own["dated"] == "2027-01-05"
    assert {key: value for key, value in own["limits"][0].items() if key != "source"} == {
        "key": "xfce.memory_mib",
        "value": 3584,
    }
    assert len(own["limits"]) == 32 and all(row["source"] for row in own["limits"])
    assert "battery.dead_percent" in table
    assert person.types("policy", "limits", "--copy", copy).status == 1
