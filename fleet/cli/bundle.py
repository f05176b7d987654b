# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre bundle``: the journal's signed bundles, out and in."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.files import read_text
from fleet.cli.parser import Commands, Help, command, group
from fleet.i18n import _, ngettext
from fleet.output.words import labelled, state_name
from fleet.services import exchange, records
from fleet.services.acts import view_of
from fleet.services.exchange import ImportReport
from fleet.services.town import Town

_SHOWN = 8


def register(commands: Commands) -> None:
    """Add ``bundle export``, ``import`` and ``heads``."""
    found = group(commands, "bundle", Help(line=_("exchange bundles with keys and partners")))
    _register_export(found)
    importing = command(
        found, "import", import_,
        Help(
            line=_("bring in another installation's bundle"),
            text=_(
                "Verifies trust, signature, chains and sizes first: all of it comes in, or nothing."
            ),
        ),
    )  # fmt: skip
    importing.add_argument("file", type=Path, metavar=_("FILE"), help=_("a bundle (.tar.zst)"))
    command(
        found, "heads", heads,
        Help(line=_("print what this store has, for whoever will export to it (JSON)")),
    )  # fmt: skip


def _register_export(commands: Commands) -> None:
    parser = command(
        commands, "export", export,
        Help(
            line=_("write a signed bundle for another installation"),
            text=_(
                "With --lot, the contents of other machines' events stay here: the chain can be "
                "verified all the same."
            ),
            examples=(
                ("parclibre bundle export parc.tar.zst", _("everything")),
                ("parclibre bundle export suite.tar.zst --have heads.json",
                 _("only what the receiver lacks, by its « bundle heads »")),
                ('parclibre bundle export lot.tar.zst --lot "Lot rentrée 2024"',
                 _("for a partner: only its machines")),
            ),
        ),
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("the bundle to write"))
    parser.add_argument(
        "--have", type=Path, metavar=_("FILE"), help=_("what the receiver has (« bundle heads »)")
    )
    parser.add_argument(
        "--lot", action="append", default=[], metavar=_("LOT"), help=_("only this lot's contents")
    )


def export(args: Namespace, context: Context) -> int:
    """Write a bundle."""
    town = context.town()
    lots = [records.find(town, "lot", name).id for name in args.lot]
    have = exchange.read_heads_json(read_text(args.have)) if args.have else None
    report = exchange.export_bundle(town, args.file, have=have, lots=lots)
    n, m = report.events, report.attachments
    events = ngettext("{n} event", "{n} events", n).format(n=n)
    papers = ngettext("{n} attachment", "{n} attachments", m).format(n=m)
    context.say(labelled(report.path, f"{events}, {papers}"))
    if report.filtered:
        context.tell(_("The contents of other machines' events were left out."))
    return 0


def import_(args: Namespace, context: Context) -> int:
    """Bring in a bundle."""
    report = exchange.import_bundle(context.town(), args.file)
    for replica, count in sorted(report.new_events.items()):
        text = ngettext("{replica}: {n} new event", "{replica}: {n} new events", count)
        context.say(text.format(replica=replica, n=count))
    _tell_rest(context, report)
    return 0


def _tell_rest(context: Context, report: ImportReport) -> None:
    if not (report.new_events or report.filled_bodies or report.new_attachments):
        context.say(_("Nothing new."))
    for line in _machines(context.town(), report.machines):
        context.say(line)
    if report.new_attachments:
        n = report.new_attachments
        context.say(ngettext("{n} new attachment", "{n} new attachments", n).format(n=n))
    if report.new_issues:
        n = len(report.new_issues)
        text = ngettext(
            "{n} new entry in the inbox: parclibre inbox list",
            "{n} new entries in the inbox: parclibre inbox list",
            n,
        )
        context.tell(text.format(n=n))


def heads(args: Namespace, context: Context) -> int:
    """Print the heads as JSON."""
    context.say(exchange.heads_json(context.town()))
    return 0


def _machines(town: Town, machines: Sequence[str]) -> Iterator[str]:
    """Yield where each machine that the bundle speaks of stands now, or how many in each state."""
    found = [view_of(town, machine).machine for machine in machines]
    if len(found) <= _SHOWN:
        yield from (labelled(machine.tag, state_name(machine.state)) for machine in found)
        return
    for state, count in Counter(machine.state for machine in found).most_common():
        text = ngettext("{n} machine: {state}", "{n} machines: {state}", count)
        yield text.format(n=count, state=state_name(state))
