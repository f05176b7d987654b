# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Families' requests: what waits, which machine for whom, and signs of life afterwards.

No name is read or written here; ``fleet.services.family_names`` does that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fleet.errors import GuardRefused, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.events import Event
from fleet.model.matching import Candidate, Proposal, propose
from fleet.model.requests import Request, request_of
from fleet.model.state import State
from fleet.model.views import MachineView
from fleet.services import acts, records
from fleet.services.acts import ActReport
from fleet.services.people import renew_if_known
from fleet.services.town import Town
from fleet.store.counted import events_of, events_of_kinds
from fleet.store.law import law
from fleet.store.queries import MachineFilter
from fleet.store.retention import add_months

_REQUEST_KINDS = {"BeneficiaryReferred", "EligibilityAttested", "RequestClosed"}
_OUT = (State.GIVEN.value, State.LOANED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A request, and whether a machine was handed over or lent for it."""

    request: Request
    served: bool

    @property
    def waits(self) -> bool:
        """Tell whether it still waits for a machine."""
        return not self.served and self.request.closed is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSign:
    """A machine whose family was not heard of since the due day (ISO)."""

    tag: str
    model: str | None
    beneficiary: str
    handed_on: str
    due_on: str


def attest(town: Town, reference: str, by: str, on: str) -> None:
    """Record « éligible : oui », by which body and on which day. Raises NotFound."""
    request = records.find(town, "beneficiary", reference)
    with town.act() as act:
        act.add(request.id, k.EligibilityAttested(by=by, on=on))


def close(town: Town, reference: str, body: k.RequestClosed) -> None:
    """Record that a request ends without a machine of ours. Raises NotFound, GuardRefused."""
    request = records.find(town, "beneficiary", reference)
    with town.journal.read() as connection:
        standing = request_of(request.id, events_of(connection, request.id))
    if standing is not None and standing.closed is not None:
        raise GuardRefused(_("The request {name} was closed before.").format(name=reference))
    with town.act() as act:
        act.add(request.id, body)


def standings(town: Town) -> list[Standing]:
    """Return every request, the oldest first."""
    by_request: dict[str, list[Event]] = {}
    with town.journal.read() as connection:
        for event in events_of_kinds(connection, _REQUEST_KINDS):
            by_request.setdefault(event.subject, []).append(event)
        handed = events_of_kinds(connection, {"HandedOver", "Loaned"})
        served = {getattr(k.body_of(event), "beneficiary", None) for event in handed}
    found = [request_of(id_, events) for id_, events in by_request.items()]
    requests = sorted((r for r in found if r is not None), key=lambda r: (r.asked_on, r.id))
    return [Standing(request=request, served=request.id in served) for request in requests]


def proposals(town: Town, reference: str | None = None) -> tuple[Proposal, ...]:
    """Return a machine for each eligible request that waits, or for one; nothing is written.

    Raises NotFound for an unknown reference, GuardRefused for one that is not to be served.
    """
    waiting = [one.request for one in standings(town) if one.waits and one.request.eligible]
    found = propose(waiting, list(_ready(town)))
    if reference is None:
        return found
    wanted = records.find(town, "beneficiary", reference).id
    chosen = tuple(proposal for proposal in found if proposal.request.id == wanted)
    if not chosen:
        raise GuardRefused(
            _("The request {name} is served, closed, or nobody attested it.").format(
                name=reference
            ),
            hint=_("Record who attests it: parclibre family attest REFERENCE --by BODY"),
        )
    return chosen


def due_signs(town: Town, today: date) -> list[DueSign]:
    """Return the machines handed over long enough ago without a sign of life, oldest first."""
    months = law().at("follow_up.months", today.isoformat()).whole
    found = [due for view in _views(town, _OUT) if (due := _due(view, months)) is not None]
    past = [one for one in found if one.due_on <= today.isoformat()]
    return sorted(past, key=lambda one: (one.due_on, one.tag))


def _due(view: MachineView, months: int) -> DueSign | None:
    machine = view.machine
    if machine.followed_on is not None and machine.followed_on >= machine.since:
        return None
    due = add_months(date.fromisoformat(machine.since), months)
    return DueSign(
        tag=machine.tag,
        model=machine.model,
        beneficiary=machine.custody,
        handed_on=machine.since,
        due_on=due.isoformat(),
    )


def record_sign(town: Town, tags: Sequence[str], body: k.FollowedUp) -> ActReport:
    """Record a sign of life; a family that answered counts as a contact with it.

    Raises NotFound, and UsageError for a machine that is with nobody.
    """
    reached: list[str] = []

    def make(view: MachineView) -> k.Body:
        if view.life.value not in _OUT:
            raise UsageError(
                _("{tag} is with no family.").format(tag=view.machine.tag),
                hint=_("See which are: parclibre machine list --state given"),
            )
        reached.append(view.machine.custody)
        return body

    report = acts.record(town, tags, make)
    if body.outcome != "no_answer":
        day = date.fromisoformat(body.on) if body.on else town.now().date()
        renew_if_known(town, reached, day)
    return report


def _ready(town: Town) -> Iterator[Candidate]:
    for view in _views(town, (State.READY.value,)):
        machine = view.machine
        yield Candidate(
            id=machine.id,
            tag=machine.tag,
            kind=machine.kind,
            model=machine.full_model,
            since=machine.since,
            has_screen=machine.screen_cents > 0,
            has_system=machine.image is not None,
            title=machine.title,
            tests=dict(machine.tests),
        )


def _views(town: Town, states: tuple[str, ...]) -> Iterator[MachineView]:
    found = acts.views_of(town, MachineFilter(states=states))
    return (view for view in found if view.life.value in states)
