# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A year's file of proofs: one ZIP with the report, the page, lists, letters, certificates.

The audit is sealed first; ``SHA256SUMS`` covers every file and is signed. The same seal gives the
same ZIP.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.errors import FleetError, NotFound, StoreDamaged
from fleet.i18n import _, in_french
from fleet.model import kinds as k
from fleet.model.audit import Audit, Ids
from fleet.model.audit_decree import parted, retired_on
from fleet.model.audit_life import Life
from fleet.model.events import subject_type
from fleet.model.fold import effective
from fleet.output.audit_data import csv_files, csv_text, digest_of
from fleet.output.audit_html import audit_html
from fleet.output.audit_numbers import publishable
from fleet.output.audit_sentences import sentences
from fleet.output.audit_words import figure_title, label, table_title
from fleet.output.documents import fill
from fleet.output.papers import LOOK
from fleet.output.template_words import typeset
from fleet.output.words import Names
from fleet.services import audit, browse, open_data
from fleet.services.audit import Period, Report
from fleet.services.certificates import safe_name
from fleet.services.documents import RenderMany, own_templates, side_by_side
from fleet.services.dossier_seal import SUMS, how_to_check, report_of, sealed, signature_files
from fleet.services.papers_facts import issuer
from fleet.services.papers_issue import pictures_in, plain_name
from fleet.services.town import Town
from fleet.store import audit_rows

_TEMPLATES = Path(__file__).parent.parent / "data" / "audit"
_LISTS = (
    "decree.a", "decree.frozen", "decree.excluded_a", "decree.excluded_b", "decree.missing_proof",
    "decree.age_unknown", "wiping.exceptions", "workshop.unlawful",
)  # fmt: skip
_ORGANISATIONS = "partner"
# ZIP knows no earlier day; the files' own would make two ZIPs of one dossier differ.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A good in a letter. ``committed``: only the proof is missing."""

    tag: str
    kind: str
    model: str
    on: str
    committed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What was written: where, its SHA-256, the audit's digest, how many of each."""

    path: Path
    sha256: str
    digest: str
    letters: int
    certificates: int
    missing: tuple[str, ...]


def write(town: Town, period: Period, path: Path, *, render: RenderMany = side_by_side) -> Dossier:
    """Seal the audit of a year and write its file of proofs; while nothing that the audit tells
    has changed, the seal is the same, and so is every byte.

    Raises UsageError when nobody is acting, FleetError when the file cannot be written.
    """
    seal, report = sealed(town, period)
    with TemporaryDirectory(prefix="parclibre-dossier-") as name, in_french():
        folder = Path(name)
        names = browse.names(town)
        _pages(folder, town, report, names)
        _lists(folder, report, names)
        letters = _letters(folder, town, report, names, seal.on, render)
        found, missing = _certificates(folder, town, report)
        report_of(town, seal, folder, render)
        told = _read_me(town, report.audit, seal.sealed.digest, missing)
        _write(folder / "LISEZ-MOI.txt", "\n".join(told) + "\n")
        sha256 = _pack(town, folder, path)
    return Dossier(
        path=path, sha256=sha256, digest=seal.sealed.digest, letters=letters, certificates=found,
        missing=missing,
    )  # fmt: skip


def _pages(folder: Path, town: Town, report: Report, names: Names) -> None:
    """Write the page, and the open data in a folder of its own."""
    public = publishable(report.audit, audit.fewest_people(report.audit.day))
    _write(folder / "audit.html", audit_html(public, names, digest=digest_of(report.audit)))
    for name, text in csv_files(public, names).items():
        _write(folder / "donnees-ouvertes" / "audit" / name, text)
    for name, text in open_data.files_of(town, report).items():
        _write(folder / "donnees-ouvertes" / "parc" / name, text)


# --- lists of machines, for the town itself -----------------------------------------------------

_COLUMNS = ("line", "tag", "kind", "model", "purchased_on", "retired_on", "state", "since")


def _lists(folder: Path, report: Report, names: Names) -> None:
    for key in _LISTS:
        rows = list(_rows(report, key, names))
        _write(folder / "listes" / f"{key}.csv", csv_text(_COLUMNS, rows))


def _rows(report: Report, key: str, names: Names) -> Iterator[Sequence[object]]:
    for line, machines in _lines(report.audit, key, names):
        for machine in machines:
            life = report.lives.get(machine)
            if life is not None:
                yield (line, *_cells(life, report.audit.day))


def _lines(found: Audit, key: str, names: Names) -> Iterator[tuple[str, Ids]]:
    """Yield the machines of a figure, or of each line of a table, with what they are."""
    for section in found.sections:
        for figure in section.figures:
            if figure.key == key:
                yield figure_title(key), figure.machines
        for table in section.breakdowns:
            if table.key == key:
                for bar in table.bars:
                    yield label(table.labels, bar.label, names) or table_title(key), bar.machines


