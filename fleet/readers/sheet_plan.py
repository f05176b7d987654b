# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each row of an inventory would become: a machine, or problems a person can settle.

Nothing is lost: every non-blank row is a machine or has at least one problem, never both.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fleet.model.text import known
from fleet.readers.sheet_columns import SheetMapping, column_key
from fleet.readers.sheet_map import SheetMap
from fleet.readers.sheet_problems import SheetProblem
from fleet.readers.sheet_row import RowReading, shown
from fleet.readers.sheet_table import Sheet
from fleet.readers.sheet_values import (
    Unreadable,
    names_organisation,
    parse_code,
    parse_kind,
    place_parts,
    system_family,
)
from fleet.readers.sheet_words import (
    KIND_WORDS,
    OWNER_WORDS,
    PROVENANCE_WORDS,
    STATE_WORDS,
    VAGUE_STATE_WORDS,
)

MAX_TAG_CHARACTERS = 64
MAX_NOTE_CHARACTERS = 1_000

# States whose own date is the day the machine left.
_EXIT_STATES = frozenset(
    {"given", "loaned", "sold_or_transferred", "dismantled", "recycled", "lost"}
)

# A row with a tag and none of these is a total or a section's title.
_DESCRIPTION = ("kind", "manufacturer", "model")

Seen = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMachine:
    """One good row. Values are euro cents; ``state_on`` is None when the sheet gives no date.

    ``tag_proposed`` says that the row had no tag and that its serial number stands for one.
    ``system`` is a family (windows, linux, macos…), ``system_name`` what the sheet says.
    """

    line: int
    tag: str
    tag_proposed: bool
    serial: str | None
    kind: str
    manufacturer: str | None
    model: str | None
    site: str | None
    room: str | None
    seat: str | None
    state: str
    state_on: date | None
    retired_on: date | None
    owner: str
    provenance: str | None
    purchased_on: date | None
    purchase_value_cents: int | None
    net_book_value_cents: int | None
    accounting_number: str | None
    system: str | None
    system_name: str | None
    recipient: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPlan:
    """What an import would do; ``warnings`` are about good rows, ``problems`` about bad ones."""

    machines: tuple[SheetMachine, ...]
    problems: tuple[SheetProblem, ...]
    warnings: tuple[SheetProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    tag: str
    proposed: bool
    serial: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dates:
    purchased: date | None
    in_service: date | None
    retired: date | None
    left: date | None


def plan_rows(sheet: Sheet, mapping: SheetMapping, *, today: date) -> SheetPlan:
    """Return the machines, problems and warnings of a sheet's rows; no row ever raises."""
    machines: list[SheetMachine] = []
    problems: list[SheetProblem] = []
    warnings = list(_sheet_warnings(sheet, mapping))
    seen: Seen = {}
    for row in sheet.rows:
        if row.blank:
            continue
        reading = RowReading(sheet, row, mapping, today)
        machine = _machine(reading, mapping.sheet_map, seen)
        problems += reading.problems
        if machine is not None and not reading.problems:
            machines.append(machine)
            warnings += reading.warnings
    return SheetPlan(machines=tuple(machines), problems=tuple(problems), warnings=tuple(warnings))


def _sheet_warnings(sheet: Sheet, mapping: SheetMapping) -> Iterator[SheetProblem]:
    remarks = [("person_left_out", name) for name in mapping.personal]
    note = mapping.position("note")
    if note is not None:
        remarks.append(("notes_kept", sheet.header[note]))
    remarks += [("other_table", name) for name in sheet.other_tables]
    for code, value in remarks:
        yield SheetProblem(line=sheet.header_line, column="", value=value, code=code)


def _machine(reading: RowReading, words: SheetMap, seen: Seen) -> SheetMachine | None:
    """Return the row's machine; None, with problems kept, when it cannot be one."""
    if reading.repeats_header():
        reading.refuse("repeated_header")
        return None
    if extra := reading.extra_cells():
        reading.refuse("too_many_cells", value=shown(extra))
    identity = _identity(reading, seen)
    dates = _dates(reading)
    state = _state(reading, words, dates)
    site, room = _place(reading)
    owner, provenance = _title(reading, words)
    kind, note = _kind_and_note(reading, words)
    system_name = reading.text("system")
    values = (reading.cents("purchase_value"), reading.cents("net_book_value"))
    if identity is None:
        return None
    return SheetMachine(
        line=reading.line,
        tag=identity.tag,
        tag_proposed=identity.proposed,
        serial=identity.serial,
        kind=kind,
        manufacturer=reading.text("manufacturer"),
        model=reading.text("model"),
        site=site,
        room=room,
        seat=reading.text("seat"),
        state=state,
        state_on=_state_on(state, dates),
        retired_on=dates.retired,
        owner=owner,
        provenance=provenance,
        purchased_on=dates.purchased,
        purchase_value_cents=values[0],
        net_book_value_cents=values[1],
        accounting_number=reading.identifier("accounting_number"),
        system=system_family(system_name) if system_name else None,
        system_name=system_name,
        recipient=_recipient(reading),
        note=note,
    )


def _identity(reading: RowReading, seen: Seen) -> _Identity | None:
    tag = reading.identifier("tag")
    serial = reading.identifier("serial")
    if serial is not None and known(serial) is None:
        reading.warn("junk_serial", "serial")
        serial = None
    if tag is None and serial is None:
        if not reading.problems:
            reading.refuse("no_identity")
        return None
    described = any(reading.raw(field).strip() for field in ("serial", *_DESCRIPTION))
    if not described:
        reading.refuse("only_tag", "tag")
    used = tag or serial or ""
    if len(used) > MAX_TAG_CHARACTERS:
        reading.refuse("tag_too_long", "tag" if tag else "serial", most=str(MAX_TAG_CHARACTERS))
    if tag is None:
        reading.warn("tag_proposed", "serial")
    _refuse_repeats(reading, seen, used, serial)
    return _Identity(tag=used, proposed=tag is None, serial=serial)


def _refuse_repeats(reading: RowReading, seen: Seen, tag: str, serial: str | None) -> None:
    for field, value in (("tag", tag), ("serial", serial or "")):
        if not value:
            continue
        first = seen.setdefault((field, value.casefold()), reading.line)
        if first != reading.line:
            reading.refuse(f"duplicate_{field}", field, first=str(first), value=value)


def _dates(reading: RowReading) -> _Dates:
    dates = _Dates(
        purchased=reading.date("purchased_on"),
        in_service=reading.date("service_on"),
        retired=reading.date("retired_on"),
        left=reading.date("left_on"),
    )
    out = min((day for day in (dates.retired, dates.left) if day is not None), default=None)
    if out and dates.purchased and dates.purchased > out:
        reading.refuse(
            "purchase_after_retirement", "purchased_on",
            purchased=dates.purchased.isoformat(), left=out.isoformat(),
        )  # fmt: skip
    if dates.retired and dates.left and dates.left < dates.retired:
        reading.refuse(
            "exit_before_retirement", "left_on",
            left=dates.left.isoformat(), retired=dates.retired.isoformat(),
        )  # fmt: skip
    return dates


def _state(reading: RowReading, words: SheetMap, dates: _Dates) -> str:
    before = len(reading.problems)
    state = reading.parsed(
        "state", functools.partial(parse_code, words=STATE_WORDS, own=words.states)
    )
    if state is not None:
        if _is_vague(reading.raw("state"), words):
            reading.warn("vague_state", "state", read_as=state)
        return state
    if len(reading.problems) == before:
        reading.warn("state_from_date" if dates.retired else "no_state", "state")
    return "retired" if dates.retired else "in_stock"


def _is_vague(word: str, words: SheetMap) -> bool:
    own = {column_key(theirs) for theirs, _code in words.states}
    return column_key(word) in VAGUE_STATE_WORDS - own


def _state_on(state: str, dates: _Dates) -> date | None:
    if state in _EXIT_STATES:
        return dates.left
    if state in ("retired", "to_recycle"):
        return dates.retired or dates.left
    if state == "in_service":
        return dates.in_service
    return dates.purchased if state == "in_stock" and dates.retired is None else None


def _place(reading: RowReading) -> tuple[str | None, str | None]:
    """Return site and room; a path (« School > Room ») fills what has no column of its own."""
    site, room = reading.text("site"), reading.text("room")
    location = reading.text("location")
    parts = place_parts(location) if location else ()
    entity = reading.text("entity")
    if site is None:
        site = parts[0] if parts else place_parts(entity)[-1] if entity else None
        parts = parts[1:]
    if room is None and parts:
        room = parts[-1]
    return site, room


def _title(reading: RowReading, words: SheetMap) -> tuple[str, str | None]:
    """Return owner and provenance; a leased machine belongs to its lessor unless said."""
    owner = reading.parsed(
        "owner", functools.partial(parse_code, words=OWNER_WORDS, own=words.owners)
    )
    provenance = reading.parsed(
        "provenance",
        functools.partial(parse_code, words=PROVENANCE_WORDS, own=words.provenances),
    )
    return owner or ("lessor" if provenance == "leased" else "town"), provenance


def _kind_and_note(reading: RowReading, words: SheetMap) -> tuple[str, str | None]:
    """Return the kind and the note; the note keeps a word that no kind stands for."""
    note = reading.text("note", limit=MAX_NOTE_CHARACTERS)
    text = reading.text("kind")
    if text is None:
        reading.warn("no_kind", "kind")
        return "other", note
    try:
        return parse_kind(text, KIND_WORDS, words.kinds), note
    except Unreadable as error:
        reading.warn("unknown_kind", "kind", candidates=", ".join(error.candidates))
        return "other", f"{text} — {note}" if note else text


def _recipient(reading: RowReading) -> str | None:
    """Return a recipient that is an organisation; a person is never imported."""
    recipient = reading.text("recipient")
    if recipient is None or names_organisation(recipient):
        return recipient
    reading.warn("recipient_left_out", "recipient", value="…")
    return None
