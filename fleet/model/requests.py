# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A family's request as its events tell it: a reference, needs, who says « éligible : oui »."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fleet.model import kinds as k
from fleet.model.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request; days are ISO. ``closed`` is how it ended without a machine of ours."""

    id: str
    reference: str
    referrer: str
    kind: str
    needs: tuple[str, ...]
    note: str
    asked_on: str
    eligible_by: str | None = None
    eligible_on: str | None = None
    closed: str | None = None
    closed_on: str | None = None

    @property
    def eligible(self) -> bool:
        """Tell whether a body attested it."""
        return self.eligible_by is not None and self.eligible_on is not None


def request_of(request: str, events: Iterable[Event]) -> Request | None:
    """Return a request from the events that count on it, in causal order; None when never made."""
    found: Request | None = None
    for event in events:
        body = k.body_of(event)
        if isinstance(body, k.BeneficiaryReferred):
            found = _referred(request, body, event)
        elif isinstance(body, k.EligibilityAttested) and found is not None:
            found = replace(found, eligible_by=body.by, eligible_on=body.on)
        elif isinstance(body, k.RequestClosed) and found is not None:
            closed_on = body.on or event.header.at[:10]
            found = replace(found, closed=body.outcome, closed_on=closed_on)
    return found


def _referred(request: str, body: k.BeneficiaryReferred, event: Event) -> Request:
    return Request(
        id=request,
        reference=body.reference,
        referrer=body.referrer,
        kind=body.kind,
        needs=body.needs,
        note=body.note,
        asked_on=body.on or event.header.at[:10],
        eligible_by=body.eligible_by,
        eligible_on=body.eligible_on,
    )
