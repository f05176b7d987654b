# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre policy limits``: the limits of triage and tests in force, and a copy to change."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.files import write_new
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from fleet.model.thresholds import Thresholds
from fleet.output.jsonout import Shape
from fleet.output.words import labelled
from fleet.services import thresholds

SHAPE = Shape(
    name="limits",
    fields=lambda: {
        "dated": _("the date of the limits"),
        "file": _("the town's own file; null for those that come along"),
        "limits": _("list of objects: key, value, source"),
    },
)


def register_in(policy: Commands) -> None:
    """Add ``limits`` to ``policy``."""
    help_ = Help(
        line=_("show the limits of the triage and of the tests"),
        text=_(
            "Shows each limit in force with its source. The town's own are in the file {name} of "
            "the store's folder. With --copy: writes the file that comes along, to be changed."
        ).format(name=thresholds.OWN_FILE),
        examples=(
            ("parclibre policy limits", _("what decides today")),
            ("parclibre policy limits --copy triage.yml", _("a file to change and to try")),
        ),
    )
    parser = command(policy, "limits", run, help_, shape=SHAPE)
    parser.add_argument("--copy", type=Path, metavar=_("FILE"), help=_("where to write"))


def run(args: Namespace, context: Context) -> int:
    """Show the limits, or write a copy of those that come along."""
    if args.copy:
        write_new(args.copy, thresholds.SHIPPED.read_bytes(), hint=_("Give another name."))
        context.say(str(args.copy))
        return 0
    limits = thresholds.current(context.home)
    own = context.home / thresholds.OWN_FILE
    file = str(own) if own.exists() else None
    values = _values(limits)
    if args.json:
        rows = [{"key": k, "value": v, "source": limits.sources[k]} for k, v in values.items()]
        context.print_json(SHAPE, dated=limits.dated, file=file, limits=rows)
        return 0
    context.say(_("Limits of {day}.").format(day=limits.dated))
    context.say(labelled(_("File"), file or _("those that come along")))
    header = (_("Limit"), _("Value"), _("Source"))
    context.print_table(header, [(k, v, limits.sources[k]) for k, v in values.items()])
    return 0


def _values(limits: Thresholds) -> dict[str, int]:
    sections = {name: asdict(getattr(limits, name)) for name in dict.fromkeys(_sections(limits))}
    return {
        f"{name}.{key}": value
        for name, section in sections.items()
        for key, value in section.items()
    }


def _sections(limits: Thresholds) -> list[str]:
    return [key.partition(".")[0] for key in limits.sources]
