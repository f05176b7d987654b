# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre backup``: one file with the whole installation, and a new home from it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.services import backup


def register(commands: Commands) -> None:
    """Add ``backup`` and ``backup restore``."""
    parser = command(
        commands, "backup", write,
        Help(
            line=_("save everything in one file, or start again from it"),
            text=_(
                "Writes the store, its attachments and this installation's key as they are at one "
                "moment, even while others work. The keys of people's names are left out: see "
                "people backup-keys. The file lets its holder sign in our name: keep it safe."
            ),
            examples=(
                ("parclibre backup --output parc.tar.zst", _("to a USB key, every week")),
                ("PARCLIBRE_HOME=~/parc parclibre backup restore parc.tar.zst",
                 _("on a new computer")),
            ),
        ),
    )  # fmt: skip
    parser.add_argument("--output", type=Path, metavar=_("FILE"), help=_("the file to write"))
    parser.add_argument(
        "--with-people-keys", action="store_true",
        help=_("with the keys of people's names: the file then outlives their purge"),
    )  # fmt: skip
    inner = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"))
    restoring = command(
        inner, "restore", restore,
        Help(line=_("make an installation in an empty PARCLIBRE_HOME from a backup")),
    )  # fmt: skip
    restoring.add_argument("file", type=Path, metavar=_("FILE"))


def write(args: Namespace, context: Context) -> int:
    """Write the backup."""
    if args.output is None:
        raise UsageError(
            _("Say where to write the backup: --output FILE"),
            hint=_("See the help: {command} --help").format(command="parclibre backup"),
        )
    backup.write(context.town(), args.output, people_keys=args.with_people_keys)
    context.say(str(args.output))
    if not args.with_people_keys:
        context.tell(_("Without the keys of people's names: parclibre people backup-keys FILE"))
    return 0


def restore(args: Namespace, context: Context) -> int:
    """Make the installation."""
    note = backup.restore(args.file, context.home, context.store_url)
    context.say(str(context.home))
    text = _("As of {moment} (UTC).")
    context.tell(text.format(moment=note.created[:16].replace("T", " ")))
    if not note.people_keys:
        context.tell(_("First bring back the names: parclibre people restore-keys FILE"))
    context.tell(_("Check it: parclibre journal verify"))
    context.tell(
        _("If others received newer events than these, run: parclibre replica rehome --help")
    )
    return 0
