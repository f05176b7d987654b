# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a lot needs in one go; certificates and labels are made by their own parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fleet.model.papers import LOT_SET, PAPERS, PaperKind
from fleet.output.labels import Label, find_fonts, sheet
from fleet.services import certificates_list, papers_facts, papers_issue
from fleet.services.certificates import put_file
from fleet.services.documents import RenderMany, side_by_side
from fleet.services.papers_issue import Made, Target, plain_name
from fleet.services.papers_machine import machines
from fleet.services.town import Town


def make_set(
    town: Town, target: Target, folder: Path, *, on: str, render: RenderMany = side_by_side
) -> Iterator[Made]:
    """Yield every paper of a lot as it is made. Raises as ``papers_issue.make``."""
    for code in LOT_SET:
        yield from make_any(town, PAPERS[code], target, folder, on=on, render=render)


def make_any(
    town: Town,
    kind: PaperKind,
    target: Target,
    folder: Path,
    *,
    on: str,
    render: RenderMany = side_by_side,
) -> Iterator[Made]:
    """Yield the papers of one kind as they are made, certificates and labels included."""
    if kind.facts is not None:
        yield from papers_issue.make(town, kind, target, folder, on=on, render=render)
        return
    papers_issue.require_fit(kind, target)
    ids = papers_issue.machines_of(town, target)
    if kind.code == "etiquettes":
        yield _labels(town, ids, folder, target, on)
    else:
        yield from _certificates(town, ids, folder, on, render)


def _labels(town: Town, ids: Sequence[str], folder: Path, target: Target, on: str) -> Made:
    owner = papers_facts.issuer(town).name
    found = [
        Label(
            tag=one.tag,
            model=f"{one.manufacturer} {one.model}".strip(),
            serial=one.serial,
            owner=owner,
        )
        for one in machines(town, ids, on)
    ]
    label = target.lot or target.machine or ""
    data = sheet(found, fonts=find_fonts())
    path = put_file(folder, f"etiquettes_{plain_name(label)}.pdf", data)
    return Made(kind="etiquettes", number="", label=label, path=path, digest="")


def _certificates(
    town: Town, ids: Sequence[str], folder: Path, on: str, render: RenderMany
) -> Iterator[Made]:
    """Yield the certificates of each machine, in one PDF; nothing for one without any paper."""
    tags = [one.tag for one in machines(town, ids, on)]
    having = [tag for tag in tags if certificates_list.papers_of(town, tag)]
    pages = [
        certificates_list.print_machine(town, tag, render=lambda html: html.encode()).decode()
        for tag in having
    ]
    for tag, pdf in zip(having, render(pages, ()), strict=True):
        path = put_file(folder, f"certificats-effacement_{plain_name(tag)}.pdf", pdf)
        yield Made(kind="certificats-effacement", number="", label=tag, path=path, digest="")
