# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways out: hand over, lend, sell or transfer, dismantle, recycle; and the title."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

import msgspec

from fleet.cli.acting import act_command, move_on, note
from fleet.cli.context import Context
from fleet.cli.machine import cents
from fleet.cli.parser import Commands, Help, group, iso_date
from fleet.errors import NotFound
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.output.words import owners
from fleet.services import records
from fleet.services.papers import keep_receipt, read_paper
from fleet.services.town import Town

Receipted = k.HandedOver | k.Loaned
WAYS = ("gift", "staff_gift", "sale", "transfer", "take_back")


def register(commands: Commands) -> None:
    """Add the ways out."""
    _hand_over(commands)
    _loan(commands)
    _exit(commands)
    _ends(commands)
    _title(group(commands, "title", Help(line=_("who owns machines"))))


def _hand_over(commands: Commands) -> None:
    line = (
        'parclibre hand-over VJ-0042 --partner "Repair Café" --beneficiary DEM-118 '
        "--receipt recu.pdf"
    )
    help_ = Help(
        line=_("hand machines over to a family"),
        text=_(
            "Hand machines over through a partner. The receipt is kept encrypted and can be "
            "purged. Asks first."
        ),
        examples=((line, _("with the signed receipt")),),
    )
    parser = act_command(commands, "hand-over", hand_over, help_)
    parser.add_argument("--partner", required=True, metavar=_("PARTNER"), help=_("through whom"))
    _add_price(parser, _("the solidarity price the family pays; without it, a gift"))
    _add_receiver(parser, receipt_required=True)


def _loan(commands: Commands) -> None:
    line = "parclibre loan VJ-0042 --beneficiary DEM-118 --until 30/06/2027"
    help_ = Help(line=_("lend machines"), examples=((line, _("for a school year")),))
    parser = act_command(commands, "loan", loan, help_)
    _add_receiver(parser, receipt_required=False)
    parser.add_argument(
        "--until", required=True, type=iso_date, metavar=_("DATE"), help=_("the last day")
    )


def _add_receiver(parser: ArgumentParser, *, receipt_required: bool) -> None:
    parser.add_argument(
        "--beneficiary", required=True, metavar=_("REFERENCE"), help=_("the request's reference")
    )
    receipt = parser.add_mutually_exclusive_group(required=receipt_required)
    receipt.add_argument("--receipt", type=Path, metavar=_("FILE"), help=_("the signed receipt"))
    receipt.add_argument(
        "--receipt-number", metavar=_("TEXT"), help=_("its number, when it is kept on paper")
    )


def _exit(commands: Commands) -> None:
    line = "parclibre exit VJ-0042 --way transfer --taker other_authority"
    help_ = Help(
        line=_("sell machines, or transfer them to a public body"),
        text=_("Record a sale or a transfer to another public body. Asks first."),
        examples=((line, _("to another authority")),),
    )
    parser = act_command(commands, "exit", leave, help_)
    parser.add_argument("--way", required=True, choices=("sale", "transfer"), help=_("how"))
    _add_taker(parser)
    _add_price(parser, _("what each is sold for"))
    _add_commitment(parser)


def _ends(commands: Commands) -> None:
    help_ = Help(line=_("record that machines are taken apart for parts"))
    parser = act_command(commands, "dismantle", dismantle, help_)
    parser.add_argument("--note", default="", metavar=_("TEXT"), help=_("what was kept"))
    parser = act_command(commands, "to-recycle", to_recycle, Help(line=_("send to recycling")))
    parser.add_argument("--why", default="", metavar=_("TEXT"), help=_("why"))
    line = "parclibre recycle --select-state to_recycle --slip BSD-2026-88"
    help_ = Help(
        line=_("record that a recycler collected machines"),
        examples=((line, _("one slip for the whole pallet")),),
    )
    parser = act_command(commands, "recycle", recycle, help_)
    parser.add_argument("--slip", required=True, metavar=_("NUMBER"), help=_("the slip's number"))


