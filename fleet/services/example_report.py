# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our collector would have written on an invented machine: a whole report file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from fleet.services.example_models import DiskModel, PcModel


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedDisk:
    """One drive of an invented machine, with the figures that SMART would give."""

    model: DiskModel
    serial: str
    hours: int
    bad_sectors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedMachine:
    """All that a report tells. ``serial`` None stands for a firmware that was never filled in."""

    model: PcModel
    serial: str | None
    uuid: str | None
    board_serial: str | None
    mac: str | None
    disks: tuple[InventedDisk, ...]
    battery_percent: int | None = None


def invent(model: PcModel, serial: str | None, rng: Random) -> InventedMachine:
    """Return a machine of a model; everything else about it is drawn from ``rng``."""
    disk = model.disk
    drawn = "".join(rng.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=10))
    hours = rng.randrange(3_000, 21_000)
    return InventedMachine(
        model=model,
        serial=serial,
        uuid=str(UUID(int=rng.getrandbits(128), version=4)),
        board_serial=f"/{serial}/CN{rng.randrange(10**9, 10**10)}/" if serial else None,
        mac="f8:b1:56:" + ":".join(f"{rng.randrange(256):02x}" for _ in range(3)),
        disks=(InventedDisk(model=disk, serial=disk.prefix + drawn, hours=hours),) if disk else (),
        battery_percent=rng.randrange(48, 96) if model.kind == "laptop" else None,
    )


def report_text(machine: InventedMachine, at: datetime, environment: str = "live") -> str:
    """Return the report file of a machine, collected at a time."""
    runs: dict[str, Any] = {
        "dmidecode": _dmidecode(machine),
        "lscpu": _lscpu(machine.model),
        "lsblk": json.dumps({"blockdevices": _devices(machine)}),
    }
    for name, disk in zip(_names(machine), machine.disks, strict=True):
        runs[f"smartctl:/dev/{name}"] = json.dumps(_smart(name, disk))
    if machine.battery_percent is not None:
        runs["sysfs_battery:BAT0"] = _battery(machine)
    cards = [{"name": "enp1s0", "mac": machine.mac, "removable": False}] if machine.mac else []
    runs["sysfs_net"] = json.dumps(cards)
    runs["sysfs_storage"] = json.dumps({"raid_or_vmd": [], "disks": []})
    report = {
        "format": "parclibre-report",
        "version": 1,
        "program": "parclibre-collect 0.1",
        "collected_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "environment": environment,
        "clock": "ntp",
        "privileged": True,
        "tools": {name: _run(output) for name, output in runs.items()},
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _run(output: str) -> dict[str, Any]:
    return {"status": "ok", "exit_status": 0, "seconds_ms": 40, "output": output}


def _names(machine: InventedMachine) -> list[str]:
    counts = {"nvme": 0, "sata": 0}
    names = []
    for disk in machine.disks:
        bus = "nvme" if disk.model.kind == "nvme" else "sata"
        n = counts[bus]
        names.append(f"nvme{n}n1" if bus == "nvme" else f"sd{chr(ord('a') + n)}")
        counts[bus] += 1
    return names


def _devices(machine: InventedMachine) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": "disk",
            "size": disk.model.size_bytes,
            "rota": disk.model.kind == "hdd",
            "tran": "nvme" if disk.model.kind == "nvme" else "sata",
            "model": disk.model.name,
            "serial": disk.serial,
            "rm": False,
        }
        for name, disk in zip(_names(machine), machine.disks, strict=True)
    ]


def _smart(name: str, disk: InventedDisk) -> dict[str, Any]:
    base = {
        "json_format_version": [1, 0],
        "smartctl": {"version": [7, 3], "argv": ["smartctl", "-x", "--json=c"], "exit_status": 0},
        "device": {"name": f"/dev/{name}", "type": "nvme" if name[0] == "n" else "sat"},
        "model_name": disk.model.name,
        "serial_number": disk.serial,
        "user_capacity": {"bytes": disk.model.size_bytes},
        "smart_status": {"passed": True},
        "power_on_time": {"hours": disk.hours},
        "temperature": {"current": 34},
    }
    if disk.model.kind == "nvme":
        return {**base, "nvme_smart_health_information_log": _nvme_log(disk)}
    rate = 7200 if disk.model.kind == "hdd" else 0
    return {**base, "rotation_rate": rate, "ata_smart_attributes": {"table": _attributes(disk)}}


