# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A paper's facts to HTML through its template, a town's copy first; and what a copy lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from fleet.model.paper_facts import Head
from fleet.model.papers import PaperKind
from fleet.output.documents import TEMPLATES, environment, fill
from fleet.output.template_code import Finding, check_code, refuse
from fleet.output.template_fields import check_fields
from fleet.output.template_words import typeset

LOOK = "papier.css"
# What all papers share; a town may copy them too.
SHARED = ("papier-debut.html", "papier-fin.html", "papier-biens.html", "mots-parc.html", LOOK)
_BAND = '<p class="specimen">SPÉCIMEN — SANS VALEUR</p>'
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_MARK = """<style>@page { @top-center { content: "SPÉCIMEN — SANS VALEUR"; font: bold 11pt
"DejaVu Sans", sans-serif; } }</style>"""


def paper_html(
    kind: PaperKind,
    facts: Head,
    own: Sequence[Path] = (),
    *,
    template: str = "",
    checked: bool = False,
) -> str:
    """Return a paper's HTML. Raises BadInput when a town's copy is refused or lacks a field.

    ``template`` is another file's name than the kind's own, for a preview; ``checked`` when the
    copy was checked just before.
    """
    name = template or kind.template
    if not checked:
        refuse(check_template(kind, own, template=name))
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    html = typeset(fill(name, own, look=LOOK, **values))
    return _marked(html) if facts.specimen else html


def check_template(kind: PaperKind, own: Sequence[Path], *, template: str = "") -> list[Finding]:
    """Return what is wrong with a kind's template: fatal findings refuse it, others are told.

    Templates of ours are not read again: tests do.
    """
    if kind.facts is None or not any(_own_text(name, own) for name in _names(kind, template)):
        return []
    made = environment(own)
    found = [
        finding
        for name in _names(kind, template)
        if (text := _own_text(name, own)) is not None
        for finding in check_code(text, name, made)
    ]
    if any(finding.fatal for finding in found):
        return found
    name = template or kind.template

    def source(wanted: str) -> str | None:
        return template_text(wanted, own)

    return [*found, *check_fields(name, kind.facts, kind.needed, source, made)]


def template_text(name: str, own: Sequence[Path] = ()) -> str | None:
    """Return a template's text, a town's own before ours; None when there is none."""
    text = _own_text(name, own)
    if text is not None:
        return text
    path = TEMPLATES / name
    return path.read_text("utf-8") if path.is_file() else None


def copied_names(kind: PaperKind) -> tuple[str, ...]:
    """Return the files of ours that make a paper's look and words, its own template first."""
    return (kind.template, *SHARED)


def _names(kind: PaperKind, template: str) -> tuple[str, ...]:
    return (template or kind.template, *SHARED)


def _own_text(name: str, own: Sequence[Path]) -> str | None:
    for folder in own:
        path = folder / name
        if path.is_file():
            return path.read_bytes().decode("utf-8", "replace")
    return None


def _marked(html: str) -> str:
    """Mark a specimen on every page, whatever its template says."""
    found = _BODY.search(html)
    at = found.end() if found else 0
    return f"{html[:at]}{_MARK}{_BAND}{html[at:]}"