def _cells(life: Life, day: str) -> Sequence[object]:
    return (
        life.tag, life.kind, life.model_name, life.purchased_on, retired_on(life, f"{day}~"),
        life.now.state.value, life.now.from_on,
    )  # fmt: skip


# --- letters ----------------------------------------------------------------------------------


def _letters(
    folder: Path, town: Town, report: Report, names: Names, on: str, render: RenderMany
) -> int:
    own, asked = own_templates(town.home), _asked(report)
    pages = [
        fill(
            "demande-de-preuve.html", (*own, _TEMPLATES), look=LOOK, issuer=issuer(town), on=on,
            number=f"DP-{report.audit.year}-{n:03d}", year=report.audit.year,
            taker=names(taker) or "", goods=goods,
        )
        for n, (taker, goods) in enumerate(asked.items(), start=1)
    ]  # fmt: skip
    letters = render([typeset(page) for page in pages], pictures_in(own))
    for n, (taker, letter) in enumerate(zip(asked, letters, strict=True), start=1):
        name = f"{n:03d}_{plain_name(names(taker) or taker)}.pdf"
        _write(folder / "courriers" / name, letter)
    return len(asked)


def _asked(report: Report) -> Mapping[str, list[Good]]:
    """Return what to ask each organisation for; a person is asked by hand."""
    found: dict[str, list[Good]] = {}
    for machine in report.audit.behind("decree.missing_proof") or ():
        life = report.lives[machine]
        sold = parted(report.town, life, report.town.titles.get(machine, ()))
        if sold is not None and subject_type(sold.taker) == _ORGANISATIONS:
            good = Good(
                tag=life.tag, kind=life.kind, model=life.model_name, on=sold.on,
                committed=bool(sold.commitment),
            )  # fmt: skip
            found.setdefault(sold.taker, []).append(good)
    return found


# --- certificates -------------------------------------------------------------------------------


def _certificates(folder: Path, town: Town, report: Report) -> tuple[int, tuple[str, ...]]:
    """Copy the certificates of the machines that left; return how many, and those not here."""
    left = set(report.audit.behind("wiping.exits") or ())
    with town.journal.read() as connection:
        events = effective(audit_rows.events_of(connection, ("CertificateIssued", "Undone")))
    heads = report.audit.heads
    then = (e for e in events if e.header.seq <= heads.get(e.header.replica, (0, ""))[0])
    bodies = map(k.body_of, then)
    count, missing = 0, []
    for body in bodies:
        if isinstance(body, k.CertificateIssued) and body.machine in left:
            try:
                for digest, suffix in ((body.json_digest, "json"), (body.pdf_digest, "pdf")):
                    data = town.attachments.get(digest)
                    _write(folder / "certificats" / f"{safe_name(body.number)}.{suffix}", data)
                count += 1
            except (NotFound, StoreDamaged):
                missing.append(body.number)
    return count, tuple(missing)


# --- the ZIP ------------------------------------------------------------------------------------


def _read_me(town: Town, found: Audit, digest: str, missing: Sequence[str]) -> Iterator[str]:
    """Yield the lines of what to read first: what is here, how to check it, each figure."""
    yield _("File of proofs of {year}, sealed.").format(year=found.year)
    yield ""
    yield _("rapport-annuel: two pages for the council. audit.html: every figure, explained.")
    yield _("listes: machine by machine, for the town itself. donnees-ouvertes: to be published.")
    yield _("courriers: letters ready to send. certificats: of the machines that left in the year.")
    if missing:
        told = _("Certificates whose files are not on this computer: {numbers}")
        yield told.format(numbers=", ".join(missing))
    yield ""
    yield from how_to_check(town)
    yield _("To compute the audit again: parclibre audit check. Its digest (SHA-256):")
    yield f"  {digest}"
    yield from sentences(publishable(found, audit.fewest_people(found.day)))


def _write(path: Path, data: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def _pack(town: Town, folder: Path, target: Path) -> str:
    """Write every file, the list of their digests and its signature, in one ZIP; return its
    SHA-256.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    last = {SUMS: sums, **signature_files(town, sums.encode())}
    for name, text in last.items():
        _write(folder / name, text)
    try:
        _zip(folder, [*files, *(folder / name for name in last)], target)
        return _sha256(target)
    except OSError as error:
        raise FleetError(
            _("{path} cannot be written: {why}.").format(path=target, why=error.strerror)
        ) from error


def _zip(folder: Path, files: Sequence[Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files:
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            packed.writestr(info, path.read_bytes())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
