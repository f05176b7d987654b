# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes before a gift: estimated values, gifts received, retirement lists, proofs of reuse."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli.acting import act_command, note
from fleet.cli.context import Context
from fleet.cli.listing import print_list
from fleet.cli.machine import cents
from fleet.cli.parser import Commands, Help, command, group
from fleet.i18n import _, day_name
from fleet.model import kinds as k
from fleet.output.amounts import euros
from fleet.output.jsonout import Shape
from fleet.services import donors, retirements
from fleet.services.papers import read_paper

RETIREMENTS = Shape(
    name="retirement-list",
    fields=lambda: {
        "retirements": _(
            "list of {decision, list_number, on, machines, net_book_value_cents, unvalued}: one "
            "decision and how many machines it retired"
        )
    },
)


def register(commands: Commands) -> None:
    """Add ``value``, ``gift``, ``retirement`` and ``reuse``."""
    _value(commands)
    _gift(group(commands, "gift", Help(line=_("machines that people and companies give"))))
    found = group(commands, "retirement", Help(line=_("decisions that retired machines")))
    command(
        found, "list", list_retirements, Help(line=_("list the retirement decisions")),
        shape=RETIREMENTS,
    )  # fmt: skip
    _reuse(group(commands, "reuse", Help(line=_("what takers do with what they took"))))


def _value(commands: Commands) -> None:
    line = "parclibre value VJ-0042 --machine 120 --screen 30 --accessories 5"
    help_ = Help(
        line=_("estimate what machines are worth today"),
        text=_(
            "Estimate the whole configuration: the machine with the screen, keyboard and mouse "
            "that go with it. A gift may not pass the cap of the law."
        ),
        examples=((line, _("a desktop with its screen")),),
    )
    parser = act_command(commands, "value", estimate, help_)
    parser.add_argument(
        "--machine", required=True, type=cents, metavar="EUR", help=_("the machine alone")
    )
    parser.add_argument(
        "--screen", type=cents, default=0, metavar="EUR", help=_("the screen that goes with it")
    )
    parser.add_argument(
        "--accessories", type=cents, default=0, metavar="EUR",
        help=_("keyboard, mouse, charger that go with it"),
    )  # fmt: skip
    parser.add_argument("--basis", default="", metavar=_("TEXT"), help=_("how it was estimated"))


def _gift(commands: Commands) -> None:
    line = (
        "parclibre gift record VJ-0101 --from company --donor NAME --contact MAIL --attestation "
        "AD-2026-4"
    )
    help_ = Help(
        line=_("record who gave machines"),
        text=_(
            "Record that a citizen or a company gave machines. They need no réforme. The donor's "
            "name and contact are kept apart from the journal, and purged."
        ),
        examples=((line, _("a company, with the number of the attestation")),),
    )
    parser = act_command(commands, "record", record_gift, help_)
    parser.add_argument(
        "--from", dest="donor_kind", required=True, choices=("person", "company"),
        help=_("a citizen or a company"),
    )  # fmt: skip
    parser.add_argument("--donor", required=True, metavar=_("NAME"), help=_("the donor's name"))
    parser.add_argument("--contact", metavar=_("TEXT"), help=_("one way to reach the donor"))
    parser.add_argument(
        "--attestation", default="", metavar=_("NUMBER"), help=_("the attestation's number")
    )
    parser.add_argument(
        "--declared-value", type=cents, metavar="EUR", help=_("what the donor says it is worth")
    )


def _reuse(commands: Commands) -> None:
    line = "parclibre reuse prove --select-lot Lot-7 --proof bilan.pdf"
    help_ = Help(
        line=_("record the proof that the reuse a taker committed to was done"),
        examples=((line, _("one paper for a whole lot")),),
    )
    parser = act_command(commands, "prove", prove_reuse, help_)
    parser.add_argument(
        "--proof", required=True, type=Path, metavar=_("FILE"), help=_("the paper, without names")
    )


def estimate(args: Namespace, context: Context) -> int:
    """Estimate values."""
    body = k.ValueEstimated(
        machine_cents=args.machine,
        screen_cents=args.screen,
        accessories_cents=args.accessories,
        basis=args.basis,
        on=args.on,
    )
    return note(args, context, context.acting_town(), body, "ValueEstimated")


def record_gift(args: Namespace, context: Context) -> int:
    """Record a gift from outside."""
    town = context.acting_town()
    body = k.GiftReceived(
        donor=donors.add_donor(town, args.donor, args.contact),
        donor_kind=args.donor_kind,
        attestation=args.attestation,
        declared_cents=args.declared_value,
        on=args.on,
    )
    return note(args, context, town, body, "GiftReceived")


def prove_reuse(args: Namespace, context: Context) -> int:
    """Record a proof of reuse."""
    town = context.acting_town()
    body = k.ReuseProven(proof=town.attachments.put(read_paper(args.proof)), on=args.on)
    return note(args, context, town, body, "ReuseProven")


def list_retirements(args: Namespace, context: Context) -> int:
    """List retirement decisions."""
    header = (
        _("Decision"), _("List"), _("Date"), _("Machines"), _("Net book value"), _("Not told for"),
    )  # fmt: skip
    return print_list(
        args, context, RETIREMENTS, retirements.all_retirements(context.town()), header=header,
        row=lambda one: (one.decision, one.list_number, day_name(one.on), str(one.machines),
                         euros(one.net_book_value_cents), str(one.unvalued or "")),
    )  # fmt: skip
