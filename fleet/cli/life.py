# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's life in the town: install, move, see, repair, retire, lose, find."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fleet.cli import repairs
from fleet.cli.acting import act_command, move_on, note
from fleet.cli.context import Context
from fleet.cli.machine import cents
from fleet.cli.parser import Commands, Help, group
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.services import records
from fleet.services.papers import add_holder
from fleet.services.town import Town


def register(commands: Commands) -> None:
    """Add the commands of a machine's life in the town."""
    _install(commands)
    _move(commands)
    _see(commands)
    _repair(group(commands, "repair", Help(line=_("repairs"))))
    _retire(commands)
    _lose_and_find(commands)


def _install(commands: Commands) -> None:
    help_ = Help(
        line=_("put machines in service"),
        text=_("Put machines in service, in a room or with a holder."),
        examples=(
            (
                'parclibre install VJ-0042 --room "Salle 12" --seat A3 --image bureau-2026',
                _("with our image"),
            ),
            ("parclibre install VJ-0043 --holder NAME --system Windows", _("not installed by us")),
        ),
    )
    parser = act_command(commands, "install", install, help_)
    _add_place(parser)
    parser.add_argument("--seat", metavar=_("SEAT"), help=_("the seat, such as A3"))
    parser.add_argument("--holder", metavar=_("NAME"), help=_("the person it is entrusted to"))
    parser.add_argument("--image", metavar=_("IMAGE"), help=_("our image; without, not by us"))
    parser.add_argument("--system", metavar=_("TEXT"), help=_("the system it runs"))


def _move(commands: Commands) -> None:
    line = 'parclibre move VJ-0042 VJ-0043 --room "Salle 12"'
    help_ = Help(line=_("record another place"), examples=((line, _("both are there now")),))
    parser = act_command(commands, "move", move, help_)
    _add_place(parser)
    parser.add_argument("--seat", metavar=_("SEAT"), help=_("the seat, such as A3"))


def _see(commands: Commands) -> None:
    line = 'parclibre see --tags-from scanned.txt --room "Salle 12"'
    help_ = Help(
        line=_("record that machines were seen (stock-taking)"),
        examples=((line, _("what the barcode reader wrote, one tag per line")),),
    )
    _add_place(act_command(commands, "see", see, help_, dated=False))


def _repair(commands: Commands) -> None:
    line = 'parclibre repair open VJ-0042 --fault "Charnière cassée"'
    help_ = Help(line=_("open a repair"), examples=((line, _("it leaves service")),))
    opened = act_command(commands, "open", open_repair, help_)
    opened.add_argument("--fault", required=True, metavar=_("TEXT"), help=_("what is wrong"))
    line = 'parclibre repair close VJ-0042 --outcome repaired --part "dalle 14" --minutes 40'
    help_ = Help(line=_("close a repair"), examples=((line, _("back in stock")),))
    closed = act_command(commands, "close", close_repair, help_)
    closed.add_argument(
        "--outcome", required=True, choices=("repaired", "not_repaired", "no_fault"),
        help=_("how it ended"),
    )  # fmt: skip
    closed.add_argument(
        "--back-to", choices=("in_stock", "in_service"), default="in_stock",
        help=_("where it goes (default: in_stock)"),
    )  # fmt: skip
    closed.add_argument(
        "--part", action="append", default=[], metavar=_("TEXT"),
        help=_("a part that was used, new or salvaged (may be repeated)"),
    )  # fmt: skip
    closed.add_argument("--minutes", type=int, default=0, metavar="N", help=_("time spent"))
    repairs.register_in(commands)


def _retire(commands: Commands) -> None:
    help_ = Help(
        line=_("record the decision to retire machines (réforme)"),
        examples=(
            (
                "parclibre retire VJ-0042 --decision DEL-2026-17 --on 31/03/2026",
                _("one machine, by a decision of 31 March"),
            ),
            (
                'parclibre retire --select-site "Mairie" --select-state in_stock --decision D-18',
                _("all of a site's stock; asks first"),
            ),
        ),
    )
    parser = act_command(commands, "retire", retire, help_)
    parser.add_argument(
        "--decision", required=True, metavar=_("REFERENCE"), help=_("the decision's reference")
    )
    parser.add_argument(
        "--list-number", metavar=_("NUMBER"), help=_("the number of the list (procès-verbal)")
    )
    parser.add_argument(
        "--net-book-value", type=cents, metavar="EUR",
        help=_("what each is still worth in the accounts, in euros"),
    )  # fmt: skip


def _lose_and_find(commands: Commands) -> None:
    lost = act_command(commands, "lose", lose, Help(line=_("declare machines lost or stolen")))
    lost.add_argument("--stolen", action="store_true", help=_("stolen, not only lost"))
    help_ = Help(line=_("record that lost machines were found"))
    act_command(commands, "find", find, help_)


def _add_place(parser: ArgumentParser) -> None:
    parser.add_argument("--site", metavar=_("SITE"), help=_("the site's name"))
    parser.add_argument("--room", metavar=_("ROOM"), help=_("the room's name"))


def _place(args: Namespace, town: Town) -> tuple[str | None, str | None]:
    """Return (site id, room id) of the place asked for; a room says its site."""
    if args.room:
        room = records.find_room(town, args.room, args.site)
        return room.body["site"], room.id
    return (records.find(town, "site", args.site).id if args.site else None), None


def install(args: Namespace, context: Context) -> int:
    """Put machines in service."""
    town = context.acting_town()
    site, room = _place(args, town)
    body = k.Installed(
        site=site,
        room=room,
        seat=args.seat,
        holder=add_holder(town, args.holder) if args.holder else None,
        image=args.image,
        system=args.system,
        on=args.on,
    )
    return move_on(args, context, town, body)


def move(args: Namespace, context: Context) -> int:
    """Record another place."""
    town = context.acting_town()
    site, room = _place(args, town)
    if site is None:
        raise UsageError(_("No place is named."), hint=_("Say where: --room ROOM, or --site SITE"))
    body = k.Moved(site=site, room=room, seat=args.seat, on=args.on)
    return move_on(args, context, town, body)


def see(args: Namespace, context: Context) -> int:
    """Record that machines were seen."""
    town = context.acting_town()
    site, room = _place(args, town)
    return note(args, context, town, k.Seen(site=site, room=room), "Seen")


def open_repair(args: Namespace, context: Context) -> int:
    """Open a repair."""
    body = k.RepairOpened(fault=args.fault, on=args.on)
    return move_on(args, context, context.acting_town(), body)


def close_repair(args: Namespace, context: Context) -> int:
    """Close a repair."""
    body = k.RepairClosed(
        outcome=args.outcome,
        back_to=args.back_to,
        parts=tuple(args.part),
        minutes=args.minutes,
        on=args.on,
    )
    return move_on(args, context, context.acting_town(), body)


def retire(args: Namespace, context: Context) -> int:
    """Record the decision to retire."""
    body = k.Retired(
        decision=args.decision,
        list_number=args.list_number,
        net_book_value_cents=args.net_book_value,
        on=args.on,
    )
    return move_on(args, context, context.acting_town(), body)


def lose(args: Namespace, context: Context) -> int:
    """Declare lost or stolen."""
    body = k.Lost(stolen=args.stolen, on=args.on)
    return move_on(args, context, context.acting_town(), body)


def find(args: Namespace, context: Context) -> int:
    """Record that it was found."""
    return move_on(args, context, context.acting_town(), k.Found(on=args.on))
