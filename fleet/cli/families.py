# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre beneficiary`` and ``family``: requests, matching, names apart, signs of life."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fleet.cli.acting import REFUSED, act_command
from fleet.cli.context import Context
from fleet.cli.listing import lister, print_list, record_shape
from fleet.cli.parser import Commands, Help, add_on, command, group, past_date
from fleet.cli.selection import tags_of
from fleet.errors import UsageError
from fleet.i18n import _, day_name
from fleet.model import kinds as k
from fleet.model.matching import Match, Proposal
from fleet.model.needs import Need
from fleet.output.act_words import counts
from fleet.output.jsonout import Shape
from fleet.output.words import (
    Names,
    follow_ups,
    kind_name,
    labelled,
    listed,
    lot_outcomes,
    need_name,
    owned_by,
)
from fleet.services import browse, families, family_names, records
from fleet.services.families import Standing

BENEFICIARIES = record_shape(
    "beneficiary-list",
    "beneficiaries",
    lambda: {
        "reference": _("the request's reference, never a name"),
        "referrer": _("the body that attests the need"),
        "referrer_name": _("the partner's name"),
        "needs": _("codes of what is needed"),
        "kind": _("family, association..."),
        "note": _("a few words more"),
        "eligible_by": _("the body that attested it when it was recorded"),
        "eligible_on": _("that day"),
    },
)
LIST = Shape(
    name="family-list",
    fields=lambda: {
        "requests": _(
            "list of {id, reference, referrer, kind, needs, note, asked_on, eligible_by, "
            "eligible_on, closed, closed_on, served, waits}"
        )
    },
)
MATCH = Shape(
    name="family-match",
    fields=lambda: {
        "proposals": _(
            "list of {reference, asked_on, needs, first, others}; first (or null) and others: "
            "{tag, kind, model, since, title, fits}; fits: for each need, yes, no or unknown"
        )
    },
)
DUE = Shape(
    name="family-due",
    fields=lambda: {"due": _("list of {tag, model, beneficiary, handed_on, due_on}")},
)


def register(commands: Commands) -> None:
    """Add ``beneficiary`` and ``family``."""
    _beneficiaries(
        group(commands, "beneficiary", Help(line=_("requests of families, without names")))
    )
    found = group(commands, "family", Help(line=_("families: who waits, for what, and after")))
    _waiting(found)
    _attest_and_close(found)
    _name(found)
    _after(found)


def _beneficiaries(commands: Commands) -> None:
    line = (
        'parclibre beneficiary add DEM-118 --referrer "CCAS" --need laptop --eligible-on 3/3/2026'
    )
    help_ = Help(
        line=_("record a request"),
        text=_("Record a request by its reference. No names, no reasons: the referrer has them."),
        examples=((line, _("the CCAS attests the need")),),
    )
    add = command(commands, "add", add_beneficiary, help_)
    add.add_argument("reference", metavar=_("REFERENCE"))
    add.add_argument("--referrer", required=True, metavar=_("BODY"), help=_("who attests the need"))
    add.add_argument(
        "--need", action="append", default=[], choices=tuple(code.value for code in Need),
        metavar=_("NEED"),
        help=_("may be repeated: {codes}").format(codes=", ".join(Need)),
    )  # fmt: skip
    add.add_argument(
        "--note", default="", metavar=_("TEXT"), help=_("a few words on the need, never a reason")
    )
    add.add_argument("--kind", default="family", metavar=_("TEXT"), help=_("default: family"))
    add.add_argument(
        "--eligible-on", type=past_date, metavar=_("DATE"),
        help=_("the day the referrer attested that the family is eligible"),
    )  # fmt: skip
    run = lister(
        "beneficiary",
        "beneficiaries",
        BENEFICIARIES,
        lambda: [
            (_("Reference"), lambda row: row["reference"]),
            (_("Referred by"), lambda row: row.get("referrer_name") or row["referrer"]),
            (_("Needs"), lambda row: ", ".join(map(need_name, row.get("needs", ())))),
        ],
    )
    command(commands, "list", run, Help(line=_("list the requests")), shape=BENEFICIARIES)


