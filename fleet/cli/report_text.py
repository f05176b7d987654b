# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report's facts as lines for people: one fact per line, unknown ones left out."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.i18n import _
from fleet.model.facts import BatteryFacts, DiskFacts, ReportFacts
from fleet.output.findings import describe
from fleet.output.words import disk_kind_name, health_name

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


def gibibytes(size: int) -> str:
    """Return an amount of memory as people say it, e.g. ``8 GiB``."""
    return _("{n} GiB").format(n=f"{size / 1024**3:.3g}")


def gigabytes(size: int) -> str:
    """Return a disk's size as its label says it, e.g. ``256 GB``."""
    return _("{n} GB").format(n=f"{size / 10**9:.0f}")


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
        (_("Firmware"), facts.firmware_date),
    ):
        if value:
            yield label, value
    yield from ((_("Disk"), _disk(disk)) for disk in facts.disks)
    yield from ((_("Battery"), _battery(battery)) for battery in facts.batteries)
    yield from ((_("Remark"), describe(warning)) for warning in facts.warnings)


def _processor(facts: ReportFacts) -> str:
    cpu = facts.cpu
    cores = _("{cores} cores, {threads} threads").format(
        cores=cpu.cores or "?", threads=cpu.threads or "?"
    )
    return _joined(cpu.model, f"({cores})" if cpu.cores or cpu.threads else None)


def _memory(facts: ReportFacts) -> str | None:
    if facts.memory_bytes is None:
        return None
    size = gibibytes(facts.memory_bytes)
    if facts.memory_slots is None:
        return size
    return _("{size}, {slots} slots").format(size=size, slots=facts.memory_slots)


def _disk(disk: DiskFacts) -> str:
    size = gigabytes(disk.size_bytes) if disk.size_bytes else None
    about = [
        _joined(disk.model, disk.serial),
        size,
        disk_kind_name(disk.kind.value),
        _("removable") if disk.removable else None,
        _("{n} h").format(n=disk.power_on_hours) if disk.power_on_hours is not None else None,
    ]
    reasons = " ".join(describe(reason) for reason in disk.reasons)
    verdict = _joined(health_name(disk.health.value), f"({reasons})" if reasons else None)
    return f"{', '.join(part for part in about if part)}: {verdict}"


def _battery(battery: BatteryFacts) -> str:
    energy = None
    if battery.full_mwh is not None and battery.design_mwh:
        energy = _("{full} of {design} Wh").format(
            full=f"{battery.full_mwh / 1000:.1f}", design=f"{battery.design_mwh / 1000:.1f}"
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
