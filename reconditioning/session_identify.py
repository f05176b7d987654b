# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 1 of the bench: which machine is this, and a first opinion before hours are spent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from fleet.errors import BadInput, NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.identity import Match
from fleet.model.triage import Triage, first_opinion, verdict
from fleet.model.triage_facts import TriageFacts
from fleet.readers.detect import decode, read_report
from fleet.readers.triage_facts import triage_facts_of_report
from fleet.services import acts, machines, reports, thresholds
from fleet.services.reports import Recognised
from fleet.services.town import Town
from reconditioning.session import Session

FILE_NAME = "bench.json"

# Where a machine that nobody knows comes from: provenance, owner, origin.
ORIGINS: dict[str, tuple[str, str, Literal["stock", "gift"]]] = {
    "given_by_person": ("given_by_person", "association", "gift"),
    "given_by_company": ("given_by_company", "association", "gift"),
    "town": ("bought", "town", "stock"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a machine says of itself, and which one it is. ``text`` is the redacted evidence."""

    text: str
    recognised: Recognised
    opinion: Triage


def look_at(town: Town, text: str) -> Described:
    """Return what a report says, whose it is, and the first opinion; writes nothing.

    Raises BadInput when the report says of no machine which one it is.
    """
    recognised = reports.recognise(town, text)
    facts = triage_facts_of_report(text, recognised.facts)
    opinion = first_opinion(facts, thresholds.current(town.home))
    return Described(text=text, recognised=recognised, opinion=opinion)


def next_number(town: Town) -> str:
    """Return the next free tag. Raises TagsUsedUp on a key without any number left."""
    return machines.next_tag(town)


def new_machine(described: Described, tag: str, origin: str) -> k.MachineRegistered:
    """Return how a machine that nobody knows enters the journal; ``origin`` is one of ORIGINS."""
    provenance, owner, entered = ORIGINS[origin]
    return k.MachineRegistered(
        tag=tag.strip(),
        kind=reports.kind_of(described.recognised.facts),
        provenance=provenance,
        owner=owner,
        origin=entered,
    )


def take_in_report(
    town: Town,
    described: Described,
    *,
    same_as: str | None = None,
    as_new: k.MachineRegistered | None = None,
) -> str:
    """Import the report on a known machine or a new one; return its tag.

    ``same_as`` or ``as_new`` is the person's answer when the machine is not surely known.
    Raises UsageError for a tag that is taken, NotFound for an unknown one.
    """
    if as_new is not None:
        _require_free(town, as_new)
    outcome = reports.import_text(town, described.text, FILE_NAME, as_new=as_new)[0]
    if outcome.outcome == "ask":
        return _settle(town, described, same_as, as_new)
    if outcome.tag is None:
        raise BadInput(outcome.detail or _("This report does not say which machine it comes from."))
    return outcome.tag


def _settle(
    town: Town, described: Described, same_as: str | None, as_new: k.MachineRegistered | None
) -> str:
    report = f"report:{hashlib.sha256(described.text.encode()).hexdigest()}"
    decision = "same" if same_as else "new"
    tag = reports.settle(town, report, decision, same_as, as_new=as_new)
    if tag is None:
        raise BadInput(_("This report does not say which machine it comes from."))
    return tag


def _require_free(town: Town, body: k.MachineRegistered) -> None:
    """Refuse a tag that is taken before the report is held for it."""
    if not body.tag:
        raise UsageError(_("The asset tag is blank."), hint=_("Give one: --tag VJ-0042"))
    if is_known(town, body.tag):
        raise UsageError(
            _("The tag {tag} is already on another machine.").format(tag=body.tag),
            hint=_("Read the label again, or take the next number."),
        )


def is_known(town: Town, tag: str) -> bool:
    """Tell whether a machine bears this tag."""
    try:
        acts.view_of(town, tag)
    except NotFound:
        return False
    return True


def register_by_hand(
    town: Town, *, tag: str, kind: str, origin: str, model: str, serial: str
) -> str:
    """Register a PC that does not start; its disks are added when they are taken out."""
    provenance, owner, entered = ORIGINS[origin]
    body = k.MachineRegistered(
        tag=tag.strip(),
        kind=kind,
        provenance=provenance,
        owner=owner,
        origin=entered,
        model=model or None,
        serial=serial or None,
    )
    machines.register(town, body)
    return body.tag


def facts_of(town: Town, session: Session) -> TriageFacts:
    """Return what the triage looks at, from the machine's last report.

    Raises BadInput when no report of this machine is here.
    """
    for name in reversed(session.view.machine.facts.reports):
        digest, _dot, number = name.partition(".")
        if town.attachments.has(digest):
            text = decode(town.attachments.get(digest))
            facts = read_report(text)[int(number or 0)]
            return triage_facts_of_report(text, facts, kind=_told_kind(session))
    raise BadInput(
        _("Nothing here describes {tag}.").format(tag=session.tag),
        hint=_("Identify it again (F2), or give the verdict by hand at the desk."),
    )


def _told_kind(session: Session) -> str | None:
    return None if session.kind == "other" else session.kind


def judge(town: Town, session: Session) -> Triage:
    """Return the technical verdict: the report, the tests, the limits in force."""
    tests = {name: _told(measured) for name, measured in session.tests.items()}
    return verdict(facts_of(town, session), tests, thresholds.current(town.home))


def _told(measured: k.TestMeasured) -> str:
    if measured.result == "skipped":
        return f"skipped: {measured.who}, {measured.why}"
    return measured.result


def is_sure(described: Described) -> bool:
    """Tell whether no question about the machine's identity is left."""
    return described.recognised.match is Match.SAME
