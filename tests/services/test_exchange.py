# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The use cases of exchange, from one town's point of view: lots, heads, replicas, names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.errors import BadInput, GuardRefused, TrustRefused
from fleet.model import kinds as k
from fleet.services import exchange, people
from fleet.services.town import Town, init_town
from fleet.store.bundle_choice import subjects_of_lot
from fleet.store.people import Person, Role
from fleet.store.schema import events

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def town_at(folder: Path, operator: str) -> Town:
    folder.mkdir(exist_ok=True)
    town = init_town(folder, f"sqlite:///{folder}/journal.sqlite", now=lambda: NOW)
    return town.acting_as(operator)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return town_at(tmp_path / "town", "Camille")


@pytest.fixture
def partner(tmp_path: Path) -> Town:
    return town_at(tmp_path / "partner", "Alix")


def tell(town: Town, subject: str, *bodies: k.Body) -> None:
    with town.act() as act:
        act.extend(subject, bodies)


def befriend(one: Town, other: Town) -> None:
    exchange.trust_replica(one, other.key.replica, other.key.public_key)


def test_a_partner_sees_the_bodies_of_its_lots_only(
    town: Town, partner: Town, tmp_path: Path
) -> None:
    befriend(partner, town)
    tell(town, "lot:1", k.LotOpened(name="Lot 1"))
    tell(town, "disk:1", k.DiskRegistered(serial="D1"))
    tell(
        town,
        "machine:1",
        k.MachineRegistered(tag="PL-1"),
        k.DiskAdded(disk="disk:1"),
        k.MachinePutInLot(lot="lot:1"),
    )
    tell(town, "machine:2", k.MachineRegistered(tag="PL-2"))
    tell(town, "machine:3", k.MachineRegistered(tag="PL-3"))
    tell(town, "machine:1", k.MachinesMerged(absorbed="machine:3"))

    done = exchange.export_bundle(town, tmp_path / "lot.tar.zst", lots=["lot:1"])
    report = exchange.import_bundle(partner, done.path)

    assert done.filtered
    assert report.new_events == {town.key.replica: done.events}
    with partner.journal.read() as connection:
        reader = partner.journal.reader(connection)
        shown, hidden = reader.view("machine:1"), reader.view("machine:2")
    assert shown is not None
    assert shown.machine.tag == "PL-1"
    assert hidden is None or hidden.machine.tag == ""


def test_heads_travel_as_text(town: Town, partner: Town, tmp_path: Path) -> None:
    befriend(partner, town)
    exchange.import_bundle(partner, exchange.export_bundle(town, tmp_path / "all.tar.zst").path)
    tell(town, "machine:1", k.MachineRegistered(tag="PL-1"))

    have = exchange.read_heads_json(exchange.heads_json(partner))
    done = exchange.export_bundle(town, tmp_path / "news.tar.zst", have=have)

    assert done.events == 1
    assert exchange.import_bundle(partner, done.path).machines == ("machine:1",)


@pytest.mark.parametrize("text", ["", "[]", '{"a":1}', '{"a":[1]}', "[" * 99999])
def test_what_says_no_heads_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        exchange.read_heads_json(text)


def test_a_sender_is_introduced_by_its_bundle_then_trusted_then_revoked(
    town: Town, partner: Town, tmp_path: Path
) -> None:
    bundle = exchange.export_bundle(partner, tmp_path / "hello.tar.zst").path
    who = exchange.introduce_bundle(bundle)
    exchange.enrol_replica(town, who.replica, who.public_key, "Repair café")
    with pytest.raises(TrustRefused):
        exchange.import_bundle(town, bundle)

    exchange.trust_replica(town, who.replica, who.public_key)
    exchange.import_bundle(town, bundle)
    exchange.revoke_replica(town, who.replica, why="stick lost")

    known = {one.replica: one for one in exchange.list_replicas(town)}
    assert known[who.replica].label == "Repair café"
    assert known[who.replica].fingerprint == who.fingerprint
    assert not known[who.replica].trusted
    assert known[who.replica].revoked_after == 1


def test_we_do_not_trust_ourselves_by_command(town: Town) -> None:
    with pytest.raises(TrustRefused):
        befriend(town, town)


def test_a_rehomed_town_goes_on(town: Town) -> None:
    tell(town, "machine:1", k.MachineRegistered(tag="PL-1"))

    rehomed, done = exchange.rehome_replica(town)
    tell(rehomed, "machine:2", k.MachineRegistered(tag="PL-2"))

    assert rehomed.key.replica == done.new
    with rehomed.journal.write() as writer:
        assert writer.heads()[done.new][0] == 3 + done.rewritten + 1


