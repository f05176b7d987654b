# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the files of ``machine label``. Imported only then: the PDF library is slow to load."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.files import writing_in
from fleet.cli.machine_list import model_of
from fleet.cli.selection import tags_of
from fleet.errors import UsageError
from fleet.i18n import _, ngettext
from fleet.output.labels import PER_SHEET, Label, find_fonts, picture, sheet
from fleet.services import browse, records
from fleet.services.town import Town


def write_labels(args: Namespace, context: Context) -> int:
    """Write the labels asked for, and tell where."""
    if not 0 <= args.skip < PER_SHEET:
        raise UsageError(
            _("A sheet has {n} labels.").format(n=PER_SHEET), hint=_("Skip fewer: --skip 5")
        )
    town = context.town()
    owner = args.owner if args.owner is not None else records.town_name(town)
    labels = [_label(town, tag, owner) for tag in tags_of(args, context, town)]
    fonts = find_fonts()
    if args.pdf is not None:
        _write(args.pdf, sheet(labels, skip=args.skip, fonts=fonts))
        context.say(str(args.pdf))
    else:
        for path, label in _pictures(args.png, labels):
            _write(path, picture(label, fonts=fonts))
            context.say(str(path))
    text = ngettext("{n} label written", "{n} labels written", len(labels))
    context.tell(text.format(n=len(labels)))
    return 0


def _label(town: Town, tag: str, owner: str) -> Label:
    line = browse.line_of(town, tag)
    return Label(tag=line.tag, model=model_of(line).strip(), serial=line.serial or "", owner=owner)


def _pictures(target: Path, labels: list[Label]) -> list[tuple[Path, Label]]:
    if len(labels) == 1 and not target.is_dir():
        return [(target, labels[0])]
    target.mkdir(parents=True, exist_ok=True)
    return [(target / f"{re.sub(r'[^A-Za-z0-9_-]', '_', one.tag)}.png", one) for one in labels]


def _write(path: Path, data: bytes) -> None:
    with writing_in(path):
        path.write_bytes(data)
