# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre bench``: the workshop's wizard, one machine after the other."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model.live_key import stick_folder


def register(commands: Commands) -> None:
    """Add ``bench``."""
    parser = command(
        commands,
        "bench",
        run,
        Help(
            line=_("put a machine back in order: identify, test, repair, wipe, install"),
            text=_(
                "The five big steps of the workshop, by questions, for this very PC; the key "
                "starts it by itself. Everything is recorded at once: after a power cut it goes "
                "on where it was. Nothing is erased before the machine's number is typed. With "
                "--report and --disk it works on a report and on disk files, to rehearse."
            ),
            examples=(
                ("sudo parclibre bench", _("the PC that this runs on")),
                (
                    "parclibre bench --report portable.json --disk essai.img",
                    _("rehearse, on a disk file (truncate -s 1G essai.img)"),
                ),
            ),
        ),
    )
    parser.add_argument(
        "--report", type=Path, metavar=_("FILE"), help=_("a report, instead of reading this PC")
    )
    parser.add_argument(
        "--disk", type=Path, action="append", default=[], metavar=_("DISK"),
        help=_("the only disk or disk file to look at (may be repeated)"),
    )  # fmt: skip
    parser.add_argument("--plain", action="store_true", help=_("plain text, no box drawing"))


def run(args: Namespace, context: Context) -> int:
    """Open the wizard in this terminal."""
    if not context.interactive:
        raise UsageError(
            _("The wizard needs a terminal and a person."),
            hint=_("Start it from a console, without a pipe."),
        )
    from reconditioning.workplace import Workplace
    from tui.bench.app import run as run_wizard

    place = Workplace(
        home=context.home,
        stick=stick_folder(context.environ),
        report=args.report,
        disks=tuple(args.disk),
    )
    return run_wizard(context.acting_town(), place, plain=args.plain)
