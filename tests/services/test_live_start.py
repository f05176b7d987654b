# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key's first start, its later ones, and what the desk sees when it comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fleet.errors import TrustRefused
from fleet.model import kinds as k
from fleet.model.events import Clock
from fleet.model.live_key import SEED, SEED_BUNDLE, SEED_FILE, TO_SEND, Seed, encode_seed
from fleet.model.tags import TagsUsedUp
from fleet.readers.seats import Seat
from fleet.services import exchange, machines, records
from fleet.services.introductions import introduced
from fleet.services.live_content import installations
from fleet.services.live_deploy import record_installed, remember_seat, seat_lists
from fleet.services.live_start import FINGERPRINT, KeyStart, rewrite_bundle, start_key
from fleet.services.town import Town
from tests.services.image_samples import make_image
from tests.services.live_samples import make_desk

LAPTOP = k.MachineRegistered(tag="PL-00001", kind="laptop")


@pytest.fixture
def desk(tmp_path: Path) -> Town:
    return make_desk(tmp_path / "desk")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def seeded(home: Path, desk: Town, *, first: int = 500, last: int = 501) -> Path:
    """A key's store as the desk leaves it."""
    seed = Seed(label="Clé 3", town=installations(desk), tags=("r1", "PL-", first, last))
    (home / SEED).mkdir(parents=True)
    (home / SEED / SEED_FILE).write_bytes(encode_seed(seed))
    return home


def started(home: Path, stick: Path | None, run_folder: Path | None = None) -> KeyStart:
    url = f"sqlite:///{home / 'journal.db'}"
    return start_key(home, url, stick=stick, run_folder=run_folder or home / "none")


def count_events(town: Town) -> int:
    return sum(seq for seq, _link in json.loads(exchange.heads_json(town)).values())


def test_the_first_start_mints_a_key_and_later_ones_change_nothing(
    desk: Town, stick: Path, tmp_path: Path
) -> None:
    home = seeded(tmp_path / "key", desk)

    first = started(home, stick)
    events = count_events(first.town)
    second = started(home, stick)

    assert first.first and not second.first
    assert first.town.key.replica == second.town.key.replica != desk.key.replica
    assert count_events(second.town) == events
    assert exchange.trusted_replicas(second.town)[desk.key.replica] == desk.key.public_key
    assert not first.lasting


def test_the_desk_trusts_a_key_by_the_bundle_it_leaves_and_takes_its_machines(
    desk: Town, stick: Path, tmp_path: Path
) -> None:
    key = started(seeded(tmp_path / "key", desk), stick)
    assert key.introduction is not None
    who = introduced(desk, str(key.introduction))
    fingerprint = (stick / TO_SEND / FINGERPRINT).read_text("utf-8-sig")

    with pytest.raises(TrustRefused):
        exchange.import_bundle(desk, key.introduction)
    exchange.trust_replica(desk, who.replica, who.public_key)
    tag = machines.next_tag(key.town)
    machines.register(key.town, replace_tag(tag))
    bundle = rewrite_bundle(key.town, stick)
    exchange.import_bundle(desk, bundle)

    assert who.fingerprint in fingerprint
    assert bundle == key.introduction and list((stick / TO_SEND).glob("*.zst")) == [bundle]
    assert machines.page(desk, tag).view.machine.tag == tag == "PL-00500"


def replace_tag(tag: str) -> k.MachineRegistered:
    return k.MachineRegistered(tag=tag, kind="laptop")


def test_a_key_issues_its_own_numbers_only_and_says_when_they_are_used_up(
    desk: Town, tmp_path: Path
) -> None:
    town = started(seeded(tmp_path / "key", desk), None).town

    for expected in ("PL-00500", "PL-00501"):
        tag = machines.next_tag(town)
        machines.register(town, replace_tag(tag))
        assert tag == expected

    with pytest.raises(TagsUsedUp, match="PL-00500 - PL-00501"):
        machines.next_tag(town)