def _waiting(commands: Commands) -> None:
    listed = command(
        commands, "list", list_, Help(line=_("list the requests that wait")), shape=LIST
    )
    listed.add_argument("--all", action="store_true", help=_("those served or closed too"))
    help_ = Help(
        line=_("propose a ready machine for each request that waits"),
        text=_(
            "Propose ready machines by need, to the request that has waited longest first. "
            "Nothing is recorded: you decide, then hand over."
        ),
    )
    match = command(commands, "match", match_, help_, shape=MATCH)
    match.add_argument(
        "reference", nargs="?", metavar=_("REFERENCE"), help=_("for this request only")
    )


def _attest_and_close(commands: Commands) -> None:
    line = 'parclibre family attest DEM-118 --by "CCAS" --on 03/03/2026'
    help_ = Help(
        line=_("record that a body attests the eligibility"),
        text=_("Record « eligible: yes », by whom and when: never why."),
        examples=((line, _("the CCAS said yes")),),
    )
    attest = command(commands, "attest", attest_, help_)
    attest.add_argument("reference", metavar=_("REFERENCE"))
    attest.add_argument("--by", required=True, metavar=_("BODY"), help=_("a body, not a person"))
    add_on(attest, _("the day it attested it (default: today)"))
    close = command(
        commands, "close", close_, Help(line=_("end a request without a machine of ours"))
    )
    close.add_argument("reference", metavar=_("REFERENCE"))
    close.add_argument(
        "--outcome", required=True, choices=("withdrawn", "served_elsewhere", "no_answer"),
        help=_("how it ended"),
    )  # fmt: skip
    add_on(close)


def _name(commands: Commands) -> None:
    help_ = Help(
        line=_("keep a family's name and one contact, until their purge"),
        text=_(
            "Keep a name and one contact, sealed and apart from the journal. Without --name, it is "
            "asked for: what is typed in a command stays in the shell's history."
        ),
        examples=(("parclibre family name DEM-118", _("asks for the name and the contact")),),
    )
    name = command(commands, "name", name_, help_)
    name.add_argument("reference", metavar=_("REFERENCE"))
    name.add_argument("--name", metavar=_("NAME"), help=_("the family's name"))
    name.add_argument("--contact", metavar=_("TEXT"), help=_("one way to reach them"))


def _after(commands: Commands) -> None:
    command(
        commands, "due", due_,
        Help(line=_("list the families to hear from, some months after the hand-over")),
        shape=DUE,
    )  # fmt: skip
    line = "parclibre family sign VJ-0042 --outcome works"
    help_ = Help(
        line=_("record a sign of life of a machine with a family"),
        examples=((line, _("the family answered that it works")),),
    )
    sign = act_command(commands, "sign", sign_, help_)
    sign.add_argument(
        "--outcome", required=True, choices=("works", "problem", "no_answer"),
        help=_("what the family says"),
    )  # fmt: skip
    sign.add_argument("--note", default="", metavar=_("TEXT"), help=_("without names"))


def add_beneficiary(args: Namespace, context: Context) -> int:
    """Record a request."""
    records.refer_beneficiary(
        context.acting_town(),
        args.referrer,
        args.reference,
        needs=tuple(args.need),
        kind=args.kind,
        note=args.note,
        eligible_by=args.referrer if args.eligible_on else None,
        eligible_on=args.eligible_on,
    )
    context.say(_("Request recorded: {name}").format(name=args.reference))
    return 0


def list_(args: Namespace, context: Context) -> int:
    """List requests."""
    town = context.town()
    found = [one for one in families.standings(town) if one.waits or args.all]
    names = browse.names(town)
    header = (_("Reference"), _("Asked on"), _("Needs"), _("Eligible"), _("Where it stands"))
    return print_list(
        args, context, LIST, found,
        header=header, row=lambda one: _row(one, names), as_json=_object,
    )  # fmt: skip


def _object(one: Standing) -> dict[str, Any]:
    return {**asdict(one.request), "served": one.served, "waits": one.waits}


def _row(one: Standing, names: Names) -> tuple[object, ...]:
    request = one.request
    needs = ", ".join(map(need_name, request.needs))
    by = request.eligible_by and (names(request.eligible_by) or request.eligible_by)
    eligible = _("yes, {by}, {day}").format(by=by, day=day_name(request.eligible_on)) if by else ""
    return (request.reference, day_name(request.asked_on), needs, eligible, _where(one))


