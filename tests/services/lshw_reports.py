# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of invented PCs in the shape of ``lshw -json``, and the town that imports them.

Rewrite the two committed ones: python -m tests.services.lshw_reports
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fleet.services.town import Town, init_town

FOLDER = Path(__file__).parent.parent / "fixtures" / "journal" / "reports"
HDD, SECOND, THIRD = (
    ("ST3160815AS", "6RX0INVT", 160_041_885_696),
    ("WDC WD3200AAJS-0", "WD-WCARW0INVENT", 320_072_933_376),
    ("WDC WD5000AAKX-6", "WD-WCC2E0INVENT", 500_107_862_016),
)


def a_clock() -> Callable[[], datetime]:
    """A clock that gives one second more each time."""
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    seconds = itertools.count()
    return lambda: start + timedelta(seconds=next(seconds))


def a_town(home: Path, url: str | None = None) -> Town:
    """A new town with Camille acting."""
    home.mkdir(parents=True, exist_ok=True)
    town = init_town(home, url or f"sqlite:///{home}/journal.sqlite", now=a_clock())
    return town.acting_as("Camille B.")


def lshw(
    *,
    serial: str | None = None,
    uuid: str | None = None,
    board: str | None = None,
    model: str = "HP Compaq dc7900 Small Form Factor",
    vendor: str = "Hewlett-Packard",
    disks: tuple[tuple[str, str | None, int], ...] = (),
    macs: tuple[str, ...] = (),
) -> str:
    """The report of one PC; a MAC that begins with ``usb`` sits on a USB adapter that says so."""
    network = [_nic(number, mac) for number, mac in enumerate(macs)]
    storage = [_disk(number, disk) for number, disk in enumerate(disks)]
    core: dict[str, Any] = {
        "id": "core", "class": "bus", "product": "3031h", "vendor": vendor,
        "children": [*network, {"id": "sata", "class": "storage", "children": storage}],
    }  # fmt: skip
    system: dict[str, Any] = {
        "id": "pc", "class": "system", "product": model, "vendor": vendor,
        "configuration": {"chassis": "desktop"}, "children": [core],
    }  # fmt: skip
    if board:
        core["serial"] = board
    if serial:
        system["serial"] = serial
    if uuid:
        system["configuration"]["uuid"] = uuid
    return json.dumps(system, indent=1) + "\n"


def _nic(number: int, mac: str) -> dict[str, Any]:
    usb = mac.startswith("usb ")
    name = f"enx{number}" if usb else f"enp0s{number}"
    return {
        "id": f"network:{number}", "class": "network", "serial": mac.removeprefix("usb "),
        "logicalname": name, "businfo": f"usb@1:{number}" if usb else f"pci@0000:00:{number:02}.0",
        "configuration": {"driver": "ax88179_178a" if usb else "e1000e"},
    }  # fmt: skip


def _disk(number: int, disk: tuple[str, str | None, int]) -> dict[str, Any]:
    model, serial, size = disk
    found: dict[str, Any] = {
        "id": f"disk:{number}", "class": "disk", "description": "ATA Disk", "product": model,
        "logicalname": f"/dev/sd{'abcdef'[number]}", "businfo": f"scsi@{number}:0.0.0",
        "size": size,
    }  # fmt: skip
    return {**found, "serial": serial} if serial else found


def dc7900(*disks: tuple[str, str | None, int], macs: tuple[str, ...]) -> str:
    """The invented PC whose reports are committed."""
    return lshw(
        serial="CZC0INVENT",
        uuid="716a9027-4fdd-dd11-bbda-000000000001",
        board="CZC0INVENT",
        disks=disks,
        macs=macs,
    )


def committed() -> dict[str, str]:
    """File name -> text: one PC before and after two of its disks were taken out."""
    own, card = "00:23:7d:00:00:31", "00:b0:c2:00:00:b7"
    return {
        "dc7900-three-disks.json": dc7900(HDD, SECOND, THIRD, macs=(own,)),
        "dc7900-one-disk.json": dc7900(HDD, macs=(own, card)),
    }


if __name__ == "__main__":
    for file, text in committed().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
