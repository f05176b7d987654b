# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One machine out of what several tools said about it at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from fleet.model.facts import (
    BatteryFacts,
    BoardFacts,
    CpuFacts,
    DiskFacts,
    DiskHealth,
    DiskKind,
    NicFacts,
    ReportFacts,
)

T = TypeVar("T")

MAX_DISKS = 1_024


def merge(form: str, parts: Sequence[ReportFacts]) -> ReportFacts:
    """Return one report; for each fact the first part that knows it is believed.

    Parts come in order of trust. Bare SMART and battery parts complete the disks and batteries.
    """
    machines = [part for part in parts if part.has_machine]
    disks = _disks(machines, [part for part in parts if not part.has_machine])
    warnings = tuple(dict.fromkeys(
        warning
        for part in parts
        for warning in part.warnings
        if warning.code != "nvme_not_listed" or not _has_nvme(disks)
    ))  # fmt: skip
    hiding = {"raid_or_vmd_controller", "nvme_not_listed"}
    return ReportFacts(
        format=form,
        manufacturer=_first(machines, lambda part: part.manufacturer),
        model=_first(machines, lambda part: part.model),
        version=_first(machines, lambda part: part.version),
        sku=_first(machines, lambda part: part.sku),
        serial=_first(machines, lambda part: part.serial),
        uuid=_first(machines, lambda part: part.uuid),
        board=_board(machines),
        chassis=_first(machines, lambda part: part.chassis),
        chassis_serial=_first(machines, lambda part: part.chassis_serial),
        asset_tag=_first(machines, lambda part: part.asset_tag),
        cpu=_cpu(machines),
        memory_bytes=_first(machines, lambda part: part.memory_bytes),
        memory_slots=_first(machines, lambda part: part.memory_slots),
        disks=disks,
        lists_disks=any(part.lists_disks for part in parts),
        hidden_storage=any(warning.code in hiding for warning in warnings),
        batteries=_batteries(parts),
        nics=_nics(machines),
        firmware_date=_first(machines, lambda part: part.firmware_date),
        collected_at=_first(parts, lambda part: part.collected_at),
        warnings=warnings,
    )


def _first(parts: Iterable[ReportFacts], field: Callable[[ReportFacts], T | None]) -> T | None:
    return next((value for part in parts if (value := field(part)) is not None), None)


def _board(parts: Sequence[ReportFacts]) -> BoardFacts:
    return next((part.board for part in parts if part.board != BoardFacts()), BoardFacts())


def _cpu(parts: Sequence[ReportFacts]) -> CpuFacts:
    """Return the processor; the kernel (lscpu) is believed for cores and threads."""
    by_kernel = sorted(parts, key=lambda part: not part.format.startswith("lscpu"))
    counted = next((p.cpu for p in by_kernel if p.cpu.cores), CpuFacts())
    return CpuFacts(
        model=_first(parts, lambda part: part.cpu.model),
        cores=counted.cores,
        threads=counted.threads or _first(by_kernel, lambda part: part.cpu.threads),
    )


def _has_nvme(disks: Iterable[DiskFacts]) -> bool:
    return any(disk.kind is DiskKind.NVME for disk in disks)


def _disks(machines: Sequence[ReportFacts], drives: Sequence[ReportFacts]) -> tuple[DiskFacts, ...]:
    """Return the disks of the best list, completed by the other lists and by SMART."""
    ranks = {"lsblk_json": 0, "lshw_json": 1, "hwinfo": 2}
    lists = sorted(
        (part for part in machines if part.disks), key=lambda part: ranks.get(part.format, 3)
    )
    disks = list(lists[0].disks[:MAX_DISKS]) if lists else []
    for part in lists[1:]:
        _complete(disks, part.disks)
    _complete(disks, [disk for part in drives for disk in part.disks])
    return tuple(disks)


def _complete(disks: list[DiskFacts], others: Iterable[DiskFacts]) -> None:
    """Fill what is unknown of known disks from another source, and add disks it alone saw."""
    open_places = set(range(len(disks)))
    for other in list(others)[:MAX_DISKS]:
        place = _place_of(other, disks, open_places)
        if place is not None:
            open_places.discard(place)
            disks[place] = _joined(disks[place], other)
        elif len(disks) < MAX_DISKS and (other.serial or (other.model and other.size_bytes)):
            disks.append(other)


def _place_of(other: DiskFacts, disks: Sequence[DiskFacts], places: set[int]) -> int | None:
    for matches in (_same_serial, _same_shape):
        for place in sorted(places):
            if matches(disks[place], other):
                return place
    return None


def _same_serial(disk: DiskFacts, other: DiskFacts) -> bool:
    return bool(disk.serial) and _compact(disk.serial) == _compact(other.serial)


def _same_shape(disk: DiskFacts, other: DiskFacts) -> bool:
    """Tell whether two disks agree where at least one has no serial to tell them apart."""
    if disk.serial and other.serial:
        return False
    if disk.size_bytes and other.size_bytes:
        return disk.size_bytes == other.size_bytes
    models = sorted((_compact(disk.model), _compact(other.model)), key=len)
    return bool(models[0]) and models[1].startswith(models[0])


def _compact(text: str | None) -> str:
    return "".join(c for c in (text or "").casefold() if c.isalnum())


def _joined(disk: DiskFacts, other: DiskFacts) -> DiskFacts:
    judged = other.health is not DiskHealth.UNKNOWN or bool(other.reasons)
    return replace(
        disk,
        model=_fuller(disk.model, other.model),
        serial=disk.serial or other.serial,
        wwn=disk.wwn or other.wwn,
        size_bytes=disk.size_bytes or other.size_bytes,
        kind=other.kind if disk.kind is DiskKind.UNKNOWN else disk.kind,
        transport=disk.transport if disk.transport not in (None, "ata") else
        other.transport or disk.transport,
        health=other.health if judged else disk.health,
        reasons=other.reasons if judged else disk.reasons,
        power_on_hours=(
            other.power_on_hours if disk.power_on_hours is None else disk.power_on_hours
        ),
    )  # fmt: skip


def _fuller(model: str | None, other: str | None) -> str | None:
    """Return the longer of two forms of one model: SCSI inquiries cut it at 16 characters."""
    if model and other and _compact(other).startswith(_compact(model)):
        return other
    return model or other


def _batteries(parts: Sequence[ReportFacts]) -> tuple[BatteryFacts, ...]:
    """Return what upower says, else sysfs, else the firmware: each lists all batteries."""
    ranks = {"upower": 0, "power_supply_uevent": 1}
    telling = [part for part in parts if part.batteries]
    best = min((ranks.get(part.format, 2) for part in telling), default=0)
    chosen = [part for part in telling if ranks.get(part.format, 2) == best]
    if best == 2:
        chosen = chosen[:1]
    return tuple(dict.fromkeys(battery for part in chosen for battery in part.batteries))


def _nics(parts: Sequence[ReportFacts]) -> tuple[NicFacts, ...]:
    """Return each interface once; removable when any part says so."""
    removable = {nic.mac for part in parts for nic in part.nics if nic.removable}
    found: dict[str, NicFacts] = {}
    for part in parts:
        for nic in part.nics:
            found.setdefault(nic.mac, replace(nic, removable=nic.mac in removable))
    return tuple(found.values())
