# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published JSON shape of one report: what ``report read --json`` prints for each."""

from __future__ import annotations

from fleet.model.facts import BatteryFacts, DiskFacts, ReportFacts


def report_to_json(facts: ReportFacts, file: str) -> dict[str, object]:
    """Return one report as JSON values: every key present, null for unknown.

    Removable disks (sticks, cards) are left out of ``disks`` and named in ``warnings``.
    """
    ignored = [
        f"removable_disk_ignored={disk.model or 'unknown'}"
        for disk in facts.disks
        if disk.removable and facts.has_machine
    ]
    return {
        "file": file,
        "format": facts.format,
        "manufacturer": facts.manufacturer,
        "model": facts.model,
        "version": facts.version,
        "serial": facts.serial,
        "uuid": facts.uuid,
        "board": {
            "manufacturer": facts.board.manufacturer,
            "model": facts.board.model,
            "serial": facts.board.serial,
        },
        "chassis": facts.chassis,
        "cpu": {
            "model": facts.cpu.model,
            "cores": facts.cpu.cores,
            "threads": facts.cpu.threads,
        },
        "memory_bytes": facts.memory_bytes,
        "memory_slots": facts.memory_slots,
        "disks": [
            _disk(disk) for disk in facts.disks if not (disk.removable and facts.has_machine)
        ],
        "batteries": [_battery(battery) for battery in facts.batteries],
        "firmware_date": facts.firmware_date,
        "warnings": [str(warning) for warning in facts.warnings] + ignored,
    }


def _disk(disk: DiskFacts) -> dict[str, object]:
    return {
        "model": disk.model,
        "serial": disk.serial,
        "size_bytes": disk.size_bytes,
        "kind": disk.kind.value,
        "transport": disk.transport,
        "health": disk.health.value,
        "reasons": [str(reason) for reason in disk.reasons],
        "power_on_hours": disk.power_on_hours,
    }


def _battery(battery: BatteryFacts) -> dict[str, object]:
    return {
        "model": battery.model,
        "design_wh": _watt_hours(battery.design_mwh),
        "full_wh": _watt_hours(battery.full_mwh),
        "health": _health(battery),
        "cycles": battery.cycles,
    }


def _watt_hours(milliwatt_hours: int | None) -> float | None:
    return None if milliwatt_hours is None else round(milliwatt_hours / 1000, 2)


def _health(battery: BatteryFacts) -> float | None:
    """Return the share of the design energy still held: 0.76 for 76 %; may pass 1."""
    if battery.design_mwh and battery.full_mwh is not None:
        return round(battery.full_mwh / battery.design_mwh, 2)
    return None if battery.health_percent is None else battery.health_percent / 100