def _nvme_log(disk: InventedDisk) -> dict[str, int]:
    return {
        "critical_warning": 0,
        "temperature": 36,
        "available_spare": 100,
        "available_spare_threshold": 10,
        "percentage_used": disk.hours // 900,
        "media_errors": disk.bad_sectors,
        "power_on_hours": disk.hours,
    }


def _attributes(disk: InventedDisk) -> list[dict[str, Any]]:
    figures = (
        (5, "Reallocated_Sector_Ct", 0),
        (9, "Power_On_Hours", disk.hours),
        (187, "Reported_Uncorrect", 0),
        (197, "Current_Pending_Sector", disk.bad_sectors),
        (198, "Offline_Uncorrectable", disk.bad_sectors),
    )
    return [
        {"id": number, "name": name, "value": 100, "worst": 100, "thresh": 10, "when_failed": "",
         "raw": {"value": raw, "string": str(raw)}}
        for number, name, raw in figures
    ]  # fmt: skip


def _battery(machine: InventedMachine) -> str:
    percent = machine.battery_percent or 0
    return (
        "POWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_PRESENT=1\n"
        "POWER_SUPPLY_TECHNOLOGY=Li-ion\nPOWER_SUPPLY_CYCLE_COUNT=312\n"
        "POWER_SUPPLY_ENERGY_FULL_DESIGN=48000000\n"
        f"POWER_SUPPLY_ENERGY_FULL={480_000 * percent}\nPOWER_SUPPLY_MODEL_NAME=PRIMARY\n"
    )


def _lscpu(model: PcModel) -> str:
    return (
        f"Architecture:            x86_64\nCPU(s):                  {model.threads}\n"
        f"Model name:              {model.cpu}\n"
        f"Thread(s) per core:      {model.threads // model.cores}\n"
        f"Core(s) per socket:      {model.cores}\nSocket(s):               1\n"
    )


def _dmidecode(machine: InventedMachine) -> str:
    model = machine.model
    blank = "To be filled by O.E.M."
    return _DMI.format(
        maker=model.maker,
        product=model.mtm or model.name,
        version=model.name if model.mtm else "Not Specified",
        serial=machine.serial or blank,
        uuid=(machine.uuid or "03000200-0400-0500-0006-000700080009").upper(),
        board=model.board,
        board_serial=machine.board_serial or blank,
        chassis=model.chassis,
        firmware=model.firmware,
        cpu=model.cpu,
        cores=model.cores,
        threads=model.threads,
        memory_mib=model.memory_bytes // 1024**2,
    )


_DMI = """\
# dmidecode 3.4
Getting SMBIOS data from sysfs.
SMBIOS 2.8 present.

Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
\tVendor: {maker}
\tVersion: 1.12.0
\tRelease Date: {firmware}

Handle 0x0001, DMI type 1, 27 bytes
System Information
\tManufacturer: {maker}
\tProduct Name: {product}
\tVersion: {version}
\tSerial Number: {serial}
\tUUID: {uuid}
\tWake-up Type: Power Switch

Handle 0x0002, DMI type 2, 15 bytes
Base Board Information
\tManufacturer: {maker}
\tProduct Name: {board}
\tSerial Number: {board_serial}
\tType: Motherboard

Handle 0x0003, DMI type 3, 22 bytes
Chassis Information
\tManufacturer: {maker}
\tType: {chassis}
\tSerial Number: {serial}

Handle 0x0004, DMI type 4, 42 bytes
Processor Information
\tSocket Designation: CPU 1
\tType: Central Processor
\tVersion: {cpu}
\tStatus: Populated, Enabled
\tCore Count: {cores}
\tThread Count: {threads}

Handle 0x0010, DMI type 16, 23 bytes
Physical Memory Array
\tLocation: System Board Or Motherboard
\tUse: System Memory
\tNumber Of Devices: 2

Handle 0x0011, DMI type 17, 34 bytes
Memory Device
\tArray Handle: 0x0010
\tSize: {memory_mib} MB
\tForm Factor: DIMM
\tLocator: DIMM1

Handle 0x0012, DMI type 17, 34 bytes
Memory Device
\tArray Handle: 0x0010
\tSize: No Module Installed
\tForm Factor: DIMM
\tLocator: DIMM2
"""
