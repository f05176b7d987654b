# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of acts has a form for all that the walk needs, in words that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.errors import FleetError
from fleet.model import kinds as k
from fleet.model.kinds import KINDS
from fleet.model.rules import RULES
from fleet.output.words import transitions
from fleet.services import acts, records
from tests.tui.stage import small_town
from tui.acts import ACTS, ActSpec, carry_out, spec_of
from tui.new_records import RECORDS

BY_HAND = {
    "TestsRecorded", "VerdictGiven", "ImageInstalled", "DiskWiped", "DiskAdded", "DisksDeclared",
    "DiskDestroyed", "DiskKept", "TitleTransferred", "MachinePutInLot", "GuardWaived", "Undone",
    "ValueEstimated",
}  # fmt: skip


def test_every_transition_and_every_fact_by_hand_has_one_form() -> None:
    kinds = [spec.kind for spec in ACTS]

    assert len(kinds) == len(set(kinds))
    assert set(kinds) == set(RULES) | BY_HAND
    assert set(kinds) <= set(KINDS)


@pytest.mark.parametrize("spec", [s for s in ACTS if s.transition], ids=lambda s: s.kind)
def test_a_transition_is_called_as_everywhere_else(spec: ActSpec) -> None:
    assert spec.title == transitions()[spec.kind]


@pytest.mark.parametrize("spec", [s for s in ACTS if s.transition], ids=lambda s: s.kind)
def test_guards_can_be_asked_before_anything_is_typed(tmp_path: Path, spec: ActSpec) -> None:
    town = small_town(tmp_path / "town")

    body = spec.make({field.name: "" for field in spec.fields}, town)

    assert isinstance(body, k.Body)
    assert acts.check(town, "VJ-0008", body) is not None


def test_every_new_record_of_a_field_has_a_form() -> None:
    asked = {field.new for spec in ACTS for field in spec.fields if field.new}

    assert asked == set(RECORDS) - {"machine", "site", "room"}


def test_a_room_says_its_site(tmp_path: Path) -> None:
    town = small_town(tmp_path / "town")
    room = records.find_room(town, "Accueil")

    body = spec_of("Installed").make({"place": room.id, "seat": "A1"}, town)

    assert body == k.Installed(site=room.body["site"], room=room.id, seat="A1")


def test_a_price_is_typed_in_whole_euros(tmp_path: Path) -> None:
    town = small_town(tmp_path / "town")
    values = {"partner": "p", "beneficiary": "b", "receipt": "R-1", "price": "30"}

    body = spec_of("HandedOver").make(values, town)
    free = spec_of("HandedOver").make({**values, "price": ""}, town)

    assert body == k.HandedOver(partner="p", beneficiary="b", receipt="R-1", price_cents=3_000)
    assert free == k.HandedOver(partner="p", beneficiary="b", receipt="R-1")


def test_parts_and_minutes_of_a_repair_are_read(tmp_path: Path) -> None:
    values = {
        "outcome": "repaired",
        "back_to": "in_service",
        "parts": "dalle ; vis",
        "minutes": "40",
    }

    body = spec_of("RepairClosed").make(values, small_town(tmp_path / "town"))

    assert body == k.RepairClosed(
        outcome="repaired", back_to="in_service", parts=("dalle", "vis"), minutes=40
    )


def test_a_test_left_out_says_who_and_why(tmp_path: Path) -> None:
    town = small_town(tmp_path / "town")
    values = {"profile": "rapide", "results": "start=pass,network=skipped", "why": "pas de câble"}

    carry_out(spec_of("TestsRecorded"), town, ["VJ-0008"], values)

    assert acts.view_of(town, "VJ-0008").machine.tests == {
        "start": "pass",
        "network": f"skipped: {town.operator}, pas de câble",
    }


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("TestsRecorded", {"profile": "rapide", "results": ""}),
        ("TestsRecorded", {"profile": "rapide", "results": "start=skipped"}),
        ("VerdictGiven", {"rejected": "true"}),
        ("ImageInstalled", {"image": "famille", "bare": "true"}),
        ("ImageInstalled", {}),
        ("DiskKept", {"where": "armoire"}),
        ("DiskAdded", {"kind": "ssd"}),
    ],
)
def test_what_cannot_be_recorded_is_said_and_not_recorded(
    tmp_path: Path, kind: str, values: dict[str, str]
) -> None:
    town = small_town(tmp_path / "town")
    before = acts.view_of(town, "VJ-0008")

    with pytest.raises(FleetError):
        carry_out(spec_of(kind), town, ["VJ-0008"], values)

    assert acts.view_of(town, "VJ-0008") == before


def test_a_receipt_is_kept_only_when_the_machine_leaves(tmp_path: Path) -> None:
    town = small_town(tmp_path / "town")
    partner = records.add_partner(town, "Repair Café")
    beneficiary = records.refer_beneficiary(town, "CCAS", "2026-044")
    paper = tmp_path / "recu.txt"
    paper.write_text("reçu le 2 mars", encoding="utf-8")
    values = {"partner": partner, "beneficiary": beneficiary, "paper": str(paper)}
    kept = set(town.attachments.folder.rglob("*"))

    report = carry_out(spec_of("HandedOver"), town, ["VJ-0008"], values)

    assert [refusal.tag for refusal in report.refused] == ["VJ-0008"]
    assert set(town.attachments.folder.rglob("*")) == kept
