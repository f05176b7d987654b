# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre journal``: verify it, compute everything again from it, exchange it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from fleet.cli import journal_show
from fleet.cli.context import Context
from fleet.cli.files import read_text
from fleet.cli.parser import Commands, Help, command, group
from fleet.errors import StoreDamaged
from fleet.i18n import _, ngettext
from fleet.output.jsonout import Shape
from fleet.output.words import labelled
from fleet.services import exchange, records, verify
from fleet.services.exchange import ImportReport

VERIFY_SHAPE = Shape(
    name="journal-verify",
    fields=lambda: {
        "sound": _("true when nothing was found"),
        "damages": _("list of {where, what}"),
    },
)


def register(commands: Commands) -> None:
    """Add ``journal show``, ``verify``, ``rebuild``, ``export``, ``import`` and ``heads``."""
    found = group(commands, "journal", Help(line=_("verify, rebuild and exchange the journal")))
    journal_show.register(found)
    command(
        found, "verify", verify_,
        Help(
            line=_("find and name any altered event or attachment"),
            text=_("Exit status 7 when something was altered."),
        ),
        shape=VERIFY_SHAPE,
    )  # fmt: skip
    command(
        found, "rebuild", rebuild,
        Help(
            line=_("compute everything shown again, from the events only"),
            text=_(
                "Prints how many events were read and the digest of the result, the same on every "
                "store that holds the same events."
            ),
        ),
    )  # fmt: skip
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
                ("parclibre journal export parc.tar.zst", _("everything")),
                ("parclibre journal export suite.tar.zst --have heads.json",
                 _("only what the receiver lacks, by its « journal heads »")),
                ('parclibre journal export lot.tar.zst --lot "Lot rentrée 2024"',
                 _("for a partner: only its machines")),
            ),
        ),
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("the bundle to write"))
    parser.add_argument(
        "--have", type=Path, metavar=_("FILE"), help=_("what the receiver has (« journal heads »)")
    )
    parser.add_argument(
        "--lot", action="append", default=[], metavar=_("LOT"), help=_("only this lot's contents")
    )


def verify_(args: Namespace, context: Context) -> int:
    """Verify; each damage is a line of stdout."""
    damages = list(verify.verify(context.town()))
    if args.json:
        found = [asdict(damage) for damage in damages]
        context.print_json(VERIFY_SHAPE, sound=not damages, damages=found)
    else:
        for damage in damages:
            context.say(labelled(damage.where, damage.what))
        context.tell(_("The journal and its attachments are sound.") if not damages else _damaged())
    return StoreDamaged.exit_status if damages else 0


def _damaged() -> str:
    return _("Something was altered. Restore a backup, or ask another installation for a bundle.")


def rebuild(args: Namespace, context: Context) -> int:
    """Rebuild the projections."""
    town = context.town()
    count = verify.rebuild(town)
    text = ngettext("{n} event read again.", "{n} events read again.", count)
    context.tell(text.format(n=count))
    context.say(verify.digest(town))
    return 0


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
