# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre import sheet``: a town's spreadsheet, shown first, brought in when agreed."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fleet.cli.acting import add_yes, confirm
from fleet.cli.context import Context
from fleet.cli.files import read_text
from fleet.cli.parser import Commands, Help, command, group
from fleet.errors import BadInput
from fleet.i18n import _, ngettext
from fleet.model.text import fold
from fleet.output.jsonout import Shape
from fleet.output.words import kind_name, labelled, state_name
from fleet.services import sheets
from fleet.services.papers import read_paper
from fleet.services.sheets import RowRemark, SheetImport

_SHOWN = 30

SHAPE = Shape(
    name="sheet-import",
    fields=lambda: {
        "file": _("the file's name"),
        "source": _("town, glpi or snipe_it, by the headers"),
        "columns": _("our field: the column that feeds it"),
        "ignored": _("columns that feed nothing, or that name people"),
        "new": _("machines to create, with the line each comes from"),
        "known": _("list of {line, tag, machine_tag}: machines the journal has already"),
        "sites": _("sites to create"),
        "rooms": _("rooms to create, as [site, room]"),
        "partners": _("partners to create"),
        "problems": _("rows left out: list of {line, column, message}"),
        "warnings": _("what is uncertain in good rows: list of {line, column, message}"),
        "applied": _("how many machines were written; null for a dry run"),
    },
)


def register(commands: Commands) -> None:
    """Add ``import sheet``."""
    found = group(commands, "import", Help(line=_("bring in what the town has today")))
    parser = command(
        found,
        "sheet",
        run,
        Help(
            line=_("import an inventory kept in a spreadsheet"),
            text=_(
                "Reads ODS, XLSX and CSV; recognises GLPI and Snipe-IT exports by their headers. "
                "Without --apply nothing is written: a table shows what would happen, and every "
                "row that cannot come in, with its line and the reason. Past states come in with "
                "their own dates. A second import changes nothing. Exit status 4 when rows were "
                "left out."
            ),
            examples=(
                ("parclibre import sheet parc.ods", _("what would happen?")),
                ("parclibre import sheet parc.ods --apply", _("bring it in, after a question")),
                (
                    "parclibre import sheet parc.csv --map map.yml",
                    _("say in a file what columns and words mean"),
                ),
            ),
        ),
        shape=SHAPE,
    )
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("ODS, XLSX or CSV"))
    parser.add_argument(
        "--map", type=Path, metavar=_("FILE"), help=_("YAML: what columns and words mean")
    )
    parser.add_argument("--sheet", metavar=_("NAME"), help=_("which sheet of the file"))
    parser.add_argument("--apply", action="store_true", help=_("write, after a confirmation"))
    parser.add_argument("--all", action="store_true", help=_("show every row of the table"))
    add_yes(parser)


def run(args: Namespace, context: Context) -> int:
    """Show the plan; write it when asked to and confirmed."""
    town = context.acting_town() if args.apply else context.town()
    sheet_map = sheets.read_map(read_text(args.map), args.map.name) if args.map else None
    plan = sheets.plan_sheet(
        town, read_paper(args.file), args.file.name, sheet_map=sheet_map, table=args.sheet
    )
    if not args.json:
        _show(context, plan, every=args.all)
    applied = None
    if args.apply:
        if plan.new:
            confirm(args, context, [row.tag for row in plan.new])
        applied = sheets.apply_sheet(town, plan)
    _conclude(args, context, plan, applied)
    return BadInput.exit_status if plan.problems else 0


def _conclude(args: Namespace, context: Context, plan: SheetImport, applied: int | None) -> None:
    if args.json:
        context.print_json(SHAPE, **_document(plan, applied))
    elif applied is not None:
        text = ngettext("{n} machine brought in.", "{n} machines brought in.", applied)
        context.say(text.format(n=applied))
    elif plan.new:
        context.tell(_("Nothing was written. To bring this in, add --apply."))


