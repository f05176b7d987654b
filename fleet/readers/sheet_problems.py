# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong or uncertain in a row, as a code, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.i18n import _, day_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetProblem:
    """One remark on one cell; ``line`` and ``column`` are what the user sees in the sheet."""

    line: int
    column: str
    value: str
    code: str
    params: tuple[tuple[str, str], ...] = ()


def describe(problem: SheetProblem) -> str:
    """Return the sentence for a problem or warning, with what to do when that helps."""
    template = _sentences().get(problem.code, _("Unexpected value « {value} »."))
    given = {name: day_name(value) for name, value in problem.params}
    params = {"value": problem.value, "column": problem.column, **given}
    sentence = template.format_map(_Blanks(params))
    if candidates := params.get("candidates"):
        sentence += " " + _("Perhaps: {candidates}.").format(candidates=candidates)
    return sentence


class _Blanks(dict[str, str]):
    """Parameters of a sentence; a missing one shows as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def _sentences() -> dict[str, str]:
    return {
        "no_identity": _("The row has neither an asset tag nor a serial number."),
        "only_tag": _("« {value} » comes with nothing else that describes a machine."),
        "duplicate_tag": _("The tag « {value} » is already on line {first}."),
        "duplicate_serial": _("The serial number « {value} » is already on line {first}."),
        "tag_too_long": _("The tag « {value} » is longer than {most} characters."),
        "too_many_cells": _(
            "The row has more cells than the header: « {value} » belongs to no column."
        ),
        "repeated_header": _("The row repeats the header."),
        "spreadsheet_error": _("The cell holds an error or a formula that was not computed."),
        "scientific_notation": _(
            "« {value} » lost digits: the spreadsheet took it for a number. Type it again."
        ),
        "bad_date": _("« {value} » is not a date; write it as 31/12/2019."),
        "date_in_future": _("The date « {value} » lies in the future."),
        "date_too_old": _("The date « {value} » is too old for a machine."),
        "bad_amount": _("« {value} » is not an amount in euros."),
        "ambiguous_amount": _("« {value} » can be read in two ways; write it with two decimals."),
        "negative_amount": _("The amount « {value} » is negative."),
        "unknown_state": _(
            "The state « {value} » is not known; add it to the map file under « states »."
        ),
        "unknown_owner": _(
            "The owner « {value} » is not known; add it to the map file under « owners »."
        ),
        "unknown_provenance": _(
            "The provenance « {value} » is not known; add it under « provenances »."
        ),
        "purchase_after_retirement": _("Bought on {purchased}, after leaving on {left}."),
        "exit_before_retirement": _("Left on {left}, before being retired on {retired}."),
        "unknown_kind": _("The kind « {value} » is not known; the machine is « other »."),
        "no_kind": _("No kind given; the machine is « other »."),
        "no_state": _("No state given; the machine is « in stock »."),
        "state_from_date": _("No state given; a retirement date makes it « retired »."),
        "vague_state": _("The state « {value} » is read as « {read_as} »."),
        "tag_proposed": _("No tag; the serial number « {value} » is proposed as tag."),
        "junk_serial": _("« {value} » is a filler, not a serial number; it is left out."),
        "date_by_month": _("Only a month is given; taken as {date}."),
        "date_by_year": _("Only a year is given; taken as {date}."),
        "date_by_serial": _("The number « {value} » is taken as the date {date}."),
        "recipient_left_out": _("The recipient may be a person and is not imported."),
        "person_left_out": _("The column « {value} » names people and is not imported."),
        "notes_kept": _("The column « {value} » is imported: it must not name anyone."),
        "other_table": _("The sheet « {value} » of the file is not read."),
    }
