# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event bodies about papers: those made here, and their sheets once signed."""

from __future__ import annotations

from fleet.model.body import Body


class DocumentIssued(Body, frozen=True):
    """A paper was made. Subject: ``document:<id>``. ``kind`` is one of ``fleet.model.papers``.

    ``digest`` is that of the kept PDF; for a paper that bears a name, of the PDF sealed with the
    key of ``person``, an id. ``about`` is what it is about: a lot, a machine, a beneficiary.
    """

    kind: str
    number: str
    digest: str
    about: str = ""
    person: str | None = None
    on: str | None = None


class DocumentSigned(Body, frozen=True):
    """The photo or scan of a signed paper, sealed with the key of ``person``. Subject: as above."""

    digest: str
    person: str
    media: str
    on: str | None = None


class AuditSealed(Body, frozen=True):
    """An audit was published. Subject: ``audit:<id>``. The journal cut at ``heads`` (replica to
    seq) gives it again: ``digest`` is of every figure and machine until ``day``, ``values`` of the
    dated values that it used.
    """

    year: int
    day: str
    heads: dict[str, int]
    digest: str
    values: str = ""
    on: str | None = None
