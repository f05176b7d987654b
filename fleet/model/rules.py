# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifecycle's table: from which states each event leads to which, and which guards stand.

The one table of the design, section 5. ``fleet.model.lifecycle`` asks the guards; the fold
applies the table to events that already happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.model.state import State


class Guard(StrEnum):
    """A condition of a transition; the reasons it gives carry its name."""

    TAG = "tag"
    TOWN_MAY_USE = "town_may_use"
    OWNED_BY_TOWN = "owned_by_town"
    RETIRED_FIRST = "retired_first"
    C1 = "C1"
    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    LAWFUL_CHAIN = "lawful_chain"
    MAY_PART = "may_part"
    LAWFUL_TAKER = "lawful_taker"
    VALUE_CAP = "value_cap"
    TARIFF = "tariff"
    DISKS_SETTLED = "disks_settled"
    RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One transition. ``target`` None keeps the state. ``leaves`` marks an exit of the machine."""

    kind: str
    sources: frozenset[State]
    target: State | None
    guards: tuple[Guard, ...] = ()
    leaves: bool = False


def _rule(
    kind: str,
    sources: tuple[State, ...],
    target: State | None,
    *guards: Guard,
    leaves: bool = False,
) -> Rule:
    return Rule(kind=kind, sources=frozenset(sources), target=target, guards=guards, leaves=leaves)


_S = State
_ANY = tuple(_S)

RULES: dict[str, Rule] = {
    rule.kind: rule
    for rule in (
        _rule("Installed", (_S.IN_STOCK, _S.IN_REPAIR, _S.LOANED), _S.IN_SERVICE,
              Guard.TAG, Guard.TOWN_MAY_USE, Guard.RECORDS),
        _rule("Moved", (_S.IN_STOCK, _S.IN_SERVICE, _S.IN_REPAIR, _S.RETIRED, _S.IN_WORKSHOP,
                        _S.READY), None, Guard.RECORDS),
        _rule("RepairOpened", (_S.IN_STOCK, _S.IN_SERVICE), _S.IN_REPAIR),
        _rule("RepairClosed", (_S.IN_REPAIR,), None),
        _rule("Retired", (_S.IN_STOCK, _S.IN_SERVICE, _S.IN_REPAIR), _S.RETIRED,
              Guard.OWNED_BY_TOWN),
        _rule("TakenIn", (_S.RETIRED, _S.IN_STOCK, _S.GIVEN, _S.LOANED), _S.IN_WORKSHOP,
              Guard.RETIRED_FIRST, Guard.RECORDS, Guard.C1),
        _rule("Returned", (_S.GIVEN, _S.LOANED), _S.IN_WORKSHOP),
        _rule("ReadyLost", (_S.READY,), _S.IN_WORKSHOP),
        _rule("MadeReady", (_S.IN_WORKSHOP,), _S.READY, Guard.G1, Guard.G2, Guard.G3, Guard.G4),
        _rule("HandedOver", (_S.READY,), _S.GIVEN,
              Guard.G1, Guard.LAWFUL_CHAIN, Guard.TARIFF, Guard.RECORDS, leaves=True),
        _rule("Loaned", (_S.READY, _S.IN_STOCK), _S.LOANED, Guard.G1, Guard.RECORDS, leaves=True),
        _rule("Exited", (_S.RETIRED, _S.READY), _S.SOLD_OR_TRANSFERRED,
              Guard.G1, Guard.OWNED_BY_TOWN, Guard.LAWFUL_TAKER, leaves=True),
        _rule("Dismantled", (_S.RETIRED, _S.IN_WORKSHOP), _S.DISMANTLED, Guard.DISKS_SETTLED),
        _rule("ToRecycle", (_S.RETIRED, _S.IN_WORKSHOP, _S.DISMANTLED, _S.GIVEN), _S.TO_RECYCLE,
              Guard.DISKS_SETTLED),
        _rule("Recycled", (_S.TO_RECYCLE,), _S.RECYCLED, Guard.DISKS_SETTLED, leaves=True),
        _rule("Lost", tuple(s for s in _ANY if s not in (_S.LOST, _S.RECYCLED)), _S.LOST),
        _rule("Found", (_S.LOST,), _S.IN_STOCK),
    )
}  # fmt: skip

# Facts that move no state but that the law binds: asked of people before they are written.
GUARDED_FACTS: dict[str, Rule] = {
    "TitleTransferred": _rule(
        "TitleTransferred", _ANY, None,
        Guard.RETIRED_FIRST, Guard.MAY_PART, Guard.LAWFUL_TAKER, Guard.VALUE_CAP, Guard.TARIFF,
        Guard.RECORDS,
    ),
}  # fmt: skip
ASKED: dict[str, Rule] = {**RULES, **GUARDED_FACTS}

# Transitions out of our hands that need every disk wiped (G1), re-checked after each import.
G1_EXITS = frozenset(
    kind for kind, rule in RULES.items() if rule.leaves and Guard.G1 in rule.guards
)

G1_EXIT_STATES = frozenset(RULES[kind].target for kind in G1_EXITS)


def may_follow(kind: str, state: State) -> bool:
    """Tell whether an event that happened fits the state; a fallen ``ready`` is in the workshop."""
    sources = RULES[kind].sources
    return state in sources or (state is State.READY and State.IN_WORKSHOP in sources)
