# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre machine list``: filters, order, pages."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, Parser, command
from fleet.cli.selection import STATES
from fleet.i18n import _, day_name, ngettext
from fleet.output.jsonout import Shape
from fleet.output.words import Names, kind_name, state_name
from fleet.services import browse
from fleet.services.browse import MachineFilter, MachineLine, MachinePageOf
from fleet.services.machines import MACHINE_KINDS
from fleet.services.town import Town

SHAPE = Shape(
    name="machine-list",
    fields=lambda: {
        "total": _("how many machines match"),
        "offset": _("how many were skipped before these"),
        "machines": _(
            "list of objects: id, tag, kind, state, since, site, site_name, room, room_name, "
            "seat, owner, manufacturer, model, serial, lot, lot_name, purchased_on, system, "
            "disks, unproven_disks, issues; null for unknown"
        ),
    },
)


def register(commands: Commands) -> None:
    """Add ``machine list``."""
    help_ = Help(
        line=_("list machines"),
        text=_("List machines. Filters add up; text is looked for in every field."),
        examples=(
            ("parclibre machine list --state retired --site Mairie", _("a site's retired ones")),
            ("parclibre machine list --text thinkpad --sort since", _("oldest state first")),
            ("parclibre machine list --issues", _("those that the inbox speaks of")),
            ("parclibre machine list --limit 50 --offset 50 --json", _("the second page, as JSON")),
        ),
    )
    parser = command(commands, "list", run, help_, shape=SHAPE)
    _add_filters(parser)
    parser.add_argument(
        "--sort", choices=browse.SORTABLE, default="tag", metavar=_("COLUMN"),
        help=_("order, by one of: {columns} (default: tag)").format(
            columns=", ".join(browse.SORTABLE)
        ),
    )  # fmt: skip
    parser.add_argument("--descending", action="store_true", help=_("the other way round"))
    parser.add_argument("--limit", type=int, default=200, metavar="N", help=_("default: 200"))
    parser.add_argument("--offset", type=int, default=0, metavar="N", help=_("skip so many"))


def _add_filters(parser: Parser) -> None:
    parser.add_argument(
        "--state", action="append", choices=STATES, default=[], metavar=_("STATE"),
        help=_("may be repeated: {states}").format(states=", ".join(STATES)),
    )  # fmt: skip
    parser.add_argument("--site", metavar=_("SITE"), help=_("of this site"))
    parser.add_argument("--room", metavar=_("ROOM"), help=_("of this room"))
    parser.add_argument("--model", metavar=_("TEXT"), help=_("whose model holds this text"))
    parser.add_argument("--tag", metavar=_("TAG"), help=_("of this tag"))
    parser.add_argument("--text", metavar=_("TEXT"), default="", help=_("that hold these words"))
    parser.add_argument(
        "--kind", choices=MACHINE_KINDS, metavar=_("KIND"),
        help=_("of this kind: {kinds}").format(kinds=", ".join(MACHINE_KINDS)),
    )  # fmt: skip
    parser.add_argument("--lot", metavar=_("LOT"), help=_("of this lot"))
    parser.add_argument("--issues", action="store_true", help=_("with an inbox entry"))


def run(args: Namespace, context: Context) -> int:
    """List machines."""
    town = context.town()
    names = browse.names(town)
    offset = max(args.offset, 0)
    page = browse.machines(
        town,
        _wanted(args, town),
        sort=args.sort,
        descending=args.descending,
        offset=offset,
        limit=max(args.limit, 0),
    )
    if args.json:
        machines = [line_object(line, names) for line in page.lines]
        context.print_json(SHAPE, total=page.total, offset=offset, machines=machines)
        return 0
    context.print_table(_header(), [_cells(line, names) for line in page.lines])
    _tell_count(context, page, offset)
    return 0


def _wanted(args: Namespace, town: Town) -> MachineFilter:
    wanted = MachineFilter(
        text=args.text,
        states=tuple(args.state),
        model=args.model,
        tag=args.tag,
        kind=args.kind,
        with_issues=args.issues,
    )
    return browse.filter_by_names(town, wanted, site=args.site, room=args.room, lot=args.lot)


def line_object(line: MachineLine, names: Names) -> dict[str, object]:
    """Return a row as the object of the ``machine-list`` shape."""
    named = {
        f"{field}_name": names(id_) if (id_ := getattr(line, field)) else None
        for field in ("site", "room", "lot")
    }
    return {**asdict(line), **named}


def _header() -> Sequence[str]:
    return (
        _("Tag"), _("State"), _("Since"), _("Kind"), _("Model"), _("Site"), _("Room"), _("Seat"),
        _("Inbox"),
    )  # fmt: skip


def _cells(line: MachineLine, names: Names) -> Sequence[object]:
    return (
        line.tag,
        state_name(line.state),
        day_name(line.since),
        kind_name(line.kind),
        model_of(line),
        names(line.site) if line.site else "",
        names(line.room) if line.room else "",
        line.seat,
        line.issues or "",
    )


def model_of(line: MachineLine) -> str:
    """Return maker and model, without saying the maker twice."""
    maker, model = line.manufacturer or "", line.model or ""
    return model if model.casefold().startswith(maker.casefold()) else f"{maker} {model}"


def _tell_count(context: Context, page: MachinePageOf, offset: int) -> None:
    count = ngettext("{n} machine", "{n} machines", page.total).format(n=page.total)
    if len(page.lines) < page.total and page.lines:
        last = offset + len(page.lines)
        count = _("{first} to {last} of {count}; the next ones: --offset {last}").format(
            first=offset + 1, last=last, count=count
        )
    context.tell(count)
