# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of the journal as lines that a person reads: a name, then what the body says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fleet.i18n import _, day_name, ngettext
from fleet.model.events import Event, decode_body
from fleet.model.kinds import KINDS
from fleet.output import words
from fleet.output.amounts import disk_size, euros
from fleet.output.minutes_text import steps
from fleet.output.triage_text import opinions, sentence_of
from fleet.output.words import Names, event_name, no_names, with_names

_DIGEST_LENGTH = 64
_SHORT = 12

# Fields that say something when they are false.
_NOT: Mapping[str, Callable[[], str]] = {
    "rejected": lambda: _("accepted"),
    "succeeded": lambda: _("failed"),
}


def event_summary(event: Event, names: Names = no_names) -> str:
    """Return one line: what happened, then the body's fields with names for ids."""
    name = event_name(event.kind)
    if event.body is None:
        return _("{event} (contents withheld)").format(event=name)
    details = ", ".join(event_details(event, names))
    return words.labelled(name, details) if details else name


def event_details(event: Event, names: Names = no_names) -> Iterator[str]:
    """Yield one phrase for each field of the body that means something to a person."""
    body = decode_body(event.body) if event.body is not None else {}
    phrases = {**field_phrases(), **_own_phrases(event.kind)}
    if event.kind == "DisksDeclared" and not body.get("disks"):
        yield _("no disk")
    for field, value in _in_order(event.kind, body):
        if value is False and field in _NOT:
            yield _NOT[field]()
        elif field in phrases and value not in (None, "", [], {}, False):
            yield phrases[field].format(value=_text(field, value, names))


def _in_order(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields in the order in which the kind declares them, not the alphabet's."""
    declared = KINDS[kind].__struct_fields__ if kind in KINDS else ()
    for field in dict.fromkeys((*declared, *body)):
        if field in body:
            yield field, body[field]


def effective_date(event: Event) -> str:
    """Return the day that counts: the one a person gave, else the claimed time's (ISO)."""
    given = decode_body(event.body).get("on") if event.body is not None else None
    return str(given or event.header.at[:10])


def _text(field: str, value: Any, names: Names) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_key(k)} {_text('result', v, names)}" for k, v in value.items())
    if field == "events" and isinstance(value, list):
        return ngettext("{n} event", "{n} events", len(value)).format(n=len(value))
    if isinstance(value, list):
        return ", ".join(_text(field, item, names) for item in value)
    return _figure(field, value) or _word(field, str(value), names)


def _figure(field: str, value: Any) -> str | None:
    if field.endswith("_cents"):
        return euros(int(value))
    if field == "size_bytes":
        return disk_size(int(value))
    return day_name(str(value)) if field in ("until", "collect_by") else None


def _word(field: str, text: str, names: Names) -> str:
    if len(text) == _DIGEST_LENGTH and text.isalnum():
        return text[:_SHORT] + "…"
    if field == "result":
        return words.levels().get(text) or words.result_name(text, names)
    sentence = sentence_of(text) if field == "reasons" else None
    return sentence or field_words(field).get(text) or with_names(text, names)


def _key(code: str) -> str:
    return words.tests().get(code) or words.disk_kinds().get(code) or code


def field_words(field: str) -> Mapping[str, str]:
    """Return the words of a field's codes; empty when the field holds free text or ids."""
    tables: dict[str, Callable[[], Mapping[str, str]]] = {
        "kind": _kinds,
        "owner": words.owners,
        "provenance": words.provenances,
        "outcome": _outcomes,
        "donor_kind": words.donors,
        "needs": words.needs,
        "back_to": words.states,
        "state": words.states,
        "level": words.levels,
        "readback": words.readbacks,
        "health": words.healths,
        "way": words.ways,
        "taker": words.owners,
        "transition": words.transitions,
        "why": words.doubts,
        "decision": words.decisions,
        "quality": words.qualities,
        "test": words.tests,
        "step": steps,
        "opinion": opinions,
    }
    return tables[field]() if field in tables else {}


def _outcomes() -> Mapping[str, str]:
    return {**words.outcomes(), **words.presences(), **words.lot_outcomes(), **words.follow_ups()}


def _kinds() -> Mapping[str, str]:
    return {**words.site_kinds(), **words.askers(), **words.disk_kinds(), **words.kinds()}


def field_phrases() -> dict[str, str]:
    """Return the phrase of each body field that a person reads; the others are not shown."""
    return (
        _place_phrases() | _paper_phrases() | _value_phrases() | _fact_phrases()
        | _disk_phrases() | _bench_phrases()
    )  # fmt: skip


