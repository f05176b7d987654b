# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions of réforme: one decision, one list, many machines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.services.town import Town
from fleet.store.counted import events_of_kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """A decision as it was recorded on a day (ISO). ``net_book_value_cents`` sums what was told,
    None when nothing was; ``unvalued`` counts the machines without it.
    """

    decision: str
    list_number: str | None
    on: str
    machines: int
    net_book_value_cents: int | None
    unvalued: int


def all_retirements(town: Town) -> list[Retirement]:
    """Return every decision, latest first."""
    grouped: dict[tuple[str, str, str | None], list[k.Retired]] = {}
    with town.journal.read() as connection:
        for event in events_of_kinds(connection, {"Retired"}):
            body = k.body_of(event)
            if isinstance(body, k.Retired):
                key = (_day(event, body), body.decision, body.list_number)
                grouped.setdefault(key, []).append(body)
    return [_retirement(key, bodies) for key, bodies in sorted(grouped.items(), key=_order)][::-1]


def _order(pair: tuple[tuple[str, str, str | None], list[k.Retired]]) -> tuple[str, str, str]:
    on, decision, list_number = pair[0]
    return on, decision, list_number or ""


def _day(event: Event, body: k.Retired) -> str:
    return body.on or event.header.at[:10]


def _retirement(key: tuple[str, str, str | None], bodies: Iterable[k.Retired]) -> Retirement:
    on, decision, list_number = key
    told = [body.net_book_value_cents for body in bodies]
    known = [cents for cents in told if cents is not None]
    return Retirement(
        decision=decision,
        list_number=list_number,
        on=on,
        machines=len(told),
        net_book_value_cents=sum(known) if known else None,
        unvalued=len(told) - len(known),
    )
