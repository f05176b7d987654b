# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``certificate list``: certificates and failure reports that the journal names."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from fleet.cli.certificate import LIST
from fleet.cli.context import Context
from fleet.cli.listing import print_list
from fleet.i18n import _, day_name
from fleet.output.words import Names
from fleet.services import browse
from fleet.services.certificates_list import PaperLine, certificates, papers_of


def run(args: Namespace, context: Context) -> int:
    """List papers."""
    town = context.town()
    names = browse.names(town)
    lines = papers_of(town, args.tag) if args.tag else list(certificates(town))
    header = (_("Paper"), _("Machine"), _("Disk"), _("Day"))
    return print_list(
        args, context, LIST, lines, header=header,
        row=lambda line: _row(line, names), as_json=lambda line: _object(line, names),
    )  # fmt: skip


def _row(line: PaperLine, names: Names) -> tuple[str, ...]:
    paper = line.number or _("wipe failed")
    return (paper, names(line.machine) or "", names(line.disk) or line.disk, day_name(line.at))


def _object(line: PaperLine, names: Names) -> dict[str, object]:
    named = {"disk_name": names(line.disk), "machine_tag": names(line.machine)}
    return {**asdict(line), **named}
