# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``audit dossier``."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.audit_seals import require_now
from fleet.cli.auditing import period_asked
from fleet.cli.context import Context
from fleet.i18n import _
from fleet.services import audit_dossier


def run(args: Namespace, context: Context) -> int:
    """Write the file of proofs, and tell what is in it."""
    period = require_now(period_asked(args, context))
    made = audit_dossier.write(context.acting_town(), period, args.file)
    context.say(made.sha256)
    context.tell(_("Written: {path}").format(path=made.path))
    told = _("Letters: {letters}. Certificates: {certificates}.")
    context.tell(told.format(letters=made.letters, certificates=made.certificates))
    if made.missing:
        absent = _("Certificates whose files are not on this computer: {numbers}")
        context.tell(absent.format(numbers=", ".join(made.missing)))
    return 0
