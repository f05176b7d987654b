# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three replicas, merged in any order and more than once, show the same fleet."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fleet.model import kinds as k
from fleet.store.rebuild import projection_digest, rebuild
from fleet.store.verify import verify
from tests.store.installations import Installation

MACHINES = [f"machine:{n}" for n in range(3)]
DISKS = [f"disk:{n}" for n in range(3)]
REPLICAS = 3

_ON_MACHINES: list[k.Body] = [
    k.MachineRegistered(tag="PL-00001"),
    k.MachineRegistered(tag="PL-00002", serial="S2", origin="gift"),
    k.MachineDescribed(model="ThinkPad X230", serial="S9"),
    k.DiskAdded(disk=DISKS[0]),
    k.DiskAdded(disk=DISKS[1]),
    k.DiskRemoved(disk=DISKS[0], outcome="kept"),
    k.DisksDeclared(disks=(DISKS[0],)),
    k.Installed(site="site:1", room="room:1", seat="A1"),
    k.CheckedIn(),
    k.Moved(seat="B2"),
    k.Retired(decision="2026-12"),
    k.TakenIn(),
    k.TestsRecorded(profile="rapide", results={"screen": "pass"}),
    k.VerdictGiven(rejected=False),
    k.ImageInstalled(bare=True),
    k.MadeReady(),
    k.HandedOver(partner="partner:1", beneficiary="beneficiary:1", receipt="R1"),
    k.ValueEstimated(machine_cents=30_001),
    k.TitleTransferred(way="gift", taker="partner:1"),
    k.Lost(),
    k.Found(),
    k.MachinePutInLot(lot="lot:1"),
    k.MachinesMerged(absorbed=MACHINES[2]),
    k.MachinesSplit(absorbed=MACHINES[2]),
]
_ON_DISKS: list[k.Body] = [
    k.DiskRegistered(serial="D1", kind="ssd"),
    k.DiskRegistered(serial="D2", kind="hdd"),
    k.DiskMeasured(health="good"),
    k.DiskWiped(level="purge", method="nvme", readback="full", coverage_permille=1000),
    k.DiskDestroyed(how="drilled"),
]
_ON_RECORDS: list[tuple[str, k.Body]] = [
    ("site:1", k.SiteAdded(name="École Jean-Jaurès")),
    ("site:1", k.SiteAdded(name="École Jaurès")),
    ("lot:1", k.LotOpened(name="Lot 1")),
    ("partner:1", k.PartnerAdded(name="Atelier", quality="esus")),
    ("partner:1", k.PartnerAdded(name="Atelier", quality="company")),
    ("policy:town", k.PolicyChosen(name="town", accept_declared_wipes=True)),
]

said = st.one_of(
    st.tuples(st.sampled_from(MACHINES), st.sampled_from(_ON_MACHINES)),
    st.tuples(st.sampled_from(DISKS), st.sampled_from(_ON_DISKS)),
    st.sampled_from(_ON_RECORDS),
    st.just("undo"),
    st.just("exchange"),
)
moves = st.lists(st.tuples(st.integers(0, REPLICAS - 1), said), min_size=3, max_size=20)
meetings = st.permutations([(a, b) for a in range(REPLICAS) for b in range(REPLICAS) if a != b])


def _act(replicas: list[Installation], who: int, what: str | tuple[str, k.Body]) -> None:
    one = replicas[who]
    if what == "exchange":
        one.import_(replicas[(who + 1) % REPLICAS].export())
    elif what == "undo":
        last = one.chain(one.replica)[-1]
        if last.subject in MACHINES:
            one.say(last.subject, k.Undone(events=(last.header.id,)))
    elif not isinstance(what, str):
        one.say(*what)


@settings(
    max_examples=8,
    # An example costs a second: shrinking one takes minutes. Add Phase.shrink to study a failure.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(moves=moves, first=meetings, second=meetings)
def test_any_order_of_merges_gives_the_same_projections(
    moves: list[tuple[int, str | tuple[str, k.Body]]],
    first: list[tuple[int, int]],
    second: list[tuple[int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        replicas = [Installation.at(Path(folder) / str(n)) for n in range(REPLICAS)]
        for one in replicas:
            one.trust(*(other for other in replicas if other is not one))
        for machine in MACHINES:
            replicas[0].say(machine, k.MachineRegistered(tag=machine))
        replicas[0].say("site:1", k.SiteAdded(name="Mairie"))
        for one in replicas[1:]:
            one.import_(replicas[0].export())

        for who, what in moves:
            _act(replicas, who, what)
        for giver, taker in [*first, *second]:
            replicas[taker].import_(replicas[giver].export())

        digests = {projection_digest(one.journal) for one in replicas}
        assert len(digests) == 1
        assert len({tuple(e.link for e in one.events()) for one in replicas}) == 1
        for one in replicas:
            assert list(verify(one.journal, one.store)) == []
        rebuild(replicas[0].journal)
        assert projection_digest(replicas[0].journal) in digests
        for one in replicas:
            one.journal.engine.dispose()
