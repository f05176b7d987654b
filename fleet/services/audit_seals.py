# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealed audits: their heads and digest in the journal, and the proof that they still hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.audit import Audit
from fleet.model.fold import effective
from fleet.services import audit
from fleet.services.audit import Period, Report
from fleet.services.town import Town, new_id
from fleet.store import audit_rows

# An audit to its digest, and to that of the values it used.
Digest = Callable[[Audit], str]
MOST_GOODS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One sealed audit. ``on`` is the day of the seal (ISO)."""

    id: str
    on: str
    sealed: k.AuditSealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A seal, the digest found now, and whether the values used are still those of then."""

    seal: Seal
    found: str
    same_values: bool

    @property
    def sound(self) -> bool:
        """Whether the audit came out again exactly."""
        return self.found == self.seal.sealed.digest


def seal(town: Town, period: Period, digest: Digest, values: Digest) -> tuple[Seal, Report]:
    """Compute an audit, write its seal in the journal, return both.

    Raises UsageError when nobody is acting.
    """
    report = audit.run(town, period)
    body = k.AuditSealed(
        year=period.year,
        day=period.day,
        heads={replica: seq for replica, (seq, _link) in report.audit.heads.items()},
        digest=digest(report.audit),
        values=values(report.audit),
        on=town.now().date().isoformat(),
    )
    subject = new_id("audit")
    with town.act() as act:
        act.add(subject, body)
    return Seal(id=subject, on=body.on or "", sealed=body), report


def seals(town: Town) -> tuple[Seal, ...]:
    """Return every seal, in causal order."""
    with town.journal.read() as connection:
        found = effective(audit_rows.events_of(connection, ("AuditSealed", "Undone")))
    bodies = ((event, k.body_of(event)) for event in found)
    return tuple(
        Seal(id=event.subject, on=body.on or event.header.at[:10], sealed=body)
        for event, body in bodies
        if isinstance(body, k.AuditSealed)
    )


def check(town: Town, digest: Digest, values: Digest) -> Iterator[Checked]:
    """Compute every sealed audit again from the journal cut at its heads."""
    for one in seals(town):
        period = Period(year=one.sealed.year, day=one.sealed.day)
        again = audit.run(town, period, one.sealed.heads).audit
        yield Checked(seal=one, found=digest(again), same_values=values(again) == one.sealed.values)


def declare_opening(town: Town, year: int, count: int) -> None:
    """Declare the retired goods in stock on 1 January of a year that the journal does not know.

    Raises BadInput for a year to come or a count that no town has.
    """
    if not 2000 <= year <= town.now().year or not 0 <= count <= MOST_GOODS:
        raise BadInput(
            _("{count} goods on 1 January {year} cannot be.").format(count=count, year=year),
            hint=_("Give a year that began, and how many goods were in stock."),
        )
    with town.act() as act:
        act.add(f"opening:{year}", k.OpeningStockDeclared(year=year, count=count))
