# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report changes: facts, disks come and gone, disks measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fleet.i18n import _, ngettext
from fleet.model import kinds as k
from fleet.model.facts import BatteryFacts, DiskFacts, DiskHealth, ReportFacts
from fleet.model.fold import OWN_FORMAT
from fleet.model.state import MachineState, Presence
from fleet.services.machines import disk_id
from fleet.services.town import Act
from fleet.store import queries

# Our collector dates no report before this day but on a PC whose clock battery is dead.
_COLLECTOR_BORN = "2026-01-01"


def absorb(act: Act, machine: str, facts: ReportFacts, digest: str) -> str:
    """Write a report's events on a machine; returns what changed, in words."""
    state = act.writer.projector.machine(machine)
    stale = _is_stale(state, facts)
    internal = [disk for disk in facts.disks if not disk.removable]
    found = _disk_ids(act, state, internal)
    act.add(machine, _report_body(facts, digest, tuple(found), stale=stale))
    _measure(act, found, digest)
    added = [disk for disk in found if not _is_present(state, disk)]
    gone = _gone(state, facts, found)
    if stale:
        return _("older than what is known: disks left as they are")
    for disk in added:
        _take_from_others(act, machine, disk)
        act.add(machine, k.DiskAdded(disk=disk))
    for disk in gone:
        act.add(machine, k.DiskRemoved(disk=disk))
    return _in_words(state, added, gone)


def absorb_disks(act: Act, disks: Sequence[DiskFacts], digest: str) -> bool:
    """Write a bare disk dump; returns whether a disk was new."""
    found = {disk_id(disk.model, disk.serial, disk.wwn): disk for disk in disks}
    new = any(act.writer.projector.disk(disk).model is None for disk in found)
    _measure(act, found, digest)
    return new


def _report_body(
    facts: ReportFacts, digest: str, disks: tuple[str, ...], *, stale: bool
) -> k.ReportImported:
    return k.ReportImported(
        report=digest,
        format=facts.format,
        manufacturer=facts.manufacturer,
        model=facts.display_model,
        serial=facts.serial,
        board_serial=facts.board.serial,
        board_model=facts.board.model,
        uuid=facts.uuid,
        chassis=facts.chassis,
        chassis_serial=facts.chassis_serial,
        macs=tuple(nic.mac for nic in facts.nics if not nic.removable),
        cpu=facts.cpu.model,
        cores=facts.cpu.cores,
        threads=facts.cpu.threads,
        memory_bytes=facts.memory_bytes,
        memory_slots=facts.memory_slots,
        firmware_date=facts.firmware_date,
        disks=disks,
        lists_disks=facts.lists_disks and not stale,
        hidden_storage=facts.hidden_storage,
        battery_percent=_battery(facts.batteries),
        environment=facts.environment.value,
        collected_at=facts.collected_at,
        clock=facts.clock,
    )


def _battery(batteries: Sequence[BatteryFacts]) -> int | None:
    """Energy-weighted health of all batteries, in percent."""
    pairs = [(b.full_mwh, b.design_mwh) for b in batteries if b.full_mwh and b.design_mwh]
    if pairs:
        full, design = (sum(part or 0 for part in column) for column in zip(*pairs, strict=True))
        return round(100 * full / design)
    return next((b.health_percent for b in batteries if b.health_percent is not None), None)


def _is_stale(state: MachineState | None, facts: ReportFacts) -> bool:
    if state is None or not facts.collected_at or not state.last_seen:
        return False
    day = facts.collected_at[:10]
    if facts.format == OWN_FORMAT and day < _COLLECTOR_BORN:
        return False
    return day < state.last_seen


def _is_present(state: MachineState | None, disk: str) -> bool:
    stay = state.disks.get(disk) if state else None
    return stay is not None and stay.presence is Presence.PRESENT


def _disk_ids(
    act: Act, state: MachineState | None, disks: Iterable[DiskFacts]
) -> dict[str, DiskFacts]:
    """Give each reported disk its id; one without a serial may be the one we know there."""
    found: dict[str, DiskFacts] = {}
    for disk in disks:
        if disk.serial or disk.wwn:
            found[disk_id(disk.model, disk.serial, disk.wwn)] = disk
        else:
            known = _nameless_twin(act, state, disk, found)
            found[known or disk_id(None, None)] = disk
    return found


def _nameless_twin(
    act: Act, state: MachineState | None, disk: DiskFacts, taken: dict[str, DiskFacts]
) -> str | None:
    for name, stay in (state.disks if state else {}).items():
        known = act.writer.projector.disk(name)
        if (
            stay.presence is Presence.PRESENT
            and name not in taken
            and known.serial is None
            and (known.model, known.size_bytes) == (disk.model, disk.size_bytes)
        ):
            return name
    return None


def _measure(act: Act, found: dict[str, DiskFacts], digest: str) -> None:
    for name, disk in found.items():
        known = act.writer.projector.disk(name)
        if known.model is None and known.serial is None and known.size_bytes is None:
            act.add(name, _registration(disk))
        if disk.health is not DiskHealth.UNKNOWN or disk.reasons:
            body = k.DiskMeasured(
                health=disk.health.value,
                reasons=tuple(str(reason) for reason in disk.reasons),
                power_on_hours=disk.power_on_hours,
                report=digest,
            )
            act.add(name, body)


def _registration(disk: DiskFacts) -> k.DiskRegistered:
    return k.DiskRegistered(
        model=disk.model,
        serial=disk.serial,
        wwn=disk.wwn,
        size_bytes=disk.size_bytes,
        kind=disk.kind.value,
    )


def _gone(state: MachineState | None, facts: ReportFacts, found: dict[str, DiskFacts]) -> list[str]:
    """Disks once seen here and absent from a complete list."""
    if state is None or not facts.lists_disks or facts.hidden_storage:
        return []
    return [
        disk
        for disk, stay in state.disks.items()
        if stay.presence is Presence.PRESENT and disk not in found
    ]


def _take_from_others(act: Act, machine: str, disk: str) -> None:
    """A disk sits in one machine: where it was present before, it has moved."""
    for other, status in queries.disk_holders(act.writer.connection, disk):
        if other != machine and status == Presence.PRESENT:
            act.add(other, k.DiskRemoved(disk=disk, outcome="moved"))


def _in_words(state: MachineState | None, added: Sequence[str], gone: Sequence[str]) -> str:
    if state is None or not state.facts.reports:
        return ""
    parts = []
    if n := len(added):
        parts.append(ngettext("{n} disk added", "{n} disks added", n).format(n=n))
    if n := len(gone):
        parts.append(ngettext("{n} disk no longer seen", "{n} disks no longer seen", n).format(n=n))
    return ", ".join(parts)
