# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Papers once made: listed, printed again, checked against the journal, signed sheets attached."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.errors import BadInput, FleetError, NotFound
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.services import people, people_list
from fleet.services.papers import keep_receipt, read_paper
from fleet.services.town import Town, new_id
from fleet.store import queries
from fleet.store.counted import events_of_kinds
from fleet.store.people import Person, Role
from fleet.store.queries import Record

_NUMBER = re.compile(r"[A-Z]{2,4}-\d{8}-[A-Z2-7]{8}(?=\.pdf$)")
# First bytes of what a scanner or a phone gives.
_MEDIA = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper that the journal knows. ``about`` is an id, ``person`` one too or None; ``signed``
    the digests of signed sheets, oldest first.
    """

    id: str
    kind: str
    number: str
    on: str
    about: str
    digest: str
    person: str | None = None
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file compared with the journal. ``outcome``: sound, altered, unknown, unreadable (its
    name was purged).
    """

    file: str
    outcome: str
    number: str = ""


def papers(town: Town) -> list[Paper]:
    """Return every paper made here or received, by day then number."""
    sheets: dict[str, list[str]] = {}
    with town.journal.read() as connection:
        found = queries.list_records(connection, "document")
        for event in events_of_kinds(connection, {"DocumentSigned"}):
            body = k.body_of(event)
            if isinstance(body, k.DocumentSigned):
                sheets.setdefault(event.subject, []).append(body.digest)
    listed = [_paper(record, sheets.get(record.id, ())) for record in found]
    return sorted(listed, key=lambda paper: (paper.on, paper.number))


def find(town: Town, number: str) -> Paper:
    """Return the paper of a number, in any case. Raises NotFound."""
    for paper in papers(town):
        if paper.number == number.upper():
            return paper
    raise NotFound(
        _("No document bears the number {number}.").format(number=number),
        hint=_("See the list: parclibre document list"),
    )


def open_paper(town: Town, paper: Paper) -> bytes:
    """Return a paper's PDF. Raises NotFound when it is not here, GuardRefused after the purge."""
    if paper.person is not None:
        return people.read_paper(town, paper.person, paper.digest)
    return town.attachments.get(paper.digest)


def open_sheet(town: Town, paper: Paper, digest: str) -> tuple[bytes, str]:
    """Return a signed sheet and its media type. Raises as ``open_paper``."""
    with town.journal.read() as connection:
        for event in queries.timeline(connection, [paper.id]):
            body = k.body_of(event)
            if isinstance(body, k.DocumentSigned) and body.digest == digest:
                return people.read_paper(town, body.person, digest), body.media
    raise NotFound(_("This document has no such signed sheet."))


def attach(
    town: Town, number: str, file: Path, *, person: str | None = None, on: str | None = None
) -> Paper:
    """Keep the scan or photo of a signed paper, sealed with a person's key; returns the paper.

    ``person`` is an id or a name of the people table; by default whom the paper names, else a key
    of its own. Raises NotFound, BadInput when the file is no PDF, PNG or JPEG, GuardRefused when
    the person was purged.
    """
    paper = find(town, number)
    data = read_paper(file)
    media = media_of(file, data)
    owner = people_list.find_person(town, person) if person else paper.person or _bearer(town)
    digest = keep_receipt(town, owner, data)
    with town.act() as act:
        act.add(paper.id, k.DocumentSigned(digest=digest, person=owner, media=media, on=on))
    return find(town, number)


def media_of(file: Path, data: bytes) -> str:
    """Return what a scan is, by its first bytes. Raises BadInput for anything else."""
    for start, media in _MEDIA:
        if data.startswith(start):
            return media
    raise BadInput(
        _("The file {name} is neither a PDF nor a JPEG or PNG picture.").format(name=file.name),
        hint=_("Scan or photograph the signed sheet as PDF, JPEG or PNG."),
    )


def check_files(town: Town, files: list[Path]) -> list[Checked]:
    """Return what the journal says of each PDF file, found by its digest or by its name."""
    known = papers(town)
    by_digest = {paper.digest: paper for paper in known}
    by_number = {paper.number: paper for paper in known}
    return [_check(town, file, by_digest, by_number) for file in files]


def about_name(town: Town, about: str) -> str:
    """Return the name of what a paper is about: a tag, a lot's name, a year."""
    kind, _colon, rest = about.partition(":")
    if kind in ("year", "retirement"):
        return rest
    with town.journal.read() as connection:
        if kind == "machine":
            view = town.journal.reader(connection).view(about)
            return view.machine.tag if view else about
        record = queries.get_record(connection, about)
    return record.name if record else about


# --- inside -------------------------------------------------------------------------------------


def _paper(record: Record, signed: Any) -> Paper:
    body = record.body
    return Paper(
        id=record.id,
        kind=body["kind"],
        number=record.name,
        on=body.get("on", ""),
        about=body.get("about", ""),
        digest=body["digest"],
        person=body.get("person"),
        signed=tuple(signed),
    )


def _bearer(town: Town) -> str:
    """Return a person without a name, whose key seals a sheet that bears signatures."""
    bearer = new_id("holder")
    with town.journal.write() as writer:
        today = town.now().date()
        person = Person(id=bearer, role=Role.HOLDER, name="", last_contact=today)
        town.people.add(writer.connection, person)
    return bearer


def _check(
    town: Town, file: Path, by_digest: dict[str, Paper], by_number: dict[str, Paper]
) -> Checked:
    data = read_paper(file)
    found = by_digest.get(hashlib.sha256(data).hexdigest())
    if found is not None:
        return Checked(file=file.name, outcome="sound", number=found.number)
    named = _NUMBER.search(file.name)
    paper = by_number.get(named.group()) if named else None
    if paper is None:
        return Checked(file=file.name, outcome="unknown")
    return Checked(file=file.name, outcome=_compared(town, paper, data), number=paper.number)


def _compared(town: Town, paper: Paper, data: bytes) -> str:
    if paper.person is None:
        return "altered"
    try:
        return "sound" if open_paper(town, paper) == data else "altered"
    except FleetError:
        return "unreadable"
