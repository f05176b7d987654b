# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every code of the model has its word, and events read as lines."""

from __future__ import annotations

from typing import get_args, get_type_hints
from uuid import uuid4

import pytest

from fleet.i18n import day_name, moment_name, set_language
from fleet.model import facts
from fleet.model import kinds as k
from fleet.model.events import Clock, Event, Header, Stamp, canonical
from fleet.model.policy import PROFILES
from fleet.model.rules import RULES
from fleet.model.state import Presence, State
from fleet.output import words
from fleet.output.amounts import disk_size, euros, memory_size
from fleet.output.event_words import event_names
from fleet.output.events import effective_date, event_summary


def choices(body: type[k.Body], field: str) -> tuple[str, ...]:
    return get_args(get_type_hints(body)[field])


def event(body: k.Body) -> Event:
    header = Header(
        id="1", subject="machine:1", kind=type(body).__name__, version=1,
        at="2026-03-04T10:00:00Z", clock=Clock.NTP, author="operator:1", act="1",
        replica="replica:1", seq=1, seen={}, body_digest="",
    )  # fmt: skip
    return Event(
        header=header,
        stamp=Stamp(lamport=1, replica="replica:1", seq=1),
        link="",
        salt="",
        body=canonical(body),
    )


@pytest.mark.parametrize(
    ("codes", "named"),
    [
        (list(State), words.states()),
        (list(Presence), words.presences()),
        (list(facts.DiskHealth), words.healths()),
        (list(facts.DiskKind), words.disk_kinds()),
        (list(RULES), words.transitions()),
        (list(k.KINDS), event_names()),
        (sorted({test for tests in PROFILES.values() for test in tests}), words.tests()),
        (choices(k.TitleTransferred, "way"), words.ways()),
        (choices(k.RepairClosed, "outcome"), words.outcomes()),
        (choices(k.DiskWiped, "level"), words.levels()),
        (choices(k.DiskWiped, "readback"), words.readbacks()),
    ],
)
def test_every_code_has_its_word(codes, named) -> None:
    assert codes
    assert [code for code in codes if code not in named] == []


def test_an_event_reads_as_a_line_with_names_for_ids() -> None:
    partner, family = f"partner:{uuid4()}", f"beneficiary:{uuid4()}"
    body = k.HandedOver(partner=partner, beneficiary=family, receipt="R-12")

    text = event_summary(event(body), {partner: "Emmaüs"}.get)

    assert text == f"Handed over to a family: partner Emmaüs, beneficiary {family}, receipt R-12"


def test_a_failed_wipe_says_so() -> None:
    body = k.DiskWiped(level="purge", method="ATA", readback="none", succeeded=False)

    assert "failed" in event_summary(event(body))


def test_a_verdict_without_rejection_reads_as_accepted() -> None:
    assert event_summary(event(k.VerdictGiven(rejected=False))) == "Technical verdict: accepted"


def test_a_declaration_without_disks_says_that_there_is_none() -> None:
    assert event_summary(event(k.DisksDeclared())) == "List of disks declared: no disk"


def test_the_day_a_person_gave_comes_before_the_clock() -> None:
    assert effective_date(event(k.Retired(decision="D1", on="2025-12-31"))) == "2025-12-31"
    assert effective_date(event(k.Retired(decision="D1"))) == "2026-03-04"


def test_ids_inside_free_text_become_names() -> None:
    operator = f"operator:{uuid4()}"
    results = {"wifi": f"skipped: {operator}, no driver"}

    text = event_summary(
        event(k.TestsRecorded(profile="rapide", results=results)), {operator: "Camille"}.get
    )

    assert text == "Tests recorded: profile rapide, Wi-Fi left out (Camille, no driver)"


def test_amounts_follow_the_language() -> None:
    english = (euros(54990), disk_size(240_057_409_536), disk_size(10**12), memory_size(2**33))
    set_language("fr")
    try:
        french = (euros(54990), disk_size(1_500_301_910_016))
    finally:
        set_language("en")

    assert english == ("549.90 €", "240 GB", "1 TB", "8 GiB")
    assert french[0] == "549,90 €"
    assert french[1].startswith("1,5 ")


def test_days_follow_the_language() -> None:
    days = ("2019-12-31", "2019-12", None)
    english = [day_name(day) for day in days]
    set_language("fr")
    french = [day_name(day) for day in days]

    assert english == ["2019-12-31", "2019-12", ""]
    assert french == ["31/12/2019", "2019-12", ""]
    assert moment_name("2026-03-04T10:00:00Z") == "04/03/2026 10:00"


def test_an_agreement_ends_on_a_day_as_people_write_it() -> None:
    body = k.AgreementSigned(partner="partner:1", reference="C-1", until="2027-12-31")
    set_language("fr")

    assert "31/12/2027" in event_summary(event(body))


def test_a_lot_is_named_in_the_timeline() -> None:
    lot = f"lot:{uuid4()}"

    text = event_summary(event(k.MachinePutInLot(lot=lot)), {lot: "Rentrée"}.get)

    assert text == "Put in a lot: lot Rentrée"


def test_what_nobody_signed_bears_no_id() -> None:
    assert words.author_name("operator:unknown", words.no_names) == "nobody named"
    assert words.author_name("operator:1", {"operator:1": "Camille"}.get) == "Camille"


def test_sizes_just_under_a_step_stay_plain_numbers() -> None:
    assert disk_size(999_700_000_000) == "1000 GB"
