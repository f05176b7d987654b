# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lifecycle acts on one machine or a selection: ask the guards, write what is allowed, list
the rest with its reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fleet.errors import GuardRefused, NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.model.lifecycle import can, waivable
from fleet.model.reasons import Allowed, Reason, Refused, Verdict
from fleet.model.rules import ASKED, RULES
from fleet.model.views import MachineView
from fleet.output.words import event_name, labelled
from fleet.services.town import Act, Town
from fleet.store import queries
from fleet.store.queries import Connection, MachineFilter
from fleet.store.undo import last_act, later_acts

MakeBody = Callable[[MachineView], k.Body]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A machine the lifecycle refused, and every reason why."""

    machine: str
    tag: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActReport:
    """What an act on a selection did: tags accepted, and refusals."""

    accepted: tuple[str, ...]
    refused: tuple[Refusal, ...]


def resolve(connection: Connection, tag: str) -> str:
    """Return the machine id of a tag (or of an id).

    Raises NotFound, and UsageError when two replicas gave the tag to two machines.
    """
    found = queries.bearers_of_tag(connection, tag)
    if not found and tag.startswith("machine:"):
        found = [queries.resolve_alias(connection, tag)]
    if not found:
        raise NotFound(
            _("No machine bears the tag {tag}.").format(tag=tag),
            hint=_("Look for it: parclibre machine list --text {tag}").format(tag=tag),
        )
    if len(found) > 1:
        raise UsageError(
            _("Several machines bear the tag {tag}: {machines}.").format(
                tag=tag, machines=", ".join(found)
            ),
            hint=_("Give one of these ids instead of the tag, and a new tag to one of them."),
        )
    return found[0]


def transition(town: Town, tags: Sequence[str], body: k.Body | MakeBody) -> ActReport:
    """Do one lifecycle transition on each machine that the guards let through.

    ``body`` is the event, or a function that makes it for each machine. Raises NotFound when a
    tag is unknown (nothing is written then).
    """
    make = body if callable(body) else _same(body)
    with town.act() as act:
        machines = [resolve(act.writer.connection, tag) for tag in tags]
        refused = [r for machine in _unique(machines) if (r := _try(act, machine, make))]
    tags_refused = {refusal.machine for refusal in refused}
    accepted = tuple(
        tag for tag, machine in zip(tags, machines, strict=True) if machine not in tags_refused
    )
    return ActReport(accepted=accepted, refused=tuple(refused))


def record(town: Town, tags: Sequence[str], body: k.Body | MakeBody) -> ActReport:
    """Write a fact on each machine; the guards are asked when it is a transition after all.

    Raises NotFound as ``transition``.
    """
    return transition(town, tags, body)


def waive(town: Town, tag: str, kind: str, code: str, why: str) -> None:
    """Record a supervisor's exception. Raises GuardRefused for guards that are never waived."""
    with town.act() as act:
        machine = resolve(act.writer.connection, tag)
        verdict = can(_view(act, machine), kind, act.writer.projector.world)
        reasons = verdict.reasons if isinstance(verdict, Refused) else ()
        matching = [reason for reason in reasons if reason.code == code]
        if not matching or not all(waivable(reason) for reason in matching):
            raise GuardRefused(
                _("This reason cannot be waived: {code}.").format(code=code),
                hint=_("Only reasons that keep no data in can be waived by a supervisor."),
            )
        act.add(machine, k.GuardWaived(transition=kind, code=code, why=why))


def require(report: ActReport, describe: Callable[[Reason], str]) -> None:
    """Raise GuardRefused with every reason when a single-machine act was refused."""
    if report.refused and not report.accepted:
        lines = [
            labelled(refusal.tag, describe(reason))
            for refusal in report.refused
            for reason in refusal.reasons
        ]
        raise GuardRefused("\n".join(lines))


def undo(town: Town) -> tuple[Event, ...]:
    """Undo this operator's last act by correcting events; returns the events undone.

    Raises NotFound when there is nothing to undo, GuardRefused when later acts by anybody build
    on it.
    """
    with town.act() as act:
        events = last_act(act.writer.connection, town.key.replica, town.operator or "")
        if not events:
            raise NotFound(_("There is nothing of yours to undo."))
        if later := later_acts(act.writer.connection, events):
            raise GuardRefused(
                _("Later acts build on your last one: {kinds}.").format(
                    kinds=", ".join(map(event_name, later))
                ),
                hint=_("Record a correction instead of undoing."),
            )
        by_subject: dict[str, list[str]] = {}
        for event in events:
            by_subject.setdefault(event.subject, []).append(event.header.id)
        for subject, ids in by_subject.items():
            act.add(subject, k.Undone(events=tuple(ids)))
    return tuple(events)


def last_events(town: Town) -> tuple[Event, ...]:
    """Return the events that ``undo`` would take back; empty when there are none."""
    with town.journal.read() as connection:
        return tuple(last_act(connection, town.key.replica, town.operator or ""))


def view_of(town: Town, tag: str) -> MachineView:
    """Return a machine with its disks, read now. Raises NotFound."""
    with town.journal.read() as connection:
        view = town.journal.reader(connection).view(resolve(connection, tag))
    return _found(view, tag)


def views_of(town: Town, wanted: MachineFilter) -> Iterator[MachineView]:
    """Yield the machines that match, with their disks, read now."""
    with town.journal.read() as connection:
        projector = town.journal.reader(connection)
        for machine in queries.machine_ids(connection, wanted):
            if (view := projector.view(machine)) is not None:
                yield view


def check(town: Town, tag: str, body: k.Body) -> Verdict:
    """Tell whether a proposed transition would be accepted, writing nothing. Raises NotFound."""
    with town.journal.read() as connection:
        projector = town.journal.reader(connection)
        view = _found(projector.view(resolve(connection, tag)), tag)
        return can(view, type(body).__name__, projector.world, body)


def _try(act: Act, machine: str, make: MakeBody) -> Refusal | None:
    view = _view(act, machine)
    body = make(view)
    kind = type(body).__name__
    verdict = can(view, kind, act.writer.projector.world, body) if kind in ASKED else Allowed()
    if isinstance(verdict, Refused):
        return Refusal(machine=machine, tag=view.machine.tag, reasons=verdict.reasons)
    act.add(machine, body)
    act.done()
    return None


def _view(act: Act, machine: str) -> MachineView:
    return _found(act.writer.projector.view(machine), machine)


def _found(view: MachineView | None, name: str) -> MachineView:
    if view is None:
        raise NotFound(_("There is no machine {machine}.").format(machine=name))
    return view


def _same(body: k.Body) -> MakeBody:
    return lambda view: body


def _unique(machines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(machines))


TRANSITIONS = tuple(RULES)
