# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inbox entries in words: a report beside its candidates, an issue with its reasons."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cli.report_text import full_name
from fleet.i18n import _
from fleet.model.facts import ReportFacts
from fleet.output.reasons import describe
from fleet.output.words import Names, evidence_name, issue_name, labelled, state_name
from fleet.services.inbox import InboxIssue
from fleet.services.reports import CandidateView, HeldReport

MOST_BESIDE = 4
_EVIDENCE = ("serial", "uuid", "board", "chassis", "mac")


def report_title(report: HeldReport) -> str:
    """Return one line about a held report: what it is, and which machines it may be."""
    facts = report.facts
    name = full_name(facts.manufacturer, facts.display_model)
    about = " ".join(part for part in (name, facts.serial) if part)
    tags = ", ".join(candidate.tag for candidate in report.candidates[:MOST_BESIDE])
    more = "…" if len(report.candidates) > MOST_BESIDE else ""
    return _("{about} - may be {tags}{more}").format(
        about=about or report.file, tags=tags, more=more
    )


def issue_title(issue: InboxIssue) -> str:
    """Return one line about a machine's issue: its first reason."""
    first = describe(issue.reasons[0], issue.machine.tag) if issue.reasons else ""
    return labelled(issue.machine.tag, first)


def issue_lines(issue: InboxIssue, names: Names) -> Iterator[str]:
    """Yield a machine's issue with every reason."""
    machine = issue.machine
    yield f"{machine.tag}  {machine.model or ''}  {state_name(machine.state)}"
    yield labelled(issue_name(issue.kind), "").rstrip()
    for reason in issue.reasons:
        yield f"  - {describe(reason, machine.tag, names)}"


def compare(report: HeldReport) -> tuple[list[str], list[list[str]]]:
    """Return a table: the report's facts in one column, each candidate's beside it."""
    shown = report.candidates[:MOST_BESIDE]
    header = ["", _("This report"), *(candidate.tag for candidate in shown)]
    rows = [
        [_("Model"), report.facts.display_model or "", *(c.view.machine.model or "" for c in shown)]
    ]
    rows += [
        [evidence_name(kind), _of_facts(report.facts, kind), *(_of_view(c, kind) for c in shown)]
        for kind in _EVIDENCE
    ]
    rows.append([_("Disks"), _disks(report.facts), *(_disks_of(c) for c in shown)])
    rows.append([_("State"), "", *(state_name(c.view.life) for c in shown)])
    rows.append([_("Matching"), "", *(_names(c.matching) for c in shown)])
    rows.append([_("Different"), "", *(_names(c.differing) for c in shown)])
    return header, rows


def candidate_json(candidate: CandidateView) -> dict[str, object]:
    """Return a candidate as JSON values."""
    machine = candidate.view.machine
    return {
        "tag": candidate.tag,
        "model": machine.model,
        "serial": machine.serial,
        "state": candidate.view.life.value,
        "matching": list(candidate.matching),
        "differing": list(candidate.differing),
    }


def _of_facts(facts: ReportFacts, kind: str) -> str:
    if kind == "mac":
        return ", ".join(nic.mac for nic in facts.nics if not nic.removable)
    values = {
        "serial": facts.serial,
        "uuid": facts.uuid,
        "board": facts.board.serial,
        "chassis": facts.chassis_serial,
    }
    return values[kind] or ""


def _of_view(candidate: CandidateView, kind: str) -> str:
    return ", ".join(candidate.view.machine.evidence.get(kind, ()))


def _disks(facts: ReportFacts) -> str:
    return ", ".join(disk.serial or disk.model or "?" for disk in facts.disks)


def _disks_of(candidate: CandidateView) -> str:
    return ", ".join(disk.disk.serial or disk.name for disk in candidate.view.disks)


def _names(kinds: tuple[str, ...]) -> str:
    return ", ".join(evidence_name(kind) for kind in kinds)
