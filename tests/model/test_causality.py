# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before, after and concurrent, against a plain graph of who knew what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fleet.model import kinds as k
from fleet.model.causality import Causality
from fleet.model.events import Event, Stamp
from tests.model.history import MACHINE, History

REPLICAS = ("a", "b", "c", "d")
steps = st.lists(
    st.tuples(st.sampled_from(REPLICAS), st.lists(st.sampled_from(REPLICAS), max_size=3)),
    min_size=1,
    max_size=30,
)


def _history(told: list[tuple[str, list[str]]]) -> tuple[History, dict[Stamp, set[Stamp]]]:
    """Write events and, beside, the plain set of all that came before each."""
    history, past = History(), dict[Stamp, set[Stamp]]()
    last: dict[str, Stamp] = {}
    for replica, met in told:
        others = tuple(sorted({other for other in met if other != replica and other in last}))
        event = history.add(MACHINE, k.CheckedIn(), replica=replica, sees=others)
        before = [last[name] for name in (replica, *others) if name in last]
        past[event.stamp] = set(before).union(*(past[one] for one in before))
        last[replica] = event.stamp
    return history, past


@given(told=steps)
def test_vector_clocks_know_exactly_the_past(told: list[tuple[str, list[str]]]) -> None:
    history, past = _history(told)

    for later, known in past.items():
        for earlier in past:
            assert history.causality.before(earlier, later) == (earlier in known)


@given(told=steps)
def test_sorted_stamps_never_put_an_effect_before_its_cause(
    told: list[tuple[str, list[str]]],
) -> None:
    _, past = _history(told)

    order = {stamp: place for place, stamp in enumerate(sorted(past))}

    assert all(order[before] < order[after] for after, known in past.items() for before in known)


@given(told=steps)
def test_clocks_read_back_from_their_epochs_are_the_same(
    told: list[tuple[str, list[str]]],
) -> None:
    history, past = _history(told)
    epochs = list(_epochs(history.events))

    again = Causality(reversed(epochs))

    for later in past:
        for earlier in past:
            assert again.before(earlier, later) == history.causality.before(earlier, later)


def _epochs(events: list[Event]) -> list[tuple[str, int, dict[str, int]]]:
    causality, epochs = Causality(), []
    for event in events:
        header = event.header
        vector = causality.learn(header.replica, header.seq, header.seen)
        if vector is not None:
            epochs.append((header.replica, header.seq, dict(vector)))
    return epochs


def test_event_covers_a_frontier_only_when_it_knows_all_of_it() -> None:
    history = History()
    first = history.add(MACHINE, k.CheckedIn(), replica="a")
    history.add(MACHINE, k.CheckedIn(), replica="b")
    knows_a = history.add(MACHINE, k.CheckedIn(), replica="c", sees=("a",))
    knows_both = history.add(MACHINE, k.CheckedIn(), replica="c", sees=("b",))

    frontier = {"a": 1, "b": 1}
    assert not history.causality.covers(knows_a.stamp, frontier)
    assert history.causality.covers(knows_both.stamp, frontier)
    assert not history.causality.covers(first.stamp, {"a": 1}), "an event is not before itself"
    assert history.causality.covers(first.stamp, {})
