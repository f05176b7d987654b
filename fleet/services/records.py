# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records that machines refer to: sites, rooms, partners, agreements, lots, beneficiaries,
policy. Entered by hand here; later work fills them with more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.law import Quality
from fleet.model.policy import Policy
from fleet.model.text import fold
from fleet.services.needs import check_needs
from fleet.services.town import Town, new_id
from fleet.store import queries
from fleet.store.lookups import POLICY_SUBJECT, read_policies
from fleet.store.queries import Record

SITE_KINDS = ("school", "town_hall", "workshop", "other")
MAX_GRID = 40


def add_site(town: Town, name: str, kind: str = "other") -> str:
    """Add a site; returns its id. Raises UsageError when the name is taken or blank."""
    _free_name(town, "site", name)
    return _add(town, "site", k.SiteAdded(name=name, kind=kind))


def add_room(town: Town, site: str, name: str, rows: int = 1, columns: int = 1) -> str:
    """Add a room to a site (by name or id) with its seat grid; returns its id."""
    if not (1 <= rows <= MAX_GRID and 1 <= columns <= MAX_GRID):
        raise UsageError(
            _("A room's grid goes from 1 to {most} rows and columns.").format(most=MAX_GRID),
            hint=_("For example: --rows 4 --columns 6"),
        )
    place = find(town, "site", site)
    if any(fold(room.name) == fold(name) for room in rooms_of(town, place.id)):
        raise _taken(name)
    return _add(town, "room", k.RoomAdded(site=place.id, name=name, rows=rows, columns=columns))


def add_partner(
    town: Town,
    name: str,
    quality: str = "unknown",
    *,
    proof: str | None = None,
    registration: str | None = None,
    address: str | None = None,
    signatory: str | None = None,
) -> str:
    """Add a partner (association or body); returns its id.

    ``proof`` is the digest of the paper that shows the quality. Raises UsageError for a quality
    that is not of the closed list.
    """
    _free_name(town, "partner", name)
    body = k.PartnerAdded(
        name=name,
        quality=_quality(quality),
        proof=proof,
        proof_on=town.now().date().isoformat() if proof else None,
        registration=registration,
        address=address,
        signatory=signatory,
    )
    return _add(town, "partner", body)


def correct_partner(town: Town, name: str, **fields: str | None) -> str:
    """Record a partner's changed fields (those of ``PartnerAdded``; None leaves one as it is).

    Raises NotFound, and UsageError for a quality that is not of the closed list.
    """
    partner = find(town, "partner", name)
    changed = {field: value for field, value in fields.items() if value is not None}
    if "quality" in changed:
        _quality(str(changed["quality"]))
    if "proof" in changed:
        changed["proof_on"] = town.now().date().isoformat()
    body = msgspec.convert({**partner.body, **changed}, k.PartnerAdded)
    with town.act() as act:
        act.add(partner.id, body)
    return partner.id


def _quality(code: str) -> str:
    if code in set(Quality):
        return code
    raise UsageError(
        _("« {quality} » is not a legal quality.").format(quality=code),
        hint=_("Choose one of: {codes}").format(codes=", ".join(Quality)),
    )


def sign_agreement(
    town: Town,
    partner: str,
    reference: str,
    *,
    data_clause: bool = False,
    until: str | None = None,
    on: str | None = None,
    scope: str = "",
    signatories: tuple[str, ...] = (),
    proof_owed: str = "",
    decision: str | None = None,
    paper: str | None = None,
) -> str:
    """Record an agreement with a partner (by name or id); returns its id.

    ``signatories`` are roles, ``paper`` is the digest of the signed sheet.
    """
    body = k.AgreementSigned(
        partner=find(town, "partner", partner).id,
        reference=reference,
        data_clause=data_clause,
        until=until,
        on=on,
        scope=scope,
        signatories=signatories,
        proof_owed=proof_owed,
        decision=decision,
        paper=paper,
    )
    return _add(town, "agreement", body)


def open_lot(
    town: Town,
    name: str,
    *,
    partner: str | None = None,
    agreement: str | None = None,
    collect_by: str | None = None,
    place: str | None = None,
) -> str:
    """Open a lot, for a partner or not yet, to be collected by a day (ISO); returns its id."""
    _free_name(town, "lot", name)
    body = k.LotOpened(
        name=name,
        partner=find(town, "partner", partner).id if partner else None,
        agreement=find(town, "agreement", agreement).id if agreement else None,
        collect_by=collect_by,
        place=place,
    )
    return _add(town, "lot", body)


