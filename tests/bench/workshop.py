# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key and a donated laptop: a real store, a report as our collector writes it, disk files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from fleet.errors import ToolMissing
from fleet.model.live_key import CERTIFICATES, IMAGES, TO_SEND
from fleet.services.example_models import MODELS
from fleet.services.example_report import invent, report_text
from fleet.services.thresholds import OWN_FILE, SHIPPED
from fleet.services.town import Town, init_town
from reconditioning.session_identify import look_at, new_machine, take_in_report
from reconditioning.workplace import Workplace

MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
# The limits that come along, but every test lasts one second.
_A_SECOND = re.compile(r"(\b(?:memory|cpu|disk_read|discharge)_s: {value:) \d+")
OLD_DATA = b"photos of the holidays "
DISK_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The key's installation and the machine in hand."""

    town: Town
    place: Workplace
    disks: tuple[Path, ...]

    @property
    def url(self) -> str:
        return url_of(self.town.home)


def no_pdf(html: str) -> bytes:
    """Stands for the program that lays out papers, which takes seconds; its own tests use it."""
    raise ToolMissing("no PDF here")


def url_of(home: Path) -> str:
    return f"sqlite:///{home / 'journal.db'}"


def set_up(folder: Path, *, disks: int = 1, serial: str = "PF0ABCDE") -> Bench:
    """A new key whose bench looks at disk files full of old data, and at a made-up laptop."""
    home, stick = folder / "key", folder / "stick"
    for name in (TO_SEND, CERTIFICATES, IMAGES):
        (stick / name).mkdir(parents=True)
    files = tuple(old_disk(folder / f"disk{n}.img", DISK_BYTES + n * 2**20) for n in range(disks))
    report = folder / "report.json"
    report.write_text(laptop_report(serial, [file.stat().st_size for file in files]))
    town = init_town(home, url_of(home)).acting_as("Atelier 1")
    (home / OWN_FILE).write_text(_A_SECOND.sub(r"\1 1", SHIPPED.read_text()))
    return Bench(
        town=town,
        place=Workplace(home=home, stick=stick, report=report, disks=files, render=no_pdf),
        disks=files,
    )


def old_disk(path: Path, size: int) -> Path:
    """A disk file full of somebody's data."""
    path.write_bytes((OLD_DATA * (size // len(OLD_DATA) + 1))[:size])
    return path


def laptop_report(serial: str, sizes: list[int]) -> str:
    """The report of a laptop with rotating disks of these sizes, that tell no serial number."""
    machine = invent(MODELS["thinkpad-l480"], serial, Random(serial))
    report = json.loads(report_text(machine, MORNING))
    tools = report["tools"]
    for name in [name for name in tools if name.startswith("smartctl")]:
        del tools[name]
    devices = [
        {"name": f"sd{'abc'[n]}", "type": "disk", "size": size, "rota": True, "tran": "sata",
         "model": None, "serial": None, "rm": False}
        for n, size in enumerate(sizes)
    ]  # fmt: skip
    tools["lsblk"]["output"] = json.dumps({"blockdevices": devices})
    return json.dumps(report)


def identified(bench: Bench, tag: str = "PL-00042", origin: str = "given_by_person") -> str:
    """Take the machine in as a new one, as the first step does."""
    described = look_at(bench.town, bench.place.describe())
    return take_in_report(bench.town, described, as_new=new_machine(described, tag, origin))
