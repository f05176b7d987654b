# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles between real stores: what arrives, what is withheld, what openers outside can check."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import cast

import msgspec
import pytest

from fleet.errors import BadInput, StoreDamaged, TrustRefused, UsageError
from fleet.model import kinds as k
from fleet.store.bundle_read import introduce
from fleet.store.queries import change_token
from fleet.store.verify import verify
from tests.store.installations import Installation, machine, registered


@pytest.fixture
def desk(tmp_path: Path) -> Installation:
    return Installation.at(tmp_path / "desk")


@pytest.fixture
def stick(tmp_path: Path, desk: Installation) -> Installation:
    """A key trusted by the desk, with two machines and a report."""
    stick = Installation.at(tmp_path / "stick")
    desk.trust(stick)
    report = stick.store.put(b"dmidecode 3.4 ...")
    stick.say(machine(1), registered(1), k.ReportImported(report=report, format="dmidecode"))
    stick.say(machine(2), registered(2))
    return stick


def test_a_bundle_brings_events_and_attachments(desk: Installation, stick: Installation) -> None:
    report = desk.import_(stick.export())

    assert report.new_events == {stick.replica: 3}
    assert report.machines == (machine(1), machine(2))
    assert report.new_attachments == 1
    assert desk.chain(stick.replica) == stick.events()
    assert [desk.store.get(digest) for digest in desk.store.digests()] == [b"dmidecode 3.4 ..."]


def test_importing_twice_changes_nothing(desk: Installation, stick: Installation) -> None:
    bundle = stick.export()
    desk.import_(bundle)
    before = desk.everything()

    again = desk.import_(bundle)

    assert again.new_events == {}
    assert again.new_attachments == again.filled_bodies == 0
    assert desk.everything() == before


def test_with_the_receivers_heads_only_news_travel(desk: Installation, stick: Installation) -> None:
    desk.import_(stick.export())
    stick.say(machine(3), registered(3))

    bundle = stick.export(have=desk.heads())
    report = desk.import_(bundle)

    assert report.new_events == {stick.replica: 1}
    assert desk.heads()[stick.replica] == stick.heads()[stick.replica]
    assert desk.import_(stick.export(have=desk.heads())).new_events == {}


def test_a_bundle_that_skips_events_is_refused(desk: Installation, stick: Installation) -> None:
    have = stick.heads()
    stick.say(machine(3), registered(3))
    before = desk.everything()

    with pytest.raises(BadInput, match="missing here"):
        desk.import_(stick.export(have=have))

    assert desk.everything() == before


def test_a_relayed_chain_proves_itself(
    tmp_path: Path, desk: Installation, stick: Installation
) -> None:
    partner = Installation.at(tmp_path / "partner")
    partner.trust(desk)
    desk.import_(stick.export())

    report = partner.import_(desk.export())

    assert report.new_events == {desk.replica: 1, stick.replica: 3}
    assert partner.chain(stick.replica) == stick.events()


def test_a_relay_stops_at_the_end_that_the_chains_replica_signed(
    tmp_path: Path, desk: Installation, stick: Installation
) -> None:
    desk.import_(stick.export())
    bundle = desk.export()
    desk.say(machine(9), registered(9))
    partner = Installation.at(tmp_path / "partner")
    partner.trust(desk)

    report = partner.import_(bundle)

    assert report.new_events[desk.replica] == 1
    assert partner.import_(desk.export(have=partner.heads())).new_events == {desk.replica: 1}


def test_a_filtered_bundle_verifies_with_bodies_withheld(
    desk: Installation, stick: Installation
) -> None:
    stick.say("partner:1", k.PartnerAdded(name="Repair café"))

    report = desk.import_(stick.export(only=[machine(2)]))

    bodies = {e.subject: e.body for e in desk.chain(stick.replica)}
    salts = {e.subject: e.salt for e in desk.chain(stick.replica)}
    assert report.new_events == {stick.replica: 4}
    assert bodies[machine(1)] is None
    assert bodies["partner:1"] is None
    assert salts[machine(1)] == ""
    assert bodies[machine(2)] is not None
    assert list(desk.store.digests()) == []
    assert desk.heads()[stick.replica] == stick.heads()[stick.replica]


def test_withheld_bodies_are_filled_in_by_a_later_bundle(
    desk: Installation, stick: Installation
) -> None:
    desk.import_(stick.export(only=[machine(2)]))

    report = desk.import_(stick.export())

    assert report.new_events == {}
    assert report.filled_bodies == 2
    assert report.machines == (machine(1),)
    assert report.new_attachments == 1
    assert desk.chain(stick.replica) == stick.events()
    assert list(verify(desk.journal, desk.store)) == []


