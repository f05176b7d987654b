# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``certificate print``: PDFs made again, with their proofs when asked."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.files import writing_in
from fleet.errors import NotFound
from fleet.i18n import _
from fleet.output.certificate_pdf import to_pdf
from fleet.services.certificates import safe_name
from fleet.services.certificates_list import (
    PaperLine,
    find,
    print_machine,
    print_paper,
    write_proofs,
)
from fleet.services.town import Town


def run(args: Namespace, context: Context) -> int:
    """Write PDFs, and tell where."""
    town = context.town()
    lines = find(town, args.wanted)
    if not lines:
        raise NotFound(
            _("No paper of a wipe is recorded for {tag}.").format(tag=args.wanted),
            hint=_("A certificate is made by the bench, when it wipes and verifies a disk."),
        )
    with writing_in(args.output):
        for path in _write(town, args.wanted, lines, args.output, proofs=args.proofs):
            context.say(str(path))
    return 0


def _write(
    town: Town, wanted: str, lines: Sequence[PaperLine], folder: Path, *, proofs: bool
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    one = len(lines) == 1 and lines[0].number == wanted.upper()
    pdf = print_paper(town, lines[0], render=to_pdf) if one else _machine(town, wanted)
    path = folder / f"{safe_name(wanted)}.pdf"
    path.write_bytes(pdf)
    written = [path]
    if proofs:
        written += [write_proofs(town, line, folder) for line in lines]
    return written


def _machine(town: Town, tag: str) -> bytes:
    return print_machine(town, tag, render=to_pdf)
