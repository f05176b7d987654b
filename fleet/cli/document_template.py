# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``document copy`` and ``document preview``."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.context import Context
from fleet.cli.files import writing_in
from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model.papers import PAPERS
from fleet.output.documents import TEMPLATES, to_pdf
from fleet.output.papers import SHARED, check_template, paper_html
from fleet.output.specimens import specimen
from fleet.output.template_code import refuse, told
from fleet.services import papers_facts
from fleet.services.certificates import put_file
from fleet.services.documents import own_templates
from fleet.services.papers_issue import known_kind, pictures_in
from fleet.services.papers_law import laws

CARD_KIND = "collectivite"


def copy(args: Namespace, context: Context) -> int:
    """Copy templates to the town's folder; a file that is there is left alone."""
    folder = own_templates(context.town().home)[0]
    names = _names(args.kind, shared=args.shared)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        target = folder / name
        if target.exists():
            context.tell(_("{path} is already there: left as it is.").format(path=target))
            continue
        target.write_bytes((TEMPLATES / name).read_bytes())
        context.say(str(target))
    return 0


def _names(kind: str, *, shared: bool) -> tuple[str, ...]:
    if kind == CARD_KIND:
        return (papers_facts.CARD,)
    found = known_kind(kind)
    if found.facts is None:
        raise UsageError(
            _("The document {kind} has no template of its own here.").format(kind=kind),
            hint=_("Choose one of: {kinds}").format(kinds=", ".join((CARD_KIND, *PAPERS))),
        )
    return (found.template, *(SHARED if shared else ()))


def preview(args: Namespace, context: Context) -> int:
    """Tell what a template lacks, then write a specimen made with invented data."""
    town = context.town()
    kind = known_kind(args.kind)
    if kind.facts is None:
        raise UsageError(_("The document {kind} has no preview.").format(kind=kind.code))
    own = own_templates(town.home)
    name = kind.template
    if args.template is not None:
        if not args.template.is_file():
            raise NotFound(
                _("There is no file {path}.").format(path=args.template),
                hint=_("Check its name and folder."),
            )
        own, name = (args.template.parent, *own), args.template.name
    findings = check_template(kind, own, template=name)
    for finding in findings:
        context.say(told(finding))
    refuse(findings)
    number = f"{kind.prefix}-SPECIMEN"
    facts = specimen(
        kind, number=number, issuer=papers_facts.issuer(town), law=laws(_today(context))
    )
    pdf = to_pdf(paper_html(kind, facts, own, template=name), pictures_in(own))
    with writing_in(args.output):
        context.say(str(put_file(args.output, f"{kind.code}_SPECIMEN.pdf", pdf)))
    return 0


def _today(context: Context) -> str:
    return context.today().isoformat()
