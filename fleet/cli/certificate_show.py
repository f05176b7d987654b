# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``certificate show``: what papers say, proven again from their signed files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

import msgspec

from fleet.cli.certificate import SHOW
from fleet.cli.context import Context
from fleet.i18n import _, day_name
from fleet.model.certificate import FailureReport
from fleet.model.reasons import Reason
from fleet.output.amounts import decimal, disk_size
from fleet.output.wipe_text import technique_name, wipe_sentence
from fleet.output.words import labelled, level_name, readbacks
from fleet.services.certificate_proof import ProvenPaper
from fleet.services.certificates_list import find, open_paper


def run(args: Namespace, context: Context) -> int:
    """Show papers."""
    town = context.town()
    papers = [open_paper(town, line) for line in find(town, args.wanted)]
    if args.json:
        context.print_json(SHOW, papers=[_object(one) for one in papers])
        return 0
    for one in papers:
        for line in _lines(one):
            context.say(line)
        context.say()
    return 0


def _object(one: ProvenPaper) -> dict[str, object]:
    return {
        "paper": msgspec.to_builtins(one.paper),
        "certified": not isinstance(one.paper, FailureReport),
        "digest": one.digest,
        "signed_digest": one.signed_digest,
        "fingerprint": one.fingerprint,
        "code": one.code,
    }


def _lines(one: ProvenPaper) -> Iterator[str]:
    paper = one.paper
    failure = isinstance(paper, FailureReport)
    kind = _("WIPE FAILED") if failure else _("certificate of a verified wipe")
    yield labelled(paper.number, kind)
    yield labelled(_("machine"), paper.machine.tag)
    medium = paper.medium
    name = " ".join(part for part in (medium.model, medium.serial) if part)
    yield labelled(_("disk"), f"{name or medium.id}, {disk_size(medium.size_bytes)}")
    yield labelled(_("technique"), technique_name(paper.wipe.technique))
    if not failure:
        yield labelled(_("category"), level_name(paper.wipe.category))
    for cause in paper.errors:
        yield wipe_sentence(Reason(code=cause.code, params=cause.params))
    if back := paper.verification:
        coverage = decimal(back.coverage_permille / 10, places=1)
        yield labelled(readbacks().get(back.method, back.method), f"{coverage} %")
        told = _("{planted} planted, {found} found again")
        found = told.format(planted=back.markers_planted, found=back.markers_found)
        yield labelled(_("markers"), found)
    yield labelled(_("day of the wipe"), day_name(paper.times.ended_at[:10]))
    yield labelled(_("tool"), paper.wipe.tool)
    yield labelled(_("signed by the key"), one.fingerprint)
    yield labelled(_("raw logs"), len(paper.logs))
