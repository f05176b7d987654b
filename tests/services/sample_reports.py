# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds tests/fixtures/reports: reports of invented machines, to import in the example town.

After a change: python -m tests.services.sample_reports
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from fleet.services.example_models import MODELS, DiskModel, PcModel
from fleet.services.example_report import InventedDisk, InventedMachine, invent, report_text
from fleet.services.example_stock import invented, units

FOLDER = Path(__file__).parent.parent / "fixtures" / "reports"
_GIB = 1024**3
_AT = datetime(2026, 6, 25, 9, 30, tzinfo=UTC)

ELITEBOOK = PcModel(
    maker="HP", name="HP EliteBook 840 G5", kind="laptop", chassis="Notebook",
    cpu="Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz", cores=4, threads=8, memory_bytes=16 * _GIB,
    disk=DiskModel(name="SAMSUNG MZVLB256HAHQ-000H1", size_bytes=256_060_514_304, kind="nvme",
                   prefix="S425NX0M"),
    board="83B2", firmware="03/17/2022",
)  # fmt: skip
PRECISION = PcModel(
    maker="Dell Inc.", name="Precision T1700", kind="desktop", chassis="Mini Tower",
    cpu="Intel(R) Xeon(R) CPU E3-1225 v3 @ 3.20GHz", cores=4, threads=4, memory_bytes=16 * _GIB,
    disk=DiskModel(name="WDC WD10EZEX-75WN4A0", size_bytes=1_000_204_886_016, kind="hdd",
                   prefix="WD-WCC6Y"),
    board="073MMW", firmware="09/11/2014",
)  # fmt: skip


def sample_reports() -> dict[str, str]:
    """Return file name -> text."""
    return {
        "connu-probook-450.json": report_text(_known(), _AT),
        "inconnu-elitebook-840.json": report_text(_new(ELITEBOOK), _AT),
        "inconnu-precision-deux-disques.json": report_text(_two_disks(), _AT),
        "a-decider-veriton.json": report_text(_nameless(), _AT),
        "disques-caches-optiplex.json": _hidden(report_text(_new(MODELS["optiplex-7010"]), _AT)),
    }


def _known() -> InventedMachine:
    return units()["classe-mobile"][2].machine


def _new(model: PcModel) -> InventedMachine:
    rng = invented(f"sample {model.name}")
    return invent(model, model.serial(rng), rng)


def _two_disks() -> InventedMachine:
    machine = _new(PRECISION)
    failing = replace(machine.disks[0], bad_sectors=67)
    ssd = DiskModel(name="CT240BX500SSD1", size_bytes=240_057_409_536, kind="ssd", prefix="2051E")
    second = InventedDisk(model=ssd, serial="2051E4C0FFEE", hours=9_112)
    return replace(machine, disks=(second, failing))


def _nameless() -> InventedMachine:
    rng = invented("sample nameless")
    return replace(invent(MODELS["veriton-z4640g"], None, rng), uuid=None, mac=None)


def _hidden(text: str) -> str:
    """Return the report of the same PC with its disks behind a controller in RAID mode."""
    report = json.loads(text)
    tools = report["tools"]
    for name in [name for name in tools if name.startswith("smartctl:")]:
        del tools[name]
    tools["lsblk"]["output"] = json.dumps({"blockdevices": []})
    controllers = ["RAID 0000:00:1f.2 [8086:2822] ahci"]
    tools["sysfs_storage"]["output"] = json.dumps({"raid_or_vmd": controllers, "disks": []})
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def write() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in sample_reports().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