def _own_phrases(kind: str) -> Mapping[str, str]:
    """Return the phrases of fields that hold a whole sentence in this kind of event only."""
    return (
        {"decision": "{value}", "why": "{value}"} if kind in ("ReportHeld", "ReportSettled") else {}
    )


def _place_phrases() -> dict[str, str]:
    return {
        "site": _("site {value}"),
        "room": _("room {value}"),
        "seat": _("seat {value}"),
        "holder": _("holder {value}"),
        "where": _("at {value}"),
        "back_to": _("then: {value}"),
        "rows": _("{value} rows"),
        "columns": _("{value} columns"),
    }


def _paper_phrases() -> dict[str, str]:
    return {
        "decision": _("decision {value}"),
        "partner": _("partner {value}"),
        "agreement": _("agreement {value}"),
        "lot": _("lot {value}"),
        "beneficiary": _("beneficiary {value}"),
        "receipt": _("receipt {value}"),
        "taker": _("to {value}"),
        "until": _("until {value}"),
        "commitment": _("commitment: {value}"),
        "proof": _("proof {value}"),
        "slip": _("slip {value}"),
        "why": _("because: {value}"),
        "stolen": _("stolen"),
        "reference": _("reference {value}"),
        "referrer": _("referred by {value}"),
        "quality": _("quality: {value}"),
        "data_clause": _("with a data clause"),
        "accept_declared_wipes": _("accepts declared wipes"),
        "test_profile": _("test profile {value}"),
        "levels": _("levels: {value}"),
        "transition": _("for: {value}"),
        "code": _("reason {value}"),
        "way": "{value}",
        "name": "{value}",
        "list_number": _("list {value}"),
        "price_cents": _("price {value}"),
        "scope": _("for: {value}"),
        "proof_owed": _("proof owed: {value}"),
        "collect_by": _("to collect by {value}"),
        "eligible_by": _("eligible: yes, by {value}"),
        "by": _("by {value}"),
        "needs": _("needs: {value}"),
        "attestation": _("attestation {value}"),
        "donor_kind": _("given by {value}"),
    }


def _value_phrases() -> dict[str, str]:
    return {
        "machine_cents": _("machine {value}"),
        "screen_cents": _("screen {value}"),
        "accessories_cents": _("accessories {value}"),
        "declared_cents": _("declared value {value}"),
        "net_book_value_cents": _("net book value {value}"),
        "basis": "{value}",
        "count": _("{value} counted"),
        "end_of_life": _("end of life"),
    }


def _fact_phrases() -> dict[str, str]:
    return {
        "system": _("system {value}"),
        "image": _("image {value}"),
        "bare": _("handed over without a system"),
        "fault": _("fault: {value}"),
        "outcome": "{value}",
        "parts": _("parts: {value}"),
        "minutes": _("{value} minutes"),
        "profile": _("profile {value}"),
        "results": "{value}",
        "rejected": _("rejected"),
        "reasons": "{value}",
        "note": "{value}",
        "report": _("report {value}"),
        "format": _("format {value}"),
        "serial": _("serial {value}"),
        "model": "{value}",
        "manufacturer": "{value}",
        "kind": "{value}",
        "owner": _("owner: {value}"),
        "provenance": "{value}",
        "state": "{value}",
        "source": _("from {value}"),
        "absorbed": "{value}",
        "events": "{value}",
    }


def _bench_phrases() -> dict[str, str]:
    return {
        "test": "{value}",
        "result": "{value}",
        "seconds": _("{value} s"),
        "who": _("by {value}"),
        "step": "{value}",
        "human_s": _("{value} s of a person"),
        "machine_s": _("{value} s of the machine"),
        "opinion": "{value}",
        "thresholds": _("limits of {value}"),
        "grade": _("grade {value}"),
        "actions": _("done: {value}"),
        "barrier": _("stopped by: {value}"),
        "machine_said": _("the machine said {value}"),
        "person_said": _("a person said {value}"),
    }


def _disk_phrases() -> dict[str, str]:
    return {
        "disk": "{value}",
        "disks": "{value}",
        "level": "{value}",
        "method": _("by {value}"),
        "readback": "{value}",
        "declared": _("declared by a person"),
        "second_person": _("second person {value}"),
        "how": _("how: {value}"),
        "health": _("health: {value}"),
        "power_on_hours": _("{value} hours of running"),
        "size_bytes": "{value}",
        "label": _("label {value}"),
        "tool": _("with {value}"),
    }
