# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is trusted, what a revocation stops, and how a cloned key finds its way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.errors import NotFound, TrustRefused, UsageError
from fleet.model import kinds as k
from fleet.store.keys import ReplicaKey, prepare_next_key
from fleet.store.rehome import finish_rehome
from fleet.store.trust import (
    Statement,
    TrustView,
    enrolment,
    known_replicas,
    read_statements,
    trusting,
    view_trust,
)
from fleet.store.verify import verify
from tests.store.forge import Parts, forge
from tests.store.installations import Installation, machine, new_replica, registered

Make = Callable[[str], Installation]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return lambda name: Installation.at(tmp_path / name)


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, ReplicaKey]:
    return {name: new_replica(tmp_path / name) for name in ("own", "a", "b", "c")}


# --- the rule, on statements alone ---


def _says(keys: dict[str, ReplicaKey], text: str) -> TrustView:
    """Read « a1:b » (a trusts b at its event 1), « a2:b=c » (with c's key), « own3:b!2 »."""
    statements = []
    for word in text.split():
        speaker, _, said = word.partition(":")
        name, seq = speaker.rstrip("0123456789"), int("".join(filter(str.isdigit, speaker)))
        body: k.Body
        if "!" in said:
            subject, _, last = said.partition("!")
            body = k.ReplicaRevoked(last_seq=int(last), last_link="0" * 64)
        else:
            subject, _, with_key = said.partition("=")
            body = trusting(keys[with_key or subject].public_key)
        statements.append(
            Statement(speaker=keys[name].replica, seq=seq, subject=keys[subject].replica, body=body)
        )
    return view_trust(keys["own"].replica, keys["own"].public_key, statements)


@pytest.mark.parametrize(
    ("said", "trusted", "revoked"),
    [
        ("", "own", ""),
        ("own1:a", "own a", ""),
        ("own1:a a1:b", "own a b", ""),
        ("a1:b own1:a", "own a b", ""),
        ("own1:a a1:b b1:c", "own a b c", ""),
        ("a1:b b1:a", "own", ""),
        ("a1:a", "own", ""),
        ("own1:own=a", "own", ""),
        ("own1:a own2:a!0", "own a", "a"),
        ("own1:a own2:b a1:b!5", "own a b", "b"),
        ("c1:a!0 own1:a", "own a", ""),
        ("own1:a a1:b own2:a!0", "own a", "a"),
        ("own1:a a1:b own2:a!1", "own a b", "a"),
        ("own1:a a2:b own2:a!1", "own a", "a"),
        ("own1:a own2:b own3:b!0 b1:a!0", "own a b", "b"),
        ("own1:a own2:b a1:b!0 b1:a!0", "own a b", "a b"),
        ("own1:a a1:own!0", "own a", "own"),
        ("own1:a a9:a!3", "own a", "a"),
        ("own1:a own2:a!0 own3:a", "own a", "a"),
    ],
)
def test_trust_comes_from_us_or_from_whom_we_trust(
    keys: dict[str, ReplicaKey], said: str, trusted: str, revoked: str
) -> None:
    view = _says(keys, said)

    assert set(view.keys) == {keys[name].replica for name in trusted.split()}
    assert set(view.revocations) == {keys[name].replica for name in revoked.split()}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("own1:a a1:b=b a2:b=c", "b"),
        ("own1:a a1:b=c own2:b=b", "b"),
        ("own1:b=c own2:b=b", "b"),
        ("own1:a own2:c a1:b=b c1:b=a", "b"),
    ],
)
def test_nobody_but_us_changes_a_known_key(
    keys: dict[str, ReplicaKey], said: str, key: str
) -> None:
    view = _says(keys, said)

    assert view.keys[keys["b"].replica] == keys[key].public_key


def test_the_lowest_of_several_revocations_counts(keys: dict[str, ReplicaKey]) -> None:
    view = _says(keys, "own1:a own2:b own3:b!9 a1:b!4 own4:b!7")

    assert view.last_good(keys["b"].replica) == 4


# --- between stores ---


