# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines as papers name them, read from the journal; the events of many in a few questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fleet.model import kinds as k
from fleet.model import paper_facts as f
from fleet.model.audit_days import after_years, is_day
from fleet.model.bench_tests import PASS, tested_on_all_functions
from fleet.model.events import Event
from fleet.model.fold import effective
from fleet.model.reasons import Reason
from fleet.model.state import Exit, Presence, State
from fleet.model.text import fold
from fleet.model.views import DiskView, MachineView, World, wipe_reasons
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.law import law
from fleet.store.queries import Connection

_CHUNK = 400
# Our images bear the name of what they are made of: « famille-debian13-2026.1 ».
_FREE_SYSTEMS = {"debian": "Debian", "zorin": "Zorin OS"}
_FREE_SYSTEM = re.compile(rf"({'|'.join(_FREE_SYSTEMS)})[-_ ]?(\d+)")
_GONE = (Presence.MOVED,)
_FATES = {Presence.DESTROYED: "destroyed", Presence.KEPT: "kept"}


@dataclass(slots=True, kw_only=True)
class _Told:
    """What events say of one machine that its state does not keep."""

    retired_on: str = ""
    decision: str = ""
    grade: str = ""
    defects: tuple[str, ...] = ()
    certificates: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What is read once for all machines; ``today`` is ISO."""

    world: World
    names: Mapping[str, str]
    stays: Mapping[str, tuple[f.Stay, ...]]
    today: str


def machines(town: Town, ids: Sequence[str], today: str) -> tuple[f.Machine, ...]:
    """Return machines by id, in the order of their tags. ``today`` is ISO."""
    with town.journal.read() as connection:
        reader = town.journal.reader(connection)
        views = [view for id_ in ids if (view := reader.view(id_)) is not None]
        told = _told(connection, views)
        reading = _Reading(
            world=reader.world,
            names=_names(connection),
            stays={view.machine.id: _stays(connection, view.machine.id) for view in views},
            today=today,
        )
        found = [_machine(one, told[one.machine.id], reading) for one in views]
    return tuple(sorted(found, key=lambda machine: fold(machine.tag)))


def machine(town: Town, id_: str, today: str) -> f.Machine:
    """Return one machine. Raises IndexError when the journal has none of this id."""
    return machines(town, [id_], today)[0]


def _machine(view: MachineView, told: _Told, reading: _Reading) -> f.Machine:
    one = view.machine
    own = reading.stays[one.id]
    erasures = tuple(_erasures(view, told.certificates, reading.world))
    return f.Machine(
        tag=one.tag,
        id=one.id,
        kind=one.kind,
        manufacturer=_maker(one.manufacturer or "", one.model or ""),
        model=one.model or "",
        serial=one.serial or "",
        accounting_number=one.accounting_number or "",
        purchased_on=one.purchased_on or "",
        purchase_value_cents=one.purchase_value_cents,
        net_book_value_cents=one.net_book_value_cents,
        estimated_value_cents=one.value_cents,
        over_ten_years=_over_ten_years(one.purchased_on or "", told.retired_on or reading.today),
        owner=one.owner,
        provenance=one.provenance,
        state=view.life.value,
        since=own[-1].since if own else "",
        site=reading.names.get(one.site or "", ""),
        room=reading.names.get(one.room or "", ""),
        retired_on=told.retired_on,
        decision=told.decision,
        cpu=one.facts.cpu or "",
        memory_bytes=one.facts.memory_bytes or 0,
        battery_percent=one.facts.battery_percent,
        system=_system(one.image or "", one.system or ""),
        grade=told.grade,
        defects=told.defects,
        failed_tests=tuple(test for test, result in one.tests.items() if result == "fail"),
        tests=tuple(_test(test, result) for test, result in one.tests.items()),
        complete_tests=bool(one.tests) and tested_on_all_functions(one.tests, one.kind),
        erasures=erasures,
        all_erased=all(one.outcome != "none" for one in erasures),
        stays=own,
        code=f"parclibre:{one.tag}",
    )


def _maker(maker: str, model: str) -> str:
    """Return the maker, or nothing when the model begins with it: « HP HP ProBook »."""
    return "" if fold(model).startswith(f"{fold(maker)} ") else maker


def _system(image: str, before: str) -> str:
    """Return the system as its owner knows it, with the name of our image behind."""
    found = _FREE_SYSTEM.search(image)
    if found is None:
        return image or before
    return f"Linux {_FREE_SYSTEMS[found[1]]} {found[2]} ({image})"


def _test(test: str, result: str) -> f.TestLine:
    return f.TestLine(test=test, result=result.partition(":")[0] if result != PASS else PASS)


def _over_ten_years(bought: str, on: str) -> bool:
    """Tell whether the decree of reuse leaves a machine out for its age, on a day."""
    most = law().find("reen.excluded_over_years", on)
    if most is None or not is_day(bought):
        return False
    return after_years(bought, most.whole) < on


def _erasures(
    view: MachineView, certificates: Mapping[str, str], world: World
) -> Iterator[f.Erasure]:
    passage = _left_by(view)
    for one in view.disks:
        if one.presence in _GONE:
            continue
        number = certificates.get(one.disk.id, "")
        wipe = one.disk.wipes[-1] if one.disk.wipes else None
        outcome = _outcome(one, number, _why_not(one, passage, world))
        proven = outcome in ("certified", "wiped", "declared") and wipe is not None
        yield f.Erasure(
            disk=one.disk.model or one.name,
            serial=one.disk.serial or "",
            size_bytes=one.disk.size_bytes or 0,
            outcome=outcome,
            number=number if outcome == "certified" else "",
            level=wipe.level if proven and wipe else "",
            on=(wipe.on if proven and wipe else "") or "",
        )


def _left_by(view: MachineView) -> Exit | None:
    """Return the passage by which a machine left our hands, when it is still away: its new use
    takes nothing from what was wiped before.
    """
    away = view.life in (State.GIVEN, State.LOANED, State.SOLD_OR_TRANSFERRED)
    return view.machine.exits[-1] if away and view.machine.exits else None


def _why_not(one: DiskView, passage: Exit | None, world: World) -> tuple[Reason, ...]:
    if passage is None or one.disk.id not in passage.disks:
        return one.missing
    uses = [passage.disks[one.disk.id]]
    policy = world.policy_at(passage.stamp)
    return wipe_reasons(one.disk, uses, policy, world.causality, passage.stamp)


def _outcome(one: DiskView, number: str, missing: tuple[Reason, ...]) -> str:
    if one.presence in _FATES:
        return _FATES[one.presence]
    wipe = one.disk.wipes[-1] if one.disk.wipes else None
    if wipe is None or missing:
        return "none"
    if wipe.declared:
        return "declared"
    return "certified" if number else "wiped"


def _stays(connection: Connection, id_: str) -> tuple[f.Stay, ...]:
    return tuple(
        f.Stay(state=stay.state, since=stay.from_on, until=stay.until_on or "")
        for stay in queries.stays(connection, id_)
    )


def _names(connection: Connection) -> dict[str, str]:
    records = [*queries.list_records(connection, "site"), *queries.list_records(connection, "room")]
    return {record.id: record.name for record in records}


def _told(connection: Connection, views: Sequence[MachineView]) -> dict[str, _Told]:
    told = {view.machine.id: _Told() for view in views}
    holder = {one.disk.id: view.machine.id for view in views for one in view.disks}
    subjects = [*told, *holder]
    for start in range(0, len(subjects), _CHUNK):
        found = queries.timeline(connection, subjects[start : start + _CHUNK])
        for event in effective(found):
            _note(told, holder, event)
    return told


def _note(told: Mapping[str, _Told], holder: Mapping[str, str], event: Event) -> None:
    one = told[holder.get(event.subject, event.subject)]
    match k.body_of(event):
        case k.Retired(decision=decision, on=on):
            one.decision, one.retired_on = decision, on or event.header.at[:10]
        case k.CosmeticGraded(grade=grade, reasons=reasons):
            one.grade, one.defects = grade, reasons
        case k.DiskWiped():
            one.certificates.pop(event.subject, None)  # a newer wipe has its own paper
        case k.CertificateIssued(number=number):
            one.certificates[event.subject] = number
