# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A family from its request to a sign of life, without its name anywhere but in one place."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from fleet.model import kinds as k
from fleet.paths import store_url
from fleet.services import families
from fleet.services.town import new_id, open_town
from fleet.store.retention import purge_date
from tests.cli.command_line import Said, Typist

NAME, CONTACT = "Zéphyrine Quidam", "zq@exemple.fr"
LONG_AGO = (date.today() - timedelta(days=250)).isoformat()


def done(said: Said) -> Said:
    assert said.status == 0, said.err + said.out
    return said


@pytest.fixture
def desk(tmp_path: Path) -> Typist:
    """A town where one laptop is ready, owned by an association, and two families ask."""
    typist = Typist(tmp_path / "home")
    for words in (
        ("init",),
        ("policy", "set", "atelier", "--accept-declared-wipes"),
        ("partner", "add", "Emmaüs", "--quality", "interet_general_precarite"),
        ("beneficiary", "add", "DEM-1", "--referrer", "CCAS", "--need", "laptop",
         "--need", "camera", "--eligible-on", "2026-01-05"),
        ("beneficiary", "add", "DEM-2", "--referrer", "CCAS", "--need", "desktop"),
        ("machine", "add", "--tag", "VJ-1", "--kind", "laptop", "--owner", "association",
         "--gift", "--on", LONG_AGO),
        ("take-in", "VJ-1", "--on", LONG_AGO),
        ("disk", "declare", "VJ-1", "--none"),
        ("test", "record", "VJ-1", "--all-pass"),
        ("image", "record", "VJ-1", "--image", "famille-2026"),
        ("ready", "VJ-1", "--on", LONG_AGO),
    ):  # fmt: skip
        done(typist.types(*words))
    return typist


def hand_over(desk: Typist, *more: str, on: str = LONG_AGO) -> Said:
    return desk.types(
        "hand-over", "VJ-1", "--partner", "Emmaüs", "--beneficiary", "DEM-1", "--yes", "--on", on,
        *(more or ("--receipt-number", "R-1")),
    )  # fmt: skip


def waiting(desk: Typist) -> dict[str, bool]:
    found = desk.types("family", "list", "--all", "--json").json["requests"]
    return {one["reference"]: one["waits"] for one in found}


@pytest.mark.parametrize(
    "words",
    [("--need", "un PC gratuit"), ("--note", "au RSA, trois enfants"), ("--note", "x" * 200)],
)
def test_a_request_says_needs_and_no_reason(desk: Typist, words: tuple[str, str]) -> None:
    said = desk.types("beneficiary", "add", "DEM-9", "--referrer", "CCAS", *words)

    assert said.status == 2
    assert "DEM-9" not in desk.types("beneficiary", "list", "--json").out


def test_eligibility_is_a_yes_by_a_body_on_a_day(desk: Typist) -> None:
    before = done(desk.types("family", "list")).out

    done(desk.types("family", "attest", "DEM-2", "--by", "Secours populaire", "--on", "2026-02-01"))

    assert "waits for « eligible: yes »" in before
    assert "yes, Secours populaire, 2026-02-01" in done(desk.types("family", "list")).out


def test_only_eligible_requests_are_matched_and_nothing_is_recorded(desk: Typist) -> None:
    events = desk.types("journal", "verify").out

    said = desk.types("family", "match")

    assert "DEM-1, since" in said.out
    assert "VJ-1, Laptop, ready since" in said.out
    assert "DEM-2" not in said.out
    assert desk.types("journal", "verify").out == events
    assert desk.types("family", "match", "DEM-2").status == 5
    (one,) = desk.types("family", "match", "DEM-1", "--json").json["proposals"]
    assert one["first"]["tag"] == "VJ-1"
    assert one["first"]["fits"]["laptop"] == "yes"


def test_a_request_waits_until_it_is_served_or_closed(desk: Typist) -> None:
    assert waiting(desk) == {"DEM-1": True, "DEM-2": True}

    done(hand_over(desk))
    done(desk.types("family", "close", "DEM-2", "--outcome", "withdrawn"))

    assert waiting(desk) == {"DEM-1": False, "DEM-2": False}
    assert desk.types("family", "close", "DEM-2", "--outcome", "withdrawn").status == 5


def test_a_sign_of_life_is_due_six_months_after_the_hand_over_and_once(desk: Typist) -> None:
    done(hand_over(desk))
    (due,) = desk.types("family", "due", "--json").json["due"]

    done(desk.types("family", "sign", "VJ-1", "--outcome", "works"))

    assert (due["tag"], due["handed_on"]) == ("VJ-1", LONG_AGO)
    assert desk.types("family", "due", "--json").json["due"] == []
    assert "Sign of life: works" in done(desk.types("machine", "show", "VJ-1")).out


def test_a_machine_handed_over_lately_is_not_asked_after(desk: Typist) -> None:
    done(hand_over(desk, on=date.today().isoformat()))

    assert desk.types("family", "due", "--json").json["due"] == []


def test_a_machine_with_nobody_gives_no_sign_of_life(desk: Typist) -> None:
    assert desk.types("family", "sign", "VJ-1", "--outcome", "works").status == 2


