# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small town, with eight machines bought over ten years, three of them retired in 2025."""

from __future__ import annotations

from pathlib import Path

from fleet.model import kinds as k
from fleet.services import acts, machines, records
from fleet.services.town import Town
from tests.tui.stage import build_small_town, copied


def audited_town(home: Path) -> Town:
    return copied(build_audited_town, home)


def build_audited_town(town: Town) -> None:
    build_small_town(town)
    tags = [f"AN-{number:02d}" for number in range(1, 9)]
    for year, tag in enumerate(tags, 2015):
        machines.register(town, _machine(tag, f"{year}-09-01"))
    site = records.find(town, "site", "Mairie").id
    acts.transition(town, tags, k.Installed(site=site, on="2024-09-02"))
    acts.transition(town, tags[:3], k.Retired(decision="PV 2025-1", on="2025-03-10"))


def _machine(tag: str, bought: str) -> k.MachineRegistered:
    return k.MachineRegistered(
        tag=tag,
        kind="laptop",
        manufacturer="Dell",
        model="Latitude 5490",
        system="Debian 13",
        purchased_on=bought,
        purchase_value_cents=64_900,
        on="2023-09-01",
    )