def test_an_import_that_contradicts_what_we_did_says_so(
    town: Town, partner: Town, tmp_path: Path
) -> None:
    befriend(partner, town)
    befriend(town, partner)
    tell(town, "machine:1", k.MachineRegistered(tag="PL-1"))
    exchange.import_bundle(partner, exchange.export_bundle(town, tmp_path / "1.tar.zst").path)
    tell(partner, "machine:1", k.Retired(decision="2026-1"))
    tell(town, "machine:1", k.Loaned(beneficiary="beneficiary:1", until="2026-09-01"))

    report = exchange.import_bundle(
        town, exchange.export_bundle(partner, tmp_path / "2.tar.zst").path
    )

    assert [subject for subject, _key in report.new_issues] == ["machine:1"]


def test_names_and_papers_are_purged_for_good(town: Town, tmp_path: Path) -> None:
    with town.journal.write() as writer:
        person = Person(
            id="beneficiary:1",
            role=Role.BENEFICIARY,
            name="Noémie Zürcher",
            last_contact=date(2024, 3, 1),
        )
        town.people.add(writer.connection, person)
    paper = people.keep_paper(town, "beneficiary:1", b"%PDF")
    people.backup_keys(town, tmp_path / "keys.json")
    people.renew_contact(town, "beneficiary:1", date(2024, 4, 1))
    assert people.read_paper(town, "beneficiary:1", paper) == b"%PDF"
    assert people.purge_due(town, date(2026, 3, 1)).purged == ()

    report = people.purge_due(town, date(2026, 4, 1))

    assert report.purged == ("beneficiary:1",)
    assert report.traces_erased
    assert people.name_of(town, "beneficiary:1") is None
    people.restore_keys(town, tmp_path / "keys.json", date(2026, 4, 2))
    with pytest.raises(GuardRefused):
        people.read_paper(town, "beneficiary:1", paper)


def test_a_person_may_ask_to_be_forgotten_before_time(town: Town) -> None:
    assert town.operator is not None

    people.purge_persons(town, [town.operator], NOW.date())

    assert people.name_of(town, town.operator) is None


def test_of_two_partners_lots_each_bundle_holds_its_own_and_no_record_of_the_town(
    town: Town, partner: Town, tmp_path: Path
) -> None:
    befriend(partner, town)
    for number in (1, 2):
        tell(town, f"partner:{number}", k.PartnerAdded(name=f"P{number}", address="1 rue du Port"))
        tell(town, f"lot:{number}", k.LotOpened(name=f"Lot {number}", partner=f"partner:{number}"))
        tell(town, f"disk:{number}", k.DiskRegistered(serial=f"D{number}"))
        tell(
            town,
            f"machine:{number}",
            k.MachineRegistered(tag=f"PL-{number}"),
            k.DiskAdded(disk=f"disk:{number}"),
            k.ValueEstimated(machine_cents=8_000),
            k.MachinePutInLot(lot=f"lot:{number}"),
        )
        tell(
            town,
            f"beneficiary:{number}",
            k.BeneficiaryReferred(referrer="CCAS", reference=f"DEM-{number}"),
        )
        tell(town, f"lot:{number}", k.LotClosed(count=1, expected=1))

    exchange.import_bundle(
        partner, exchange.export_bundle(town, tmp_path / "1.tar.zst", lots=["lot:1"]).path
    )

    with partner.journal.read() as connection:
        rows = connection.execute(
            select(events.c.subject, events.c.body).where(events.c.replica == town.key.replica)
        ).all()
    shown = {subject for subject, body in rows if body is not None}
    assert shown == {"lot:1", "machine:1", "disk:1"}
    assert {"partner:2", "lot:2", "machine:2", "beneficiary:1"} <= {subject for subject, _ in rows}


def test_a_machine_that_left_its_lot_is_in_its_bundle_no_more(town: Town, tmp_path: Path) -> None:
    tell(town, "lot:1", k.LotOpened(name="Lot 1"))
    tell(town, "machine:1", k.MachineRegistered(tag="PL-1"), k.MachinePutInLot(lot="lot:1"))
    with town.journal.read() as connection:
        before = subjects_of_lot(connection, "lot:1")

    tell(town, "machine:1", k.LeftLot(lot="lot:1", outcome="refused"))

    with town.journal.read() as connection:
        after = subjects_of_lot(connection, "lot:1")
    assert before == {"lot:1", "machine:1"}
    assert after == {"lot:1"}