def refer_beneficiary(
    town: Town,
    referrer: str,
    reference: str,
    *,
    needs: tuple[str, ...] = (),
    kind: str = "family",
    note: str = "",
    eligible_by: str | None = None,
    eligible_on: str | None = None,
) -> str:
    """Record an anonymous request referred by a body; returns its id.

    ``needs`` are codes of ``fleet.model.needs``. Raises UsageError for another one, or for a note
    that tells a reason.
    """
    check_needs(needs, note)
    body = k.BeneficiaryReferred(
        referrer=referrer,
        reference=reference,
        needs=needs,
        kind=kind,
        note=note,
        eligible_by=eligible_by,
        eligible_on=eligible_on,
    )
    return _add(town, "beneficiary", body)


def choose_policy(town: Town, policy: k.PolicyChosen) -> None:
    """Put a policy in force from now on."""
    with town.act() as act:
        act.add(POLICY_SUBJECT, policy)


def current_policy(town: Town) -> Policy:
    """Return the policy in force."""
    with town.journal.read() as connection:
        policies = read_policies(connection)
    return policies[-1][1] if policies else Policy()


def find(town: Town, type_: str, name: str) -> Record:
    """Return the record of a type by id or name (any case, no accents). Raises NotFound."""
    with town.journal.read() as connection:
        found = [
            record
            for record in queries.list_records(connection, type_)
            if record.id == name or fold(record.name) == fold(name)
        ]
    if not found:
        raise NotFound(
            _nothing_named()[type_].format(name=name),
            hint=_("See the list: parclibre {type} list").format(type=type_),
        )
    return found[0]


def _nothing_named() -> Mapping[str, str]:
    return {
        "site": _("No site is named {name}."),
        "room": _("No room is named {name}."),
        "partner": _("No partner is named {name}."),
        "agreement": _("No agreement bears the reference {name}."),
        "lot": _("No lot is named {name}."),
        "beneficiary": _("No request bears the reference {name}."),
    }


def find_room(town: Town, name: str, site: str | None = None) -> Record:
    """Return a room by id, or by name within a site. Raises NotFound, or UsageError when the
    name exists in several sites.
    """
    place = find(town, "site", site).id if site else None
    with town.journal.read() as connection:
        found = [
            room
            for room in queries.list_records(connection, "room")
            if room.id == name
            or (fold(room.name) == fold(name) and place in (None, room.body["site"]))
        ]
    if len(found) > 1:
        raise UsageError(
            _("Several sites have a room named {name}.").format(name=name),
            hint=_("Add the site: --site NAME"),
        )
    return found[0] if found else find(town, "room", name)


def rooms_of(town: Town, site: str) -> list[Record]:
    """Return the rooms of a site id."""
    with town.journal.read() as connection:
        rooms = queries.list_records(connection, "room")
    return _by_name(room for room in rooms if room.body["site"] == site)


def listing(town: Town, type_: str) -> list[Record]:
    """Return all records of a type, by name."""
    with town.journal.read() as connection:
        return _by_name(queries.list_records(connection, type_))


def _by_name(found: Iterable[Record]) -> list[Record]:
    """Put É beside E, whatever the store's own order."""
    return sorted(found, key=lambda record: (fold(record.name), record.id))


def _add(town: Town, type_: str, body: k.Body) -> str:
    record = new_id(type_)
    with town.act() as act:
        act.add(record, body)
    return record


def _free_name(town: Town, type_: str, name: str) -> None:
    if not name.strip():
        raise UsageError(_("The name is blank."), hint=_("Give a name."))
    if any(fold(record.name) == fold(name) for record in listing(town, type_)):
        raise _taken(name)


def _taken(name: str) -> UsageError:
    return UsageError(
        _("The name {name} is already taken.").format(name=name), hint=_("Choose another name.")
    )


def town_name(town: Town) -> str:
    """Return the installation's name, else that of the only town hall, else nothing."""
    for replica in listing(town, "replica"):
        if replica.id == town.key.replica and replica.name:
            return replica.name
    halls = [s.name for s in listing(town, "site") if s.body.get("kind") == "town_hall"]
    return halls[0] if len(halls) == 1 else ""
