# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre inbox``: what waits for a person, and the person's decision."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass

from fleet.cli.context import Context
from fleet.cli.inbox_text import candidate_json, compare, issue_lines, issue_title, report_title
from fleet.cli.parser import Commands, Help, command, group
from fleet.cli.report_text import report_lines
from fleet.cli.selection import STATES
from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model.state import State
from fleet.model.text import fold
from fleet.output.jsonout import Shape
from fleet.output.words import issue_name, labelled
from fleet.readers.report_json import report_to_json
from fleet.services import browse, inbox, reports
from fleet.services.inbox import InboxIssue
from fleet.services.reports import HeldReport
from fleet.services.town import Town

_SHORT = 8
_DECISIONS = {"same": "same", "new": "new", "dismiss": "dismissed"}

LIST_SHAPE = Shape(
    name="inbox",
    fields=lambda: {
        "entries": _(
            "list of {ref, kind, title}; kind: report, violation, unlawful, conflict, unready, "
            "newer"
        )
    },
)
SHOW_SHAPE = Shape(
    name="inbox-entry",
    fields=lambda: {
        "ref": _("what to give to « inbox settle »"),
        "kind": _("report, violation, unlawful, conflict, unready or newer"),
        "report": _("the held report's facts, as « report read » gives them, else null"),
        "why": _("the code of what makes a report doubtful, else null"),
        "candidates": _("list of {tag, model, serial, state, matching, differing}"),
        "machine": _("the tag of the machine concerned, else null"),
        "reasons": _("list of {code, guard, params}"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that waits: a held report, or an issue about a machine. ``ref`` is for people."""

    ref: str
    report: HeldReport | None = None
    issue: InboxIssue | None = None

    @property
    def kind(self) -> str:
        """``report``, or the issue's kind."""
        return self.issue.kind if self.issue is not None else "report"


def register(commands: Commands) -> None:
    """Add ``inbox list``, ``inbox show`` and ``inbox settle``."""
    found = group(commands, "inbox", Help(line=_("decide on what waits for a person")))
    command(
        found, "list", list_,
        Help(line=_("list reports to decide and machines with something wrong")),
        shape=LIST_SHAPE,
    )  # fmt: skip
    show_ = command(
        found, "show", show,
        Help(line=_("show one entry: candidates side by side, or reasons")), shape=SHOW_SHAPE,
    )  # fmt: skip
    show_.add_argument("ref", metavar=_("REF"), help=_("as « inbox list » names it"))
    _register_settle(found)


def _register_settle(commands: Commands) -> None:
    parser = command(
        commands,
        "settle",
        settle,
        Help(
            line=_("record the decision"),
            text=_(
                "A report is the same machine as one we know, a new machine, or dismissed. A "
                "violation, an act against the law or a contradiction is settled by saying why."
            ),
            examples=(
                ("parclibre inbox settle 3fa9c2d1 same BLP-0042", _("it is this machine")),
                ("parclibre inbox settle 3fa9c2d1 new", _("it is a machine we do not know")),
                ("parclibre inbox settle 3fa9c2d1 dismiss", _("it is of no use")),
                (
                    'parclibre inbox settle BLP-0042/violation --why "…"',
                    _("it was looked into, here is why"),
                ),
            ),
        ),
    )
    parser.add_argument("ref", metavar=_("REF"), help=_("as « inbox list » names it"))
    parser.add_argument(
        "decision", nargs="?", choices=tuple(_DECISIONS), help=_("for a report: same, new, dismiss")
    )
    parser.add_argument("tag", nargs="?", metavar=_("TAG"), help=_("the machine it is, with same"))
    parser.add_argument("--why", default="", metavar=_("TEXT"), help=_("one sentence, no names"))
    parser.add_argument(
        "--state",
        choices=STATES,
        metavar=_("STATE"),
        help=_("the state to keep, when events clash"),
    )


def list_(args: Namespace, context: Context) -> int:
    """Print what waits."""
    found = list(entries(context.town()))
    if args.json:
        rows = [{"ref": e.ref, "kind": e.kind, "title": _title(e)} for e in found]
        context.print_json(LIST_SHAPE, entries=rows)
    elif found:
        rows_ = [(entry.ref, _kind_words(entry), _title(entry)) for entry in found]
        context.print_table((_("Ref"), _("Kind"), _("About")), rows_)
    else:
        context.tell(_("Nothing waits for a decision."))
    return 0


def show(args: Namespace, context: Context) -> int:
    """Print one entry."""
    town = context.town()
    entry = _find(town, args.ref)
    if args.json:
        context.print_json(SHOW_SHAPE, **_document(entry))
    elif entry.report is not None:
        _show_report(context, entry.report)
    elif entry.issue is not None:
        for line in issue_lines(entry.issue, browse.names(town)):
            context.say(line)
    return 0


def settle(args: Namespace, context: Context) -> int:
    """Record a person's decision on one entry."""
    town = context.acting_town()
    entry = _find(town, args.ref)
    if entry.issue is not None:
        state = State(args.state) if args.state else None
        inbox.settle_issue(town, entry.issue, args.why, state)
        context.say(_("{ref}: settled").format(ref=entry.ref))
        return 0
    _check_decision(args)
    report = entry.report.id if entry.report else ""
    tag = reports.settle(town, report, _DECISIONS[args.decision], args.tag)
    context.say(labelled(entry.ref, tag) if tag else _("{ref}: dismissed").format(ref=entry.ref))
    return 0


def entries(town: Town) -> Iterator[Entry]:
    """Yield what waits: reports first, then issues about machines."""
    for report in reports.held_reports(town):
        yield Entry(ref=_report_ref(report), report=report)
    seen: dict[str, int] = {}
    for issue in inbox.machine_issues(town):
        base = f"{issue.machine.tag}/{issue.kind}"
        seen[base] = seen.get(base, 0) + 1
        yield Entry(ref=base if seen[base] == 1 else f"{base}/{seen[base]}", issue=issue)


def _report_ref(report: HeldReport) -> str:
    digest, _dot, number = report.id.removeprefix("report:").partition(".")
    return digest[:_SHORT] + (f".{number}" if number else "")


def _find(town: Town, ref: str) -> Entry:
    for entry in entries(town):
        if fold(entry.ref) == fold(ref) or (entry.report is not None and entry.report.id == ref):
            return entry
    raise NotFound(
        _("Nothing in the inbox is called {ref}.").format(ref=ref),
        hint=_("See the list: parclibre inbox list"),
    )


def _check_decision(args: Namespace) -> None:
    if args.decision is None or (args.decision == "same") != (args.tag is not None):
        raise UsageError(
            _("A report is decided by « same TAG », « new » or « dismiss »."),
            hint=_("See the candidates: parclibre inbox show {ref}").format(ref=args.ref),
        )


def _kind_words(entry: Entry) -> str:
    return issue_name(entry.kind) if entry.issue is not None else _("Report to decide")


def _title(entry: Entry) -> str:
    if entry.report is not None:
        return report_title(entry.report)
    return issue_title(entry.issue) if entry.issue is not None else ""


def _show_report(context: Context, report: HeldReport) -> None:
    for line in report_lines(report.facts, report.file):
        context.say(line)
    context.say()
    header, rows = compare(report)
    context.print_table(header, rows)


def _document(entry: Entry) -> dict[str, object]:
    report, issue = entry.report, entry.issue
    return {
        "ref": entry.ref,
        "kind": entry.kind,
        "report": report_to_json(report.facts, report.file) if report else None,
        "why": report.why if report else None,
        "candidates": [candidate_json(c) for c in report.candidates] if report else [],
        "machine": issue.machine.tag if issue else None,
        "reasons": [
            {"code": reason.code, "guard": reason.guard, "params": dict(reason.params)}
            for reason in (issue.reasons if issue else ())
        ],
    }
