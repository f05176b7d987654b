# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines and disks entered by hand, and what a machine's page shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.errors import NotFound, UsageError
from fleet.model import kinds as k
from fleet.services import acts, machines
from fleet.services.machines import disk_id
from fleet.services.town import Town
from tests.services.lshw_reports import a_town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = a_town(tmp_path / "town")
    machines.register(town, k.MachineRegistered(tag="VJ-1", kind="laptop"))
    return town


@pytest.mark.parametrize("tag", ["VJ-1", "vj-1", " VJ-1 ", "", "  "])
def test_tag_that_is_taken_or_blank_is_refused(town: Town, tag: str) -> None:
    with pytest.raises(UsageError):
        machines.register(town, k.MachineRegistered(tag=tag))


def test_next_tag_is_free(town: Town) -> None:
    machines.register(town, k.MachineRegistered(tag="PL-00002"))
    first = machines.next_tag(town)
    machines.register(town, k.MachineRegistered(tag=first))

    assert first not in ("VJ-1", "PL-00002")
    assert machines.next_tag(town) not in ("PL-00002", first)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            ("WDC WD3200AAJS-0", "WD-WCARW0244414"),
            ("WDC WD3200AAJS-00L7A0", "WD-WCARW0244414"),
            True,
        ),
        (("A", "WD-WCARW0244414"), ("A", "WDWCARW0244414 "), True),
        (("A", "12345"), ("B", "12345"), False),
        (("A", "12345"), ("a", "12345"), True),
        (("A", "WD-WCARW0244414"), ("A", "WD-WCARW0244415"), False),
        (("A", None), ("A", None), False),
        (("A", "--"), ("A", "--"), False),
    ],
)
def test_disk_is_known_by_its_serial(
    one: tuple[str, str | None], other: tuple[str, str | None], same: bool
) -> None:
    assert (disk_id(*one) == disk_id(*other)) is same


def test_page_tells_the_whole_story(town: Town) -> None:
    machines.add_disk(town, "VJ-1", k.DiskRegistered(model="ST500", serial="S1", kind="hdd"))
    acts.transition(town, ["VJ-1"], k.Retired(decision="PV 1"))

    page = machines.page(town, "vj-1")

    assert [event.kind for event in page.events] == [
        "MachineRegistered", "DiskRegistered", "DiskAdded", "Retired",
    ]  # fmt: skip
    assert [stay.state for stay in page.stays] == ["in_stock", "retired"]
    assert set(page.next) >= {"TakenIn", "Exited", "Lost"}


def test_destroyed_disk_leaves_its_machine(town: Town) -> None:
    body = k.DiskRegistered(model="ST500", serial="S1", kind="hdd")
    disk = machines.add_disk(town, "VJ-1", body)

    assert machines.record_on_disk(town, "VJ-1", "s1", k.DiskDestroyed(how="drilled")) == disk

    (view,) = acts.view_of(town, "VJ-1").disks
    assert (view.presence, view.missing) == ("destroyed", ())
    with pytest.raises(NotFound):
        machines.record_on_disk(town, "VJ-1", "s1", k.DiskDestroyed(how="again"))


def test_disk_must_be_named_when_there_are_two(town: Town) -> None:
    for serial in ("S1", "S2"):
        machines.add_disk(town, "VJ-1", k.DiskRegistered(model="ST500", serial=serial))

    with pytest.raises(UsageError, match="S1, S2"):
        machines.record_on_disk(town, "VJ-1", None, k.DiskKept(where="safe"))

    machines.record_on_disk(town, "VJ-1", "2", k.DiskKept(where="safe"))
    assert [d.presence for d in acts.view_of(town, "VJ-1").disks] == ["present", "kept"]


def test_unknown_machine_has_no_page(town: Town) -> None:
    with pytest.raises(NotFound):
        machines.page(town, "VJ-404")
    with pytest.raises(NotFound):
        machines.page(town, "machine:404")
