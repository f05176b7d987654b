# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a machine was and what it ran on a past day, however late or badly dated it was told."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.model import kinds as k
from fleet.model.audit_life import Folded, Life, life_of
from fleet.model.events import Clock
from fleet.model.state import State
from tests.model.history import MACHINE, History

BORN = k.MachineRegistered(tag="PL-1", site="site:a", system="Windows 10", on="2020-01-01")
TODAY = "2026-03-02"


def _at(day: str) -> str:
    return f"{day}T09:00:00.000Z"


def _registered(body: k.MachineRegistered = BORN) -> History:
    history = History()
    history.add(MACHINE, body, at=_at("2020-01-01"))
    return history


def _on(history: History, day: str) -> Life:
    encoded = msgspec.json.encode(history.state())
    life = life_of(msgspec.json.decode(encoded, type=Folded), day)
    assert life is not None
    return life


def _rooms(history: History, *days: str) -> list[str | None]:
    return [_on(history, day).room for day in days]


def _systems(history: History, *days: str) -> list[str | None]:
    return [_on(history, day).system for day in days]


def _move(history: History, room: str, on: str, told: str = TODAY) -> None:
    history.add(MACHINE, k.Moved(site=f"site:{room[-1]}", room=room, on=on), at=_at(told))


def test_move_counts_from_its_day_and_not_the_day_before() -> None:
    history = _registered()

    _move(history, "room:b", "2025-03-01")

    assert _rooms(history, "2025-02-28", "2025-03-01") == [None, "room:b"]
    assert [_on(history, day).site for day in ("2025-02-28", "2025-03-01")] == ["site:a", "site:b"]


def test_move_told_a_year_late_counts_from_its_day() -> None:
    history = _registered()
    _move(history, "room:b", "2024-03-01")

    _move(history, "room:c", "2025-01-15", told="2026-01-20")

    assert _rooms(history, "2024-12-31", "2025-01-15") == ["room:b", "room:c"]


def test_what_is_told_last_holds_from_its_day_over_what_was_told_of_later_days() -> None:
    history = _registered()
    _move(history, "room:b", "2025-03-01")

    _move(history, "room:c", "2025-01-01")

    assert _rooms(history, "2024-12-31", "2025-01-01", "2025-03-01") == [None, "room:c", "room:c"]
    assert history.state().room == "room:c"


def test_undone_move_never_was() -> None:
    history = _registered()
    _move(history, "room:b", "2025-03-01")
    event = history.add(MACHINE, k.Moved(room="room:c", on="2025-04-01"))

    history.add(MACHINE, k.Undone(events=(event.header.id,)))

    assert _rooms(history, "2025-03-31", "2025-04-01") == ["room:b", "room:b"]


def test_system_changes_with_an_installation_and_with_a_description() -> None:
    history = _registered()
    history.add(MACHINE, k.Installed(room="room:a", on="2020-09-01"), at=_at("2020-09-01"))

    history.add(MACHINE, k.RepairOpened(fault="slow", on="2024-06-01"), at=_at("2024-06-01"))
    again = k.Installed(room="room:a", system="Debian 12", on="2024-06-05")
    history.add(MACHINE, again, at=_at("2024-06-05"))
    history.add(MACHINE, k.MachineDescribed(system="Debian 13"), at=_at("2025-10-13"))

    days = ("2024-06-04", "2024-06-05", "2025-10-12", "2025-10-13")
    assert _systems(history, *days) == ["Windows 10", "Debian 12", "Debian 12", "Debian 13"]


def test_what_a_description_completes_counts_for_all_the_time_before() -> None:
    history = _registered(k.MachineRegistered(tag="PL-1", on="2020-01-01"))

    history.add(
        MACHINE,
        k.MachineDescribed(site="site:a", system="Windows 10", model="Veriton"),
        at=_at(TODAY),
    )

    early = _on(history, "2021-01-01")
    assert (early.site, early.system, early.model) == ("site:a", "Windows 10", "Veriton")


def test_corrected_model_is_the_model_of_every_year() -> None:
    history = _registered(k.MachineRegistered(tag="PL-1", model="Optiplex 3O10", on="2020-01-01"))

    history.add(MACHINE, k.MachineDescribed(model="OptiPlex 3010"), at=_at(TODAY))

    assert _on(history, "2021-01-01").model == "OptiPlex 3010"


def test_room_is_left_on_the_day_a_machine_goes_to_the_workshop() -> None:
    history = _registered()
    _move(history, "room:a", "2024-01-01")
    history.add(MACHINE, k.Retired(decision="D", on="2025-05-01"))

    history.add(MACHINE, k.TakenIn(on="2025-06-01"))

    assert _rooms(history, "2025-05-31", "2025-06-01") == ["room:a", None]
    assert _on(history, "2025-06-01").site == "site:a"


def test_clock_that_lost_its_battery_does_not_rewrite_the_past() -> None:
    history = _registered()
    _move(history, "room:b", "2024-03-01")

    history.add(MACHINE, k.Moved(room="room:c"), at=_at("2010-01-01"), clock=Clock.UNKNOWN)

    assert _rooms(history, "2023-01-01", "2024-02-29", "2024-03-01") == [None, None, "room:c"]


def test_clock_in_the_future_is_forgotten_at_the_next_sure_move() -> None:
    history = _registered()
    history.add(MACHINE, k.Moved(room="room:b"), at=_at("2031-01-01"), clock=Clock.UNKNOWN)

    _move(history, "room:c", "2025-03-01")

    assert _rooms(history, "2025-02-28", "2025-03-01", "2032-01-01") == [None, "room:c", "room:c"]


@pytest.mark.parametrize("day", ["hier", "2025-02-30", "0000"])
def test_day_that_is_no_day_counts_as_the_events_own(day: str) -> None:
    history = _registered()

    _move(history, "room:b", day, told="2025-03-03")

    assert _rooms(history, "2025-03-02", "2025-03-03") == [None, "room:b"]


def test_declared_past_of_a_spreadsheet_gives_the_place_of_its_day() -> None:
    history = _registered()
    declared = k.StateDeclared(
        state=State.IN_SERVICE, site="site:b", room="room:b", system="Debian 12", on="2022-09-01"
    )

    history.add(MACHINE, declared, at=_at(TODAY))

    assert _rooms(history, "2022-08-31", "2022-09-01") == [None, "room:b"]
    assert _systems(history, "2022-08-31", "2022-09-01") == ["Windows 10", "Debian 12"]


_DAYS = st.integers(0, 9).map(lambda n: f"2025-0{1 + n // 5}-1{n % 5}")


@given(st.lists(st.tuples(_DAYS, st.sampled_from("abc")), max_size=8))
def test_each_day_has_what_was_told_last_of_it_or_of_a_day_before(
    moves: list[tuple[str, str]],
) -> None:
    """The rule, said again in the simplest way: paint the calendar, one move after the other."""
    history = _registered()
    calendar: dict[str, str | None] = {f"2025-0{m}-1{d}": None for m in (1, 2) for d in range(5)}

    for day, letter in moves:
        _move(history, f"room:{letter}", day)
        calendar |= {one: f"room:{letter}" for one in calendar if one >= day}

    assert _rooms(history, *calendar) == [*calendar.values()]
    assert history.state().room == calendar["2025-02-14"]
