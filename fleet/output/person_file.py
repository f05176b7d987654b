# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is held about a person, as a file that they can read: a text, their papers, in one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleet.i18n import _, day_name, ngettext
from fleet.model.events import Event
from fleet.output.events import effective_date, event_summary
from fleet.output.words import Names, event_name, labelled

_KINDS = ((b"%PDF", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"))
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # what a ZIP knows; the file says nothing of when


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """What to write; days are ISO. ``written`` counts the events they wrote, by kind."""

    id: str
    role: str
    name: str | None
    contact: str | None
    purge_on: str | None
    purged_on: str | None
    acts: Sequence[Event]
    written: Mapping[str, int]
    papers: Mapping[str, bytes]


def as_zip(person: PersonFile, names: Names) -> bytes:
    """Return the ZIP: ``donnees.txt`` and ``papiers/``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        text = "\n".join(lines(person, names)) + "\n"
        archive.writestr(zipfile.ZipInfo("donnees.txt", _FIRST_DAY), text)
        for digest, data in person.papers.items():
            name = f"papiers/{digest[:12]}.{_ending(data)}"
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), data)
    return out.getvalue()


def _ending(data: bytes) -> str:
    return next((ending for start, ending in _KINDS if data.startswith(start)), "bin")


def lines(person: PersonFile, names: Names) -> Iterator[str]:
    """Yield the text's lines."""
    yield _("All that ParcLibre holds about you here")
    yield ""
    yield labelled(_("Name"), person.name or _("none, or destroyed"))
    yield labelled(_("Contact"), person.contact or _("none, or destroyed"))
    yield labelled(_("Why you are known"), person.role)
    yield labelled(_("Your number in the journal"), person.id)
    if person.purge_on:
        yield labelled(_("Name and contact will be destroyed on"), day_name(person.purge_on))
    if person.purged_on:
        yield labelled(_("Name and contact were destroyed on"), day_name(person.purged_on))
    yield ""
    yield _("What the journal says of this number")
    for event in person.acts:
        yield f"{day_name(effective_date(event))}  {event_summary(event, names)}"
    if not person.acts:
        yield _("nothing")
    yield from _written(person)
    yield ""
    papers = len(person.papers)
    yield ngettext("{n} paper is in the folder", "{n} papers are in the folder", papers).format(
        n=papers
    )


def _written(person: PersonFile) -> Iterator[str]:
    if person.written:
        yield ""
        yield _("What you recorded, by kind")
    for kind, count in person.written.items():
        yield labelled(event_name(kind), str(count))
