# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""First opinions from report files, without any store."""

from __future__ import annotations

from pathlib import Path

from fleet.model.facts import ReportFacts
from fleet.model.thresholds import Thresholds
from fleet.model.triage import Triage, first_opinion
from fleet.model.triage_facts import TriageFacts
from fleet.readers.detect import decode, read_report
from fleet.readers.triage_facts import triage_facts, triage_facts_of_report
from fleet.services.papers import read_paper

_OURS = "parclibre-report"


def opinions_of(file: Path, limits: Thresholds) -> tuple[Triage, ...]:
    """Return the opinion on each machine of a report; none for a bare disk or battery.

    Raises NotFound, and BadInput when the file is no report.
    """
    text = decode(read_paper(file))
    machines = [report for report in read_report(text) if report.has_machine]
    return tuple(first_opinion(_facts(text, report), limits) for report in machines)


def _facts(text: str, report: ReportFacts) -> TriageFacts:
    if report.format == _OURS:
        return triage_facts_of_report(text, report)
    return triage_facts(
        report,
        dmidecode=text if report.format == "dmidecode" else "",
        lscpu=text if report.format == "lscpu_text" else "",
    )
