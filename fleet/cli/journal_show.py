# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre journal show``: the latest events, newest first, page by page."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _, moment_name
from fleet.output.jsonout import Shape
from fleet.services import timeline
from fleet.services.timeline import EventFilter, EventLine

_PAGE = 50

SHAPE = Shape(
    name="journal",
    fields=lambda: {
        "events": _(
            "newest first: list of {pos, id, kind, version, subject, subject_name, at, clock, "
            "author, author_name, act, replica, seq, summary, body}; body null when withheld"
        ),
        "next": _("what to give to --before for the next page, null on the last one"),
    },
)


def register(commands: Commands) -> None:
    """Add ``journal show``."""
    parser = command(
        commands,
        "show",
        run,
        Help(
            line=_("show the latest events"),
            examples=(
                ("parclibre journal show --text VJ-0042", _("of one machine")),
                ("parclibre journal show --kind DiskWiped --limit 500", _("of one kind")),
            ),
        ),
        shape=SHAPE,
    )
    parser.add_argument(
        "--kind", action="append", default=[], metavar=_("KIND"),
        help=_("only events of this kind (may be repeated)"),
    )  # fmt: skip
    parser.add_argument(
        "--text", default="", metavar=_("TEXT"), help=_("only about what bears these words")
    )
    parser.add_argument(
        "--limit", type=int, default=_PAGE, metavar="N", help=_("how many (default: 50)")
    )
    parser.add_argument(
        "--before", type=int, metavar="POS", help=_("only those that arrived before this position")
    )


def run(args: Namespace, context: Context) -> int:
    """Print one page of the journal."""
    wanted = EventFilter(kinds=tuple(args.kind), text=args.text)
    lines = timeline.page_of_events(
        context.town(),
        wanted,
        before_pos=args.before,
        limit=max(1, args.limit),
        named=("operator",) if args.json else timeline.PEOPLE,
    )
    following = lines[-1].pos if len(lines) == max(1, args.limit) else None
    if args.json:
        context.print_json(SHAPE, events=[_document(line) for line in lines], next=following)
        return 0
    header = (_("Position"), _("Date"), _("Subject"), _("About"), _("Author"), _("Seq"))
    context.print_table(header, [_row(line) for line in lines])
    if following is not None:
        context.tell(_("More: --before {pos}").format(pos=following))
    return 0


def _row(line: EventLine) -> tuple[object, ...]:
    header = line.event.header
    return (
        line.pos, moment_name(header.at), line.subject,
        line.summary, line.author, header.seq,
    )  # fmt: skip


def _document(line: EventLine) -> dict[str, Any]:
    header = line.event.header
    return {
        "pos": line.pos,
        "id": header.id,
        "kind": header.kind,
        "version": header.version,
        "subject": header.subject,
        "subject_name": line.subject,
        "at": header.at,
        "clock": header.clock,
        "author": header.author,
        "author_name": line.author,
        "act": header.act,
        "replica": header.replica,
        "seq": header.seq,
        "summary": line.summary,
        "body": line.body,
    }
