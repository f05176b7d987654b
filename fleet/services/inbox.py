# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inbox: what about machines waits for a person, besides held reports."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.reasons import Reason
from fleet.model.state import State
from fleet.services import acts
from fleet.services.town import Town
from fleet.store import listings, queries
from fleet.store.queries import IssueRow, MachineLine

# An unready machine is settled by recording what it lacks, a newer event by a newer program.
SETTLED_BY_A_PERSON = ("violation", "unlawful", "conflict")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxIssue:
    """Something about a machine that waits for a person. ``kind`` as in the issues' names."""

    key: str
    kind: str
    machine: MachineLine
    reasons: tuple[Reason, ...]

    @property
    def can_be_settled(self) -> bool:
        """Tell whether a person's word ends it."""
        return self.kind in SETTLED_BY_A_PERSON


def machine_issues(town: Town) -> list[InboxIssue]:
    """Return the issues of all machines, worst kinds first, then by tag."""
    with town.journal.read() as connection:
        rows = queries.list_issues(connection)
        lines = {
            line.id: line for line in listings.lines_of(connection, {row.machine for row in rows})
        }
    found = [_issue(row, lines[row.machine]) for row in rows if row.machine in lines]
    return sorted(found, key=lambda issue: (_ORDER.get(issue.kind, 9), issue.machine.tag))


def settle_issue(town: Town, issue: InboxIssue, why: str, state: State | None = None) -> None:
    """Record a person's word on a violation, a breach of the law or a contradiction; ``state``
    when it must be chosen.

    Raises UsageError without a reason, or for what a word cannot settle.
    """
    if not issue.can_be_settled:
        raise UsageError(
            _("This entry goes away by itself once its reasons are gone."),
            hint=_("Record what is missing on the machine's page."),
        )
    if not why.strip():
        raise UsageError(_("Say why."), hint=_("One sentence, without names."))
    body = k.ConflictSettled(key=issue.key, state=state, why=why.strip())
    acts.record(town, [issue.machine.tag], body)


def _issue(row: IssueRow, line: MachineLine) -> InboxIssue:
    reasons = tuple(
        Reason(code=d["code"], guard=d.get("guard", ""), params=d.get("params", {}))
        for d in row.detail
    )
    return InboxIssue(key=row.key, kind=row.kind, machine=line, reasons=reasons)


_ORDER = {"violation": 0, "unlawful": 1, "conflict": 2, "unready": 3, "newer": 4}
