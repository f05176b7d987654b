# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``audit seal``, ``audit check`` and ``audit opening-stock``."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.audit import SEALS
from fleet.cli.auditing import page, period_asked
from fleet.cli.context import Context
from fleet.errors import UsageError
from fleet.i18n import _, day_name
from fleet.output.audit_data import digest_of, values_digest
from fleet.services import audit_seals
from fleet.services.audit import Period
from fleet.services.audit_seals import Checked

DAMAGED = 7


def run(args: Namespace, context: Context) -> int:
    """Do what the command's word says."""
    return {"seal": _seal, "check": _check, "opening-stock": _declare}[args.audit_command](
        args, context
    )


def require_now(period: Period) -> Period:
    """Return the period. Raises UsageError when it is to be read as known some day."""
    if period.known_at:
        raise UsageError(_("A seal is of what is known now."), hint=_("Leave --known-at out."))
    return period


def _seal(args: Namespace, context: Context) -> int:
    period = require_now(period_asked(args, context))
    town = context.acting_town()
    seal, report = audit_seals.seal(town, period, digest_of, values_digest)
    context.say(seal.sealed.digest)
    context.tell(_("The audit of {year} is sealed.").format(year=period.year))
    if args.html:
        page(args.html, context, town, report.audit)
    return 0


def _check(args: Namespace, context: Context) -> int:
    found = list(audit_seals.check(context.town(), digest_of, values_digest))
    sound = all(one.sound for one in found)
    if args.json:
        context.print_json(SEALS, seals=[_object(one) for one in found], sound=sound)
    else:
        header = (_("Year"), _("Until"), _("Sealed on"), _("Digest"), _("Computed again"))
        context.print_table(header, [_row(one) for one in found])
    return 0 if sound else DAMAGED


def _row(one: Checked) -> tuple[str, ...]:
    sealed = one.seal.sealed
    if one.sound:
        told = _("the same")
    elif one.same_values:
        told = _("DIFFERENT")
    else:
        told = _("different: values used have changed since")
    digest = sealed.digest[:16]
    return str(sealed.year), day_name(sealed.day), day_name(one.seal.on), digest, told


def _object(one: Checked) -> dict[str, object]:
    sealed = one.seal.sealed
    return {
        "id": one.seal.id,
        "year": sealed.year,
        "day": sealed.day,
        "on": one.seal.on,
        "digest": sealed.digest,
        "found": one.found,
        "sound": one.sound,
    }


def _declare(args: Namespace, context: Context) -> int:
    audit_seals.declare_opening(context.acting_town(), args.of_year, args.count)
    told = _("{count} goods in stock on 1 January {year} are declared.")
    context.tell(told.format(count=args.count, year=args.of_year))
    return 0
