# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre machine label``: QR labels as PDF sheets or PNG pictures."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.cli.selection import add_tags
from fleet.i18n import _


def register(commands: Commands) -> None:
    """Add ``machine label``."""
    help_ = Help(
        line=_("print labels with a QR code"),
        text=_(
            "Write labels of 70 by 37 mm: a PDF of A4 sheets (3 by 8, print at 100 %), or one "
            "PNG for each machine. The QR code holds parclibre:TAG and nothing else."
        ),
        examples=(
            ("parclibre machine label --select-site Mairie --pdf labels.pdf", _("a site's")),
            (
                "parclibre machine label VJ-0042 --pdf labels.pdf --skip 5",
                _("on a sheet whose first five are used"),
            ),
            ("parclibre machine label VJ-0042 --png label.png", _("for a label printer")),
        ),
    )
    parser = command(commands, "label", run, help_)
    add_tags(parser)
    out = parser.add_mutually_exclusive_group(required=True)
    out.add_argument("--pdf", type=Path, metavar=_("FILE"), help=_("write A4 sheets"))
    out.add_argument(
        "--png", type=Path, metavar=_("FILE"),
        help=_("write a picture; a folder when there are several machines"),
    )  # fmt: skip
    parser.add_argument(
        "--skip", type=int, default=0, metavar="N", help=_("places already used on the sheet")
    )
    parser.add_argument("--owner", metavar=_("TEXT"), help=_("the town's name, printed small"))


def run(args: Namespace, context: Context) -> int:
    """Write labels."""
    # A third of the start of every other command, if it were imported with this module.
    from fleet.cli.label_files import write_labels

    return write_labels(args, context)
