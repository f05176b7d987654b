# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``audit open-data``."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.auditing import period_asked, write_files
from fleet.cli.context import Context
from fleet.services import open_data


def run(args: Namespace, context: Context) -> int:
    """Write the table, its schema and its package."""
    period = period_asked(args, context)
    found = open_data.files(context.town(), period, with_sites=args.with_sites)
    write_files(args.output, context, found)
    return 0
