# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports into the journal: which machine they speak of, what they change, what they never do."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.errors import GuardRefused, NotFound
from fleet.model import kinds as k
from fleet.model.state import Presence
from fleet.services import acts, machines, reports
from fleet.services.browse import MachineFilter
from fleet.services.reports import FileOutcome, held_reports, import_files, import_text, settle
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.rebuild import projection_digest, rebuild
from fleet.store.verify import verify
from tests.services.lshw_reports import FOLDER, HDD, SECOND, THIRD, a_town, committed, lshw

SAMPLES = Path(
    os.environ.get("PARCLIBRE_SAMPLES") or Path(__file__).parents[3] / "shared" / "hardware-samples"
)
A = {"serial": "CZC1111111", "uuid": "716a9027-4fdd-dd11-bbda-00000000000a", "board": "BA111"}
B = {"serial": "CZC2222222", "uuid": "716a9027-4fdd-dd11-bbda-00000000000b", "board": "BB222"}
DOCK = "00:50:b6:00:00:01"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return a_town(tmp_path / "town")


def _say(town: Town, **told: object) -> FileOutcome:
    (outcome,) = import_text(town, _text(**told), "report.json")
    return outcome


def _disks(town: Town, tag: str) -> dict[str | None, str]:
    return {d.disk.serial: d.presence.value for d in acts.view_of(town, tag).disks}


def _count(town: Town) -> int:
    with town.journal.read() as connection:
        return queries.count_machines(connection, MachineFilter())


def _trace(town: Town) -> tuple[object, ...]:
    with town.journal.read() as connection:
        token = queries.change_token(connection)
    return token, tuple(town.attachments.digests()), projection_digest(town.journal)


# --- the HP dc7900 ----------------------------------------------------------------------------


def _pairs() -> list[tuple[Path, Path]]:
    shared = SAMPLES / "lshw_json"
    return [
        (FOLDER / "dc7900-three-disks.json", FOLDER / "dc7900-one-disk.json"),
        (shared / "7900.lshw.json", shared / "erased-i5.lshw.json"),
    ]


@pytest.fixture(params=[0, 1], ids=["invented", "CZC901381R"])
def dc7900(request: pytest.FixtureRequest) -> tuple[Path, Path]:
    pair: tuple[Path, Path] = _pairs()[request.param]
    if not pair[0].exists():
        pytest.skip(f"The shared hardware samples are not at {SAMPLES} (PARCLIBRE_SAMPLES)")
    return pair


def test_two_dumps_of_one_pc_are_one_machine_with_disks_removed(
    town: Town, dc7900: tuple[Path, Path]
) -> None:
    first, second = import_files(town, dc7900)

    assert (first.outcome, second.outcome) == ("new", "same")
    assert first.tag == second.tag
    assert _count(town) == 1
    presences = [d.presence for d in acts.view_of(town, first.tag or "").disks]
    assert sorted(presences) == ["present", "unaccounted", "unaccounted"]


