# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre repair add`` and ``repair export``: attempts of the workshop, and open data."""

from __future__ import annotations

import argparse
import re
from argparse import Namespace
from pathlib import Path

from fleet.cli.acting import act_command, note
from fleet.cli.context import Context
from fleet.cli.files import write_new
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _, ngettext
from fleet.model import kinds as k
from fleet.model.repairs import OUTCOMES, Publication
from fleet.output.repairs_csv import repairs_csv
from fleet.output.words import labelled
from fleet.services.repairs import repairs, standard

_PART = re.compile(r"new:.{1,100}|salvaged:[^:]{1,100}:.{1,40}")


def register_in(repair: Commands) -> None:
    """Add ``add`` and ``export`` to ``repair``."""
    _add(repair)
    _export(repair)


def _add(commands: Commands) -> None:
    help_ = Help(
        line=_("record a repair of the workshop"),
        text=_(
            "Record one fault and what was done about it. The machine keeps its state. A fault "
            "is best given by its code ({faults}): free words are not published."
        ).format(faults=", ".join(standard().faults)),
        examples=(
            (
                "parclibre repair add VJ-0042 --fault memory --action replaced"
                ' --part "new:DDR3 4 Go" --minutes 15 --outcome fixed',
                _("with a new part"),
            ),
            (
                'parclibre repair add VJ-0042 --fault screen --part "salvaged:dalle 14:VJ-0007"'
                " --outcome fixed",
                _("with a part of another machine"),
            ),
        ),
    )
    parser = act_command(commands, "add", add, help_)
    parser.add_argument(
        "--fault", required=True, metavar=_("FAULT"), help=_("its code, or words without names")
    )
    parser.add_argument(
        "--action", action="append", default=[], metavar=_("TEXT"), help=_("what was done")
    )
    parser.add_argument(
        "--part", action="append", default=[], type=part, metavar=_("PART"),
        help=_("new:WHAT, or salvaged:WHAT:TAG of the machine it comes from"),
    )  # fmt: skip
    parser.add_argument("--minutes", type=minutes, default=0, help=_("minutes of work"))
    parser.add_argument("--outcome", choices=OUTCOMES, default="unknown", help=_("how it ended"))
    parser.add_argument(
        "--barrier", choices=tuple(standard().barriers),
        help=_("what stopped it, at the end of its life"),
    )  # fmt: skip


def _export(commands: Commands) -> None:
    help_ = Help(
        line=_("write the repairs as open data"),
        text=_(
            "Writes every repair as CSV of the Open Repair Data Standard {version}. No person, "
            "tag or serial is in it. Faults in free words are left blank, unless --with-words "
            "says that somebody read them and found no name."
        ).format(version=standard().version),
        examples=(
            (
                'parclibre repair export --output repairs.csv --provider "Ville de Jolimont"',
                _("for the Open Repair Alliance"),
            ),
        ),
    )
    parser = command(commands, "export", export, help_)
    parser.add_argument(
        "--output", required=True, type=Path, metavar=_("FILE"), help=_("where to write")
    )
    parser.add_argument(
        "--provider", required=True, metavar=_("NAME"), help=_("who publishes: an organisation")
    )
    parser.add_argument("--group", metavar=_("NAME"), help=_("the workshop (default: provider)"))
    parser.add_argument(
        "--country", type=country, default="FRA", metavar=_("CODE"), help=_("three letters (FRA)")
    )
    parser.add_argument(
        "--with-words", action="store_true", help=_("publish faults in free words too")
    )
    parser.add_argument("--force", action="store_true", help=_("replace a file that exists"))


def part(text: str) -> str:
    """Return a part as the journal keeps it. Raises argparse's error for another form."""
    if _PART.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(
        _("{text} is not a part; write new:WHAT or salvaged:WHAT:TAG").format(text=text)
    )


def minutes(text: str) -> int:
    """Return minutes of work. Raises argparse's error beyond a month of them."""
    if text.isdecimal() and int(text) <= 60 * 24 * 31:
        return int(text)
    raise argparse.ArgumentTypeError(_("{text} is not a number of minutes").format(text=text))


def country(text: str) -> str:
    """Return a country's code (ISO 3166, three letters). Raises argparse's error."""
    if re.fullmatch("[A-Z]{3}", text):
        return text
    raise argparse.ArgumentTypeError(
        _("{text} is not a country's code of three letters, such as FRA").format(text=text)
    )


def add(args: Namespace, context: Context) -> int:
    """Record a repair."""
    body = k.RepairDone(
        fault=args.fault,
        actions=tuple(args.action),
        parts=tuple(args.part),
        minutes=args.minutes,
        outcome=args.outcome,
        barrier=args.barrier,
        on=args.on,
    )
    return note(args, context, context.acting_town(), body, "RepairDone")


def export(args: Namespace, context: Context) -> int:
    """Write the repairs. Raises FleetError when the file exists or cannot be written."""
    found = repairs(context.town())
    publication = Publication(
        provider=args.provider,
        group=args.group or args.provider,
        country=args.country,
        with_words=args.with_words,
    )
    table = repairs_csv(found, publication, standard()).encode()
    hint = _("Add --force to replace it.")
    write_new(args.output, table, replace=args.force, hint=hint)
    written = ngettext("{n} repair", "{n} repairs", len(found)).format(n=len(found))
    context.say(labelled(args.output, written))
    return 0