def test_a_family_brings_back_a_machine_at_its_end_of_life(desk: Typist) -> None:
    done(hand_over(desk))

    done(desk.types("return", "VJ-1", "--end-of-life", "--why", "carte mère"))

    shown = done(desk.types("machine", "show", "VJ-1")).out
    assert "end of life" in shown
    assert desk.types("ready", "VJ-1").status == 5, "it counts as a use"


# --- the name -----------------------------------------------------------------------------------


def test_the_name_is_asked_for_and_kept_with_the_day_of_its_purge(desk: Typist) -> None:
    said = desk.types("family", "name", "DEM-1", "--contact", CONTACT, answer=NAME)

    done(said)
    until = purge_date("beneficiary", date.today())
    assert str(until) in said.out
    family = next(
        one for one in desk.types("people", "list", "--json").json["people"]
        if one["role"] == "beneficiary"
    )  # fmt: skip
    assert (family["name"], family["purge_on"]) == (NAME, str(until))


@pytest.mark.parametrize(
    "name",
    ["Æ" * 200, "محمد بن عبد الله", "李小龍 👩", "O’Neill-d’Été <b>", "ZÉ" + "é" * 98],
)
def test_any_name_is_kept_as_it_is_written(desk: Typist, name: str) -> None:
    done(desk.types("family", "name", "DEM-1", "--name", name))

    people = desk.types("people", "list", "--json").json["people"]
    assert name in [one["name"] for one in people]


def test_an_answer_counts_as_a_contact_and_silence_does_not(desk: Typist) -> None:
    done(desk.types("family", "name", "DEM-1", "--name", NAME))
    done(hand_over(desk))

    def purge_on() -> str:
        people = desk.types("people", "list", "--json").json["people"]
        return next(str(one["purge_on"]) for one in people if one["name"] == NAME)

    at_first = purge_on()
    done(desk.types("family", "sign", "VJ-1", "--outcome", "no_answer", "--on", "2026-05-01"))
    after_silence = purge_on()
    done(desk.types("family", "sign", "VJ-1", "--outcome", "problem", "--on", "2026-05-02"))

    assert after_silence == at_first
    assert purge_on() == "2028-05-02"


def test_a_person_reads_all_that_is_held_about_them(desk: Typist, tmp_path: Path) -> None:
    receipt = tmp_path / "recu.pdf"
    receipt.write_bytes(b"%PDF-1.4 Zephyrine")
    done(desk.types("family", "name", "DEM-1", "--name", NAME, "--contact", CONTACT))
    done(hand_over(desk, "--receipt", str(receipt)))

    done(desk.types("people", "export", "DEM-1", tmp_path / "donnees.zip"))

    with zipfile.ZipFile(tmp_path / "donnees.zip") as archive:
        text = archive.read("donnees.txt").decode()
        papers = [name for name in archive.namelist() if name.startswith("papiers/")]
        assert [archive.read(name) for name in papers] == [receipt.read_bytes()]
    for told in (NAME, CONTACT, "DEM-1", "Handed over to a family", "will be destroyed on"):
        assert told in text
    assert (tmp_path / "donnees.zip").stat().st_mode & 0o077 == 0


def test_an_erasure_destroys_name_and_papers_and_says_what_stays(
    desk: Typist, tmp_path: Path
) -> None:
    receipt = tmp_path / "recu.pdf"
    receipt.write_bytes(b"%PDF-1.4 Zephyrine")
    done(desk.types("family", "name", "DEM-1", "--name", NAME, "--contact", CONTACT))
    done(hand_over(desk, "--receipt", str(receipt)))
    assert desk.types("people", "erase", "DEM-1").status == 2, "nobody can confirm"

    said = done(desk.types("people", "erase", "DEM-1", "--yes"))

    assert "Handed over to a family: 1" in said.out
    assert "Why: these lines prove" in said.out
    done(desk.types("people", "export", "DEM-1", tmp_path / "after.zip"))
    with zipfile.ZipFile(tmp_path / "after.zip") as archive:
        assert archive.namelist() == ["donnees.txt"]
        assert NAME not in archive.read("donnees.txt").decode()
    assert desk.types("family", "name", "DEM-1", "--name", NAME).status == 5
    assert waiting(desk)["DEM-1"] is False, "no figure changes"


def test_a_purge_reports_whom_and_when_the_next_is_due(desk: Typist) -> None:
    done(desk.types("family", "name", "DEM-1", "--name", NAME))
    done(desk.types("family", "name", "DEM-2", "--name", "Autre"))
    family = next(
        one["id"] for one in desk.types("people", "list", "--json").json["people"]
        if one["name"] == NAME
    )  # fmt: skip

    report = desk.types("people", "purge", family, "--yes", "--json").json

    assert report["purged"] == [family]
    assert report["traces_erased"] is True
    assert report["next_on"] == str(purge_date("beneficiary", date.today()))
    assert done(desk.types("people", "purge", "--due", "--json")).json["purged"] == []


def test_an_older_request_with_free_words_still_reads(desk: Typist) -> None:
    town = open_town(desk.home, store_url({}, desk.home)).acting_as("Camille B.")
    old = k.BeneficiaryReferred(referrer="CCAS", reference="OLD", needs=("un PC pour le lycée",))
    with town.act() as act:
        act.add(new_id("beneficiary"), old)

    assert "un PC pour le lycée" in done(desk.types("beneficiary", "list")).out
    assert [one.request.reference for one in families.standings(town)][-1] == "OLD"
