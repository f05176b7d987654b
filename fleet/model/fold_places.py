# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a machine stands and what it runs, and until which day it was otherwise: a part of the
fold.

What is told last holds from its own day on, over all that was told of later days: so a move told
late mends the past, and the present is always the last word. What a registration or a description
completes (nothing was known) counts for all the time before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fleet.model import kinds as k
from fleet.model.audit_days import is_day
from fleet.model.state import Former, MachineState

if TYPE_CHECKING:
    from fleet.model.fold import Step


def placed(state: MachineState, step: Step) -> None:
    """Put it where the body says; a body without site and room says nothing."""
    body = step.body
    if body.site is None and body.room is None:
        return
    was = (state.site, state.room)
    state.site = body.site or state.site
    state.room, state.seat = body.room, body.seat
    _changed(state.former_places, step, was, (state.site, state.room))


def out_of_room(state: MachineState, step: Step) -> None:
    """Take it out of its room, and from its holder; it stays on its site."""
    was = (state.site, state.room)
    state.room = state.seat = state.holder = None
    _changed(state.former_places, step, was, (state.site, None))


def given_system(state: MachineState, step: Step) -> None:
    """Note the system that the body names, if any."""
    was, state.system = state.system, step.body.system or state.system
    _changed(state.former_systems, step, (was,), (state.system,))


def relocated(state: MachineState, step: Step) -> None:
    """Note what a description, not applied yet, changes of a known site or system."""
    body: k.MachineDescribed = step.body
    if state.site is not None and body.site is not None:
        _changed(state.former_places, step, (state.site, state.room), (body.site, state.room))
    if state.system is not None and body.system is not None:
        _changed(state.former_systems, step, (state.system,), (body.system,))


def _changed(
    former: list[Former], step: Step, was: tuple[str | None, ...], now: tuple[str | None, ...]
) -> None:
    on = step.on if is_day(step.on) else step.event.header.at[:10]
    if former and not step.sure:
        on = max(on, former[-1].until_on)
    while former and former[-1].until_on >= on:
        was = former.pop().was
    if was != now:
        former.append(Former(on, was))
