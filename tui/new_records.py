# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records that the console adds: what each asks for, and how it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from fleet.model import kinds as k
from fleet.model.law import Quality
from fleet.output import words
from fleet.services import machines, records
from fleet.services.town import Town
from tui import act_choices as offers
from tui.act_bodies import Values
from tui.acts import FieldSpec
from tui.wording import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSpec:
    """A record. ``add`` writes it and returns its id; it raises FleetError."""

    title: str
    fields: tuple[FieldSpec, ...]
    add: Callable[[Town, Values], str]


def _partner(town: Town, values: Values) -> str:
    return records.add_partner(town, values["name"], values.get("quality") or "unknown")


def _agreement(town: Town, values: Values) -> str:
    return records.sign_agreement(
        town,
        values["partner"],
        values["reference"],
        data_clause=values.get("data_clause") == "true",
        until=values.get("until") or None,
    )


def _beneficiary(town: Town, values: Values) -> str:
    needs = (values["needs"],) if values.get("needs") else ()
    return records.refer_beneficiary(town, values["referrer"], values["reference"], needs=needs)


def _lot(town: Town, values: Values) -> str:
    return records.open_lot(town, values["name"], partner=values.get("partner") or None)


def _site(town: Town, values: Values) -> str:
    return records.add_site(town, values["name"], values.get("kind") or "other")


def _room(town: Town, values: Values) -> str:
    rows, columns = (int(values.get(side) or 1) for side in ("rows", "columns"))
    return records.add_room(town, values["site"], values["name"], rows, columns)


def _machine(town: Town, values: Values) -> str:
    fields = {name: value for name, value in values.items() if value}
    fields.setdefault("tag", machines.next_tag(town))
    return machines.register(town, msgspec.convert(fields, k.MachineRegistered))


_NAME = FieldSpec(name="name", label=N_("Name"), required=True)
_REFERENCE = FieldSpec(name="reference", label=N_("Reference"), required=True)

RECORDS: dict[str, RecordSpec] = {
    "machine": RecordSpec(
        title=N_("Register a machine"), add=_machine,
        fields=(
            FieldSpec(name="tag", label=N_("Tag"), hint=N_("blank: the next number")),
            FieldSpec(name="kind", label=N_("Kind"), type="choice", preset=True,
                      choices=offers.worded(words.kinds)),
            FieldSpec(name="manufacturer", label=N_("Maker")),
            FieldSpec(name="model", label=N_("Model")),
            FieldSpec(name="serial", label=N_("Serial")),
            FieldSpec(name="site", label=N_("Site"), type="choice",
                      choices=offers.recorded("site")),
            FieldSpec(name="owner", label=N_("Owner"), type="choice", preset=True,
                      choices=offers.worded(words.owners)),
            FieldSpec(name="provenance", label=N_("Provenance"), type="choice", preset=True,
                      choices=offers.worded(words.provenances)),
            FieldSpec(name="purchased_on", label=N_("Bought on"), type="date"),
            FieldSpec(name="accounting_number", label=N_("Accounting number")),
        ),
    ),
    "site": RecordSpec(
        title=N_("Add a site"), add=_site,
        fields=(
            _NAME,
            FieldSpec(name="kind", label=N_("Kind"), type="choice", preset=True,
                      choices=offers.worded(words.site_kinds)),
        ),
    ),
    "room": RecordSpec(
        title=N_("Add a room"), add=_room,
        fields=(
            FieldSpec(name="site", label=N_("Site"), type="choice", required=True,
                      choices=offers.recorded("site")),
            _NAME,
            FieldSpec(name="rows", label=N_("Rows of seats"), type="number"),
            FieldSpec(name="columns", label=N_("Seats in a row"), type="number"),
        ),
    ),
    "partner": RecordSpec(
        title=N_("Add a partner"), add=_partner,
        fields=(
            _NAME,
            FieldSpec(name="quality", label=N_("Legal quality"), type="choice",
                      choices=offers.worded(words.qualities, *Quality)),
        ),
    ),
    "agreement": RecordSpec(
        title=N_("Add an agreement"), add=_agreement,
        fields=(
            FieldSpec(name="partner", label=N_("Partner"), type="choice", required=True,
                      choices=offers.recorded("partner")),
            _REFERENCE,
            FieldSpec(name="data_clause", label=N_("Covers data"), type="yes_no"),
            FieldSpec(name="until", label=N_("Until"), type="date"),
        ),
    ),
    "beneficiary": RecordSpec(
        title=N_("Add a beneficiary"), add=_beneficiary,
        fields=(
            _REFERENCE,
            FieldSpec(name="referrer", label=N_("Who attests it"), required=True,
                      hint=N_("a body, never the family's name")),
            FieldSpec(name="needs", label=N_("Need"), type="choice",
                      choices=offers.worded(words.needs)),
        ),
    ),
    "lot": RecordSpec(
        title=N_("Open a lot"), add=_lot,
        fields=(
            _NAME,
            FieldSpec(name="partner", label=N_("Partner"), type="choice",
                      choices=offers.recorded("partner")),
        ),
    ),
}  # fmt: skip
