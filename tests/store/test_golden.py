# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A journal written by the first version verifies, folds and goes on in every later one."""

from __future__ import annotations

import json
import random

import pytest

from fleet.errors import StoreDamaged
from fleet.model import kinds as k
from fleet.store.rebuild import projection_digest, rebuild
from fleet.store.verify import verify
from tests.store.golden_journal import SUMMARY, read_golden, summary_of
from tests.store.installations import Installation


def _merge(one: Installation, seed: int) -> None:
    """Take the events in, each chain in order but the two interleaved at random, in two goes."""
    events = read_golden()
    random.Random(seed).shuffle(events)
    half = [event for event in events if event.header.seq <= 3]
    for part in (half, events):
        with one.journal.write() as writer:
            writer.merge(part)


def test_golden_journal_verifies_and_says_what_it_always_said(desk: Installation) -> None:
    _merge(desk, 1)

    assert list(verify(desk.journal, desk.store)) == []
    assert summary_of(desk.journal) == json.loads(SUMMARY.read_text("utf-8"))
    before = projection_digest(desk.journal)
    rebuild(desk.journal)
    assert projection_digest(desk.journal) == before


def test_golden_journal_says_the_same_in_any_order_of_arrival(
    desk: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Installation.at(tmp_path_factory.mktemp("other"))
    _merge(desk, 2)
    _merge(other, 3)

    assert projection_digest(desk.journal) == projection_digest(other.journal)
    other.journal.close()


def test_golden_journal_goes_on(desk: Installation) -> None:
    _merge(desk, 4)

    (event,) = desk.say("machine:1", k.ReadyLost(why="a key is missing"))

    assert event.header.seen == {"replica:desk": 11, "replica:stick": 6}
    assert list(verify(desk.journal, desk.store)) == []


def test_chain_that_does_not_continue_is_refused_with_nothing_written(desk: Installation) -> None:
    events = [event for event in read_golden() if event.header.seq != 2]

    with pytest.raises(StoreDamaged), desk.journal.write() as writer:
        writer.merge(events)

    assert desk.events() == []