def test_a_replica_introduced_by_the_desk_is_accepted_from_a_third(make: Make) -> None:
    desk, stick, partner = make("desk"), make("stick"), make("partner")
    desk.trust(stick)
    partner.trust(desk)
    stick.say(machine(1), registered(1))
    partner.import_(desk.export())

    assert partner.import_(stick.export()).new_events == {stick.replica: 1}


def test_enrolment_alone_gives_no_trust(make: Make) -> None:
    desk, stick = make("desk"), make("stick")
    stick.say(machine(1), registered(1))
    desk.say(stick.replica, enrolment(stick.key.public_key, "Clé 3"))

    with pytest.raises(TrustRefused, match="not trusted"):
        desk.import_(stick.export())

    with desk.journal.read() as connection:
        statements = read_statements(connection)
    view = view_trust(desk.replica, desk.key.public_key, statements)
    known = {one.replica: one for one in known_replicas(view, statements)}
    assert known[stick.replica].label == "Clé 3"
    assert not known[stick.replica].trusted
    assert known[desk.replica].trusted


def test_a_revoked_sender_is_refused(make: Make) -> None:
    desk, stick = make("desk"), make("stick")
    desk.trust(stick)
    stick.say(machine(1), registered(1))
    desk.import_(stick.export())
    desk.revoke(stick)
    stick.say(machine(2), registered(2))
    before = desk.everything()

    with pytest.raises(TrustRefused, match="was revoked"):
        desk.import_(stick.export())

    assert desk.everything() == before


def test_facts_told_after_a_revocation_are_refused_from_a_relay_too(make: Make) -> None:
    desk, stick, relay = make("desk"), make("stick"), make("relay")
    desk.trust(stick, relay)
    relay.trust(stick)
    stick.say(machine(1), registered(1))
    desk.import_(stick.export())
    desk.revoke(stick)
    stick.say(machine(2), registered(2))
    relay.import_(stick.export())
    before = desk.everything()

    with pytest.raises(TrustRefused, match="revoked after event 1"):
        desk.import_(relay.export())

    assert desk.everything() == before


def test_after_a_late_revocation_the_desk_still_exchanges_with_others(make: Make) -> None:
    desk, stick, partner = make("desk"), make("stick"), make("partner")
    desk.trust(stick)
    partner.trust(desk)
    stick.say(machine(1), registered(1))
    stick.say(machine(2), registered(2))
    desk.import_(stick.export())
    desk.say(machine(3), registered(3))
    desk.revoke(stick, last_seq=1)

    partner.import_(desk.export())

    assert partner.event(stick.replica, 1).body is not None
    assert partner.event(stick.replica, 2).body is None
    with partner.journal.read() as connection:
        view = view_trust(partner.replica, partner.key.public_key, read_statements(connection))
    assert view.last_good(stick.replica) == 1


def test_a_chain_that_is_not_the_revoked_one_is_refused(make: Make) -> None:
    desk, stick, partner = make("desk"), make("stick"), make("partner")
    desk.trust(stick)
    partner.trust(desk)
    stick.say(machine(1), registered(1))
    desk.import_(stick.export())
    desk.say(stick.replica, k.ReplicaRevoked(last_seq=1, last_link="f" * 64))

    with pytest.raises(TrustRefused, match="not the one whose revocation"):
        partner.import_(desk.export())

    assert partner.heads().keys() == {partner.replica}


def test_revoking_at_an_event_we_do_not_have_is_refused(make: Make) -> None:
    desk, stick = make("desk"), make("stick")
    desk.trust(stick)

    with pytest.raises(NotFound, match="Event 5"):
        desk.revoke(stick, last_seq=5)


def test_we_do_not_send_once_we_know_that_we_are_revoked(make: Make) -> None:
    desk, stick = make("desk"), make("stick")
    desk.trust(stick)
    stick.trust(desk)
    stick.say(machine(1), registered(1))
    desk.import_(stick.export())
    desk.revoke(stick)
    stick.import_(desk.export())

    with pytest.raises(TrustRefused, match="was revoked"):
        stick.export()


