# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre minutes``: time spent at the bench, by step, machine or lot."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import Any

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from fleet.model.minutes import Spent, Timed, by_lot, by_machine, by_step, total
from fleet.output.jsonout import Shape
from fleet.output.minutes_text import step_name
from fleet.output.words import Names
from fleet.services import browse, records
from fleet.services.minutes import timed_steps

SHAPE = Shape(
    name="minutes",
    fields=lambda: {
        "by": _("what the rows are: step, machine or lot"),
        "rows": _(
            "list of objects: name, human_seconds, machine_seconds, keys (pressed), times (timed)"
        ),
        "total": _("object: the same sums over all rows"),
        "machines": _("how many machines were timed"),
    },
)


def register(commands: Commands) -> None:
    """Add ``minutes``."""
    help_ = Help(
        line=_("show the time spent at the bench"),
        text=_(
            "Sums the minutes that the bench timed: a person's with the machine, and the "
            "machine's alone. Without --machine or --lot: of the whole workshop."
        ),
        examples=(
            ("parclibre minutes", _("the workshop, by step")),
            ("parclibre minutes --by machine --lot Lot-7", _("each machine of a lot")),
            ("parclibre minutes --machine VJ-0042", _("one machine, by step")),
        ),
    )
    parser = command(commands, "minutes", run, help_, shape=SHAPE)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--machine", metavar=_("TAG"), help=_("of this machine"))
    which.add_argument("--lot", metavar=_("LOT"), help=_("of the machines of this lot"))
    parser.add_argument(
        "--by", choices=("step", "machine", "lot"), default="step", help=_("what the rows are")
    )


def run(args: Namespace, context: Context) -> int:
    """Show the sums."""
    town = context.town()
    lot = records.find(town, "lot", args.lot).id if args.lot else None
    timed = timed_steps(town, tag=args.machine, lot=lot)
    rows = _rows(args.by, timed, browse.names(town))
    everything = total(one.step for one in timed)
    machines = len({one.machine for one in timed})
    if args.json:
        found = [{"name": name, **_object(spent)} for name, spent in rows.items()]
        context.print_json(
            SHAPE, by=args.by, rows=found, total=_object(everything), machines=machines
        )
        return 0
    _show(context, args.by, rows, everything)
    return 0


def _rows(by: str, timed: tuple[Timed, ...], names: Names) -> Mapping[str, Spent]:
    """Return the sums by name; two machines of one name keep their ids."""
    groups: Mapping[str, Callable[[tuple[Timed, ...]], Mapping[str, Spent]]] = {
        "step": lambda all_: by_step(one.step for one in all_),
        "machine": by_machine,
        "lot": by_lot,
    }
    return {_name(by, key, names): spent for key, spent in groups[by](timed).items()}


def _name(by: str, key: str, names: Names) -> str:
    if by == "step":
        return key
    return (names(key) or key) if key else ""


def _show(context: Context, by: str, rows: Mapping[str, Spent], everything: Spent) -> None:
    titles = {"step": _("Step"), "machine": _("Machine"), "lot": _("Lot")}
    shown = [(_shown(by, name), spent) for name, spent in rows.items()]
    context.print_table(
        (titles[by], _("Minutes of a person"), _("Minutes of the machine"), _("Keys pressed")),
        [
            (name, spent.human_minutes, spent.machine_minutes, spent.keys)
            for name, spent in (*shown, (_("In all"), everything))
        ],
    )


def _shown(by: str, name: str) -> str:
    if by == "step":
        return step_name(name)
    return name or _("in no lot")


def _object(spent: Spent) -> dict[str, Any]:
    return {
        "human_seconds": spent.human_s,
        "machine_seconds": spent.machine_s,
        "keys": spent.keys,
        "times": spent.times,
    }
