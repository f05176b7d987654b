# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre report opinion``: what the limits in force say of machines, from their reports."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.triage import Triage
from fleet.output.jsonout import Shape
from fleet.output.triage_text import describe, triage_lines
from fleet.output.words import labelled
from fleet.services import thresholds
from fleet.services.opinions import opinions_of

SHAPE = Shape(
    name="opinion",
    fields=lambda: {
        "limits": _("the date of the limits"),
        "machines": _(
            "list of objects: file, opinion (keep, upgrade, parts, recycle), desktop (xfce, gnome "
            "or null), reasons, upgrades, advice, parts (lists of objects: code, text)"
        ),
    },
)


def register_in(report: Commands) -> None:
    """Add ``opinion`` to ``report``."""
    help_ = Help(
        line=_("say what would become of machines, from their reports"),
        text=_(
            "Weighs each machine of the reports against the limits in force: keep, upgrade with "
            "what, take apart for parts, recycle; with every reason. Without any store; with "
            "--limits: against those of a file, to try them before using them."
        ),
        examples=(
            ("parclibre report opinion pc.json", _("with the limits in force")),
            ("parclibre report opinion *.json --limits triage.yml", _("try other limits")),
        ),
    )
    parser = command(report, "opinion", run, help_, shape=SHAPE)
    parser.add_argument("files", nargs="+", type=Path, metavar=_("FILE"), help=_("reports"))
    parser.add_argument("--limits", type=Path, metavar=_("FILE"), help=_("limits to try"))


def run(args: Namespace, context: Context) -> int:
    """Show the opinions; files that are no reports are told on stderr."""
    limits = thresholds.read_file(args.limits) if args.limits else thresholds.current(context.home)
    found: list[tuple[str, Triage]] = []
    status = 0
    for file in args.files:
        try:
            found += [(str(file), triage) for triage in opinions_of(file, limits)]
        except FleetError as error:
            status = max(status, error.exit_status)
            context.tell(labelled(file, f"{error.message} {error.hint}".rstrip()))
    if args.json:
        machines = [_object(file, triage) for file, triage in found]
        context.print_json(SHAPE, limits=limits.dated, machines=machines)
    else:
        context.say("\n\n".join("\n".join(_lines(file, triage)) for file, triage in found))
    return status


def _lines(file: str, triage: Triage) -> Iterator[str]:
    yield file
    yield from (f"  {line}" for line in triage_lines(triage))


def _object(file: str, triage: Triage) -> dict[str, Any]:
    lists = {
        name: [{"code": str(one), "text": describe(one)} for one in getattr(triage, name)]
        for name in ("reasons", "upgrades", "advice", "parts")
    }
    return {"file": file, "opinion": triage.opinion.value, "desktop": triage.desktop, **lists}
