# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One machine from stock to a family, by commands alone, with every refusal on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import Said, Typist


@pytest.fixture
def person(tmp_path: Path) -> Typist:
    typist = Typist(tmp_path / "home")
    for words in (
        ("init",),
        ("site", "add", "Mairie", "--kind", "town_hall"),
        ("partner", "add", "Repair Café", "--quality", "esus"),
        ("agreement", "add", "Repair Café", "CONV-3"),
        ("beneficiary", "add", "DEM-118", "--referrer", "CCAS"),
        (
            "machine",
            "add",
            "--tag",
            "VJ-0042",
            "--kind",
            "laptop",
            "--model",
            "Latitude 5490",
            "--on",
            "2019-09-01",
        ),
    ):
        assert typist.types(*words).status == 0
    return typist


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "wipe.pdf"
    path.write_bytes(b"%PDF-1.4 wiped")
    return path


def done(said: Said) -> None:
    assert said.status == 0, said.err + said.out


def codes(person: Typist, step: str) -> set[str]:
    found = person.types("machine", "show", "VJ-0042", "--json").json["next"][step]
    return {reason["code"] for reason in found["reasons"]}


def to_the_workshop(person: Typist) -> None:
    done(person.types("retire", "VJ-0042", "--decision", "DEL-17", "--on", "02/03/2026"))
    done(person.types("take-in", "VJ-0042", "--on", "2026-03-03"))


def add_ssd(person: Typist) -> None:
    done(
        person.types("disk", "add", "VJ-0042", "--kind", "ssd", "--serial", "S1", "--size", "240GB")
    )
    done(person.types("disk", "declare", "VJ-0042", "--second-person", "Sacha L."))


def declare_wipe(person: Typist, report: Path) -> Said:
    return person.types(
        "wipe", "record", "VJ-0042", "--declared", "--level", "purge", "--readback", "full",
        "--method", "ATA Secure Erase", "--report", report, "--second-person", "Sacha L.",
    )  # fmt: skip


def test_ready_is_refused_with_a_reason_for_each_missing_guard(person: Typist) -> None:
    to_the_workshop(person)
    add_ssd(person)

    said = person.types("ready", "VJ-0042")

    assert said.status == 5
    assert said.out.startswith("0 accepted, 1 refused:\n  VJ-0042\n")
    for words in (
        "[G1] The disk S1 was never wiped. Wipe it, then record it: "
        "parclibre wipe record VJ-0042 --disk SERIAL",
        "[G1] The list of disks is only declared",
        "[G2] The test sheet « rapide » is not complete; missing: start-up, disk",
        "[G3] No system for a family is installed.",
    ):
        assert words in said.out


def test_a_machine_walks_from_stock_to_a_family(person: Typist, report: Path) -> None:
    to_the_workshop(person)
    add_ssd(person)
    done(person.types("policy", "set", "atelier", "--accept-declared-wipes"))
    assert codes(person, "MadeReady") == {"no_wipe", "tests_missing", "no_image"}

    done(declare_wipe(person, report))
    done(person.types("test", "record", "VJ-0042", "--all-pass"))
    done(person.types("image", "record", "VJ-0042", "--image", "famille-2026"))
    done(person.types("verdict", "VJ-0042", "--accept"))
    done(person.types("ready", "VJ-0042"))

    assert codes(person, "HandedOver") == {"title_still"}
    done(person.types("value", "VJ-0042", "--machine", "80", "--accessories", "10"))
    done(person.types("title", "transfer", "VJ-0042", "--way", "gift", "--taker", "Repair Café"))
    said = person.types(
        "hand-over", "VJ-0042", "--partner", "repair cafe", "--beneficiary", "DEM-118",
        "--receipt", report, answer="VJ-0042",
    )  # fmt: skip

    done(said)
    shown = person.types("machine", "show", "VJ-0042")
    assert "Given to a family, since" in shown.out
    assert "2026-03-02  Retired: decision DEL-17  (Camille B.)" in shown.out
    assert "overwritten" not in shown.out
    assert "declared by a person, report" in shown.out
    assert "second person Sacha L." in shown.out
    assert person.types("inbox", "list", "--json").json["entries"] == []


def test_a_declared_wipe_does_not_count_under_the_default_policy(
    person: Typist, report: Path
) -> None:
    to_the_workshop(person)
    add_ssd(person)
    done(declare_wipe(person, report))

    assert {"wipe_only_declared", "disks_only_declared"} <= codes(person, "MadeReady")
    assert "policy « standard »" in person.types("ready", "VJ-0042").out


def test_a_wipe_by_hand_must_be_named_as_declared_with_its_papers(person: Typist) -> None:
    wipe = ("wipe", "record", "VJ-0042", "--level", "purge", "--method", "nwipe")

    bare = person.types(*wipe)
    without_papers = person.types(*wipe, "--declared")

    assert (bare.status, without_papers.status) == (2, 2)
    assert "declared wipe" in bare.err
    assert "--report FILE --second-person NAME" in without_papers.err


