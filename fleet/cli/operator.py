# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre operator``: who acts from now on."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli import session
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import NotFound
from fleet.i18n import _
from fleet.output.jsonout import Shape
from fleet.services import browse

SHAPE = Shape(
    name="operator",
    fields=lambda: {
        "id": _("the operator's id in the journal"),
        "name": _("the name, null when it was purged"),
    },
)


def register(commands: Commands) -> None:
    """Add ``operator``."""
    parser = command(
        commands,
        "operator",
        run,
        Help(
            line=_("say who acts from now on, or show who does"),
            text=_(
                "Choose once per session the named person who acts. The journal keeps an id; the "
                "name is kept apart, encrypted, and can be purged."
            ),
            examples=(
                ('parclibre operator "Camille B."', _("acts from now on are Camille's")),
                ("parclibre operator", _("who is it?")),
                ("parclibre operator --nobody", _("end the session")),
            ),
        ),
        shape=SHAPE,
    )
    parser.add_argument("name", nargs="?", metavar=_("NAME"), help=_("the person's name"))
    parser.add_argument("--nobody", action="store_true", help=_("end the session"))


def run(args: Namespace, context: Context) -> int:
    """Choose, show or forget the operator."""
    if args.nobody:
        session.forget_operator(context.home)
        return 0
    if args.name is not None:
        town = context.town().acting_as(args.name)
        session.choose_operator(context.home, str(town.operator))
    town = context.acting_town()
    if town.operator is None:
        raise NotFound(
            _("Nobody is named as the operator."),
            hint=_('Say who you are: parclibre operator "Camille B."'),
        )
    name = browse.names(town)(town.operator)
    if args.json:
        context.print_json(SHAPE, id=town.operator, name=name)
    else:
        context.say(name or town.operator)
    return 0