def test_a_replica_cannot_introduce_itself_in_its_own_bundle(make: Make) -> None:
    desk, stick, stranger = make("desk"), make("stick"), make("stranger")
    desk.trust(stick)
    stranger.say(stranger.replica, trusting(stranger.key.public_key))
    stick.trust(stranger)
    stick.import_(stranger.export())

    def drop_the_introduction(parts: Parts) -> None:
        parts.lines[:] = [n for n in parts.lines if n["header"]["replica"] == stranger.replica]
        chains = parts.manifest["chains"]
        chains[:] = [part for part in chains if part["replica"] == stranger.replica]

    with pytest.raises(TrustRefused, match="not trusted"):
        desk.import_(forge(stick.export(), stick.key, drop_the_introduction))


# --- a cloned stick ---


@pytest.fixture
def story(make: Make, tmp_path: Path) -> tuple[Installation, Installation, Installation]:
    """A desk, a stick that exported two events and wrote two more, and a clone of the stick."""
    desk, stick = make("desk"), make("stick")
    desk.trust(stick)
    stick.trust(desk)
    stick.say(machine(1), registered(1))
    desk.import_(stick.export())
    stick.say(machine(2), registered(2))
    clone = stick.copied_to(tmp_path / "clone")
    return desk, stick, clone


def test_the_second_of_two_clones_is_refused_and_told_where_they_part(
    story: tuple[Installation, Installation, Installation],
) -> None:
    desk, stick, clone = story
    stick.say(machine(3), registered(3))
    clone.say(machine(4), registered(4))
    desk.import_(stick.export())
    before = desk.everything()

    with pytest.raises(TrustRefused, match="agree up to event 3") as refusal:
        desk.import_(clone.export())

    assert "replica rehome --common 3" in refusal.value.hint
    assert desk.everything() == before


def test_a_fork_is_refused_in_an_export_for_the_other_branch_too(
    story: tuple[Installation, Installation, Installation],
) -> None:
    desk, stick, clone = story
    stick.say(machine(3), registered(3))
    clone.say(machine(4), registered(4))
    clone.say(machine(5), registered(5))
    desk.import_(stick.export())

    with pytest.raises(TrustRefused, match="Two installations write as"):
        clone.export(have=desk.heads())


def test_a_rehomed_clone_is_trusted_anew_and_loses_nothing(
    story: tuple[Installation, Installation, Installation],
) -> None:
    desk, stick, clone = story
    stick.say(machine(3), registered(3))
    clone.say(machine(4), registered(4))
    mistake = clone.say(machine(1), k.Lost())
    clone.say(machine(1), k.Undone(events=(mistake[0].header.id,)))
    desk.import_(stick.export())
    with pytest.raises(TrustRefused):
        desk.import_(clone.export())

    done = clone.rehome(common=3)

    assert done.old == stick.replica != clone.replica
    assert done.rewritten == 3
    assert clone.heads()[stick.replica][0] == 3
    first = clone.event(clone.replica, 1)
    assert first.kind == "ReplicaRehomed"
    assert first.header.seen == {stick.replica: 3}
    with pytest.raises(TrustRefused, match="not trusted"):
        desk.import_(clone.export())
    desk.trust(clone)
    report = desk.import_(clone.export())
    assert report.new_events == {clone.replica: 6}
    assert machine(4) in report.machines
    assert clone.import_(desk.export()).new_events[stick.replica] == 1
    assert {e.subject for e in clone.events()} == {e.subject for e in desk.events()}
    stick.import_(desk.export())
    assert stick.heads() == desk.heads()


def test_a_rehomed_store_goes_on_after_it_was_opened_again(
    story: tuple[Installation, Installation, Installation],
) -> None:
    _desk, _stick, clone = story
    clone.rehome()

    clone.say(machine(8), registered(8))
    again = Installation.at(clone.home)
    again.say(machine(9), registered(9))

    assert again.replica == clone.replica
    assert again.events()[-1].header.replica == clone.replica
    with again.journal.read() as connection:
        reader = again.journal.reader(connection)
        tags = [state.tag for n in (1, 2, 8, 9) if (state := reader.machine(machine(n)))]
    assert tags == ["PL-00001", "PL-00002", "PL-00008", "PL-00009"]


