# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and failure reports on paper: one page for each disk, one for the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.model.certificate import FailureReport, MachineIdentity, WipeCertificate
from fleet.output import documents
from fleet.output.documents import to_pdf as to_pdf

TEMPLATE = "effacement.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPaper:
    """A proven paper and what it is printed with. ``code`` is empty for a failure report.

    ``digest`` (hex) is that of the certificate as signed.
    """

    paper: WipeCertificate | FailureReport
    digest: str
    fingerprint: str
    code: str = ""

    @property
    def certified(self) -> bool:
        """Whether it is a certificate."""
        return isinstance(self.paper, WipeCertificate)


def html(
    papers: Sequence[PrintedPaper],
    *,
    machine: MachineIdentity | None = None,
    people: Mapping[str, str] | None = None,
    own: Sequence[Path] = (),
) -> str:
    """Return the HTML of papers, with the machine's page first when a machine is given.

    ``people`` holds the names to print, by id; ``own`` the folders of a town's own templates.
    """
    return documents.fill(TEMPLATE, own, papers=papers, machine=machine, people=people or {})
