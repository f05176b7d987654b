# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk on PostgreSQL and a stick on SQLite exchange bundles and show the same fleet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fleet.errors import TrustRefused
from fleet.model import kinds as k
from fleet.store.people import People, Person, Role, erase_traces
from fleet.store.rebuild import projection_digest
from fleet.store.verify import verify
from tests.store.installations import Installation, machine, registered


@pytest.fixture
def desk(tmp_path: Path, postgres_url: str) -> Installation:
    return Installation.at(tmp_path / "desk", postgres_url)


@pytest.fixture
def stick(tmp_path: Path, desk: Installation) -> Installation:
    stick = Installation.at(tmp_path / "stick")
    desk.trust(stick)
    stick.trust(desk)
    report = stick.store.put(b"dmidecode 3.4 ...")
    stick.say(machine(1), registered(1), k.ReportImported(report=report, format="dmidecode"))
    stick.say(machine(2), registered(2))
    return stick


def test_both_stores_end_with_the_same_projections(desk: Installation, stick: Installation) -> None:
    desk.say(machine(3), registered(3))
    desk.import_(stick.export())
    stick.import_(desk.export())

    assert stick.events() == desk.events()
    assert projection_digest(stick.journal) == projection_digest(desk.journal)


def test_bodies_filled_in_leave_a_sound_journal_that_goes_on(
    desk: Installation, stick: Installation
) -> None:
    desk.import_(stick.export(only=[machine(2)]))

    assert desk.import_(stick.export()).filled_bodies == 2
    desk.say(machine(3), registered(3))

    assert desk.chain(stick.replica) == stick.events()
    assert list(verify(desk.journal, desk.store)) == []


def test_a_refused_bundle_writes_nothing(desk: Installation, tmp_path: Path) -> None:
    stranger = Installation.at(tmp_path / "stranger")
    stranger.say(machine(7), registered(7))
    before = desk.everything()

    with pytest.raises(TrustRefused):
        desk.import_(stranger.export())

    assert desk.everything() == before


def test_a_desk_can_be_rehomed(desk: Installation, stick: Installation) -> None:
    desk.export()
    desk.say(machine(3), registered(3))

    done = desk.rehome()
    desk.say(machine(4), registered(4))

    assert (done.common, done.rewritten) == (1, 1)
    assert [e.subject for e in desk.chain(desk.replica)][-2:] == [machine(3), machine(4)]
    assert list(verify(desk.journal, desk.store)) == []


def test_a_purge_takes_the_name_and_its_key_out(desk: Installation) -> None:
    book = People(desk.home)
    with desk.journal.write() as writer:
        book.add(
            writer.connection,
            Person(
                id="beneficiary:1",
                role=Role.BENEFICIARY,
                name="Noémie Zürcher",
                last_contact=date(2024, 3, 1),
            ),
        )

    with desk.journal.write() as writer:
        report = book.purge_due(writer.connection, date(2026, 3, 1))

    assert report.purged == ("beneficiary:1",)
    assert erase_traces(desk.journal.engine)
    with desk.journal.read() as connection:
        assert book.name_of(connection, "beneficiary:1") is None
