# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifecycle that refuses: ``can(machine, event)`` gives Allowed or Refused with reasons.

There is no force flag. A supervisor may waive some guards by an event of its own
(``GuardWaived``), never those that keep data in: G1, C1 and settled disks.
"""

from __future__ import annotations

from collections.abc import Callable

from fleet.model import kinds as k
from fleet.model.fold_giving import OURS
from fleet.model.lawful import LEGAL
from fleet.model.reasons import Reason, Verdict, verdict
from fleet.model.rules import ASKED, RULES, Guard, Rule
from fleet.model.state import Presence, State
from fleet.model.views import (
    MachineView,
    World,
    g1_reasons,
    g2_reasons,
    g3_reasons,
    g4_reasons,
    unread_reasons,
)

_IN_USE = (State.IN_STOCK, State.IN_SERVICE, State.IN_REPAIR)
NEVER_WAIVED = frozenset({Guard.G1, Guard.C1, Guard.DISKS_SETTLED})


def can(view: MachineView, kind: str, world: World, body: k.Body | None = None) -> Verdict:
    """Tell whether a transition (or a guarded fact) may happen now, and if not, every reason why.

    ``body`` is the proposed event; without it, guards on its contents are left out (what a
    screen shows before anything is typed).
    """
    rule = ASKED[kind]
    if view.life not in rule.sources:
        params = {"state": view.life.value, "event": kind}
        return verdict((Reason(code="wrong_state", params=params),))
    waived = set(view.machine.waived)
    reasons = tuple(
        reason
        for guard in rule.guards
        for reason in _GUARDS[guard](view, world, rule, body)
        if guard in NEVER_WAIVED or (kind, reason.code) not in waived
    )
    unread = unread_reasons(view.machine) if rule.guards else ()
    return verdict((*(reason for reason in unread if reason not in reasons), *reasons))


def next_steps(view: MachineView, world: World) -> dict[str, Verdict]:
    """Return each transition that the state has, with its verdict."""
    return {
        kind: can(view, kind, world) for kind, rule in RULES.items() if view.life in rule.sources
    }


def waivable(reason: Reason) -> bool:
    """Tell whether a supervisor may waive this reason."""
    return bool(reason.guard) and reason.guard not in NEVER_WAIVED and reason.guard != Guard.RECORDS


GuardCheck = Callable[[MachineView, World, Rule, k.Body | None], tuple[Reason, ...]]


def _tag(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> tuple[Reason, ...]:
    return () if view.machine.tag else (Reason(code="no_tag", guard=Guard.TAG),)


def _town_may_use(
    view: MachineView, world: World, rule: Rule, body: k.Body | None
) -> tuple[Reason, ...]:
    title = view.machine.title
    if title in OURS:
        return ()
    return (Reason(code="not_ours_to_use", guard=Guard.TOWN_MAY_USE, params={"title": title}),)


def _retired_first(
    view: MachineView, world: World, rule: Rule, body: k.Body | None
) -> tuple[Reason, ...]:
    """Only gifts from outside are worked on or parted with without a decision of réforme."""
    machine = view.machine
    if view.life not in _IN_USE or machine.origin == "gift" or machine.title != "town":
        return ()
    return (Reason(code="not_retired", guard=Guard.RETIRED_FIRST),)


def _c1(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> tuple[Reason, ...]:
    """Leaving the town's custody with data on it (design, section 5, C1)."""
    if not isinstance(body, k.TakenIn) or not body.partner or view.machine.custody != "town":
        return ()
    agreement = world.agreements.get(body.agreement or "")
    if agreement is not None and agreement.data_clause:
        return ()
    missing = g1_reasons(view, world)
    if not missing:
        return ()
    why = Reason(code="no_data_clause", guard=Guard.C1)
    return (why, *missing)


def _g(check: Callable[[MachineView, World], tuple[Reason, ...]]) -> GuardCheck:
    return lambda view, world, rule, body: check(view, world)


def _disks_settled(
    view: MachineView, world: World, rule: Rule, body: k.Body | None
) -> tuple[Reason, ...]:
    """Each disk wiped, kept and recorded, or destroyed."""
    reasons = [reason for disk in view.disks for reason in disk.missing]
    if not view.disks and not view.known:
        reasons.append(Reason(code="disks_unknown", guard=Guard.DISKS_SETTLED))
    return tuple(reasons)


def _records(
    view: MachineView, world: World, rule: Rule, body: k.Body | None
) -> tuple[Reason, ...]:
    if body is None:
        return ()
    found: list[Reason] = []
    partner = getattr(body, "partner", None)
    if partner and partner not in world.partners:
        found.append(_record("partner_unknown", partner=partner))
    beneficiary = getattr(body, "beneficiary", None)
    if beneficiary and beneficiary not in world.beneficiaries:
        found.append(_record("beneficiary_unknown", beneficiary=beneficiary))
    if isinstance(body, k.HandedOver) and not body.receipt.strip():
        found.append(_record("receipt_missing"))
    if isinstance(body, k.TakenIn) and body.agreement:
        found.extend(_agreement(body, world))
    return tuple(found)


def _agreement(body: k.TakenIn, world: World) -> list[Reason]:
    agreement = world.agreements.get(body.agreement or "")
    if agreement is None:
        return [_record("agreement_unknown", agreement=body.agreement or "")]
    if agreement.partner != body.partner:
        return [_record("agreement_of_another_partner", agreement=body.agreement or "")]
    if agreement.until and body.on and body.on > agreement.until:
        return [_record("agreement_ended", until=agreement.until)]
    return []


def _record(code: str, **params: str) -> Reason:
    return Reason(code=code, guard=Guard.RECORDS, params=params)


_GUARDS: dict[Guard, GuardCheck] = {
    **LEGAL,
    Guard.TAG: _tag,
    Guard.TOWN_MAY_USE: _town_may_use,
    Guard.RETIRED_FIRST: _retired_first,
    Guard.C1: _c1,
    Guard.G1: _g(g1_reasons),
    Guard.G2: _g(g2_reasons),
    Guard.G3: _g(g3_reasons),
    Guard.G4: _g(g4_reasons),
    Guard.DISKS_SETTLED: _disks_settled,
    Guard.RECORDS: _records,
}


def is_out(state: State) -> bool:
    """Tell whether a machine in this state has left our hands."""
    return state in (State.GIVEN, State.LOANED, State.SOLD_OR_TRANSFERRED, State.RECYCLED)


def blocking_disks(view: MachineView) -> int:
    """Count the disks that keep the machine from leaving."""
    return sum(
        1
        for disk in view.disks
        if disk.missing and disk.presence in (Presence.PRESENT, Presence.UNACCOUNTED)
    )
