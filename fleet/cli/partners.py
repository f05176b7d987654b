# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre partner``, ``agreement``, ``lot`` and ``beneficiary``: who receives, under what."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.acting import act_command, note
from fleet.cli.context import Context
from fleet.cli.listing import lister, record_shape, yes_no
from fleet.cli.parser import Commands, Help, add_on, command, group, iso_date
from fleet.i18n import _, day_name
from fleet.model.kinds import MachinePutInLot
from fleet.output.words import kind_name, qualities
from fleet.services import records

PARTNERS = record_shape(
    "partner-list",
    "partners",
    lambda: {"name": _("its name"), "quality": _("the legal quality that lets it receive gifts")},
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
    },
)
LOTS = record_shape(
    "lot-list",
    "lots",
    lambda: {
        "name": _("its name"),
        "partner": _("the partner's id"),
        "agreement": _("the agreement's id"),
    },
)
BENEFICIARIES = record_shape(
    "beneficiary-list",
    "beneficiaries",
    lambda: {
        "reference": _("the request's reference, never a name"),
        "referrer": _("the body that attests the need"),
        "referrer_name": _("the partner's name"),
        "needs": _("what is needed"),
        "kind": _("family, association..."),
    },
)


def register(commands: Commands) -> None:
    """Add ``partner``, ``agreement``, ``lot`` and ``beneficiary``."""
    _partners(group(commands, "partner", Help(line=_("associations and bodies we work with"))))
    _agreements(group(commands, "agreement", Help(line=_("agreements signed with partners"))))
    _lots(group(commands, "lot", Help(line=_("lots of machines for a partner"))))
    _beneficiaries(
        group(commands, "beneficiary", Help(line=_("requests of families, without names")))
    )


def _partners(commands: Commands) -> None:
    line = 'parclibre partner add "Repair Café du Port" --quality association_loi_1901'
    help_ = Help(line=_("add a partner"), examples=((line, _("an association")),))
    add = command(commands, "add", add_partner, help_)
    add.add_argument("name", metavar=_("NAME"))
    add.add_argument(
        "--quality", default="unknown", metavar=_("TEXT"),
        help=_("the legal quality that lets it receive gifts"),
    )  # fmt: skip
    run = lister(
        "partner",
        "partners",
        PARTNERS,
        lambda: [
            (_("Name"), lambda row: row["name"]),
            (_("Quality"), lambda row: _quality(row.get("quality", "unknown"))),
        ],
    )
    command(commands, "list", run, Help(line=_("list the partners")), shape=PARTNERS)


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


def _lots(commands: Commands) -> None:
    add = command(commands, "add", add_lot, Help(line=_("open a lot")))
    add.add_argument("name", metavar=_("NAME"))
    add.add_argument("--partner", metavar=_("PARTNER"), help=_("for this partner"))
    add.add_argument("--agreement", metavar=_("REFERENCE"), help=_("under this agreement"))
    run = lister(
        "lot",
        "lots",
        LOTS,
        lambda: [
            (_("Name"), lambda row: row["name"]),
            (_("Partner"), lambda row: row.get("partner_name")),
            (_("Agreement"), lambda row: row.get("agreement_name")),
        ],
    )
    command(commands, "list", run, Help(line=_("list the lots")), shape=LOTS)
    line = "parclibre lot put --lot Lot-7 --select-state retired"
    help_ = Help(line=_("put machines in a lot"), examples=((line, _("all retired ones")),))
    put = act_command(commands, "put", put_in_lot, help_, dated=False)
    put.add_argument("--lot", required=True, metavar=_("LOT"), help=_("the lot's name"))


def _beneficiaries(commands: Commands) -> None:
    line = 'parclibre beneficiary add DEM-118 --referrer "CCAS" --need laptop'
    help_ = Help(
        line=_("record a request"),
        text=_("Record a request by its reference. No names, no reasons: the referrer has them."),
        examples=((line, _("the CCAS attests the need")),),
    )
    add = command(commands, "add", add_beneficiary, help_)
    add.add_argument("reference", metavar=_("REFERENCE"))
    add.add_argument("--referrer", required=True, metavar=_("BODY"), help=_("who attests the need"))
    add.add_argument(
        "--need", action="append", default=[], metavar=_("TEXT"), help=_("may be repeated")
    )
    add.add_argument("--kind", default="family", metavar=_("TEXT"), help=_("default: family"))
    run = lister(
        "beneficiary",
        "beneficiaries",
        BENEFICIARIES,
        lambda: [
            (_("Reference"), lambda row: row["reference"]),
            (_("Referred by"), lambda row: row.get("referrer_name") or row["referrer"]),
            (_("Needs"), lambda row: ", ".join(map(kind_name, row.get("needs", ())))),
        ],
    )
    command(commands, "list", run, Help(line=_("list the requests")), shape=BENEFICIARIES)


def add_partner(args: Namespace, context: Context) -> int:
    """Add a partner."""
    records.add_partner(context.acting_town(), args.name, args.quality)
    context.say(_("Partner added: {name}").format(name=args.name))
    return 0


def add_agreement(args: Namespace, context: Context) -> int:
    """Record an agreement."""
    records.sign_agreement(
        context.acting_town(),
        args.partner,
        args.reference,
        data_clause=args.data_clause,
        until=args.until,
        on=args.on,
    )
    context.say(_("Agreement recorded: {name}").format(name=args.reference))
    return 0


def add_lot(args: Namespace, context: Context) -> int:
    """Open a lot."""
    records.open_lot(
        context.acting_town(), args.name, partner=args.partner, agreement=args.agreement
    )
    context.say(_("Lot opened: {name}").format(name=args.name))
    return 0


def put_in_lot(args: Namespace, context: Context) -> int:
    """Put machines in a lot."""
    town = context.acting_town()
    body = MachinePutInLot(lot=records.find(town, "lot", args.lot).id)
    return note(args, context, town, body, "MachinePutInLot")


def add_beneficiary(args: Namespace, context: Context) -> int:
    """Record a request."""
    records.refer_beneficiary(
        context.acting_town(),
        args.referrer,
        args.reference,
        needs=tuple(args.need),
        kind=args.kind,
    )
    context.say(_("Request recorded: {name}").format(name=args.reference))
    return 0
