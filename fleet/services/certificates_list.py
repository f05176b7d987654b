# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The papers of wipes that the journal knows: listed, proven again, and printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import TrustRefused
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.certificate import MachineIdentity
from fleet.model.events import Event
from fleet.model.fold import effective
from fleet.output.certificate_pdf import html
from fleet.services.acts import view_of
from fleet.services.certificate_proof import ProvenPaper, prove
from fleet.services.certificates import (
    LOGS_SUFFIX,
    file_name,
    identity_of,
    printed,
    put_file,
    write_logs,
)
from fleet.services.documents import Render, in_child, own_templates
from fleet.services.town import Town
from fleet.store import listings, queries, trust
from fleet.store.listings import EventFilter

_PAGE = 500
_KIND = "CertificateIssued"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A paper as the journal tells it. ``number`` is empty for a failure report.

    ``at`` is the day it was recorded, ISO; ``disk`` and ``machine`` are ids.
    """

    number: str
    disk: str
    machine: str
    at: str
    digest: str
    certified: bool


def certificates(town: Town) -> Iterator[PaperLine]:
    """Yield every certificate that was not undone, newest arrival first."""
    skip = 0
    with town.journal.read() as connection:
        while page := listings.page_events(
            connection, EventFilter(kinds=(_KIND,)), skip=skip, limit=_PAGE
        ):
            skip += len(page)
            subjects = sorted({event.subject for _pos, event in page})
            alive = {e.header.id for e in effective(queries.timeline(connection, subjects))}
            yield from _lines(event for _pos, event in page if event.header.id in alive)


def papers_of(town: Town, tag: str) -> list[PaperLine]:
    """Return the papers of a machine's disks, those of failures too, oldest first.

    Raises NotFound when no machine bears the tag.
    """
    disks = [one.disk.id for one in view_of(town, tag).disks]
    return list(_lines(_events(town, disks)))


def find(town: Town, wanted: str) -> list[PaperLine]:
    """Return the certificate of a number, or the papers of a machine's tag. Raises NotFound."""
    by_number = [line for line in certificates(town) if line.number == wanted.upper()]
    return by_number or papers_of(town, wanted)


def open_paper(town: Town, line: PaperLine) -> ProvenPaper:
    """Return a paper proven again from its file, by the key that the journal knows.

    Raises NotFound when the file is not here, TrustRefused and StoreDamaged when it was altered.
    """
    return prove(town.attachments.get(line.digest), known_keys(town))


def known_keys(town: Town) -> frozenset[str]:
    """Return the keys that prove what the journal holds: revoked ones too, it was taken in time."""
    return frozenset(_view(town).keys.values())


def good_keys(town: Town) -> frozenset[str]:
    """Return the keys that prove a file from anywhere: those of no revoked installation."""
    view = _view(town)
    return frozenset(key for name, key in view.keys.items() if name not in view.revocations)


def prove_here(town: Town, data: bytes) -> ProvenPaper:
    """Return a file proven by the keys trusted here. That of a revoked key counts only when the
    journal had taken it before. Raises as ``prove``.
    """
    proven = prove(data, known_keys(town))
    if proven.paper.key in good_keys(town) or _is_recorded(town, proven):
        return proven
    raise TrustRefused(
        _("It was signed by an installation whose key was revoked, and is not in the journal."),
        hint=_("Do not rely on it: a lost key may sign anything."),
    )


def print_machine(town: Town, tag: str, *, render: Render = in_child) -> bytes:
    """Return the PDF of a machine: its page, then one for each paper. Operators' names are
    printed when the people table knows them. Raises NotFound, and as ``open_paper``.
    """
    papers = [open_paper(town, line) for line in papers_of(town, tag)]
    return render(_html(town, papers, machine=identity_of(town, tag)))


def print_paper(town: Town, line: PaperLine, *, render: Render = in_child) -> bytes:
    """Return the PDF of one paper, made again from its file. Raises as ``open_paper``."""
    return render(_html(town, [open_paper(town, line)]))


def write_proofs(town: Town, line: PaperLine, folder: Path) -> Path:
    """Write a paper's signed file and its raw logs beside it; return the file.

    Raises as ``open_paper``.
    """
    paper = open_paper(town, line).paper
    name = file_name(paper.machine.tag, paper.number)
    logs = [(log.name, town.attachments.get(log.digest)) for log in paper.logs]
    write_logs(folder / f"{name}{LOGS_SUFFIX}", logs)
    return put_file(folder, f"{name}.json", town.attachments.get(line.digest))


# --- inside -------------------------------------------------------------------------------------


def _html(town: Town, papers: Sequence[ProvenPaper], machine: MachineIdentity | None = None) -> str:
    with town.journal.read() as connection:
        found = {one.paper.person for one in papers}
        names = {id_: town.people.name_of(connection, id_) for id_ in found}
    return html(
        [printed(one) for one in papers],
        machine=machine,
        people={id_: name for id_, name in names.items() if name},
        own=own_templates(town.home),
    )


def _view(town: Town) -> trust.TrustView:
    with town.journal.read() as connection:
        statements = trust.read_statements(connection)
    return trust.view_trust(town.key.replica, town.key.public_key, statements)


def _is_recorded(town: Town, proven: ProvenPaper) -> bool:
    lines = _lines(_events(town, [proven.paper.medium.id]))
    return any(line.digest == proven.digest for line in lines)


def _events(town: Town, subjects: Sequence[str]) -> list[Event]:
    with town.journal.read() as connection:
        return effective(queries.timeline(connection, subjects))


def _lines(events: Iterable[Event]) -> Iterator[PaperLine]:
    for event in events:
        body = k.body_of(event)
        if isinstance(body, k.CertificateIssued):
            yield _line(event, body.number, body.machine, body.json_digest)
        elif isinstance(body, k.DiskWiped) and _is_failure(body):
            yield _line(event, "", "", body.report or "")


def _is_failure(body: k.DiskWiped) -> bool:
    """Tell whether a wipe has a failure report of ours: one told by a person has none."""
    return not (body.succeeded or body.declared) and body.report is not None


def _line(event: Event, number: str, machine: str, digest: str) -> PaperLine:
    return PaperLine(
        number=number,
        disk=event.subject,
        machine=machine,
        at=event.header.at[:10],
        digest=digest,
        certified=bool(number),
    )
