# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre report``: read what machines say about themselves, and bring it into the journal."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from fleet.cli import opinion
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command, group
from fleet.cli.report_text import report_lines
from fleet.errors import BadInput, FleetError, NotFound
from fleet.i18n import _, ngettext
from fleet.model.facts import ReportFacts
from fleet.output.safe import for_json
from fleet.output.words import labelled
from fleet.readers.detect import decode, read_report
from fleet.readers.limits import MAX_BYTES
from fleet.readers.report_json import report_to_json
from fleet.services import reports
from fleet.services.reports import FileOutcome

Found = tuple[ReportFacts, str]


def register(commands: Commands) -> None:
    """Add ``report read``, ``report import`` and ``report opinion``."""
    found = group(commands, "report", Help(line=_("read and import hardware reports")))
    _register_read(found)
    _register_import(found)
    opinion.register_in(found)


def _register_read(commands: Commands) -> None:
    parser = command(
        commands,
        "read",
        read,
        Help(
            line=_("show what reports say, without any store"),
            text=_(
                "Reads dmidecode, lshw, lscpu, lsblk, smartctl, upower, hwinfo, GLPI Agent, eReuse "
                "and our own reports. With --json: a list with one object per machine or disk, "
                "every key present, null for what is unknown. Exit status 4 when a file is not a "
                "report; the others are shown all the same."
            ),
            examples=(
                ("parclibre report read pc.json", _("what does this machine say?")),
                ("sudo dmidecode | parclibre report read -", _("read from a pipe")),
                ("parclibre report read *.txt --json", _("for another program")),
            ),
        ),
    )
    parser.add_argument(
        "files", nargs="+", metavar=_("FILE"), help=_("reports; « - » reads standard input")
    )
    parser.add_argument("--json", action="store_true", help=_("print a JSON list"))


def _register_import(commands: Commands) -> None:
    parser = command(
        commands,
        "import",
        import_,
        Help(
            line=_("bring reports into the journal"),
            text=_(
                "Tells for each file which machine it is: same, new, ask (a person decides: "
                "parclibre inbox list), or refused with the reason. Importing a file twice changes "
                "nothing. Exit status 4 when a file was refused."
            ),
            examples=(
                ("parclibre report import /media/usb/reports", _("all files of a USB key")),
                ("parclibre report import parclibre-*.json", _("these files")),
            ),
        ),
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar=_("FILE|DIR"), help=_("reports, or folders of them")
    )


def read(args: Namespace, context: Context) -> int:
    """Print the facts of each file; unreadable ones are told on stderr."""
    found: list[Found] = []
    status = 0
    for file in args.files:
        try:
            found += [(facts, file) for facts in _facts(file, context)]
        except FleetError as error:
            status = max(status, error.exit_status)
            context.tell(labelled(file, f"{error.message} {error.hint}".rstrip()))
    if args.json:
        documents = [report_to_json(facts, file) for facts, file in found]
        context.say(for_json(json.dumps(documents, ensure_ascii=False, indent=2)))
    else:
        context.say("\n\n".join("\n".join(report_lines(facts, file)) for facts, file in found))
    return status


def _facts(file: str, context: Context) -> tuple[ReportFacts, ...]:
    if file == "-":
        return read_report(_piped(context))
    try:
        with Path(file).open("rb") as opened:
            return read_report(decode(opened.read(MAX_BYTES + 1)))
    except OSError as error:
        raise NotFound(
            _("The file cannot be read: {why}.").format(why=error.strerror),
            hint=_("Check its name, and who may read it."),
        ) from error


def _piped(context: Context) -> str:
    """Return standard input as text, whatever its encoding."""
    raw = getattr(context.stdin, "buffer", None)
    if raw is None:
        return context.stdin.read(MAX_BYTES + 1)
    return decode(raw.read(MAX_BYTES + 1))


def import_(args: Namespace, context: Context) -> int:
    """Import files; one line for each machine or disk found."""
    town = context.acting_town()
    with town.act():
        pass  # nobody named as the author is refused once, before any file
    outcomes = []
    for outcome in reports.import_files(town, args.paths):
        context.say(_line(outcome))
        outcomes.append(outcome)
    for line in _summary(outcomes):
        context.tell(line)
    refused = any(outcome.outcome == "refused" for outcome in outcomes)
    return BadInput.exit_status if refused else 0


def _line(outcome: FileOutcome) -> str:
    words = {
        "same": _("same machine"),
        "new": _("new machine"),
        "ask": _("to decide"),
        "refused": _("refused"),
    }
    verdict = words.get(outcome.outcome, outcome.outcome)
    if outcome.outcome in ("same", "new") and outcome.tag is None:
        verdict = _("disk")
    about = " ".join(part for part in (verdict, outcome.tag) if part)
    return labelled(outcome.file, about) + (f" - {outcome.detail}" if outcome.detail else "")


def _summary(outcomes: list[FileOutcome]) -> Iterator[str]:
    changed = sum(not o.unchanged and o.outcome in ("same", "new") for o in outcomes)
    yield ngettext("{n} report imported.", "{n} reports imported.", changed).format(n=changed)
    if waiting := sum(outcome.outcome == "ask" for outcome in outcomes):
        yield ngettext(
            "{n} report waits for a decision: parclibre inbox list",
            "{n} reports wait for a decision: parclibre inbox list",
            waiting,
        ).format(n=waiting)
