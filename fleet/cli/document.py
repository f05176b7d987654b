# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre document``: papers from lots, machines, families, years; and their templates."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from fleet.cli.parser import Commands, Help, add_on, command, group, later
from fleet.i18n import _
from fleet.model.papers import PAPERS
from fleet.output.jsonout import Shape

_MAKING = "fleet.cli.document_make"
_KEPT = "fleet.cli.document_kept"
_TEMPLATES = "fleet.cli.document_template"
# All that a lot needs, in one go.
WHOLE_LOT = "dossier-de-lot"

LIST = Shape(
    name="document-list",
    fields=lambda: {
        "documents": _(
            "list of {number, kind, on, about, digest, named, signed}; no name is in it; signed "
            "counts the signed sheets kept"
        )
    },
)
CHECK = Shape(
    name="document-check",
    fields=lambda: {
        "files": _("list of {file, outcome, number}: sound, altered, unknown, unreadable"),
        "templates": _("list of {file, line, what, fatal}"),
    },
)


def register(commands: Commands) -> None:
    """Add ``document``."""
    help_ = Help(
        line=_("papers: gifts, lots, families, accounts, and their templates"),
        text=_(
            "Papers are PDF files that everybody can read, screen readers too. Each has a number, "
            "and its digest is in the journal. A town changes them by copying their templates."
        ),
    )
    inner = group(commands, "document", help_)
    _make(inner)
    _list(inner)
    _print(inner)
    _attach(inner)
    _check(inner)
    _copy(inner)
    _preview(inner)


def _kinds() -> str:
    return ", ".join(PAPERS)


def _make(commands: Commands) -> None:
    help_ = Help(
        line=_("make documents"),
        text=_(
            "Make the documents of one kind, or all that a lot needs with {whole}. Names are "
            "printed only when the people table knows them; a blank line is left otherwise. Kinds: "
            "{kinds}."
        ).format(whole=WHOLE_LOT, kinds=_kinds()),
        examples=(
            (
                "parclibre document make proces-verbal-reforme --retirement PV-2026-2",
                _("a decision of réforme"),
            ),
            ("parclibre document make convention-de-don --lot Lot-7", _("for its partner")),
            (
                f"parclibre document make {WHOLE_LOT} --lot Lot-7 --output lot-7",
                _("everything, in one go"),
            ),
            ("parclibre document make attestation-remise --machine VJ-0042", _("for a family")),
            ("parclibre document make annexe-aides-en-nature --year 2026", _("for the budget")),
        ),
    )
    parser = command(commands, "make", later(_MAKING), help_)
    parser.add_argument("kind", choices=(*PAPERS, WHOLE_LOT), metavar=_("KIND"))
    parser.add_argument("--lot", metavar=_("LOT"), help=_("about this lot"))
    parser.add_argument(
        "--retirement", metavar=_("NUMBER"), help=_("about this retirement list, or decision")
    )
    parser.add_argument("--machine", metavar=_("TAG"), help=_("about this machine"))
    parser.add_argument(
        "--beneficiary", metavar=_("REFERENCE"), help=_("about this family's request")
    )
    parser.add_argument("--year", type=int, metavar=_("YEAR"), help=_("about this year"))
    _output(parser)
    add_on(parser, _("the date printed on the document (default: today)"))


def _output(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, default=Path(), metavar=_("FOLDER"),
        help=_("where to write (default: this folder)"),
    )  # fmt: skip


def _list(commands: Commands) -> None:
    help_ = Help(line=_("list the documents that were made"))
    command(commands, "list", later(f"{_KEPT}:list_"), help_, shape=LIST)


def _print(commands: Commands) -> None:
    help_ = Help(
        line=_("write a document again, as it was made"),
        text=_(
            "Write the very file that was made, and its signed sheets with --signed. A document "
            "that bears a name can be written until that name is purged."
        ),
        examples=(("parclibre document print CONV-20261122-GEZDGNBV", _("in this folder")),),
    )
    parser = command(commands, "print", later(f"{_KEPT}:print_"), help_)
    parser.add_argument("number", metavar=_("NUMBER"))
    parser.add_argument("--signed", action="store_true", help=_("its signed sheets too"))
    _output(parser)


def _attach(commands: Commands) -> None:
    help_ = Help(
        line=_("keep the scan or photo of a signed document"),
        text=_(
            "Keep a PDF, JPEG or PNG, sealed with the key of the person it names, or of --person; "
            "with a key of its own otherwise. Whoever purges that person purges the sheet."
        ),
        examples=(("parclibre document attach REM-20261122-GEZDGNBV scan.pdf", _("a scan")),),
    )
    parser = command(commands, "attach", later(f"{_KEPT}:attach"), help_)
    parser.add_argument("number", metavar=_("NUMBER"))
    parser.add_argument("file", type=Path, metavar=_("FILE"))
    parser.add_argument("--person", metavar=_("PERSON"), help=_("an id or a name"))
    add_on(parser, _("the day it was signed"))


def _check(commands: Commands) -> None:
    help_ = Help(
        line=_("compare documents with the journal, and templates with their fields"),
        text=_(
            "Tell for each PDF of a folder whether it is the one that was made here, and for each "
            "template whether it can be used. Status 7 when a document was altered, 4 when a "
            "template is refused."
        ),
        examples=(("parclibre document check lot-7", _("a folder of PDF files")),),
    )
    parser = command(commands, "check", later(f"{_KEPT}:check"), help_, shape=CHECK)
    parser.add_argument("folder", type=Path, metavar=_("FOLDER"))


def _copy(commands: Commands) -> None:
    help_ = Help(
        line=_("copy a template, or the town's card, to change it"),
        text=_(
            "Copy what makes a document (its template, the shared parts with --shared) to the "
            "folder documents of the store; « collectivite » copies the card with the town's name "
            "and addresses. A logo named logo.png or logo.jpg goes there too."
        ),
        examples=(
            ("parclibre document copy collectivite", _("then fill it in")),
            ("parclibre document copy convention-de-don", _("then change its words")),
        ),
    )
    parser = command(commands, "copy", later(f"{_TEMPLATES}:copy"), help_)
    parser.add_argument("kind", metavar=_("KIND"))
    parser.add_argument("--shared", action="store_true", help=_("the style, header and words too"))


def _preview(commands: Commands) -> None:
    help_ = Help(
        line=_("see a template with invented data"),
        text=_(
            "List fields that do not exist, with their lines, and needed ones that the template "
            "does not use; then write a specimen."
        ),
        examples=(
            (
                "parclibre document preview convention-de-don --template essai.html",
                _("a template that is being changed"),
            ),
        ),
    )
    parser = command(commands, "preview", later(f"{_TEMPLATES}:preview"), help_)
    parser.add_argument("kind", choices=tuple(PAPERS), metavar=_("KIND"))
    parser.add_argument(
        "--template", type=Path, metavar=_("FILE"), help=_("this file instead of the one in use")
    )
    _output(parser)
