# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``document make``."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.context import Context
from fleet.cli.document import WHOLE_LOT
from fleet.cli.files import writing_in
from fleet.errors import UsageError
from fleet.i18n import _, ngettext
from fleet.services.papers_issue import Target, known_kind
from fleet.services.papers_set import make_any, make_set


def run(args: Namespace, context: Context) -> int:
    """Make documents, and tell where."""
    target = Target(
        lot=args.lot,
        retirement=args.retirement,
        machine=args.machine,
        beneficiary=args.beneficiary,
        year=args.year,
    )
    _check(args, target)
    town = context.acting_town()
    on = args.on or context.today().isoformat()
    if args.kind == WHOLE_LOT:
        making = make_set(town, target, args.output, on=on)
    else:
        making = make_any(town, known_kind(args.kind), target, args.output, on=on)
    count = 0
    with writing_in(args.output):
        for made in making:
            context.say(str(made.path))
            count += 1
    if not count:  # only certificates are printed as they are, not made
        context.tell(_("No erasure certificate is on record for these machines."))
    context.tell(ngettext("{n} document made.", "{n} documents made.", count).format(n=count))
    return 0


def _check(args: Namespace, target: Target) -> None:
    if args.kind == WHOLE_LOT and args.lot is None:
        raise UsageError(
            _("The documents of a whole lot need a lot."), hint=_("Give its name: --lot LOT")
        )
    if target.year is not None and not 1990 <= target.year <= 2100:
        raise UsageError(_("{year} is not a year to report on.").format(year=target.year))
