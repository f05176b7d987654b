# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready machines proposed by need and by waiting time; what is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fleet.model.matching import Candidate, Fit, fit, propose
from fleet.model.needs import Need, unwanted_words
from fleet.model.requests import Request
from fleet.output.words import needs


def machine(tag: str, kind: str = "laptop", since: str = "2026-03-01", **more: object) -> Candidate:
    fields: dict[str, object] = {
        "has_screen": False,
        "has_system": True,
        "title": "town",
        "tests": {},
        **more,
    }
    return Candidate(id=f"machine:{tag}", tag=tag, kind=kind, model=None, since=since, **fields)  # type: ignore[arg-type]


def request(reference: str, *wanted: str, on: str = "2026-03-01") -> Request:
    return Request(
        id=f"beneficiary:{reference}", reference=reference, referrer="CCAS", kind="family",
        needs=wanted, note="", asked_on=on, eligible_by="CCAS", eligible_on=on,
    )  # fmt: skip


def firsts(requests: list[Request], machines: list[Candidate]) -> Mapping[str, str | None]:
    return {
        one.request.reference: one.first.candidate.tag if one.first else None
        for one in propose(requests, machines)
    }


def test_the_request_that_waited_longest_is_served_first() -> None:
    found = propose([request("B", on="2026-02-02"), request("A", on="2026-01-01")], [machine("1")])

    assert [one.request.reference for one in found] == ["A", "B"]
    assert [one.first is not None for one in found] == [True, False]
    assert [match.candidate.tag for match in found[1].others] == ["1"]


def test_a_need_excludes_what_fails_it_and_no_machine_is_proposed_first_twice() -> None:
    requests = [request("A", "laptop"), request("B", "desktop"), request("C", "laptop")]

    found = firsts(requests, [machine("D", "desktop"), machine("L1"), machine("L2")])

    assert found == {"A": "L1", "B": "D", "C": "L2"}


def test_what_is_sure_comes_before_what_must_be_checked_then_what_waits_longest() -> None:
    machines = [
        machine("untested", since="2026-01-01"),
        machine("passed", since="2026-03-01", tests={"camera": "pass"}),
        machine("failed", tests={"camera": "fail"}),
    ]

    (one,) = propose([request("A", "camera")], machines)

    assert one.first is not None
    assert one.first.candidate.tag == "passed"
    assert [(m.candidate.tag, m.unknown) for m in one.others] == [("untested", ("camera",))]


@pytest.mark.parametrize(
    ("need", "candidate", "expected"),
    [
        ("laptop", machine("1", "desktop"), Fit.NO),
        ("desktop", machine("1", "all_in_one"), Fit.YES),
        ("tablet", machine("1", "tablet"), Fit.YES),
        ("large_screen", machine("1", "all_in_one"), Fit.YES),
        ("large_screen", machine("1", "desktop", has_screen=True), Fit.YES),
        ("large_screen", machine("1", "desktop"), Fit.UNKNOWN),
        ("large_screen", machine("1", "laptop"), Fit.UNKNOWN),
        ("large_screen", machine("1", "tablet"), Fit.NO),
        ("no_internet", machine("1"), Fit.YES),
        ("no_internet", machine("1", has_system=False), Fit.NO),
        ("wifi", machine("1", tests={"wifi": "pass"}), Fit.YES),
        ("wifi", machine("1", tests={"wifi": "na"}), Fit.NO),
        ("sound", machine("1", tests={"sound": "skipped: operator:1, no speaker"}), Fit.UNKNOWN),
        ("un portable pour le lycée", machine("1"), Fit.UNKNOWN),
    ],
)
def test_a_need_is_met_or_not_or_unknown(need: str, candidate: Candidate, expected: Fit) -> None:
    assert fit(need, candidate) is expected


def test_screens_and_printers_are_proposed_to_nobody() -> None:
    found = firsts([request("A")], [machine("S", "screen"), machine("P", "printer")])

    assert found == {"A": None}


def test_every_need_of_the_list_has_its_word_and_is_checked() -> None:
    assert set(needs()) == set(Need)
    assert all(fit(need, machine("1", "desktop", tests={})) is not None for need in Need)


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("bénéficiaire du RSA", ["rsa"]),
        ("titre de séjour en cours", ["sejour"]),
        ("nationalité, santé, handicap", ["nationalite", "sante", "handicap"]),
        ("Quotient familial 600", ["quotient"]),
        ("deux enfants au collège, clavier AZERTY", []),
        ("sans Internet à la maison", []),
    ],
)
def test_a_note_that_tells_a_reason_is_seen(note: str, told: list[str]) -> None:
    assert list(unwanted_words(note)) == told