def _show(context: Context, plan: SheetImport, *, every: bool) -> None:
    context.say(", ".join(_recognised(plan)))
    columns = ", ".join(f"{field} ← {column}" for field, column in plan.columns)
    context.say(_("Columns: {columns}").format(columns=columns))
    if plan.ignored:
        context.say(_("Not imported: {columns}").format(columns=", ".join(plan.ignored)))
    context.say()
    _show_new(context, plan, every=every)
    _show_places(context, plan)
    _show_known(context, plan)
    _show_remarks(context, _("Rows left out:"), plan.problems)
    _show_remarks(context, _("To check:"), plan.warnings if every else plan.warnings[:_SHOWN])
    _tell_more(context, 0 if every else len(plan.warnings) - _SHOWN)


def _recognised(plan: SheetImport) -> Iterator[str]:
    """Yield what the file was taken for: by whom, which of its tables, which encoding."""
    sources = {
        "town": _("{file}: a town's own sheet"),
        "glpi": _("{file}: a GLPI export"),
        "snipe_it": _("{file}: a Snipe-IT export"),
    }
    yield sources[plan.source].format(file=plan.name)
    if plan.encoding:
        yield _("encoding {encoding}").format(encoding=plan.encoding.upper().removesuffix("-SIG"))
    else:
        yield _("table « {table} »").format(table=plan.table)


def _show_new(context: Context, plan: SheetImport, *, every: bool) -> None:
    shown = plan.new if every else plan.new[:_SHOWN]
    if shown:
        header = (
            _("Line"), _("Tag"), _("Kind"), _("Model"), _("Serial number"), _("Place"),
            _("State"), _("Since"),
        )  # fmt: skip
        context.print_table(header, [
            (row.line, row.tag, kind_name(row.kind), row.model,
             row.serial, " / ".join(p for p in (row.site, row.room, row.seat) if p),
             state_name(row.state), row.state_on)
            for row in shown
        ])  # fmt: skip
        _tell_more(context, len(plan.new) - len(shown))
        context.say()
    total = ngettext("{n} new machine", "{n} new machines", len(plan.new)).format(n=len(plan.new))
    counts = Counter(state_name(row.state) for row in plan.new)
    states = ", ".join(labelled(name, counts[name]) for name in sorted(counts, key=fold))
    context.say(f"{total}{f' ({states})' if states else ''}")


def _show_places(context: Context, plan: SheetImport) -> None:
    for title, names in (
        (_("Sites to create: {names}"), plan.sites),
        (_("Rooms to create: {names}"), [" / ".join(room) for room in plan.rooms]),
        (_("Partners to create: {names}"), plan.partners),
    ):
        if names:
            context.say(title.format(names=", ".join(names)))


def _show_known(context: Context, plan: SheetImport) -> None:
    if not plan.known:
        return
    count = len(plan.known)
    text = ngettext("{n} machine already known", "{n} machines already known", count)
    others = [row for row in plan.known if row.tag != row.machine_tag]
    context.say(text.format(n=count))
    for row in others[:_SHOWN]:
        context.say(
            _("  line {line}: {tag} is known as {machine}").format(
                line=row.line, tag=row.tag, machine=row.machine_tag
            )
        )


def _show_remarks(context: Context, title: str, remarks: Iterable[RowRemark]) -> None:
    rows = list(remarks)
    if not rows:
        return
    context.say()
    context.say(title)
    for row in rows:
        place = _("line {line}").format(line=row.line)
        where = f"{place}, {row.column}" if row.column else place
        context.say(f"  {labelled(where, row.message)}")


def _tell_more(context: Context, more: int) -> None:
    if more > 0:
        text = ngettext("… and {n} more (--all)", "… and {n} more (--all)", more)
        context.say(text.format(n=more))


def _document(plan: SheetImport, applied: int | None) -> dict[str, Any]:
    return {
        "file": plan.name,
        "source": plan.source,
        "columns": dict(plan.columns),
        "ignored": plan.ignored,
        "new": [asdict(row) for row in plan.new],
        "known": [asdict(row) for row in plan.known],
        "sites": plan.sites,
        "rooms": plan.rooms,
        "partners": plan.partners,
        "problems": [asdict(row) for row in plan.problems],
        "warnings": [asdict(row) for row in plan.warnings],
        "applied": applied,
    }
