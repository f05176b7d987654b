# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to the projections have the same answers on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.store import queries
from fleet.store.journal import ChainedEvent
from fleet.store.queries import MachineFilter
from fleet.store.rebuild import projection_digest, rebuild
from fleet.store.rows import SELECT_EVENTS, event_of
from fleet.store.schema import events
from fleet.store.verify import verify
from tests.store.installations import Installation, machine, registered

# tag, manufacturer, model, serial, seat, kind, site
FLEET: list[tuple[str, k.MachineRegistered]] = [
    ("machine:1", k.MachineRegistered(tag="VJ-0001", kind="laptop", manufacturer="Lenovo",
                                      model="ThinkPad X230", serial="R9-ABC", site="site:1")),
    ("machine:2", k.MachineRegistered(tag="VJ-0002", kind="desktop", manufacturer="Dell Inc.",
                                      model="OptiPlex 780", serial="50%OFF", site="site:2")),
    ("machine:3", k.MachineRegistered(tag="éc_3", kind="desktop", manufacturer="Éco-PC",
                                      model='École « 19" »', serial="O'Brien_1")),
    ("machine:4", k.MachineRegistered(tag="zz", kind="laptop", model="ﬁne Straße",
                                      serial="XOBrien-1", site="site:1")),
    ("machine:5", k.MachineRegistered(tag="Aa", kind="laptop", serial="5000FF")),
]  # fmt: skip


@pytest.fixture
def fleet(desk: Installation) -> Installation:
    for subject, body in FLEET:
        desk.say(subject, body)
    desk.say("machine:1", k.Installed(site="site:1", room="room:1", seat="A1"))
    desk.say("machine:2", k.Retired(decision="PV 1"))
    return desk


def _found(one: Installation, wanted: MachineFilter, **order: object) -> list[str]:
    with one.journal.read() as connection:
        lines = queries.page_machines(connection, wanted, **order)  # type: ignore[arg-type]
        assert queries.count_machines(connection, wanted) == len(lines)
        assert sorted(queries.machine_ids(connection, wanted)) == sorted(one.id for one in lines)
    return [line.id.removeprefix("machine:") for line in lines]


TYPED: list[tuple[str, set[str]]] = [
    ("", {"1", "2", "3", "4", "5"}),
    ("ecole", {"3"}),
    ("ÉCOLE", {"3"}),
    ("eco", {"3"}),
    ("é", {"1", "2", "3", "4"}),
    ("x2", {"1"}),
    ("x", {"1", "2", "4"}),
    ("thinkpad", {"1"}),
    ("hinkpa", {"1"}),
    ("x230 lenovo", {"1"}),
    ("lenovo 780", set()),
    ("%", {"2"}),
    ("0%o", {"2"}),
    ("_", {"3"}),
    ("n_1", {"3"}),
    ("n_1 brien", {"3"}),
    ("'", {"3"}),
    ("o'b", {"3"}),
    ('"', {"3"}),
    ('19"', {"3"}),
    ("strasse", {"4"}),
    ("fine", {"4"}),
    ("* OR x230", set()),
    ("x230)", set()),
    ("vj-000", {"1", "2"}),
    ("\\", set()),
    ("a1", {"1"}),
    ("thi\x00nk", {"1"}),
    ("   ", {"1", "2", "3", "4", "5"}),
]
FILTERS: list[tuple[MachineFilter, set[str]]] = [
    (MachineFilter(states=("in_service", "retired")), {"1", "2"}),
    (MachineFilter(site="site:1"), {"1", "4"}),
    (MachineFilter(room="room:1"), {"1"}),
    (MachineFilter(kind="laptop", site="site:1"), {"1", "4"}),
    (MachineFilter(model="optiplex"), {"2"}),
    (MachineFilter(model="%"), set()),
    (MachineFilter(tag="zz"), {"4"}),
    (MachineFilter(with_issues=True), set()),
    (MachineFilter(text="vj", states=("retired",)), {"2"}),
]
ORDERS = {"tag": "51243", "model": "52134", "site": "53142", "state": "15432", "kind": "23514"}


def test_typed_text_finds_the_same_machines(fleet: Installation) -> None:
    found = {typed: set(_found(fleet, MachineFilter(text=typed))) for typed, _found_ in TYPED}

    assert found == dict(TYPED)


def test_filters_find_the_same_machines(fleet: Installation) -> None:
    assert [set(_found(fleet, wanted)) for wanted, _found_ in FILTERS] == [f for _w, f in FILTERS]


def test_tables_are_sorted_alike(fleet: Installation) -> None:
    found = {sort: "".join(_found(fleet, MachineFilter(), sort=sort)) for sort in ORDERS}
    backwards = {
        sort: "".join(_found(fleet, MachineFilter(), sort=sort, descending=True)) for sort in ORDERS
    }

    assert found == ORDERS
    assert backwards == {sort: order[::-1] for sort, order in ORDERS.items()}


def test_machine_is_found_at_its_place_in_a_sorted_table(fleet: Installation) -> None:
    with fleet.journal.read() as connection:
        places = [
            queries.offset_of(
                connection, MachineFilter(), f"machine:{n}", sort="model", descending=False
            )
            for n in ORDERS["model"]
        ]

    assert places == [0, 1, 2, 3, 4]


