# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events of a machine's second life change in its state: a part of the fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fleet.model import kinds as k
from fleet.model.audit_days import is_day
from fleet.model.state import Deed, MachineState, State

if TYPE_CHECKING:
    from fleet.model.fold import Step

# Owners for whom the law of public goods holds.
OURS = ("town", "lessor", "other_authority")
# What the law is asked about again once it is done, whoever did it.
DEEDS = frozenset({"TitleTransferred", "Exited", "HandedOver"})
# A title that passes once the machine is gone tells a past, as spreadsheets do.
_GONE = frozenset({State.GIVEN, State.SOLD_OR_TRANSFERRED})


def note_deed(state: MachineState, step: Step) -> None:
    """Keep a transfer, a sale or a hand-over as it was done, before it changes the state."""
    event = step.event
    if event.kind not in DEEDS or (event.kind == "TitleTransferred" and state.state in _GONE):
        return
    day = step.on if is_day(step.on) else event.header.at[:10]
    state.deeds.append(
        Deed(
            event=event.header.id,
            kind=event.kind,
            stamp=event.stamp,
            said=msgspec.to_builtins(step.body) | {"on": day},
            title=state.title,
            provenance=state.provenance,
            value_cents=state.value_cents,
            waived=tuple(code for kind, code in state.waived if kind == event.kind),
        )
    )


def retired(state: MachineState, step: Step) -> None:
    """Keep the list's number, and the book value of that day."""
    body: k.Retired = step.body
    state.retirement_list = body.list_number or state.retirement_list
    if body.net_book_value_cents is not None:
        state.net_book_value_cents = body.net_book_value_cents


def left_lot(state: MachineState, step: Step) -> None:
    """Take it out of its lot; what a partner returns is with the town again."""
    if state.lot == step.body.lot:
        state.lot = None
    if step.body.outcome == "returned" and state.custody == state.workshop_partner:
        state.custody, state.workshop_partner = "town", None


def valued(state: MachineState, step: Step) -> None:
    """Keep the value of the whole configuration; the first one also tells of earlier deeds."""
    body: k.ValueEstimated = step.body
    state.value_cents = body.machine_cents + body.screen_cents + body.accessories_cents
    state.screen_cents = body.screen_cents
    for deed in state.deeds:
        if deed.value_cents is None:
            deed.value_cents = state.value_cents


def followed(state: MachineState, step: Step) -> None:
    """Keep the last sign of life."""
    state.followed_on, state.followed = step.on, step.body.outcome
