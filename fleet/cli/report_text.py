# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report's facts as lines for people: one fact per line, unknown ones left out."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.i18n import _, day_name
from fleet.model.facts import BatteryFacts, DiskFacts, ReportFacts
from fleet.output.amounts import core_count, disk_size, memory_size, thread_count, watt_hours
from fleet.output.findings import describe
from fleet.output.words import disk_kind_name, health_name, labelled

_MARGIN = "  "


def report_lines(facts: ReportFacts, file: str) -> list[str]:
    """Return a heading and one line per known fact."""
    rows = list(_rows(facts))
    width = max((len(label) for label, _value in rows), default=0)
    lines = [f"{_MARGIN}{label.ljust(width)}  {value}" for label, value in rows]
    return [f"{file} ({facts.format})", *lines]


def full_name(manufacturer: str | None, model: str | None) -> str:
    """Return maker and model, the maker once: some models begin with it."""
    if manufacturer and model and model.casefold().startswith(manufacturer.casefold()):
        return model
    return _joined(manufacturer, model)


def _rows(facts: ReportFacts) -> Iterator[tuple[str, str]]:
    board = facts.board
    for label, value in (
        (_("Machine"), full_name(facts.manufacturer, facts.display_model)),
        (_("Serial number"), facts.serial),
        (_("UUID"), facts.uuid),
        (_("Chassis"), facts.chassis),
        (_("Board"), _joined(board.manufacturer, board.model, board.serial)),
        (_("Processor"), _processor(facts)),
        (_("Memory"), _memory(facts)),
        (_("Firmware"), day_name(facts.firmware_date)),
    ):
        if value:
            yield label, value
    yield from ((_("Disk"), _disk(disk)) for disk in facts.disks)
    yield from ((_("Battery"), _battery(battery)) for battery in facts.batteries)
    yield from ((_("Remark"), describe(warning)) for warning in facts.warnings)


def _processor(facts: ReportFacts) -> str:
    cpu = facts.cpu
    parts = [
        cpu.model,
        core_count(cpu.cores) if cpu.cores else None,
        thread_count(cpu.threads) if cpu.threads else None,
    ]
    return ", ".join(part for part in parts if part)


def _memory(facts: ReportFacts) -> str | None:
    if facts.memory_bytes is None:
        return None
    size = memory_size(facts.memory_bytes)
    if facts.memory_slots is None:
        return size
    return _("{size}, {slots} slots").format(size=size, slots=facts.memory_slots)


def _disk(disk: DiskFacts) -> str:
    about = [
        _joined(disk.model, disk.serial),
        disk_size(disk.size_bytes or None),
        disk_kind_name(disk.kind.value),
        _("removable") if disk.removable else None,
        _("{n} h").format(n=disk.power_on_hours) if disk.power_on_hours is not None else None,
    ]
    reasons = " ".join(describe(reason) for reason in disk.reasons)
    verdict = _joined(health_name(disk.health.value), f"({reasons})" if reasons else None)
    return labelled(", ".join(part for part in about if part), verdict)


def _battery(battery: BatteryFacts) -> str:
    energy = None
    if battery.full_mwh is not None and battery.design_mwh:
        energy = _("{full} of {design} Wh").format(
            full=watt_hours(battery.full_mwh), design=watt_hours(battery.design_mwh)
        )
    parts = [
        battery.model,
        energy,
        f"{battery.health_percent} %" if battery.health_percent is not None else None,
        _("{n} cycles").format(n=battery.cycles) if battery.cycles is not None else None,
    ]
    return ", ".join(part for part in parts if part) or "?"


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
