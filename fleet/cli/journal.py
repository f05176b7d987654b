# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre journal``: show it, verify it, compute everything again from it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from fleet.cli import journal_show
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command, group
from fleet.errors import StoreDamaged
from fleet.i18n import _, ngettext
from fleet.output.jsonout import Shape
from fleet.output.words import labelled
from fleet.services import verify

VERIFY_SHAPE = Shape(
    name="journal-verify",
    fields=lambda: {
        "sound": _("true when nothing was found"),
        "damages": _("list of {where, what}"),
    },
)


def register(commands: Commands) -> None:
    """Add ``journal show``, ``verify`` and ``rebuild``."""
    found = group(commands, "journal", Help(line=_("show, verify and rebuild the journal")))
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
