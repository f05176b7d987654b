# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre audit``: what became of every machine, in figures; sealed reports, opening stock."""

from __future__ import annotations

from pathlib import Path

from fleet.cli.parser import Commands, Help, Parser, command, iso_date, later
from fleet.i18n import _
from fleet.output.jsonout import Shape

SHAPE = Shape(
    name="audit",
    fields=lambda: {
        "year": _("the audited year"),
        "day": _("the last day that counts"),
        "known_at": _("the day when the journal was read as known then; null: as it is now"),
        "heads": _("object: the last event read of each chain"),
        "digest": _("SHA-256 of the whole audit, exact to the last machine"),
        "sections": _(
            "list of {key, title, figures, tables, curves, values_used}; numbers on fewer than "
            "five people are null"
        ),
    },
)
LIST = Shape(
    name="audit-list",
    fields=lambda: {
        "key": _("the figure or line asked for"),
        "machines": _("list of {id, tag, kind, model, state, since, purchased_on}"),
    },
)
SEALS = Shape(
    name="audit-check",
    fields=lambda: {
        "seals": _("list of {id, year, day, on, digest, found, sound}"),
        "sound": _("true when every sealed report was computed again exactly"),
    },
)
_RUN, _SEALS = "fleet.cli.auditing", "fleet.cli.audit_seals"


def register(commands: Commands) -> None:
    """Add ``audit`` and its commands."""
    parser = command(commands, "audit", later(_RUN), _help(), shape=SHAPE)
    _period(parser)
    parser.add_argument(
        "--against", type=int, metavar=_("YEAR"), help=_("compare with another year")
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--csv", type=Path, metavar=_("FOLDER"), help=_("write CSV tables there"))
    way.add_argument("--html", type=Path, metavar=_("FILE"), help=_("write one HTML page"))
    way.add_argument(
        "--list", metavar=_("KEY"),
        help=_("list the machines behind a figure (decree.a, states.waiting…)"),
    )  # fmt: skip
    inner = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"), dest="audit_command")
    _seal(inner)
    _dossier(inner)
    _open_data(inner)
    _check(inner)
    _opening(inner)


def _help() -> Help:
    return Help(
        line=_("show what became of every machine, in figures"),
        text=_(
            "Decree 2023-266, wiping, workshop, lifespans, carbon, money: each figure with how "
            "many machines it is on, and the machines behind it with --list. What is written to "
            "files or as JSON tells no small number of people. docs/audit.md explains each figure."
        ),
        examples=(
            ("parclibre audit --year 2025", _("a whole year")),
            ("parclibre audit --list decree.missing_proof --year 2025", _("whom to ask for what")),
            ("parclibre audit --year 2025 --against 2024 --html bilan.html", _("a page")),
            ("parclibre audit --as-of 2025-06-30 --known-at 2025-07-15", _("as one knew it then")),
        ),
    )  # fmt: skip


def _period(parser: Parser) -> None:
    parser.add_argument("--year", type=int, metavar=_("YEAR"), help=_("this year by default"))
    parser.add_argument(
        "--as-of", type=iso_date, metavar=_("DAY"), help=_("only what happened until that day")
    )
    parser.add_argument(
        "--known-at", type=iso_date, metavar=_("DAY"),
        help=_("only what was in this journal at the end of that day"),
    )  # fmt: skip


def _seal(commands: Commands) -> None:
    help_ = Help(
        line=_("seal a report: its figures can be computed again exactly"),
        text=_(
            "Writes in the journal the digest of the whole audit and the last event of each chain "
            "that was read. Publish the page of the same day with it."
        ),
        examples=(
            ("parclibre audit seal --year 2025 --html bilan-2025.html", _("with its page")),
        ),
    )  # fmt: skip
    parser = command(commands, "seal", later(_SEALS), help_)
    _period(parser)
    parser.add_argument("--html", type=Path, metavar=_("FILE"), help=_("write one HTML page"))


def _dossier(commands: Commands) -> None:
    help_ = Help(
        line=_("write a year's file of proofs: one sealed ZIP"),
        text=_(
            "The council's two pages, every figure, the decree's lists machine by machine, letters "
            "that ask for missing proofs, the certificates of the machines that left, and the "
            "digest of each file, signed by this installation. The audit is sealed in the journal "
            "first; while it tells the same, the ZIP is the same."
        ),
        examples=(("parclibre audit dossier --year 2025 preuves-2025.zip", _("a whole year")),),
    )
    parser = command(commands, "dossier", later("fleet.cli.audit_dossier"), help_)
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("the ZIP to write"))
    parser.add_argument("--year", type=int, metavar=_("YEAR"), help=_("this year by default"))


def _open_data(commands: Commands) -> None:
    help_ = Help(
        line=_("write a year's counts as open data"),
        text=_(
            "One CSV table (site kind, machine kind, age class, state, count, carbon), its Table "
            "Schema and its data package, under Licence Ouverte 2.0. No tag, no serial, no "
            "person; groups too small to be told are put together in one line."
        ),
        examples=(
            ("parclibre audit open-data --year 2025 --output donnees-ouvertes", _("a whole year")),
        ),
    )  # fmt: skip
    parser = command(commands, "open-data", later("fleet.cli.open_data"), help_)
    _period(parser)
    parser.add_argument(
        "--output", required=True, type=Path, metavar=_("FOLDER"), help=_("where to write")
    )
    parser.add_argument(
        "--with-sites", action="store_true", help=_("tell each site by its name too")
    )


def _check(commands: Commands) -> None:
    help_ = Help(
        line=_("compute sealed reports again and compare"),
        examples=(("parclibre audit check", _("all of them")),),
    )
    command(commands, "check", later(_SEALS), help_, shape=SEALS)


def _opening(commands: Commands) -> None:
    help_ = Help(
        line=_("declare the retired goods in stock on 1 January of the first year"),
        text=_(
            "For goods that this journal does not know one by one: they are added to B for that "
            "year. A second declaration for a year replaces the first."
        ),
        examples=(("parclibre audit opening-stock 2025 42", _("42 goods")),),
    )
    parser = command(commands, "opening-stock", later(_SEALS), help_)
    parser.add_argument("of_year", type=int, metavar=_("YEAR"), help=_("the year that began"))
    parser.add_argument("count", type=int, metavar=_("COUNT"), help=_("how many goods"))