def test_committed_reports_are_what_the_builder_writes() -> None:
    assert {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")} == committed()


def test_importing_again_changes_nothing(town: Town, dc7900: tuple[Path, Path]) -> None:
    list(import_files(town, dc7900))
    before = _trace(town)

    again = list(import_files(town, dc7900[::-1]))

    assert [outcome.outcome for outcome in again] == ["same", "same"]
    assert all(outcome.unchanged for outcome in again)
    assert _trace(town) == before


# --- one machine, or two ----------------------------------------------------------------------


def test_two_blank_machines_of_one_model_are_asked_about_never_merged(town: Town) -> None:
    assert _say(town, disks=(HDD,)).outcome == "new"
    second = _say(town, disks=(SECOND,))

    assert second.outcome == "ask"
    assert _count(town) == 1
    (held,) = held_reports(town)
    assert [candidate.matching for candidate in held.candidates] == [("model",)]


def test_swapping_two_disks_between_two_machines_merges_nothing_and_disks_follow(
    town: Town,
) -> None:
    a, b = _say(town, **A, disks=(HDD,)), _say(town, **B, disks=(SECOND,))
    swapped_a, swapped_b = _say(town, **A, disks=(SECOND,)), _say(town, **B, disks=(HDD,))

    assert (swapped_a.outcome, swapped_a.tag) == ("same", a.tag)
    assert (swapped_b.outcome, swapped_b.tag) == ("same", b.tag)
    assert _count(town) == 2
    assert _disks(town, a.tag or "") == {HDD[1]: "moved", SECOND[1]: "present"}
    assert _disks(town, b.tag or "") == {SECOND[1]: "moved", HDD[1]: "present"}


@pytest.mark.parametrize("mac", [f"usb {DOCK}", DOCK], ids=["says it is USB", "does not say"])
def test_network_adapter_carried_from_pc_to_pc_merges_nothing(town: Town, mac: str) -> None:
    a, b = _say(town, **A, macs=(mac,)), _say(town, **B, macs=(mac,))
    assert (a.outcome, b.outcome) == ("new", "new")

    third = _say(town, model="OptiPlex 780", vendor="Dell Inc.", macs=(mac,))
    again = _say(town, **A, macs=(mac,), disks=(HDD,))

    assert third.outcome in ("new", "ask")
    assert third.tag not in (a.tag, b.tag)
    assert (again.outcome, again.tag) == ("same", a.tag)


def test_swapped_board_asks(town: Town) -> None:
    a = _say(town, **A)
    board_of_another = _say(town, serial=A["serial"], uuid=B["uuid"], board=B["board"])

    assert a.outcome == "new"
    assert board_of_another.outcome == "ask"
    assert _count(town) == 1


def test_board_taken_from_a_known_machine_asks_with_both(town: Town) -> None:
    tags = {_say(town, **A).tag, _say(town, **B).tag}
    mixed = _say(town, serial=A["serial"], board=B["board"])

    assert mixed.outcome == "ask"
    (held,) = held_reports(town)
    assert {candidate.tag for candidate in held.candidates} == tags


def test_same_serial_on_two_models_asks(town: Town) -> None:
    _say(town, serial="AB12345", model="Latitude E6420")
    other = _say(town, serial="AB12345", model="OptiPlex 780")

    assert other.outcome == "ask"


@pytest.mark.parametrize(
    "junk", ["To be filled by O.E.M.", "System Serial Number", "0123456789", "None", "00000000"]
)
def test_junk_serial_identifies_nothing(town: Town, junk: str) -> None:
    first = _say(town, serial=junk, uuid=A["uuid"])
    second = _say(town, serial=junk, uuid=B["uuid"])

    assert (first.outcome, second.outcome) == ("new", "new")
    assert acts.view_of(town, first.tag or "").machine.serial is None


def test_pc_entered_twice_by_hand_asks_with_both(town: Town) -> None:
    for tag in ("VJ-1", "VJ-2"):
        body = k.MachineRegistered(tag=tag, serial=A["serial"], model="dc7900")
        machines.register(town, body)

    assert _say(town, **A).outcome == "ask"
    (held,) = held_reports(town)
    assert {candidate.tag for candidate in held.candidates} == {"VJ-1", "VJ-2"}


def test_machines_merged_by_a_person_are_known_by_the_evidence_of_both(town: Town) -> None:
    plain = machines.register(town, k.MachineRegistered(tag="VJ-1", model="dc7900"))
    serial = k.MachineRegistered(tag="VJ-2", model="dc7900", serial=A["serial"])
    absorbed = machines.register(town, serial)
    acts.record(town, ["VJ-1"], k.MachinesMerged(absorbed=absorbed))

    outcome = _say(town, **A)

    assert (outcome.outcome, outcome.tag) == ("same", "VJ-1")
    assert acts.view_of(town, "VJ-2").machine.id == plain


def test_one_disk_under_two_wordings_of_its_model_stays_one(town: Town) -> None:
    cut, whole = SECOND, ("WDC WD3200AAJS-00L7A0", *SECOND[1:])
    a = _say(town, **A, disks=(cut,))
    _say(town, **A, disks=(whole,))

    assert _disks(town, a.tag or "") == {SECOND[1]: "present"}


def test_disk_without_a_serial_stays_the_same_in_its_machine(town: Town) -> None:
    nameless = ("Generic SSD", None, 64_000_000_000)
    a = _say(town, **A, disks=(nameless,))
    _say(town, **A, disks=(nameless, HDD))

    assert sorted(_disks(town, a.tag or "").values()) == ["present", "present"]


# --- collected with a wrong clock -------------------------------------------------------------


def _collected(at: str, *, serial: str, disks: list[dict[str, object]]) -> str:
    system = json.loads(lshw(serial=serial))
    return json.dumps(
        {
            "format": "parclibre-report", "version": 1, "collected_at": at, "clock": "rtc",
            "environment": "live",
            "tools": {
                "lshw": {"status": "ok", "output": json.dumps(system)},
                "lsblk": {"status": "ok", "output": json.dumps({"blockdevices": disks})},
            },
        }
    )  # fmt: skip


def _sda(serial: str) -> dict[str, object]:
    return {"name": "sda", "type": "disk", "size": 160041885696, "rota": True, "tran": "sata",
            "model": "ST3160815AS", "serial": serial, "rm": False}  # fmt: skip


def test_report_of_a_pc_with_a_dead_clock_still_tells_its_disks(town: Town) -> None:
    tag = import_text(town, _collected("2026-02-01T10:00:00Z", serial="S1AAAA", disks=[]), "a")[
        0
    ].tag
    dead = _collected("2009-01-01T00:02:00Z", serial="S1AAAA", disks=[_sda("6RX00001")])

    import_text(town, dead, "b")

    assert _disks(town, tag or "") == {"6RX00001": "present"}
    assert acts.view_of(town, tag or "").known


def test_report_from_the_future_does_not_make_later_ones_stale(town: Town) -> None:
    ahead = _collected("2031-01-01T00:00:00Z", serial="S1AAAA", disks=[_sda("6RX00001")])
    tag = import_text(town, ahead, "a")[0].tag
    later = _collected("2026-03-02T10:00:00Z", serial="S1AAAA", disks=[_sda("6RX00002")])

    import_text(town, later, "b")

    assert _disks(town, tag or "") == {"6RX00001": "unaccounted", "6RX00002": "present"}


def test_older_report_imported_late_leaves_the_disks_as_they_are(town: Town) -> None:
    new = _collected("2026-03-01T00:00:00Z", serial="S1AAAA", disks=[_sda("6RX00001")])
    tag = import_text(town, new, "a")[0].tag
    for day in ("2026-01-05", "2026-02-01"):
        old = _collected(f"{day}T00:00:00Z", serial="S1AAAA", disks=[_sda(f"6RXOLD{day}")])
        import_text(town, old, "b")

    assert _disks(town, tag or "") == {"6RX00001": "present"}


# --- held reports -----------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def either_town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    """A town on each kind of store."""
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else None
    return a_town(tmp_path / "town", url)


def _one_held(town: Town) -> reports.HeldReport:
    _say(town, disks=(HDD,))
    _say(town, disks=(SECOND,))
    (held,) = held_reports(town)
    return held


@pytest.mark.parametrize("decision", ["same", "new", "dismissed"])
def test_held_report_waits_for_a_decision_which_undo_takes_back(
    either_town: Town, decision: str
) -> None:
    town = either_town
    held = _one_held(town)
    before = projection_digest(town.journal)
    tag = held.candidates[0].tag

    decided = settle(town, held.id, decision, tag if decision == "same" else None)

    assert _count(town) == (2 if decision == "new" else 1)
    assert (decided == tag) == (decision == "same")
    assert held_reports(town) == []
    with pytest.raises(GuardRefused):
        settle(town, held.id, "new")
    acts.undo(town)
    assert [report.id for report in held_reports(town)] == [held.id]
    assert projection_digest(town.journal) == before
    rebuild(town.journal)
    assert projection_digest(town.journal) == before


def test_report_waiting_in_the_inbox_is_not_held_twice(town: Town) -> None:
    _one_held(town)
    before = _trace(town)

    again = _say(town, disks=(SECOND,))

    assert (again.outcome, again.unchanged) == ("ask", True)
    assert _trace(town) == before


def test_unknown_report_cannot_be_decided(town: Town) -> None:
    with pytest.raises(NotFound):
        settle(town, "report:nothing", "new")


def test_undone_import_can_be_imported_again(either_town: Town) -> None:
    town = either_town
    empty = projection_digest(town.journal)
    (outcome,) = import_files(town, [FOLDER / "dc7900-three-disks.json"])

    acts.undo(town)
    assert _count(town) == 0
    with pytest.raises(NotFound):
        acts.view_of(town, outcome.tag or "")

    (again,) = import_files(town, [FOLDER / "dc7900-three-disks.json"])
    assert (again.outcome, again.tag, again.unchanged) == ("new", outcome.tag, False)
    assert len(acts.view_of(town, again.tag or "").disks) == 3
    digest = projection_digest(town.journal)
    rebuild(town.journal)
    assert projection_digest(town.journal) == digest != empty
    assert list(verify(town.journal, town.attachments)) == []


def test_undoing_a_swap_gives_both_machines_their_disks_back(either_town: Town) -> None:
    town = either_town
    a, b = _say(town, **A, disks=(HDD,)), _say(town, **B, disks=(SECOND,))
    _say(town, **A, disks=(SECOND,))

    acts.undo(town)

    assert _disks(town, a.tag or "") == {HDD[1]: "present"}
    assert _disks(town, b.tag or "") == {SECOND[1]: "present"}
    digest = projection_digest(town.journal)
    rebuild(town.journal)
    assert projection_digest(town.journal) == digest


# --- any order ----------------------------------------------------------------------------------


def _text(**told: object) -> str:
    return lshw(**told)  # type: ignore[arg-type]


TEXTS = {
    "a-before.json": _text(**A, disks=(HDD, SECOND), macs=(DOCK,)),
    "a-after.json": _text(**A, disks=(HDD,)),
    "b.json": _text(**B, disks=(SECOND, THIRD), macs=(DOCK,)),
    "blank.json": _text(disks=(THIRD,)),
    "other-blank.json": _text(),
}


@settings(max_examples=8)
@given(order=st.permutations(sorted(TEXTS)), again=st.permutations(sorted(TEXTS)))
def test_importing_again_in_any_order_changes_nothing(order: list[str], again: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        town = a_town(Path(name))
        for file in order:
            import_text(town, TEXTS[file], file)
        before = _trace(town)

        outcomes = list(
            itertools.chain.from_iterable(import_text(town, TEXTS[f], f) for f in again)
        )

        assert all(outcome.unchanged for outcome in outcomes)
        assert _trace(town) == before
        with town.journal.read() as connection:
            for disk in (HDD, SECOND, THIRD):
                for known in queries.disks_by_serial(connection, disk[1] or ""):
                    places = queries.disk_holders(connection, known)
                    assert sum(status == Presence.PRESENT for _m, status in places) <= 1
        rebuild(town.journal)
        assert _trace(town) == before
        town.journal.close()
