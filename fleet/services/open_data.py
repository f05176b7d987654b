# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The open data of a year: reads the audit's lives and the kinds of sites, asks the pure rules."""

from __future__ import annotations

from fleet.model.audit_open import OpenYear, open_year
from fleet.output.open_data import open_files
from fleet.services import audit, browse
from fleet.services.audit import Period, Report
from fleet.services.papers_facts import issuer
from fleet.services.town import Town
from fleet.store import queries


def files(town: Town, period: Period, *, with_sites: bool = False) -> dict[str, str]:
    """Return what to publish of a period: file names to contents. Raises as ``audit.run``."""
    return files_of(town, audit.run(town, period), with_sites=with_sites)


def files_of(town: Town, report: Report, *, with_sites: bool = False) -> dict[str, str]:
    """Return what to publish of an audit that was computed."""
    year = _year(town, report, with_sites)
    return open_files(year, browse.names(town), publisher=issuer(town).name)


def _year(town: Town, report: Report, with_sites: bool) -> OpenYear:
    with town.journal.read() as connection:
        sites = queries.list_records(connection, "site")
    kinds = {site.id: str(site.body.get("kind", "other")) for site in sites}
    fewest = audit.fewest_people(report.audit.day)
    return open_year(report.town, kinds, fewest=fewest, with_sites=with_sites)