def _where(one: Standing) -> str:
    if one.served:
        return _("served")
    closed = one.request.closed
    if closed is not None:
        return {**lot_outcomes(), **follow_ups()}.get(closed, closed)
    return _("waits") if one.request.eligible else _("waits for « eligible: yes »")


def match_(args: Namespace, context: Context) -> int:
    """Propose machines."""
    town = context.town()
    found = families.proposals(town, args.reference)
    if args.json:
        context.print_json(MATCH, proposals=[_proposal(one) for one in found])
        return 0
    if not found:
        context.tell(_("No eligible request waits."))
    names = browse.names(town)
    for proposal in found:
        for line in _lines(proposal, names):
            context.say(line)
    return 0


def _proposal(one: Proposal) -> dict[str, Any]:
    request = one.request
    return {
        "reference": request.reference,
        "asked_on": request.asked_on,
        "needs": list(request.needs),
        "first": _match(one.first) if one.first is not None else None,
        "others": [_match(match) for match in one.others],
    }


def _match(match: Match) -> dict[str, Any]:
    one = match.candidate
    fits = {need: fit.value for need, fit in match.fits.items()}
    return {
        "tag": one.tag, "kind": one.kind, "model": one.model, "since": one.since,
        "title": one.title, "fits": fits,
    }  # fmt: skip


def _lines(proposal: Proposal, names: Names) -> Iterator[str]:
    request = proposal.request
    needs = ", ".join(map(need_name, request.needs)) or _("no need told")
    yield _("{reference}, since {day} ({needs})").format(
        reference=request.reference, day=day_name(request.asked_on), needs=needs
    )
    if proposal.first is None:
        yield "  " + _("No ready machine is free for it.")
    else:
        yield "  " + _about(proposal.first, names)
    others = [match.candidate.tag for match in proposal.others[:5]]
    if others:
        yield "  " + labelled(_("also"), ", ".join(others))


def _about(match: Match, names: Names) -> str:
    one = match.candidate
    about = ", ".join(filter(None, (one.tag, kind_name(one.kind), one.model)))
    text = _("{machine}, ready since {day}").format(machine=about, day=day_name(one.since))
    parts = [text, owned_by(names(one.title) or one.title)]
    if match.unknown:
        parts.append(labelled(_("to check"), ", ".join(map(need_name, match.unknown))))
    return listed(parts)


def attest_(args: Namespace, context: Context) -> int:
    """Record an eligibility."""
    on = args.on or context.today().isoformat()
    families.attest(context.acting_town(), args.reference, args.by, on)
    context.say(_("Eligible: {reference}").format(reference=args.reference))
    return 0


def close_(args: Namespace, context: Context) -> int:
    """End a request."""
    body = k.RequestClosed(outcome=args.outcome, on=args.on)
    families.close(context.acting_town(), args.reference, body)
    context.say(_("Request closed: {name}").format(name=args.reference))
    return 0


def name_(args: Namespace, context: Context) -> int:
    """Keep a name."""
    town, name, contact = context.acting_town(), args.name, args.contact
    if name is None:
        if not context.interactive:
            raise UsageError(_("No name is given."), hint=_("Give it: --name NAME"))
        name = context.ask(_("The family's name:"))
        contact = contact or context.ask(_("One contact (may be left empty):")) or None
    until = family_names.keep_name(town, args.reference, name, contact)
    context.say(
        _("Kept apart until {day}: {reference}").format(
            day=day_name(until), reference=args.reference
        )
    )
    return 0


def due_(args: Namespace, context: Context) -> int:
    """List due signs of life."""
    town = context.town()
    names = browse.names(town)
    header = (_("Tag"), _("Model"), _("Request"), _("Handed over"), _("Due"))
    return print_list(
        args, context, DUE, families.due_signs(town, context.today()), header=header,
        row=lambda one: (one.tag, one.model, names(one.beneficiary), day_name(one.handed_on),
                         day_name(one.due_on)),
    )  # fmt: skip


def sign_(args: Namespace, context: Context) -> int:
    """Record a sign of life."""
    town = context.acting_town()
    tags = tags_of(args, context, town)
    body = k.FollowedUp(outcome=args.outcome, note=args.note, on=args.on)
    report = families.record_sign(town, tags, body)
    context.say(labelled(follow_ups()[args.outcome], counts(len(report.accepted), 0)))
    return REFUSED if report.refused else 0