def test_without_a_number_rehome_starts_after_what_was_exported(
    story: tuple[Installation, Installation, Installation],
) -> None:
    _desk, stick, clone = story

    done = clone.rehome()

    assert done.common == 2
    assert done.rewritten == 1
    assert clone.heads()[stick.replica][0] == 2
    assert list(verify(clone.journal, clone.store)) == []


def test_rewritten_events_claim_to_know_no_more_than_before(
    story: tuple[Installation, Installation, Installation],
) -> None:
    desk, _stick, clone = story
    clone.say("disk:1", k.DiskRegistered(serial="S1"))
    wiped = clone.say("disk:1", k.DiskWiped(level="purge", method="nvme", readback="full"))
    used = desk.say("disk:1", k.DiskMeasured(health="good"))
    clone.import_(desk.export())
    again = clone.say("disk:1", k.DiskWiped(level="purge", method="nvme", readback="full"))

    clone.rehome()

    with clone.journal.read() as connection:
        causality = clone.journal.reader(connection).causality
    stamps = {e.header.id: e.stamp for e in clone.events()}
    wipe, use = stamps[wiped[0].header.id], stamps[used[0].header.id]
    assert not causality.before(use, wipe)
    assert not causality.before(wipe, use)
    assert causality.before(use, stamps[again[0].header.id])


def test_a_rehomed_store_relays_the_chain_it_left(
    story: tuple[Installation, Installation, Installation], make: Make
) -> None:
    _desk, stick, clone = story
    clone.rehome()
    partner = make("partner")
    partner.trust(clone)

    report = partner.import_(clone.export())

    assert report.new_events[stick.replica] == 2


def test_a_fork_is_refused_when_only_its_newest_events_are_sent(
    story: tuple[Installation, Installation, Installation],
) -> None:
    desk, stick, clone = story
    stick.say(machine(3), registered(3))
    desk.import_(stick.export())
    clone.say(machine(4), registered(4))
    after_the_fork = clone.heads()
    clone.say(machine(5), registered(5))

    with pytest.raises(TrustRefused, match="part somewhere before"):
        desk.import_(clone.export(have=after_the_fork))


def test_rehome_is_refused_when_others_built_on_what_would_move(
    story: tuple[Installation, Installation, Installation],
) -> None:
    desk, _stick, clone = story
    desk.import_(clone.export())
    desk.say(machine(8), registered(8))
    clone.import_(desk.export())
    before = clone.everything()

    with pytest.raises(TrustRefused, match="already knows events after 1"):
        clone.rehome(common=1)
    with pytest.raises(UsageError, match="has no event 99"):
        clone.rehome(common=99)

    assert clone.everything() == before
    assert Installation.at(clone.home).replica == clone.replica


def test_a_restored_backup_refuses_its_own_newer_events_until_it_is_rehomed(
    story: tuple[Installation, Installation, Installation],
) -> None:
    desk, stick, backup = story
    stick.say(machine(3), registered(3))
    desk.import_(stick.export())

    with pytest.raises(TrustRefused, match="agree up to event 3"):
        backup.import_(desk.export())
    backup.rehome(common=3)

    assert backup.import_(desk.export()).new_events[stick.replica] == 1


def test_a_rehome_stopped_before_the_keys_changed_is_finished_at_the_next_start(
    story: tuple[Installation, Installation, Installation], monkeypatch: pytest.MonkeyPatch
) -> None:
    _desk, stick, clone = story

    def power_cut(home: Path, replica: str) -> ReplicaKey:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("fleet.store.rehome.adopt_next_key", power_cut)
        with pytest.raises(KeyboardInterrupt):
            clone.rehome()

    again = Installation.at(clone.home)
    assert again.replica != stick.replica
    assert again.heads()[again.replica][0] == 4


def test_a_key_left_aside_by_a_rehome_that_wrote_nothing_is_not_used(
    story: tuple[Installation, Installation, Installation],
) -> None:
    _desk, stick, clone = story
    prepare_next_key(clone.home)

    assert finish_rehome(clone.journal.engine, clone.home).replica == stick.replica