def test_pages_put_end_to_end_are_the_table(fleet: Installation) -> None:
    whole = _found(fleet, MachineFilter())

    with fleet.journal.read() as connection:
        pages = [
            line.id.removeprefix("machine:")
            for offset in range(0, 6, 2)
            for line in queries.page_machines(connection, MachineFilter(), offset=offset, limit=2)
        ]

    assert pages == whole


def test_tag_is_found_in_any_case(fleet: Installation) -> None:
    with fleet.journal.read() as connection:
        assert queries.find_by_tag(connection, " ÉC_3 ") == "machine:3"
        assert queries.find_by_tag(connection, "vj-0001") == "machine:1"
        assert queries.find_by_tag(connection, "vj%") is None


def test_search_follows_changes(fleet: Installation) -> None:
    fleet.say("machine:1", k.MachineDescribed(model="Latitude E6420", tag="NEW-1"))

    assert _found(fleet, MachineFilter(text="thinkpad")) == []
    assert _found(fleet, MachineFilter(text="latitude")) == ["1"]
    assert _found(fleet, MachineFilter(text="new-1")) == ["1"]
    with fleet.journal.read() as connection:
        assert queries.find_by_tag(connection, "VJ-0001") is None


def test_board_counts_add_up(fleet: Installation) -> None:
    with fleet.journal.read() as connection:
        counts = queries.board_counts(connection)

    assert counts == {"in_stock": 3, "in_service": 1, "retired": 1}


def test_rebuild_changes_nothing_and_search_works_after_it(fleet: Installation) -> None:
    before = projection_digest(fleet.journal)

    assert rebuild(fleet.journal) == 7

    assert projection_digest(fleet.journal) == before
    assert _found(fleet, MachineFilter(text="ecole")) == ["3"]
    fleet.say("machine:3", k.MachineDescribed(model="Autre"))
    assert _found(fleet, MachineFilter(text="ecole")) == []


# --- one machine entered twice -------------------------------------------------------------


def test_merge_of_two_machines_is_taken_back_whole(fleet: Installation) -> None:
    fleet.say("disk:1", k.DiskRegistered(serial="D1", kind="hdd"))
    fleet.say("machine:4", k.DiskAdded(disk="disk:1"))
    before = projection_digest(fleet.journal)

    merge = fleet.say("machine:1", k.MachinesMerged(absorbed="machine:4"))
    assert set(_found(fleet, MachineFilter())) == {"1", "2", "3", "5"}
    assert _found(fleet, MachineFilter(text="strasse")) == []
    with fleet.journal.read() as connection:
        assert queries.find_by_tag(connection, "zz") == "machine:1"
        assert queries.disk_holders(connection, "disk:1") == [("machine:1", "present")]

    fleet.say("machine:1", k.MachinesSplit(absorbed="machine:4"))
    assert projection_digest(fleet.journal) == before
    fleet.say("machine:1", k.MachinesMerged(absorbed="machine:4"))
    again = fleet.say("machine:1", k.Undone(events=(fleet.events()[-1].header.id,)))
    assert projection_digest(fleet.journal) == before
    fleet.say("machine:1", k.Undone(events=(again[0].header.id,)))
    assert set(_found(fleet, MachineFilter())) == {"1", "2", "3", "5"}
    assert merge[0].subject == "machine:1"
    rebuilt = projection_digest(fleet.journal)
    rebuild(fleet.journal)
    assert projection_digest(fleet.journal) == rebuilt


def test_machines_merged_in_a_ring_stay_reachable(desk: Installation) -> None:
    for number in (1, 2, 3):
        desk.say(machine(number), registered(number))
    for into, absorbed in [(1, 2), (2, 3), (3, 1), (3, 2), (2, 1)]:
        desk.say(machine(into), k.MachinesMerged(absorbed=machine(absorbed)))

    with desk.journal.read() as connection:
        roots = {queries.resolve_alias(connection, machine(n)) for n in (1, 2, 3)}
        assert queries.count_machines(connection, MachineFilter()) == len(roots)


# --- the same events in both ---------------------------------------------------------------


def test_same_chain_gives_the_same_projections_on_both_stores(
    fleet: Installation, tmp_path: Path
) -> None:
    fleet.say("disk:1", k.DiskRegistered(serial="D1", size_bytes=500_107_862_016, kind="hdd"))
    fleet.say("machine:2", k.DiskAdded(disk="disk:1"))
    fleet.say("policy:town", k.PolicyChosen(name="été", accept_declared_wipes=True))
    fleet.say("report:" + "a" * 64, k.ReportHeld(format="lshw_json", file="é.json", why="weak"))
    fleet.say("machine:3", k.ToRecycle(why="écran cassé"))
    fleet.say("machine:1", k.MachinesMerged(absorbed="machine:5"))
    other = Installation.at(tmp_path / "other")

    with other.journal.write() as writer:
        writer.merge([_chained(event) for event in fleet.events()])

    assert projection_digest(other.journal) == projection_digest(fleet.journal)
    rebuild(other.journal)
    assert projection_digest(other.journal) == projection_digest(fleet.journal)
    assert list(verify(other.journal, other.store)) == []
    with other.journal.read() as connection, fleet.journal.read() as same:
        query = SELECT_EVENTS.order_by(events.c.seq)
        assert [event_of(row) for row in connection.execute(query)] == [
            event_of(row) for row in same.execute(query)
        ]
        assert connection.execute(select(events.c.lamport)).all()
    other.journal.close()


def _chained(event: Event) -> ChainedEvent:
    return ChainedEvent(header=event.header, link=event.link, salt=event.salt, body=event.body)
