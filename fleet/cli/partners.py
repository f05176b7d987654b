# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre partner`` and ``agreement``: who may receive, and under what."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.listing import lister, record_shape, yes_no
from fleet.cli.parser import Commands, Help, Parser, add_on, command, group, iso_date
from fleet.i18n import _, day_name
from fleet.model.law import Quality
from fleet.output.words import qualities
from fleet.services import records
from fleet.services.papers import read_paper
from fleet.services.town import Town

PARTNERS = record_shape(
    "partner-list",
    "partners",
    lambda: {
        "name": _("its name"),
        "quality": _("the code of the legal quality that lets it receive gifts"),
        "proof": _("the digest of the paper that shows it"),
        "proof_on": _("the day it was read"),
        "registration": _("its RNA or SIRET number"),
        "address": _("its address"),
        "signatory": _("the role that signs for it"),
    },
)
AGREEMENTS = record_shape(
    "agreement-list",
    "agreements",
    lambda: {
        "reference": _("its reference"),
        "partner": _("the partner's id"),
        "partner_name": _("the partner's name"),
        "data_clause": _("true when machines may leave before they are wiped"),
        "until": _("its last day, absent without end"),
        "on": _("the day it was signed"),
        "scope": _("what it covers"),
        "signatories": _("roles that signed"),
        "proof_owed": _("what the partner sends back"),
        "decision": _("the council's decision"),
        "paper": _("the digest of the signed sheet"),
    },
)


def register(commands: Commands) -> None:
    """Add ``partner`` and ``agreement``."""
    _partners(group(commands, "partner", Help(line=_("associations and bodies we work with"))))
    _agreements(group(commands, "agreement", Help(line=_("agreements signed with partners"))))


def _partners(commands: Commands) -> None:
    line = 'parclibre partner add "Repair Café du Port" --quality esus --proof agrement.pdf'
    help_ = Help(
        line=_("add a partner"),
        text=_("The legal qualities: {qualities}.").format(
            qualities="; ".join(f"{code} ({_quality(code)})" for code in Quality)
        ),
        examples=((line, _("a reuse body, with its approval")),),
    )
    _add_fields(command(commands, "add", add_partner, help_))
    line = 'parclibre partner set "Repair Café du Port" --quality interet_general_precarite'
    help_ = Help(
        line=_("correct or complete a partner"), examples=((line, _("what its statutes say")),)
    )
    _add_fields(command(commands, "set", set_partner, help_))
    run = lister(
        "partner",
        "partners",
        PARTNERS,
        lambda: [
            (_("Name"), lambda row: row["name"]),
            (_("Quality"), lambda row: _quality(row.get("quality", "unknown"))),
            (_("Proof"), lambda row: yes_no(row.get("proof"))),
        ],
    )
    command(commands, "list", run, Help(line=_("list the partners")), shape=PARTNERS)


def _add_fields(parser: Parser) -> None:
    parser.add_argument("name", metavar=_("NAME"))
    parser.add_argument(
        "--quality", choices=tuple(code.value for code in Quality), metavar=_("CODE"),
        help=_("the legal quality that lets it receive gifts: {codes}").format(
            codes=", ".join(Quality)
        ),
    )  # fmt: skip
    parser.add_argument(
        "--proof", type=Path, metavar=_("FILE"), help=_("the paper that shows the quality")
    )
    parser.add_argument("--registration", metavar=_("TEXT"), help=_("its RNA or SIRET number"))
    parser.add_argument("--address", metavar=_("TEXT"), help=_("its address, for the papers"))
    parser.add_argument(
        "--signatory", metavar=_("TEXT"), help=_("who signs for it: a role, never a name")
    )


def _quality(text: str) -> str:
    return qualities().get(text, text)


def _agreements(commands: Commands) -> None:
    line = 'parclibre agreement add "Repair Café du Port" CONV-2026-3 --data-clause'
    help_ = Help(
        line=_("record an agreement"),
        text=_(
            "With --data-clause, the agreement says what the partner does with the data on the "
            "disks: machines may then leave the town before they are wiped."
        ),
        examples=((line, _("machines may leave for it before they are wiped")),),
    )
    add = command(commands, "add", add_agreement, help_)
    add.add_argument("partner", metavar=_("PARTNER"))
    add.add_argument("reference", metavar=_("REFERENCE"))
    add.add_argument("--data-clause", action="store_true", help=_("it has a data clause"))
    add.add_argument("--until", type=iso_date, metavar=_("DATE"), help=_("its last day"))
    add.add_argument("--scope", default="", metavar=_("TEXT"), help=_("what it covers"))
    add.add_argument(
        "--signatory", action="append", default=[], metavar=_("TEXT"),
        help=_("who signed: a role, never a name (may be repeated)"),
    )  # fmt: skip
    add.add_argument(
        "--proof-owed", default="", metavar=_("TEXT"), help=_("what the partner sends back")
    )
    add.add_argument("--decision", metavar=_("REFERENCE"), help=_("the council's decision"))
    add.add_argument("--paper", type=Path, metavar=_("FILE"), help=_("the signed sheet"))
    add_on(add, _("the day it was signed"))
    run = lister(
        "agreement",
        "agreements",
        AGREEMENTS,
        lambda: [
            (_("Reference"), lambda row: row["reference"]),
            (_("Partner"), lambda row: row.get("partner_name")),
            (_("Data clause"), lambda row: yes_no(row.get("data_clause"))),
            (_("Until"), lambda row: day_name(row.get("until"))),
        ],
    )
    command(commands, "list", run, Help(line=_("list the agreements")), shape=AGREEMENTS)


def add_partner(args: Namespace, context: Context) -> int:
    """Add a partner."""
    town = context.acting_town()
    records.add_partner(town, args.name, args.quality or "unknown", **_fields(args, town))
    context.say(_("Partner added: {name}").format(name=args.name))
    return 0


def set_partner(args: Namespace, context: Context) -> int:
    """Correct a partner."""
    town = context.acting_town()
    records.correct_partner(town, args.name, quality=args.quality, **_fields(args, town))
    context.say(_("Partner corrected: {name}").format(name=args.name))
    return 0


def _fields(args: Namespace, town: Town) -> dict[str, str | None]:
    return {
        "proof": town.attachments.put(read_paper(args.proof)) if args.proof else None,
        "registration": args.registration,
        "address": args.address,
        "signatory": args.signatory,
    }


def add_agreement(args: Namespace, context: Context) -> int:
    """Record an agreement."""
    town = context.acting_town()
    records.sign_agreement(
        town,
        args.partner,
        args.reference,
        data_clause=args.data_clause,
        until=args.until,
        on=args.on,
        scope=args.scope,
        signatories=tuple(args.signatory),
        proof_owed=args.proof_owed,
        decision=args.decision,
        paper=town.attachments.put(read_paper(args.paper)) if args.paper else None,
    )
    context.say(_("Agreement recorded: {name}").format(name=args.reference))
    return 0
