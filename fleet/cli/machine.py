# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre machine``: add, describe, list; ``show`` and ``label`` have modules of their own."""

from __future__ import annotations

import argparse
import re
from argparse import Namespace
from typing import Any

from fleet.cli import machine_label, machine_list, machine_show
from fleet.cli.acting import act_command, note
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, Parser, add_on, command, group, iso_date
from fleet.cli.selection import tags_of
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.text import clean
from fleet.services import browse, records
from fleet.services.machines import MACHINE_KINDS, OWNERS, PROVENANCES, next_tag
from fleet.services.machines import register as register_machine
from fleet.services.town import Town

_AMOUNT = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?\s*€?")
_FIELDS = (
    "kind", "owner", "provenance", "manufacturer", "model", "serial", "accounting_number",
    "purchased_on", "purchase_value_cents", "net_book_value_cents", "system", "note",
)  # fmt: skip


def register(commands: Commands) -> None:
    """Add ``machine``."""
    inner = group(commands, "machine", Help(line=_("machines: add, list, show, label")))
    _add(inner)
    machine_list.register(inner)
    machine_show.register(inner)
    _describe(inner)
    machine_label.register(inner)


def _add(commands: Commands) -> None:
    help_ = Help(
        line=_("register a machine by hand"),
        text=_("Register a machine by hand, even one that does not start. Without --tag, the next "
               "free tag is given."),
        examples=(
            (
                "parclibre machine add --tag VJ-0042 --kind laptop --manufacturer Dell "
                '--model "Latitude 5490" --site "Mairie"',
                _("a laptop of the town"),
            ),
            (
                "parclibre machine add --kind desktop --gift --owner association "
                "--provenance given_by_company",
                _("a gift from outside, for the workshop"),
            ),
        ),
    )  # fmt: skip
    parser = command(commands, "add", add, help_)
    parser.add_argument("--tag", metavar=_("TAG"), help=_("its asset tag (default: the next one)"))
    parser.add_argument("--gift", action="store_true", help=_("from outside, not the town's stock"))
    _add_fields(parser)
    add_on(parser)


def _describe(commands: Commands) -> None:
    line = "parclibre machine describe VJ-0042 --provenance leased"
    help_ = Help(
        line=_("correct or complete a machine's description"),
        examples=((line, _("it was leased after all")),),
    )
    parser = act_command(commands, "describe", describe, help_, dated=False)
    parser.add_argument("--new-tag", metavar=_("TAG"), help=_("the new label stuck on it"))
    _add_fields(parser)


def _add_fields(parser: Parser) -> None:
    parser.add_argument(
        "--kind", choices=MACHINE_KINDS, metavar=_("KIND"),
        help=_("what it is: {kinds}").format(kinds=", ".join(MACHINE_KINDS)),
    )  # fmt: skip
    parser.add_argument("--owner", choices=OWNERS, help=_("who owns it"))
    parser.add_argument("--provenance", choices=PROVENANCES, help=_("how it came"))
    parser.add_argument("--site", metavar=_("SITE"), help=_("where it is"))
    for name, what in (
        ("manufacturer", _("its maker")),
        ("model", _("its model")),
        ("serial", _("its serial number")),
        ("accounting-number", _("its number in the inventory of accounts")),
        ("system", _("the system it runs")),
        ("note", _("anything else, without names")),
    ):
        parser.add_argument(f"--{name}", metavar=_("TEXT"), help=what)
    parser.add_argument(
        "--purchased-on", type=iso_date, metavar=_("DATE"), help=_("the day it was bought")
    )
    for name, what in (
        ("purchase-value", _("what it cost, in euros")),
        ("net-book-value", _("what it is still worth in the accounts, in euros")),
    ):
        parser.add_argument(
            f"--{name}", type=cents, metavar="EUR", dest=f"{name.replace('-', '_')}_cents",
            help=what,
        )  # fmt: skip


def cents(text: str) -> int:
    """Return cents from an amount such as ``549,90``."""
    found = _AMOUNT.fullmatch(text.strip().replace(" ", "").replace("\u202f", ""))
    if found is None:
        raise argparse.ArgumentTypeError(
            _("{text} is not an amount, such as 549,90").format(text=text)
        )
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def add(args: Namespace, context: Context) -> int:
    """Register a machine."""
    town = context.acting_town()
    tag = args.tag or next_tag(town)
    body = k.MachineRegistered(
        tag=tag, origin="gift" if args.gift else "stock", on=args.on, **_fields(args, town)
    )
    register_machine(town, body)
    context.say(tag)
    return 0


def describe(args: Namespace, context: Context) -> int:
    """Correct or complete machines."""
    town = context.acting_town()
    fields = _fields(args, town)
    if args.new_tag is not None:
        fields["tag"] = _free_tag(args, context, town)
    if not fields:
        raise UsageError(
            _("Nothing to correct is given."), hint=_("For example: --model « Latitude 5490 »")
        )
    return note(args, context, town, k.MachineDescribed(**fields), "MachineDescribed")


def _free_tag(args: Namespace, context: Context, town: Town) -> str:
    tag = clean(args.new_tag)
    if tag is None or len(tags_of(args, context, town)) > 1:
        raise UsageError(
            _("A new tag is for one machine."), hint=_("Name one machine and one tag.")
        )
    if browse.tag_exists(town, tag):
        raise UsageError(
            _("The tag {tag} is already on another machine.").format(tag=tag),
            hint=_("See it: parclibre machine show {tag}").format(tag=tag),
        )
    return tag


def _fields(args: Namespace, town: Town) -> dict[str, Any]:
    given = {name: getattr(args, name) for name in _FIELDS}
    given["site"] = records.find(town, "site", args.site).id if args.site else None
    return {name: value for name, value in given.items() if value is not None}
