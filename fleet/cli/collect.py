# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre collect``: what this very PC says about itself, in one report file."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from reconditioning import collect


def register(commands: Commands) -> None:
    """Add ``collect``."""
    parser = command(
        commands,
        "collect",
        run,
        Help(
            line=_("describe this PC in a report file"),
            text=_(
                "Runs the collectors present on this Linux PC and keeps their raw outputs; says "
                "which ones are missing or refused, and never guesses. Logins, names and Wi-Fi "
                "names are taken out. Run it as root. For old machines, « make collector » gives "
                "the same as one file."
            ),
            examples=(
                ("sudo parclibre collect --output /media/usb", _("write to a USB key")),
                ("sudo parclibre collect --stdout | parclibre report read -", _("show it now")),
            ),
        ),
    )
    parser.add_argument(
        "--output", default=".", metavar=_("DIR|FILE"), help=_("where to write (default: here)")
    )
    parser.add_argument("--stdout", action="store_true", help=_("write to standard output"))
    parser.add_argument(
        "--force", action="store_true", help=_("replace a report that already exists")
    )


def run(args: Namespace, context: Context) -> int:
    """Run the collector as the single file does."""
    words = ["--output", args.output]
    words += ["--stdout"] * args.stdout + ["--force"] * args.force
    return collect.main(words)
