# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a file of proofs hold: its seal in the journal, used again while nothing changed, the
report of that seal, and the signature of its digests by this installation's key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model.papers import TOKEN_BYTES, paper_number
from fleet.output.audit_data import digest_of, values_digest
from fleet.services import audit, audit_seals, papers_kept
from fleet.services.audit import Period, Report
from fleet.services.audit_seals import Seal
from fleet.services.certificates import put_file
from fleet.services.documents import RenderMany
from fleet.services.papers_issue import Target, file_name, known_kind, make
from fleet.services.town import Town
from fleet.store.sshsig import DOSSIER_NAMESPACE, fingerprint

SUMS, SIGNATURE, SIGNERS = "SHA256SUMS", "SHA256SUMS.sig", "SIGNATAIRES"
REPORT = "rapport-annuel"


def sealed(town: Town, period: Period) -> tuple[Seal, Report]:
    """Return the seal of a whole year and its audit: the last one when the audit is still the
    same, else a new one.

    Raises UsageError for a part of a year, or when nobody is acting.
    """
    whole = _whole(town, period)
    before = [one for one in audit_seals.seals(town) if _is_of(one, whole)]
    if before:
        report = audit.run(town, whole)
        if _holds(before[-1], report):
            return before[-1], _read_until(report, before[-1].sealed.heads)
    return audit_seals.seal(town, whole, digest_of, values_digest)


def _whole(town: Town, period: Period) -> Period:
    """Return the year until its end, or until today by the store's clock, as the report is."""
    whole = audit.period_of(town.now().date(), year=period.year)
    # The screen's day and the store's (UTC) may differ by one.
    apart = abs(date.fromisoformat(period.day) - date.fromisoformat(whole.day))
    if period.known_at or apart > timedelta(days=1):
        raise UsageError(
            _("A file of proofs is of a whole year."), hint=_("Leave --as-of and --known-at out.")
        )
    return whole


def _is_of(one: Seal, period: Period) -> bool:
    return (one.sealed.year, one.sealed.day) == (period.year, period.day)


def _holds(one: Seal, report: Report) -> bool:
    found = (digest_of(report.audit), values_digest(report.audit))
    return found == (one.sealed.digest, one.sealed.values)


def _read_until(report: Report, heads: Mapping[str, int]) -> Report:
    """Return the same audit as read until its seal's heads: what came after changed nothing."""
    then = {replica: (seq, "") for replica, seq in heads.items()}
    return replace(report, audit=replace(report.audit, heads=then))


def report_of(town: Town, seal: Seal, folder: Path, render: RenderMany) -> None:
    """Put the council's report of a seal in a folder, made once and kept."""
    kind, year = known_kind(REPORT), seal.sealed.year
    token = hashlib.sha256(seal.id.encode()).digest()[:TOKEN_BYTES]
    number = paper_number(kind, seal.on, token)
    try:
        kept = papers_kept.open_paper(town, papers_kept.find(town, number))
    except NotFound:
        target = Target(year=year)
        make(town, kind, target, folder, on=seal.on, render=render, number=number)
    else:
        put_file(folder, file_name(kind.code, str(year), number), kept)


def signature_files(town: Town, sums: bytes) -> dict[str, str]:
    """Return the signature of the list of digests, and who may sign, as ssh-keygen reads them."""
    signers = f'{town.key.replica} namespaces="{DOSSIER_NAMESPACE}" {town.key.public_key}\n'
    return {SIGNATURE: town.key.sign(sums, DOSSIER_NAMESPACE), SIGNERS: signers}


def how_to_check(town: Town) -> list[str]:
    """Return the lines that say how a person checks the file of proofs, without ParcLibre."""
    verify = (
        f"ssh-keygen -Y verify -f {SIGNERS} -I {town.key.replica} -n {DOSSIER_NAMESPACE} "
        f"-s {SIGNATURE} < {SUMS}"
    )
    return [
        _("Nothing was changed when both commands say so:"),
        f"  sha256sum -c {SUMS}",
        f"  {verify}",
        _("Ask the town for the fingerprint of its key by another way; it must be:"),
        f"  {fingerprint(town.key.public_key)}",
    ]
