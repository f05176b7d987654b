# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events of a machine's second life change in its state: a part of the fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fleet.model import kinds as k
from fleet.model.state import MachineState

if TYPE_CHECKING:
    from fleet.model.fold import Step

# Owners for whom the law of public goods holds.
OURS = ("town", "lessor", "other_authority")


def unlawful_title(state: MachineState, step: Step) -> str:
    """Return the public owner of a machine that goes to a family all the same; empty when the
    chain is lawful, or was waived.
    """
    waived = ("HandedOver", "title_still") in state.waived
    if step.event.kind != "HandedOver" or state.title not in OURS or waived:
        return ""
    return state.title


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
    """Keep the value of the whole configuration."""
    body: k.ValueEstimated = step.body
    state.value_cents = body.machine_cents + body.screen_cents + body.accessories_cents
    state.screen_cents = body.screen_cents


def followed(state: MachineState, step: Step) -> None:
    """Keep the last sign of life."""
    state.followed_on, state.followed = step.on, step.body.outcome
