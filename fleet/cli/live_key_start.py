# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre live start``, on a key."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.context import Context
from fleet.i18n import _
from fleet.model.live_key import stick_folder
from fleet.output.words import labelled
from fleet.services.live_start import start_key


def run(args: Namespace, context: Context) -> int:
    """Make the key's store, or open it."""
    started = start_key(context.home, context.store_url, stick=stick_folder(context.environ))
    context.say(labelled(_("key"), f"{started.label} {started.town.key.replica}".strip()))
    context.say(labelled(_("tags"), str(started.tags)))
    if not started.lasting:
        context.tell(_("No partition to keep things on: all is forgotten when the PC goes off."))
    if started.untold:
        context.tell(started.untold)
    return 0
