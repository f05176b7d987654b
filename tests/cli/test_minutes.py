# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Minutes of the bench: by step, machine and lot, and on the machine's page."""

from __future__ import annotations

from typing import get_args

import pytest

from fleet.model.kinds_bench import Step, StepTimed
from fleet.model.minutes import STEPS, Spent, by_step, total
from fleet.services.acts import record
from fleet.services.town import open_town
from tests.cli.command_line import Typist


def timed(person: Typist, tag: str, step: Step, human_s: int, machine_s: int = 0) -> None:
    town = open_town(person.home, f"sqlite:///{person.home / 'journal.db'}").acting_as("Camille B.")
    record(town, [tag], StepTimed(step=step, human_s=human_s, machine_s=machine_s, keys=3))


@pytest.fixture
def workshop(desk: Typist) -> Typist:
    """Two laptops on the bench, one of them in a lot."""
    desk.types("partner", "add", "Repair Café", "--quality", "esus")
    desk.types("lot", "add", "Lot-7", "--partner", "Repair Café")
    for tag in ("VJ-0001", "VJ-0002"):
        desk.types("machine", "add", "--tag", tag, "--kind", "laptop")
    desk.types("lot", "put", "--lot", "Lot-7", "VJ-0001")
    timed(desk, "VJ-0001", "test", 600, 60)
    timed(desk, "VJ-0001", "wipe", 60, 3600)
    timed(desk, "VJ-0002", "test", 300)
    return desk


def sums(person: Typist, *options: str) -> dict[str, tuple[int, int]]:
    document = person.types("minutes", "--json", *options).json
    return {row["name"]: (row["human_seconds"], row["machine_seconds"]) for row in document["rows"]}


def test_the_workshop_a_lot_and_a_machine_have_their_sums(workshop: Typist) -> None:
    whole = workshop.types("minutes", "--json").json

    assert sums(workshop) == {"test": (900, 60), "wipe": (60, 3600)}
    assert sums(workshop, "--by", "machine") == {"VJ-0001": (660, 3660), "VJ-0002": (300, 0)}
    assert sums(workshop, "--by", "lot") == {"Lot-7": (660, 3660), "": (300, 0)}
    assert sums(workshop, "--lot", "Lot-7") == {"test": (600, 60), "wipe": (60, 3600)}
    assert sums(workshop, "--machine", "vj-0002") == {"test": (300, 0)}
    assert (whole["machines"], whole["total"]["human_seconds"], whole["total"]["keys"]) == (
        2, 960, 9,
    )  # fmt: skip


def test_the_table_and_the_machine_page_speak_in_minutes(workshop: Typist) -> None:
    table = workshop.types("minutes").out.splitlines()
    page = workshop.types("machine", "show", "VJ-0001").out

    assert [line.split() for line in table[1:]] == [
        ["Inspect", "and", "test", "15", "1", "6"],
        ["Wipe", "1", "60", "3"],
        ["In", "all", "16", "61", "9"],
    ]
    assert "Time at the bench" in page
    assert "In all: 11 min of a person, 61 min of the machine" in page


def test_a_machine_without_bench_has_no_such_section_and_an_unknown_one_is_an_error(
    workshop: Typist,
) -> None:
    workshop.types("machine", "add", "--tag", "VJ-0003")

    assert "Time at the bench" not in workshop.types("machine", "show", "VJ-0003").out
    assert workshop.types("minutes", "--machine", "VJ-0999").status == 3


def test_an_undone_step_no_longer_counts(workshop: Typist) -> None:
    workshop.types("undo")

    assert sums(workshop, "--by", "machine") == {"VJ-0001": (660, 3660)}


def test_a_clock_set_back_takes_nothing_away() -> None:
    steps = [StepTimed(step="wipe", human_s=-50, machine_s=-9), StepTimed(step="test", human_s=90)]

    assert total(steps) == Spent(human_s=90, machine_s=0, keys=0, times=2)
    assert list(by_step(steps)) == ["test", "wipe"]
    assert set(by_step(steps)) <= set(STEPS)
    assert set(STEPS) == set(get_args(Step))