def test_the_second_person_is_not_the_one_who_acts(person: Typist, report: Path) -> None:
    add_ssd(person)
    said = person.types(
        "wipe", "record", "VJ-0042", "--declared", "--level", "clear", "--method", "dd",
        "--report", report, "--second-person", "camille b.",
    )  # fmt: skip

    assert said.status == 2
    assert "somebody else" in said.err


def test_a_failed_wipe_is_recorded_and_refuses(person: Typist) -> None:
    to_the_workshop(person)
    add_ssd(person)
    failed = ("--declared", "--failed", "--level", "purge", "--method", "ATA Secure Erase")

    done(person.types("wipe", "record", "VJ-0042", *failed))

    assert "wipe_failed" in codes(person, "MadeReady")


def test_a_destroyed_disk_lets_the_machine_be_recycled(person: Typist, report: Path) -> None:
    to_the_workshop(person)
    add_ssd(person)
    assert person.types("to-recycle", "VJ-0042").status == 5

    done(
        person.types(
            "disk", "destroy", "VJ-0042", "--how", "broyage", "--report", report, answer="VJ-0042"
        )
    )
    done(person.types("to-recycle", "VJ-0042", "--why", "carte mère"))
    done(person.types("recycle", "VJ-0042", "--slip", "BSD-88", "--yes"))

    assert "Recycled, since" in person.types("machine", "show", "VJ-0042").out


def test_a_disk_gone_without_a_record_blocks_until_somebody_says_where(person: Typist) -> None:
    to_the_workshop(person)
    add_ssd(person)
    done(person.types("disk", "remove", "VJ-0042"))
    assert "disk_unaccounted" in codes(person, "ToRecycle")

    done(person.types("disk", "keep", "VJ-0042", "--disk", "S1", "--where", "armoire 3"))

    assert codes(person, "ToRecycle") == set()


def test_a_supervisor_may_waive_a_test_but_never_a_wipe(person: Typist) -> None:
    to_the_workshop(person)
    add_ssd(person)
    why = ("--why", "écran cassé, don pour pièces")

    tests = person.types(
        "waive", "VJ-0042", "--for", "MadeReady", "--reason", "tests_missing", *why
    )
    wipe = person.types("waive", "VJ-0042", "--for", "MadeReady", "--reason", "no_wipe", *why)

    assert (tests.status, wipe.status) == (0, 5)
    assert "tests_missing" not in codes(person, "MadeReady")
    assert "no_wipe" in codes(person, "MadeReady")


def test_the_receipt_is_kept_sealed(person: Typist, tmp_path: Path, report: Path) -> None:
    test_a_machine_walks_from_stock_to_a_family(person, report)

    kept = [path.read_bytes() for path in (person.home / "attachments").glob("??/*")]

    assert len(kept) == 2  # the wipe's report as it is, the receipt sealed
    assert sum(report.read_bytes() == data for data in kept) == 1


def test_a_refused_hand_over_keeps_no_paper(person: Typist, report: Path) -> None:
    said = person.types(
        "hand-over", "VJ-0042", "--partner", "Repair Café", "--beneficiary", "DEM-118",
        "--receipt", report, "--yes",
    )  # fmt: skip

    assert said.status == 5
    assert list((person.home / "attachments").glob("??/*")) == []


def test_a_purged_family_s_papers_are_refused_in_words(person: Typist, report: Path) -> None:
    test_a_machine_walks_from_stock_to_a_family(person, report)
    known = person.types("people", "list", "--json").json["people"]
    family = next(one["id"] for one in known if one["role"] == "beneficiary")
    done(person.types("people", "purge", family, "--yes"))
    done(person.types("machine", "add", "--tag", "VJ-0043", "--kind", "laptop"))
    for words in (
        ("retire", "VJ-0043", "--decision", "DEL-18"),
        ("take-in", "VJ-0043"),
        ("disk", "declare", "VJ-0043", "--none"),
        ("test", "record", "VJ-0043", "--all-pass"),
        ("image", "record", "VJ-0043", "--bare"),
        ("verdict", "VJ-0043", "--accept"),
        ("ready", "VJ-0043"),
        ("value", "VJ-0043", "--machine", "80"),
        ("title", "transfer", "VJ-0043", "--way", "gift", "--taker", "Repair Café"),
    ):
        done(person.types(*words))

    said = person.types(
        "hand-over", "VJ-0043", "--partner", "Repair Café", "--beneficiary", "DEM-118",
        "--receipt", report, "--yes",
    )  # fmt: skip

    assert said.status == 5
    assert "was purged" in said.err
