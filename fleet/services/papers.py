# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Papers and people that an act names: receipts sealed for their bearer, holders, witnesses."""

from __future__ import annotations

from pathlib import Path

from fleet.errors import BadInput, GuardRefused, NotFound, UsageError
from fleet.i18n import _
from fleet.model.text import clean
from fleet.services.people import keep_paper
from fleet.services.town import Town, new_id
from fleet.store.people import Person, Role

MAX_BYTES = 50 * 1024 * 1024


def read_paper(name: str | Path) -> bytes:
    """Return a file's bytes. Raises NotFound, or BadInput when empty, too large or unreadable."""
    path = Path(name).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(
            _("There is no file {path}.").format(path=path), hint=_("Check its name and folder.")
        ) from error
    except OSError as error:
        raise BadInput(
            _("The file {path} cannot be read: {why}.").format(path=path, why=error.strerror),
            hint=_("Check what it is and who may read it."),
        ) from error
    if not 0 < len(data) <= MAX_BYTES:
        raise BadInput(
            _("The file {path} is empty or larger than 50 MB.").format(path=path),
            hint=_("Give the paper itself, as a PDF or a photo."),
        )
    return data


def keep_receipt(town: Town, beneficiary: str, data: bytes) -> str:
    """Keep a receipt that bears a beneficiary's name, sealed until their purge; its digest.

    Raises GuardRefused when the beneficiary was purged: nothing of theirs is kept any more.
    """
    with town.journal.write() as writer:
        if town.people.is_purged(writer.connection, beneficiary):
            raise GuardRefused(
                _("This beneficiary was purged: no paper of theirs can be kept."),
                hint=_("Give the receipt's number instead, or record a new request."),
            )
        if not town.people.is_known(writer.connection, beneficiary):
            town.people.add(writer.connection, _bearer(town, beneficiary, Role.BENEFICIARY, ""))
    return keep_paper(town, beneficiary, data)


def add_holder(town: Town, name: str) -> str:
    """Keep the name of a person to whom a machine is entrusted; returns their id.

    Raises UsageError when the name is blank.
    """
    if clean(name) is None:
        raise UsageError(_("The holder has no name."), hint=_("Give a name: --holder NAME"))
    holder = new_id("holder")
    with town.journal.write() as writer:
        town.people.add(writer.connection, _bearer(town, holder, Role.HOLDER, name))
    return holder


def second_person(town: Town, name: str) -> str:
    """Return the id of a second person, who must not be the one who acts. Raises UsageError."""
    other = town.acting_as(name).operator
    if other is None or other == town.operator:
        raise UsageError(
            _("The second person must be somebody else than the one who acts."),
            hint=_("Name the colleague who was there: --second-person NAME"),
        )
    return other


def _bearer(town: Town, person: str, role: Role, name: str) -> Person:
    return Person(id=person, role=role, name=name, last_contact=town.now().date())
