# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre site`` and ``parclibre room``."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli import stock
from fleet.cli.context import Context
from fleet.cli.listing import lister, record_shape
from fleet.cli.parser import Commands, Help, command, group
from fleet.i18n import _
from fleet.output.words import site_kind_name
from fleet.services import records

SITES = record_shape(
    "site-list",
    "sites",
    lambda: {"name": _("its name"), "kind": _("school, town_hall, workshop or other")},
)
ROOMS = record_shape(
    "room-list",
    "rooms",
    lambda: {
        "name": _("its name"),
        "site": _("the site's id"),
        "site_name": _("the site's name"),
        "rows": _("rows of seats"),
        "columns": _("seats in a row"),
    },
)


def register(commands: Commands) -> None:
    """Add ``site`` and ``room``."""
    _register_site(group(commands, "site", Help(line=_("schools, town halls, workshops"))))
    _register_room(group(commands, "room", Help(line=_("rooms and their seats"))))


def _register_site(commands: Commands) -> None:
    example = ('parclibre site add "École Jean-Jaurès" --kind school', _("a school"))
    add = command(commands, "add", add_site, Help(line=_("add a site"), examples=(example,)))
    add.add_argument("name", metavar=_("NAME"))
    add.add_argument("--kind", choices=records.SITE_KINDS, default="other", help=_("what it is"))
    run = lister(
        "site",
        "sites",
        SITES,
        lambda: [
            (_("Name"), lambda row: row["name"]),
            (_("Kind"), lambda row: site_kind_name(row.get("kind", "other"))),
        ],
    )
    command(commands, "list", run, Help(line=_("list the sites")), shape=SITES)


def _register_room(commands: Commands) -> None:
    line = 'parclibre room add "École Jean-Jaurès" "Salle 12" --rows 4 --columns 6'
    help_ = Help(
        line=_("add a room to a site"),
        text=_("Add a room with its seats: A1 is the first seat of the first row."),
        examples=((line, _("24 seats, from A1 to D6")),),
    )
    add = command(commands, "add", add_room, help_)
    add.add_argument("site", metavar=_("SITE"))
    add.add_argument("name", metavar=_("NAME"))
    add.add_argument("--rows", type=int, default=1, metavar="N", help=_("rows of seats"))
    add.add_argument("--columns", type=int, default=1, metavar="N", help=_("seats in a row"))
    run = lister(
        "room",
        "rooms",
        ROOMS,
        lambda: [
            (_("Name"), lambda row: row["name"]),
            (_("Site"), lambda row: row.get("site_name")),
            (_("Rows"), lambda row: row.get("rows", 1)),
            (_("Columns"), lambda row: row.get("columns", 1)),
        ],
    )
    command(commands, "list", run, Help(line=_("list the rooms")), shape=ROOMS)
    stock.register(commands)


def add_site(args: Namespace, context: Context) -> int:
    """Add a site."""
    records.add_site(context.acting_town(), args.name, args.kind)
    context.say(_("Site added: {name}").format(name=args.name))
    return 0


def add_room(args: Namespace, context: Context) -> int:
    """Add a room."""
    records.add_room(context.acting_town(), args.site, args.name, args.rows, args.columns)
    context.say(_("Room added: {name}").format(name=args.name))
    return 0
