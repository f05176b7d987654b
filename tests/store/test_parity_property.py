# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What appends write step by step is what a rebuild computes from all events."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.model import kinds as k
from fleet.model.state import State
from fleet.store.journal import Draft
from fleet.store.rebuild import projection_digest, rebuild
from fleet.store.undo import last_act
from tests.store.installations import NOW, Installation

MACHINES = [f"machine:{n}" for n in range(4)]
DISKS = [f"disk:{n}" for n in range(3)]
AGREEMENT = "agreement:1"
AUTHOR = "operator:alix"
_numbers = itertools.count(1)

_LIFE: list[k.Body] = [
    k.Installed(site="site:1", room="room:1", seat="A1"),
    k.Moved(seat="B2"),
    k.CheckedIn(),
    k.ForeignBoot(),
    k.RepairOpened(fault="screen"),
    k.RepairClosed(outcome="repaired", back_to="in_service"),
    k.Retired(decision="2026-12"),
    k.TakenIn(),
    k.TakenIn(partner="partner:1", agreement=AGREEMENT),
    k.TestsRecorded(
        profile="rapide",
        results=dict.fromkeys(("start", "disk", "memory", "screen", "keyboard", "network"), "pass"),
    ),
    k.VerdictGiven(rejected=False),
    k.ImageInstalled(bare=True),
    k.MadeReady(),
    k.MadeReady(on="2026-04-01"),
    k.ReadyLost(),
    k.HandedOver(partner="partner:1", beneficiary="beneficiary:1", receipt="R1"),
    k.Returned(),
    k.Exited(way="sale", taker="someone"),
    k.ValueEstimated(machine_cents=30_001),
    k.TitleTransferred(way="gift", taker="partner:1"),
    k.TitleTransferred(way="sale", taker="someone", price_cents=20_000),
    k.StateDeclared(state=State.GIVEN, on="2019-05-04"),
    k.GuardWaived(transition="MadeReady", code="tests_missing", why="no keyboard"),
    k.ConflictSettled(key="exit:nothing", state=State.IN_STOCK),
]
_FACTS: list[k.Body] = [
    k.MachineRegistered(tag="PL-00001", serial="S1"),
    k.MachineRegistered(tag="PL-00002", kind="screen"),
    k.MachineDescribed(model="ThinkPad X230", serial="S2"),
    k.ReportImported(
        report="a" * 64, format="parclibre-report", disks=("disk:0",), lists_disks=True, serial="S1"
    ),
    k.ReportImported(report="b" * 64, format="lshw_json", environment="installed", macs=("m1",)),
    *(k.DiskAdded(disk=disk) for disk in DISKS),
    *(k.DiskRemoved(disk=disk, outcome="moved") for disk in DISKS),
    k.DiskRemoved(disk=DISKS[0]),
    k.DisksDeclared(disks=(DISKS[1],)),
    *(k.MachinesMerged(absorbed=machine) for machine in MACHINES),
    *(k.MachinesSplit(absorbed=machine) for machine in MACHINES[1:]),
]
_ON_DISKS: list[k.Body] = [
    k.DiskRegistered(serial="D1", kind="hdd"),
    k.DiskMeasured(health="good", report="c" * 64),
    k.DiskWiped(level="clear", method="nwipe", readback="full"),
    k.DiskWiped(
        level="purge", method="nvme", readback="none", declared=True, report="d", second_person="o"
    ),
    k.DiskKept(where="safe"),
]
_RECORDS: list[tuple[str, k.Body]] = [
    ("policy:town", k.PolicyChosen(name="lenient", accept_declared_wipes=True)),
    ("policy:town", k.PolicyChosen(name="strict", levels={"hdd": "purge"})),
    (AGREEMENT, k.AgreementSigned(partner="partner:1", reference="C-1", data_clause=True)),
    (AGREEMENT, k.AgreementSigned(partner="partner:1", reference="C-1b")),
    ("partner:1", k.PartnerAdded(name="Atelier", quality="esus")),
    ("partner:1", k.PartnerAdded(name="Atelier", quality="company")),
    ("site:1", k.SiteAdded(name="École")),
    ("report:1", k.ReportHeld(format="lshw_json", file="a", why="weak_match")),
    ("report:1", k.ReportSettled(decision="dismissed")),
]
# A machine that goes all the way, so that random steps meet proofs, exits and violations.
_WALK: list[tuple[str, k.Body]] = [
    (MACHINES[0], k.MachineRegistered(tag="PL-00001")),
    (DISKS[0], k.DiskRegistered(serial="D1", kind="hdd")),
    (MACHINES[0], _FACTS[3]),
    (MACHINES[0], k.DiskAdded(disk=DISKS[0])),
    (MACHINES[0], k.Retired(decision="PV")),
    (MACHINES[0], k.TakenIn()),
    (DISKS[0], k.DiskWiped(level="clear", method="nwipe", readback="full")),
    (MACHINES[0], _LIFE[9]),
    (MACHINES[0], k.ImageInstalled(bare=True)),
    (MACHINES[0], k.MadeReady()),
    (MACHINES[0], _LIFE[15]),
]

said = st.one_of(
    st.tuples(st.sampled_from(MACHINES), st.sampled_from(_LIFE)),
    st.tuples(st.sampled_from(MACHINES), st.sampled_from(_FACTS)),
    st.tuples(st.sampled_from(DISKS), st.sampled_from(_ON_DISKS)),
    st.sampled_from(_RECORDS),
)
acts = st.lists(
    st.one_of(st.lists(said, min_size=1, max_size=4), st.just("undo"), st.just("reopen")),
    min_size=1,
    max_size=25,
)


def _act(one: Installation, doing: list[tuple[str, k.Body]]) -> None:
    """Append several events at once, as a bulk act does."""
    act = f"act:{next(_numbers)}"
    drafts = [
        Draft(subject=subject, body=body, author=AUTHOR, act=act, at=NOW) for subject, body in doing
    ]
    with one.journal.write() as writer:
        writer.append(drafts)


def _undo(one: Installation) -> None:
    """Undo the last act, even when others build on it: a bundle may bring that."""
    with one.journal.read() as connection:
        found = last_act(connection, one.replica, AUTHOR)
    by_subject: dict[str, list[str]] = {}
    for event in found:
        by_subject.setdefault(event.subject, []).append(event.header.id)
    for subject, ids in by_subject.items():
        one.say(subject, k.Undone(events=tuple(ids)))


@settings(max_examples=60)
@given(start=st.integers(0, len(_WALK)), doings=acts)
def test_every_append_leaves_what_a_rebuild_computes(
    start: int, doings: list[str | list[tuple[str, k.Body]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one = Installation.at(Path(folder))
        for subject, body in _WALK[:start]:
            one.say(subject, body)

        for doing in doings:
            if doing == "undo":
                _undo(one)
            elif doing == "reopen":
                one.journal.close()
                one = Installation.at(Path(folder))
            elif not isinstance(doing, str):
                _act(one, doing)

        step_by_step = projection_digest(one.journal)
        rebuild(one.journal)
        one.journal.close()
        assert step_by_step == projection_digest(one.journal)
        one.journal.close()
