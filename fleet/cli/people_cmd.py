# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre people``: the names kept apart from the journal, and their end."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli import people_rights
from fleet.cli.acting import add_yes
from fleet.cli.confirming import require_typed
from fleet.cli.context import Context
from fleet.cli.listing import print_list
from fleet.cli.parser import Commands, Help, command, group
from fleet.errors import UsageError
from fleet.i18n import _, day_name, ngettext
from fleet.output.jsonout import Shape
from fleet.output.words import person_role
from fleet.services import people, people_list
from fleet.services.people_list import PurgeReport
from fleet.services.town import Town

LIST_SHAPE = Shape(
    name="people",
    fields=lambda: {
        "people": _("list of {id, role, name, purge_on, purged_on}; name null once purged")
    },
)

PURGE_SHAPE = Shape(
    name="people-purge",
    fields=lambda: {
        "on": _("the day of the purge"),
        "purged": _("ids of the people whose name, contact and papers were destroyed"),
        "traces_erased": _("false while another program holds old pages of the store"),
        "next_on": _("the day the next name is due, null without one"),
    },
)


def register(commands: Commands) -> None:
    """Add ``people list``, ``purge``, ``export``, ``erase``, ``backup-keys``, ``restore-keys``."""
    found = group(
        commands, "people",
        Help(
            line=_("names of people: list, purge, keys"),
            text=_(
                "The journal knows people by an id. Names are kept apart, each under a key of its "
                "own; a purge destroys the key, and no figure changes."
            ),
        ),
    )  # fmt: skip
    command(found, "list", list_, Help(line=_("list the people known here")), shape=LIST_SHAPE)
    _register_purge(found)
    people_rights.register(found)
    backup = command(
        found, "backup-keys", backup_keys,
        Help(line=_("write the people's keys to a file, to keep apart from the store's backup")),
    )  # fmt: skip
    backup.add_argument("file", type=Path, metavar=_("FILE"))
    restore = command(
        found, "restore-keys", restore_keys,
        Help(line=_("bring keys back from a backup; those purged since stay purged")),
    )  # fmt: skip
    restore.add_argument("file", type=Path, metavar=_("FILE"))


def _register_purge(commands: Commands) -> None:
    parser = command(
        commands, "purge", purge,
        Help(
            line=_("destroy names for good"),
            text=_(
                "Destroy names for good, and report it. The timer parclibre-purge.timer, shipped "
                "with the program, does it every night for those that are due."
            ),
            examples=(
                ("parclibre people purge --due", _("everybody whose keeping time is over")),
                ('parclibre people purge "Camille B."', _("somebody who asked for it")),
            ),
        ),
        shape=PURGE_SHAPE,
    )  # fmt: skip
    parser.add_argument(
        "persons", nargs="*", metavar=_("PERSON"), help=_("ids or names, see people list")
    )
    parser.add_argument("--due", action="store_true", help=_("all whose keeping time is over"))
    add_yes(parser)


def list_(args: Namespace, context: Context) -> int:
    """Print who is known."""
    header = (_("Id"), _("Role"), _("Name"), _("Purge due on"), _("Purged on"))
    return print_list(
        args, context, LIST_SHAPE, people_list.known_people(context.town()), header=header,
        row=lambda p: (p.id, person_role(p.role), p.name, day_name(p.purge_on),
                       day_name(p.purged_on)),
    )  # fmt: skip


def purge(args: Namespace, context: Context) -> int:
    """Destroy names."""
    if bool(args.persons) == args.due:
        raise UsageError(
            _("Say whose names: persons, or --due."),
            hint=_("See who is known: parclibre people list"),
        )
    town = context.town()
    if args.due:
        return _report(args, context, town, people.purge_due(town, context.today()))
    chosen = [people_list.find_person(town, who) for who in args.persons]
    _confirm(args, context, len(chosen))
    return _report(args, context, town, people.purge_persons(town, chosen, context.today()))


def _report(args: Namespace, context: Context, town: Town, report: PurgeReport) -> int:
    next_on = people_list.next_purge(town)
    if not args.json:
        _tell(context, report)
        if next_on is not None:
            context.tell(_("The next name is due on {day}.").format(day=day_name(next_on)))
        return 0
    context.print_json(
        PURGE_SHAPE,
        on=report.on.isoformat(),
        purged=list(report.purged),
        traces_erased=report.traces_erased,
        next_on=next_on,
    )
    return 0


def _confirm(args: Namespace, context: Context, count: int) -> None:
    if args.yes:
        return
    text = ngettext(
        "{n} name will be destroyed for good. Type {n} to confirm:",
        "{n} names will be destroyed for good. Type {n} to confirm:",
        count,
    )
    hint = _("A purge cannot be undone: check who is named, then add --yes.")
    require_typed(context, text.format(n=count), expected=str(count), hint=hint)


def _tell(context: Context, report: PurgeReport) -> int:
    for person in report.purged:
        context.say(person)
    count = len(report.purged)
    context.tell(ngettext("{n} name purged.", "{n} names purged.", count).format(n=count))
    if report.purged and not report.traces_erased:
        context.tell(
            _("Another program holds old pages of the store: close it, then purge --due again.")
        )
    return 0


def backup_keys(args: Namespace, context: Context) -> int:
    """Write the key backup."""
    people.backup_keys(context.town(), args.file)
    context.say(str(args.file))
    context.tell(_("Keep it apart from the store's backup, and destroy older ones."))
    return 0


def restore_keys(args: Namespace, context: Context) -> int:
    """Read a key backup."""
    return _tell(context, people.restore_keys(context.town(), args.file, context.today()))
