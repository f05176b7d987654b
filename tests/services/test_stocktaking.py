# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counting a room on a real store: what was seen, what is missing, what belongs elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.errors import UsageError
from fleet.model import kinds as k
from fleet.services import acts, machines, papers, records, rooms, stocktaking, timeline
from fleet.services.stocktaking import MachineLine, StockTaking
from fleet.services.timeline import EventFilter
from fleet.services.town import Town, init_town

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    home = tmp_path / "town"
    opened = init_town(home, f"sqlite:///{home / 'journal.db'}", now=lambda: NOON)
    return opened.acting_as("Camille")


@pytest.fixture
def room(town: Town) -> str:
    """A room with two machines; a third stands in another room, a fourth in no room."""
    records.add_site(town, "École Jules-Ferry", "school")
    here = records.add_room(town, "École Jules-Ferry", "Salle 1", 2, 3)
    there = records.add_room(town, "École Jules-Ferry", "Salle 2", 2, 3)
    for tag, place in (("VJ-1", here), ("VJ-2", here), ("VJ-3", there), ("VJ-4", None)):
        machines.register(town, k.MachineRegistered(tag=tag, kind="desktop"))
        if place:
            site = records.listing(town, "site")[0].id
            acts.transition(town, [tag], k.Installed(site=site, room=place))
    return here


def counted(town: Town, room: str, *scans: str) -> StockTaking:
    taking = stocktaking.start(town, records.find_room(town, room))
    for scan in scans:
        taking = taking.with_sighting(stocktaking.recognise(town, scan))
    return taking


def tags(lines: Iterable[MachineLine]) -> list[str]:
    return [line.tag for line in lines]


def test_a_room_lists_who_was_seen_who_is_missing_and_who_belongs_elsewhere(
    town: Town, room: str
) -> None:
    taking = counted(town, room, "parclibre:VJ-1", "vj-3", "ZZ-9")

    assert tags(taking.seen) == ["VJ-1"]
    assert tags(taking.missing) == ["VJ-2"]
    assert tags(taking.unexpected) == ["VJ-3"]
    assert taking.unknown == ("ZZ-9",)


def test_a_tag_scanned_twice_counts_once(town: Town, room: str) -> None:
    taking = counted(town, room, "VJ-3", "parclibre:VJ-3", "ZZ-9", "zz-9")

    assert len(taking.sightings) == 2


def test_the_end_writes_that_machines_were_seen_and_moves_the_chosen_ones(
    town: Town, room: str
) -> None:
    taking = counted(town, room, "VJ-1", "VJ-3", "VJ-4", "ZZ-9")

    report = stocktaking.finish(town, taking, ["VJ-3"])

    assert report.seen == ("VJ-1", "VJ-3", "VJ-4")
    assert report.moved == ("VJ-3",)
    assert report.missing == ("VJ-2",)
    assert report.unknown == ("ZZ-9",)
    assert acts.view_of(town, "VJ-1").machine.last_seen == "2026-03-02"
    assert acts.view_of(town, "VJ-3").machine.room == room
    assert acts.view_of(town, "VJ-4").machine.room is None


def test_a_lost_machine_that_is_scanned_is_seen_but_its_move_is_refused(
    town: Town, room: str
) -> None:
    acts.transition(town, ["VJ-2"], k.Lost())

    taking = counted(town, room, "VJ-2")
    report = stocktaking.finish(town, taking, ["VJ-2"])

    assert tags(taking.unexpected) == ["VJ-2"]
    assert [refusal.tag for refusal in report.refused] == ["VJ-2"]


def test_an_interrupted_count_takes_up_with_what_the_journal_expects_now(
    town: Town, room: str
) -> None:
    taking = counted(town, room, "VJ-1")
    acts.transition(town, ["VJ-2"], k.Lost())

    resumed = stocktaking.resume(town, taking)

    assert tags(resumed.seen) == ["VJ-1"]
    assert resumed.missing == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("parclibre:VJ-0042", "VJ-0042"), (" VJ-0042 ", "VJ-0042"), ("VJ)àà'é", "VJ-0042"),
     ("pqrclibreMVJ)àà'é", "VJ-0042")],
)  # fmt: skip
def test_a_reader_set_for_another_keyboard_is_understood(typed: str, meant: str) -> None:
    assert meant in stocktaking.readings(typed)


def test_the_plan_of_a_room_puts_machines_on_their_seats(town: Town, room: str) -> None:
    plan = rooms.plan_of(town, room)
    rooms.put_on_seat(town, "VJ-1", plan, (1, 2))
    rooms.put_on_seat(town, "VJ-4", plan, (0, 0), install=True)

    plan = rooms.plan_of(town, room)

    assert {seat: line.tag for seat, line in plan.seated.items()} == {
        (1, 2): "VJ-1",
        (0, 0): "VJ-4",
    }
    assert tags(plan.loose) == ["VJ-2"]
    assert acts.view_of(town, "VJ-4").life == "in_service"


def test_a_taken_seat_is_refused(town: Town, room: str) -> None:
    rooms.put_on_seat(town, "VJ-1", rooms.plan_of(town, room), (1, 2))

    with pytest.raises(UsageError, match="B3"):
        rooms.put_on_seat(town, "VJ-2", rooms.plan_of(town, room), (1, 2))


def test_rooms_are_listed_with_what_stands_in_them(town: Town, room: str) -> None:
    (site,) = rooms.overview(town)

    assert [(line.room.name, line.machines, line.seats) for line in site.rooms] == [
        ("Salle 1", 2, 6),
        ("Salle 2", 1, 6),
    ]
    assert site.elsewhere == 0


def test_the_journal_is_paged_by_position_and_filtered(town: Town, room: str) -> None:
    everything = timeline.page_of_events(town, EventFilter())
    page = timeline.page_of_events(town, EventFilter(), before_pos=everything[2].pos, limit=2)
    about_one = timeline.page_of_events(town, EventFilter(text="vj-3"))
    installed = timeline.page_of_events(town, EventFilter(kinds=("Installed",)))

    assert [line.pos for line in page] == [line.pos for line in everything[3:5]]
    assert {line.subject for line in about_one} == {"VJ-3"}
    assert len(installed) == 3
    assert {line.author for line in installed} == {"Camille"}
    assert "Salle 2" in installed[0].summary


def test_the_journal_names_the_second_person_of_an_act(town: Town, room: str) -> None:
    sacha = papers.second_person(town, "Sacha")
    acts.record(town, ["VJ-1"], k.DisksDeclared(disks=(), second_person=sacha))

    (line, *_older) = timeline.page_of_events(town, EventFilter(kinds=("DisksDeclared",)))

    assert "second person Sacha" in line.summary
