# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole set of papers of a lot of 100 machines, certificates and labels included, from its
journal to files on the disk: seconds, and memory of the process at its highest.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Figure, Plan
from fleet.model import kinds as k
from fleet.services import certificates, records
from fleet.services.machines import add_disk, register
from fleet.services.papers_issue import Target
from fleet.services.papers_set import make_set
from fleet.services.town import Town, init_town
from tests.services import wipe_samples

MACHINES = 100
LOT = "Lot mesuré"
DAY = "2026-11-22"
_MOST_S = 60


def run(plan: Plan) -> Iterator[Figure]:
    """Measure the set of one lot; 10 machines when the plan is a quick one."""
    machines = MACHINES if plan.machines > 1_000 else 10
    with TemporaryDirectory(dir=plan.cache, prefix="papers-") as folder:
        town = _lot(Path(folder), machines)
        start = time.perf_counter()
        made = list(make_set(town, Target(lot=LOT), Path(folder, "out"), on=DAY))
        seconds = time.perf_counter() - start
    yield Figure(
        section="documents",
        name=f"whole set of a lot of {machines} machines ({len(made)} PDF files)",
        value=seconds,
        unit="s",
        target=f"< {_MOST_S} s",
        met=seconds < _MOST_S if machines == MACHINES else None,
    )
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure(
        section="documents",
        name="memory of the main process at its highest",
        value=peak_mb,
        unit="MB",
    )


def _lot(folder: Path, machines: int) -> Town:
    home = folder / "home"
    home.mkdir()
    town = init_town(home, f"sqlite:///{home}/journal.db").acting_as("Camille Bêta")
    partner = records.add_partner(town, "Association Le Lavoir", "interet_general_precarite")
    agreement = records.sign_agreement(town, partner, "CONV-2026-3", data_clause=True)
    lot = records.open_lot(town, LOT, partner=partner, agreement=agreement)
    for number in range(machines):
        _machine(town, f"BEN-{number:04d}", lot)
    return town


def _machine(town: Town, tag: str, lot: str) -> None:
    body = k.MachineRegistered(
        tag=tag,
        kind="laptop",
        manufacturer="LENOVO",
        model="ThinkPad T460",
        serial=f"PF{tag}",
        accounting_number=f"2183-{tag}",
        purchased_on="2018-09-03",
        purchase_value_cents=64_900,
        net_book_value_cents=0,
    )
    machine = register(town, body)
    serial = f"S3Z8{tag}"
    disk = add_disk(town, tag, k.DiskRegistered(kind="ssd", model="MZ7LN500", serial=serial))
    with town.act() as act:
        act.extend(
            machine,
            [
                k.Retired(decision="Délibération 2026-41"),
                k.ValueEstimated(machine_cents=9_000),
                k.MachinePutInLot(lot=lot),
            ],
        )
    wiped = wipe_samples.verified(disk, wipe_samples.target(serial=serial))
    certificates.issue(town, wiped, render=lambda html: b"%PDF-")
