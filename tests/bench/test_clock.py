# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that cannot be right is found by the wizard too, and both times are recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fleet.model import kinds as k
from fleet.model.events import Clock, Event
from fleet.services.live_clock import with_clock
from fleet.services.town import Town
from fleet.store import queries
from reconditioning import session_clock as clock
from reconditioning.session_clock import ClockWatch, typed_moment
from tests.bench.workshop import Bench, identified, set_up

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
TODAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A key on which a machine was taken in today."""
    bench = set_up(tmp_path)
    identified(replace(bench, town=saying(bench, lambda: TODAY)))
    return bench


def saying(bench: Bench, now: Callable[[], datetime]) -> Town:
    """The key's town in a PC whose clock says that."""
    return replace(with_clock(bench.town, now), clock=Clock.RTC)


def watch(steady: Callable[[], float] = lambda: 0.0) -> ClockWatch:
    return ClockWatch(steady, BUILT)


def doubts_of(town: Town) -> list[tuple[Event, k.ClockDoubted]]:
    with town.journal.read() as connection:
        told = queries.timeline(connection, [town.key.replica])
    bodies = [(event, k.body_of(event)) for event in told]
    return [(event, body) for event, body in bodies if isinstance(body, k.ClockDoubted)]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (datetime(2009, 1, 1, tzinfo=UTC), clock.BEFORE_PROGRAM),
        (datetime(2037, 1, 1, tzinfo=UTC), clock.FAR_AHEAD),
        (TODAY - timedelta(days=3), clock.BEFORE_JOURNAL),
        (TODAY - timedelta(hours=2), None),
        (TODAY + timedelta(days=400), None),
    ],
)
def test_a_clock_is_doubted_by_what_it_cannot_be(
    bench: Bench, said: datetime, why: str | None
) -> None:
    found = watch().doubt(saying(bench, lambda: said))

    assert (found and found.why) == why
    assert found is None or found.machine_said == said


def test_a_clock_that_jumps_while_the_wizard_runs_is_doubted(bench: Bench) -> None:
    times = iter((TODAY, TODAY + timedelta(minutes=5), TODAY + timedelta(days=40)))
    seconds = iter((0.0, 300.0, 360.0))
    town, looking = saying(bench, lambda: next(times)), watch(lambda: next(seconds))

    found = [looking.doubt(town) for _time in range(3)]

    assert found[:2] == [None, None]
    assert found[2] is not None
    assert found[2].why == clock.JUMPED
    assert found[2].against == TODAY + timedelta(minutes=6)


def test_what_a_person_says_counts_from_then_on_and_both_times_are_kept(bench: Bench) -> None:
    in_2009 = datetime(2009, 1, 1, tzinfo=UTC)
    town, at = saying(bench, lambda: in_2009), [0.0]
    looking = watch(lambda: at[0])
    doubt = looking.doubt(town)
    assert doubt is not None

    known = looking.settle(town, doubt, TODAY)
    at[0] = 90.0

    assert known.now() == TODAY + timedelta(seconds=90)
    assert known.clock is Clock.BY_HAND
    assert looking.doubt(known) is None
    event, body = doubts_of(known)[-1]
    assert (body.machine_said, body.person_said) == ("2009-01-01T00:00:00Z", "2026-11-23T09:30:00Z")
    assert (event.header.at, event.header.clock) == ("2026-11-23T09:30:00.000Z", Clock.BY_HAND)


def test_a_right_clock_against_a_journal_from_the_future_is_asked_about_once(bench: Bench) -> None:
    earlier = TODAY - timedelta(days=10)
    town, looking = saying(bench, lambda: earlier), watch()
    doubt = looking.doubt(town)
    assert doubt is not None

    known = looking.settle(town, doubt, None)

    assert known.now() == earlier
    assert looking.doubt(known) is None
    assert doubts_of(known)[-1][1].person_said == "2026-11-13T09:30:00Z"


@pytest.mark.parametrize("typed", ["22/11/2026 14:05", "22-11-2026, 14 h 05"])
def test_a_moment_is_read_as_people_write_it(typed: str) -> None:
    assert typed_moment(typed) == datetime(2026, 11, 22, 14, 5).astimezone()


@pytest.mark.parametrize("typed", ["", "22/11/2026", "31/02/2026 10:00", "1/1/99999 10:00", "x"])
def test_what_is_no_moment_is_not_guessed(typed: str) -> None:
    assert typed_moment(typed) is None
