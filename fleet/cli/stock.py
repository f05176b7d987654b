# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre room count``: the stock-taking of a room from scanned tags."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.cli.selection import add_scans, scanned
from fleet.errors import GuardRefused
from fleet.i18n import _, ngettext
from fleet.output.reasons import describe
from fleet.output.words import labelled
from fleet.services import browse, records, stocktaking
from fleet.services.stocktaking import StockReport


def register(commands: Commands) -> None:
    """Add ``room count``."""
    help_ = Help(
        line=_("count a room: who is there, missing, unexpected"),
        text=_(
            "Compare scanned tags with what the journal expects in a room, and record what was "
            "seen. A barcode reader's prefix and keyboard are understood."
        ),
        examples=(
            ('parclibre room count "Salle 12" --tags-from scanned.txt', _("one tag per line")),
            (
                'parclibre room count "Salle 12" --tags-from scanned.txt --move',
                _("and the unexpected ones are here from now on"),
            ),
        ),
    )
    parser = command(commands, "count", run, help_)
    parser.add_argument("room", metavar=_("ROOM"))
    add_scans(parser)
    parser.add_argument("--site", metavar=_("SITE"), help=_("the site's name"))
    parser.add_argument("--move", action="store_true", help=_("the unexpected ones are here now"))


def run(args: Namespace, context: Context) -> int:
    """Count a room."""
    town = context.acting_town()
    taking = stocktaking.start(town, records.find_room(town, args.room, args.site))
    for tag in scanned(args, context):
        taking = taking.with_sighting(stocktaking.recognise(town, tag))
    unexpected = [line.tag for line in taking.unexpected]
    report = stocktaking.finish(town, taking, unexpected if args.move else ())
    seen = ngettext("{n} machine seen", "{n} machines seen", len(report.seen))
    context.say(seen.format(n=len(report.seen)))
    _list(context, _("Missing"), report.missing)
    _list(context, _("Unexpected here"), unexpected)
    _list(context, _("Moved here"), report.moved)
    _list(context, _("Tags that no machine bears"), report.unknown)
    return _refusals(context, report, browse.names(town))


def _list(context: Context, title: str, tags: tuple[str, ...] | list[str]) -> None:
    if tags:
        context.say(labelled(title, ", ".join(tags)))


def _refusals(context: Context, report: StockReport, names: browse.NameBook) -> int:
    for refusal in report.refused:
        for reason in refusal.reasons:
            context.say(f"  {labelled(refusal.tag, describe(reason, refusal.tag, names))}")
    return GuardRefused.exit_status if report.refused else 0
