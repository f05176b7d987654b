# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre doctor``: what this computer lacks for each task, and how to install it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import ToolMissing, UsageError
from fleet.i18n import _
from fleet.output.jsonout import Shape
from fleet.output.words import labelled
from fleet.services import doctor
from fleet.services.doctor import Need, Task

SHAPE = Shape(
    name="doctor",
    fields=lambda: {
        "tasks": _(
            "list of {code, title, possible, needs}; "
            "needs: list of {name, found, install, optional, package}"
        )
    },
)


def register(commands: Commands) -> None:
    """Add ``doctor``."""
    parser = command(
        commands,
        "doctor",
        run,
        Help(
            line=_("say what is missing on this computer for each task"),
            text=_(
                "For each task: what was found with its version, and the exact command that "
                "installs what is missing. Exit status 0 when the named task (without one, the "
                "console) can run, 9 otherwise."
            ),
            examples=(
                ("parclibre doctor", _("every task")),
                ("parclibre doctor image --install", _("install what building images takes")),
            ),
        ),
        shape=SHAPE,
    )
    parser.add_argument(
        "task", nargs="?", choices=doctor.task_codes(), metavar=_("TASK"),
        help=_("one task: {names}").format(names=", ".join(doctor.task_codes())),
    )  # fmt: skip
    parser.add_argument(
        "--install", action="store_true", help=_("install what the task lacks, as root or by sudo")
    )


def run(args: Namespace, context: Context) -> int:
    """Examine this computer; with ``--install`` complete it first."""
    if args.install:
        _install(args.task, context)
    tasks = doctor.examine(args.task)
    if args.json:
        found = [{**asdict(task), "possible": task.possible} for task in tasks]
        context.print_json(SHAPE, tasks=found)
    else:
        for task in tasks:
            _show(context, task)
    asked = next(task for task in tasks if task.code == (args.task or "console"))
    return 0 if asked.possible else ToolMissing.exit_status


def _install(code: str | None, context: Context) -> None:
    if code is None:
        raise UsageError(
            _("Say which task to install for."),
            hint=_("One of: {names}").format(names=", ".join(doctor.task_codes())),
        )
    [task] = doctor.examine(code)
    for need in task.needs:
        if need.found is None:
            context.tell(need.install)
    doctor.install(task)


def _show(context: Context, task: Task) -> None:
    verdict = _("ready") if task.possible else _("something is missing")
    context.say(labelled(task.title, verdict))
    for need in task.needs:
        context.say(f"  {labelled(need.name, _words(need))}")


def _words(need: Need) -> str:
    if need.found is not None:
        return need.found
    missing = _("missing (optional)") if need.optional else _("missing")
    return f"{missing} - {need.install}"