def test_two_discs_without_numbers_issue_different_tags(tmp_path: Path) -> None:
    one, two = (started(tmp_path / name, None).town for name in ("one", "two"))

    assert machines.next_tag(one) != machines.next_tag(two)


def test_a_lost_key_is_refused_after_its_last_good_event(
    desk: Town, stick: Path, tmp_path: Path
) -> None:
    key = started(seeded(tmp_path / "key", desk), stick)
    assert key.introduction is not None
    exchange.trust_replica(desk, key.town.key.replica, key.town.key.public_key)
    exchange.import_bundle(desk, key.introduction)

    exchange.revoke_replica(desk, key.town.key.replica, why="perdue")
    machines.register(key.town, replace_tag("PL-00500"))

    with pytest.raises(TrustRefused, match="revoked"):
        exchange.import_bundle(desk, rewrite_bundle(key.town, stick))


def test_the_expected_machines_come_with_the_key_and_a_spoilt_bundle_does_not_stop_it(
    desk: Town, stick: Path, tmp_path: Path
) -> None:
    machines.register(desk, LAPTOP)
    home = seeded(tmp_path / "key", desk)
    exchange.export_bundle(desk, home / SEED / SEED_BUNDLE)
    spoilt = seeded(tmp_path / "other", desk)
    (spoilt / SEED / SEED_BUNDLE).write_bytes(b"not a bundle")

    key, other = started(home, stick), started(spoilt, None)

    assert machines.page(key.town, "PL-00001").view.machine.tag == "PL-00001"
    assert key.untold == ""
    assert other.untold and other.town.key.replica


def test_a_corrected_clock_is_recorded_with_both_times_once(desk: Town, tmp_path: Path) -> None:
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    told = {"machine_said": "2009-01-01T00:00:00Z", "person_said": "2026-11-22T13:05:00Z"}
    (run_folder / "clock.json").write_text(json.dumps(told))
    home = seeded(tmp_path / "key", desk)

    town = started(home, None, run_folder).town
    again = started(home, None, run_folder).town

    assert town.clock is Clock.BY_HAND
    assert count_events(again) == count_events(town)
    with_clock = started(tmp_path / "plain", None).town
    assert with_clock.clock is Clock.RTC


def test_a_seat_is_recorded_in_the_room_that_the_desk_knows(
    desk: Town, stick: Path, tmp_path: Path
) -> None:
    site = records.add_site(desk, "École Jaurès", "school")
    room = records.add_room(desk, site, "Salle 2", 2, 2)
    home = seeded(tmp_path / "key", desk)
    exchange.export_bundle(desk, home / SEED / SEED_BUNDLE, subjects=[site, room])
    key = started(home, stick).town
    image = make_image(desk.home, desk.key)
    for tag in ("PL-00500", "PL-00501"):
        machines.register(key, replace_tag(tag))
    known = Seat(hostname="a1", site="École Jaurès", room="Salle 2", seat="A1")
    unknown = Seat(hostname="b1", room="Grenier", seat="7")

    done = [
        record_installed(key, tag, seat, image)
        for tag, seat in (("PL-00500", known), ("PL-00501", unknown))
    ]

    assert [report.refused for report in done] == [(), ()]
    seated = machines.page(key, "PL-00500").view.machine
    last = machines.page(key, "PL-00501").events[-1]
    assert (seated.room, seated.seat) == (room, "A1")
    assert last.body is not None and b'"seat":"Grenier 7"' in last.body


def test_the_next_seat_is_the_first_that_was_not_installed(stick: Path, tmp_path: Path) -> None:
    home = tmp_path / "key"
    home.mkdir()
    (stick / "SALLES").mkdir()
    (stick / "SALLES" / "salle-2.csv").write_text("nom;place\np1;A1\np2;A2\np3;A3\n")

    remember_seat(home, "salle-2", "p1")
    (found,) = seat_lists(home, stick)

    assert [seat.hostname for seat in found.left] == ["p2", "p3"]
    assert found.done == {"p1"}