def test_another_open_program_notices_bodies_that_were_filled_in(
    desk: Installation, stick: Installation
) -> None:
    desk.import_(stick.export(only=[machine(2)]))
    console = Installation.at(desk.home)
    console.say(machine(1), k.Seen())
    with console.journal.read() as connection:
        before = change_token(connection)

    desk.import_(stick.export())
    console.say(machine(1), k.Moved(seat="A1"))

    with console.journal.read() as connection:
        found = console.journal.reader(connection).machine(machine(1))
        assert change_token(connection) > before + 1
    assert found is not None
    assert found.tag == "PL-00001"


def test_a_store_with_withheld_bodies_relays_them_as_withheld(
    tmp_path: Path, desk: Installation, stick: Installation
) -> None:
    desk.import_(stick.export(only=[machine(2)]))
    partner = Installation.at(tmp_path / "partner")
    partner.trust(desk)

    partner.import_(desk.export())

    assert partner.event(stick.replica, 1).body is None
    assert partner.event(stick.replica, 3) == desk.event(stick.replica, 3)


def test_a_newer_kind_and_a_newer_version_are_kept_verbatim(
    desk: Installation, stick: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = msgspec.defstruct(
        "MachineDreamed", [("depth", int)], bases=(k.Body,), frozen=True, kw_only=True
    )
    monkeypatch.setitem(k.KINDS, "MachineDreamed", cast(type[k.Body], newer))
    stick.say(machine(1), cast(k.Body, newer(depth=3)))
    monkeypatch.delitem(k.KINDS, "MachineDreamed")
    monkeypatch.setattr(k.Seen, "VERSION", 2)
    stick.say(machine(2), k.Seen())
    monkeypatch.setattr(k.Seen, "VERSION", 1)

    desk.import_(stick.export())

    assert desk.event(stick.replica, 4) == stick.event(stick.replica, 4)
    assert desk.event(stick.replica, 4).body == b'{"depth":3}'
    assert desk.event(stick.replica, 5).header.version == 2


def test_an_existing_file_is_never_overwritten(stick: Installation) -> None:
    bundle = stick.export()
    before = bundle.read_bytes()

    with pytest.raises(UsageError, match="exists already"):
        stick.export_to(bundle)

    assert bundle.read_bytes() == before


def test_a_failed_export_leaves_no_file(stick: Installation) -> None:
    digest = next(iter(stick.store.digests()))
    stick.store.path(digest).write_bytes(b"altered")
    before = sorted(stick.home.iterdir())

    with pytest.raises(StoreDamaged, match=digest):
        stick.export()

    assert sorted(stick.home.iterdir()) == before
    assert [p for p in stick.store.folder.iterdir() if p.name.startswith(".")] == []


def test_an_altered_event_is_not_sent(stick: Installation) -> None:
    with stick.journal.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE events SET at = '2031-01-01T00:00:00.000Z' WHERE seq = 2"
        )

    with pytest.raises(StoreDamaged, match="Event 2"):
        stick.export()


def test_our_own_events_coming_back_change_nothing(desk: Installation, stick: Installation) -> None:
    desk.import_(stick.export())
    stick.trust(desk)
    before = len(stick.events())

    report = stick.import_(desk.export())

    assert report.new_events == {desk.replica: 1}
    assert len(stick.events()) == before + 1


def test_a_damaged_attachment_is_healed_by_a_bundle_that_holds_it(
    desk: Installation, stick: Installation
) -> None:
    bundle = stick.export()
    desk.import_(bundle)
    digest = next(iter(desk.store.digests()))
    desk.store.path(digest).write_bytes(b"altered")

    desk.import_(bundle)

    assert list(desk.store.verify_all()) == []


def test_who_made_a_bundle_can_be_read_before_trusting(stick: Installation) -> None:
    who = introduce(stick.export())

    assert who.replica == stick.replica
    assert who.public_key == stick.key.public_key


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="apt-get install openssh-client")
@pytest.mark.skipif(shutil.which("zstd") is None, reason="apt-get install zstd")
def test_tar_and_ssh_keygen_alone_can_check_a_bundle(tmp_path: Path, stick: Installation) -> None:
    bundle = stick.export()
    subprocess.run(["tar", "--zstd", "-xf", bundle, "-C", tmp_path], check=True)
    (tmp_path / "signers").write_text(f"{stick.replica} {stick.key.public_key}\n")

    checked = subprocess.run(
        [
            "ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", stick.replica,
            "-n", "parclibre-bundle", "-s", tmp_path / "manifest.json.sig",
        ],
        input=(tmp_path / "manifest.json").read_bytes(),
        capture_output=True,
        check=False,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stderr
    assert len((tmp_path / "events.jsonl").read_text().splitlines()) == 3


def test_an_unknown_sender_is_refused(desk: Installation, tmp_path: Path) -> None:
    stranger = Installation.at(tmp_path / "stranger")
    stranger.say(machine(7), registered(7))
    before = desk.everything()

    with pytest.raises(TrustRefused, match="not trusted"):
        desk.import_(stranger.export())

    assert desk.everything() == before
