# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Same, new or ask: what each piece of evidence proves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.model.facts import BoardFacts, NicFacts, ReportFacts
from fleet.model.identity import ENOUGH, WEIGHTS, Known, Match, evidence_of, identify

Evidence = dict[str, str]
FULL: Evidence = {"serial": "S", "uuid": "U", "board": "B", "chassis": "C", "mac": "M"}


def _known(machine: str = "machine:1", model: str | None = "X230", **evidence: str) -> Known:
    return Known(
        machine=machine,
        evidence={kind: frozenset({value}) for kind, value in evidence.items()},
        model=model,
    )


def _match(
    evidence: Evidence, *known: Known, model: str | None = "X230", disks: tuple[str, ...] = ()
) -> tuple[Match, str | None]:
    values = {kind: frozenset({value}) for kind, value in evidence.items()}
    found = identify(values, model, frozenset(disks), known)
    return found.match, found.machine


@pytest.mark.parametrize(
    ("seen", "known", "expected"),
    [
        (FULL, FULL, Match.SAME),
        ({"serial": "S"}, FULL, Match.SAME),
        ({"uuid": "U"}, FULL, Match.SAME),
        ({"board": "B"}, FULL, Match.SAME),
        ({"chassis": "C", "mac": "M"}, FULL, Match.SAME),
        ({"chassis": "C"}, FULL, Match.ASK),
        ({"mac": "M"}, FULL, Match.ASK),
        ({"serial": "S", "uuid": "other"}, FULL, Match.ASK),
        ({"serial": "S", "board": "other"}, FULL, Match.ASK),
        ({"serial": "other", "board": "B"}, FULL, Match.ASK),
        ({"uuid": "other", "board": "other", "chassis": "C"}, FULL, Match.ASK),
        ({"serial": "other", "mac": "M"}, FULL, Match.NEW),
        ({"serial": "other", "chassis": "C"}, FULL, Match.NEW),
        ({"uuid": "other", "mac": "M"}, FULL, Match.NEW),
        ({"serial": "S"}, {"mac": "M"}, Match.NEW),
        ({"serial": "other"}, FULL, Match.NEW),
    ],
)
def test_evidence_proves_by_its_kind(seen: Evidence, known: Evidence, expected: Match) -> None:
    assert _match(seen, _known(**known))[0] is expected


def test_value_that_two_machines_bear_proves_nothing() -> None:
    a, b = _known("machine:a", serial="A", mac="M"), _known("machine:b", serial="B", mac="M")

    assert _match({"serial": "C", "mac": "M"}, a, b) == (Match.NEW, None)
    assert _match({"serial": "A", "mac": "M"}, a, b) == (Match.SAME, "machine:a")


def test_serial_of_a_whole_batch_proves_nothing_beside_uuids_that_differ() -> None:
    a = _known("machine:a", serial="BATCH", uuid="1")
    b = _known("machine:b", serial="BATCH", uuid="2")

    assert _match({"serial": "BATCH", "uuid": "3"}, a, b) == (Match.NEW, None)
    assert _match({"serial": "BATCH", "uuid": "2"}, a, b) == (Match.SAME, "machine:b")


def test_one_pc_entered_twice_asks() -> None:
    a, b = _known("machine:a", serial="S"), _known("machine:b", serial="S")

    assert _match({"serial": "S", "uuid": "U"}, a, b)[0] is Match.ASK


def test_same_serial_on_another_model_asks() -> None:
    assert _match({"serial": "S"}, _known(serial="S", model="OptiPlex 780"))[0] is Match.ASK
    assert _match({"serial": "S"}, _known(serial="S", model=None)) == (Match.SAME, "machine:1")


def test_model_typed_by_a_person_may_have_fewer_words() -> None:
    known = _known(serial="S", model="optiplex 780")

    assert _match({"serial": "S"}, known, model="Dell OptiPlex 780")[0] is Match.SAME


def test_disks_alone_never_identify_a_machine() -> None:
    known = Known(machine="machine:1", evidence={}, disks=frozenset({"disk:1"}))

    assert _match({}, known, model=None, disks=("disk:1",)) == (Match.ASK, None)
    assert _match({"serial": "S"}, known, disks=("disk:1",)) == (Match.NEW, None)


def test_removable_interfaces_and_blanks_are_no_evidence() -> None:
    facts = ReportFacts(
        format="lshw_json",
        serial="ABC",
        board=BoardFacts(serial=""),
        nics=(
            NicFacts(mac="00:11:22:33:44:55", removable=True),
            NicFacts(mac="AA:BB:CC:DD:EE:FF"),
        ),
    )

    assert evidence_of(facts) == {"serial": {"abc"}, "mac": {"aa:bb:cc:dd:ee:ff"}}


def test_no_single_movable_part_is_enough() -> None:
    assert WEIGHTS["mac"] < ENOUGH
    assert WEIGHTS["chassis"] < ENOUGH


def test_a_board_that_two_machines_bear_still_speaks_against_a_third() -> None:
    known = [
        _known("machine:0", board="1"), _known("machine:1", board="1"),
        _known("machine:2", board="2", serial="1"),
    ]  # fmt: skip

    match, _machine = _match({"board": "1", "serial": "1"}, *known)

    assert match is Match.ASK


values = st.sampled_from(["1", "2", "3"])
evidences = st.dictionaries(st.sampled_from(sorted(WEIGHTS)), values)
machines = st.lists(evidences, max_size=4)


@given(seen=evidences, told=machines)
def test_same_is_said_only_of_one_machine_that_nothing_speaks_against(
    seen: Evidence, told: list[Evidence]
) -> None:
    known = [_known(f"machine:{n}", **evidence) for n, evidence in enumerate(told)]

    match, machine = _match(seen, *known)

    if match is Match.SAME:
        (one,) = [known for known in known if known.machine == machine]
        shared = {kind for kind, value in seen.items() if value in one.evidence.get(kind, ())}
        against = {kind for kind in seen.keys() & one.evidence.keys() if kind not in shared}
        assert not against & {"serial", "uuid", "board"}
        assert sum(WEIGHTS[kind] for kind in shared) >= ENOUGH


@given(seen=evidences, told=machines)
def test_order_of_the_known_machines_does_not_matter(seen: Evidence, told: list[Evidence]) -> None:
    known = [_known(f"machine:{n}", **evidence) for n, evidence in enumerate(told)]

    assert _match(seen, *known) == _match(seen, *reversed(known))
