# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``document list``, ``print``, ``attach`` and ``check``."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.document import CHECK, LIST
from fleet.cli.files import writing_in
from fleet.cli.listing import print_list, yes_no
from fleet.errors import BadInput, NotFound, StoreDamaged
from fleet.i18n import _, day_name
from fleet.model.papers import PAPERS
from fleet.output.papers import check_template, copied_names
from fleet.output.template_code import Finding, told
from fleet.services import papers_kept
from fleet.services.certificates import put_file
from fleet.services.papers_issue import file_name
from fleet.services.papers_kept import Checked, Paper

_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def list_(args: Namespace, context: Context) -> int:
    """List the documents made."""
    town = context.town()
    found = [
        (paper, papers_kept.about_name(town, paper.about)) for paper in papers_kept.papers(town)
    ]
    header = (_("Number"), _("Document"), _("Date"), _("What it is about"), _("Names"), _("Signed"))
    return print_list(args, context, LIST, found, header=header, row=_row, as_json=_object)


def _row(listed: tuple[Paper, str]) -> tuple[object, ...]:
    paper, about = listed
    named, signed = yes_no(paper.person is not None), len(paper.signed) or ""
    return (paper.number, paper.kind, day_name(paper.on), about, named, signed)


def _object(listed: tuple[Paper, str]) -> dict[str, object]:
    paper, about = listed
    return {
        "number": paper.number,
        "kind": paper.kind,
        "on": paper.on,
        "about": about,
        "digest": paper.digest,
        "named": paper.person is not None,
        "signed": len(paper.signed),
    }


def print_(args: Namespace, context: Context) -> int:
    """Write a document again, and its signed sheets when asked."""
    town = context.town()
    paper = papers_kept.find(town, args.number)
    name = file_name(paper.kind, papers_kept.about_name(town, paper.about), paper.number)
    context.say(str(_put(args.output, name, papers_kept.open_paper(town, paper))))
    if args.signed:
        for place, digest in enumerate(paper.signed, start=1):
            data, media = papers_kept.open_sheet(town, paper, digest)
            sheet = f"{paper.number}_signe-{place}.{_ENDINGS[media]}"
            context.say(str(_put(args.output, sheet, data)))
    return 0


def _put(folder: Path, name: str, data: bytes) -> Path:
    with writing_in(folder):
        return put_file(folder, name, data)


def attach(args: Namespace, context: Context) -> int:
    """Keep a signed sheet."""
    town = context.acting_town()
    paper = papers_kept.attach(town, args.number, args.file, person=args.person, on=args.on)
    context.say(_("Signed sheet kept with {number}.").format(number=paper.number))
    return 0


def check(args: Namespace, context: Context) -> int:
    """Compare files with the journal, templates with their fields."""
    folder: Path = args.folder
    if not folder.is_dir():
        raise NotFound(
            _("There is no folder {path}.").format(path=folder), hint=_("Check its name.")
        )
    files = papers_kept.check_files(context.town(), sorted(folder.glob("*.pdf")))
    findings = list(_templates(folder))
    if args.json:
        context.print_json(
            CHECK, files=[asdict(one) for one in files], templates=[asdict(f) for f in findings]
        )
    else:
        _tell(context, files, findings)
    return _status(files, findings)


def _templates(folder: Path) -> list[Finding]:
    found = [
        finding
        for kind in PAPERS.values()
        if any((folder / name).is_file() for name in copied_names(kind))
        for finding in check_template(kind, (folder,))
    ]
    return list(dict.fromkeys(found))


def _tell(context: Context, files: list[Checked], findings: list[Finding]) -> None:
    words = {
        "sound": _("as it was made"),
        "altered": _("ALTERED: not the document that was made here"),
        "unknown": _("not a document of this journal"),
        "unreadable": _("cannot be compared any more: the name it bears was purged"),
    }
    rows = [(one.file, one.number, words[one.outcome]) for one in files]
    if rows:
        context.print_table((_("File"), _("Number"), _("Result")), rows)
    for finding in findings:
        context.say(told(finding))
    if not rows and not findings:
        context.tell(_("Nothing to say: no document here, and no mistake in a template."))


def _status(files: list[Checked], findings: list[Finding]) -> int:
    if any(one.outcome == "altered" for one in files):
        return StoreDamaged.exit_status
    return BadInput.exit_status if any(finding.fatal for finding in findings) else 0