def _title(commands: Commands) -> None:
    line = (
        'parclibre title transfer VJ-0042 --way gift --taker "Repair Café" --proof convention.pdf'
    )
    help_ = Help(
        line=_("record who owns machines now"),
        text=_(
            "Record who owns machines now. A family cannot receive a gift from a public body: "
            "the title goes to an association first."
        ),
        examples=((line, _("a gift to an association")),),
    )
    parser = act_command(commands, "transfer", transfer_title, help_)
    parser.add_argument("--way", required=True, choices=WAYS, help=_("how"))
    _add_taker(parser)
    _add_price(parser, _("what each is sold for"))
    _add_commitment(parser)


def _add_commitment(parser: ArgumentParser) -> None:
    parser.add_argument("--commitment", metavar=_("TEXT"), help=_("what the taker commits to"))
    parser.add_argument("--proof", type=Path, metavar=_("FILE"), help=_("the signed paper"))


def _add_price(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("--price", type=cents, metavar="EUR", help=what)


def _add_taker(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--taker", required=True, metavar=_("NAME"),
        help=_("a recorded partner, or one of: {codes}").format(codes=", ".join(owners())),
    )  # fmt: skip


def taker_id(town: Town, name: str) -> str:
    """Return a partner's id, or the code of an owner. Raises NotFound."""
    if name in owners():
        return name
    try:
        return records.find(town, "partner", name).id
    except NotFound as error:
        raise NotFound(
            error.message, hint=_('Add it first: parclibre partner add "{name}"').format(name=name)
        ) from error


def _with_receipt(args: Namespace, context: Context, town: Town, body: Receipted) -> int:
    """Hand over or lend; the receipt's file is read first, and kept sealed only if it serves."""
    if args.receipt is None:
        return move_on(args, context, town, body, physical=True)
    paper = read_paper(args.receipt)

    def finish() -> Receipted:
        digest = keep_receipt(town, body.beneficiary, paper)
        return msgspec.structs.replace(body, receipt=digest)

    named = msgspec.structs.replace(body, receipt=args.receipt.name)
    return move_on(args, context, town, named, physical=True, finish=finish)


def hand_over(args: Namespace, context: Context) -> int:
    """Hand over to a family."""
    town = context.acting_town()
    body = k.HandedOver(
        partner=records.find(town, "partner", args.partner).id,
        beneficiary=records.find(town, "beneficiary", args.beneficiary).id,
        receipt=args.receipt_number or "",
        on=args.on,
        price_cents=args.price,
    )
    return _with_receipt(args, context, town, body)


def loan(args: Namespace, context: Context) -> int:
    """Lend until a date."""
    town = context.acting_town()
    body = k.Loaned(
        beneficiary=records.find(town, "beneficiary", args.beneficiary).id,
        until=args.until,
        receipt=args.receipt_number,
        on=args.on,
    )
    return _with_receipt(args, context, town, body)


def leave(args: Namespace, context: Context) -> int:
    """Sell or transfer."""
    town = context.acting_town()
    body = k.Exited(
        way=args.way,
        taker=taker_id(town, args.taker),
        on=args.on,
        price_cents=args.price,
        commitment=args.commitment,
        proof=_proof(town, args),
    )
    return move_on(args, context, town, body, physical=True)


def dismantle(args: Namespace, context: Context) -> int:
    """Take apart."""
    body = k.Dismantled(note=args.note, on=args.on)
    return move_on(args, context, context.acting_town(), body, physical=True)


def to_recycle(args: Namespace, context: Context) -> int:
    """Send to recycling."""
    body = k.ToRecycle(why=args.why, on=args.on)
    return move_on(args, context, context.acting_town(), body)


def recycle(args: Namespace, context: Context) -> int:
    """Record the recycler's slip."""
    body = k.Recycled(slip=args.slip, on=args.on)
    return move_on(args, context, context.acting_town(), body, physical=True)


def transfer_title(args: Namespace, context: Context) -> int:
    """Record who owns it now."""
    town = context.acting_town()
    body = k.TitleTransferred(
        way=args.way,
        taker=taker_id(town, args.taker),
        commitment=args.commitment,
        proof=_proof(town, args),
        on=args.on,
        price_cents=args.price,
    )
    return note(args, context, town, body, "TitleTransferred")


def _proof(town: Town, args: Namespace) -> str | None:
    return town.attachments.put(read_paper(args.proof)) if args.proof else None
