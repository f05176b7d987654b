# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's figures as plain text: each with one sentence that says what it counts."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.i18n import _
from fleet.model.audit import Audit, Figure
from fleet.output.audit_numbers import figure_value, number
from fleet.output.audit_words import explanation, figure_title, section_title, why_words


def sentences(audit: Audit) -> Iterator[str]:
    """Yield the lines: chapters, figures, and under each figure its sentence."""
    for section in audit.sections:
        if section.figures:
            title = section_title(section.key)
            yield from ("", title, "-" * len(title))
        for figure in section.figures:
            yield f"{figure_title(figure.key)} : {_value(figure)}"
            yield f"    {_sentence(figure)}"


def _value(figure: Figure) -> str:
    return why_words(figure.why) if figure.why else figure_value(figure)


def _sentence(figure: Figure) -> str:
    told = explanation(figure.key)
    if figure.of is None:
        return told
    return f"{told} " + _("Counted on {n}.").format(n=number(figure.of, ""))
