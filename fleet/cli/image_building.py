# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre image build``: plan, then build, told step by step and task by task."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from fleet.adapters.ansible_events import TaskFinished, TaskStarted, TaskStatus
from fleet.adapters.process import Progress
from fleet.cli.context import Context
from fleet.cli.image_build import SHAPE
from fleet.errors import FleetError, UsageError
from fleet.i18n import _
from fleet.model.recipe import recipe_document
from fleet.output.image_text import size
from fleet.output.safe import for_terminal
from fleet.output.words import labelled
from fleet.services.image_build import (
    BuildEvent,
    ImageBuilt,
    StepAdvanced,
    StepFinished,
    StepStarted,
    TaskTold,
    build_image,
)
from fleet.services.image_plan import BuildPlan, build_place, plan_build
from fleet.services.recipes import find_recipe, recipe_folders
from fleet.store.keys import open_replica_key

_WIDTH = 78


def run(args: Namespace, context: Context) -> int:
    """Plan and, unless told otherwise, build."""
    if args.json and not args.plan:
        raise UsageError(_("--json goes with --plan."))
    folders = recipe_folders(context.environ)
    recipe = find_recipe(args.recipe, args.set, folders=folders)
    told = _Teller(context)
    place = build_place(context.environ)
    plan = plan_build(recipe, place, refresh=args.refresh, tell=told.hear)
    if args.json:
        context.print_json(SHAPE, **_document(plan))
        return 0
    _show_plan(context, plan)
    return 0 if args.plan else _build(context, plan, told)


def _document(plan: BuildPlan) -> dict[str, object]:
    return {
        "recipe": recipe_document(plan.recipe),
        "steps": [
            {"name": step.name, "reused": step.reused, "last_ms": step.last_ms}
            for step in plan.steps
        ],
        "packages": [
            {"name": file.name, "version": file.version} for file in plan.packages.packages
        ],
        "download_bytes": plan.download_bytes,
        "needed_bytes": plan.needed_bytes,
        "free_bytes": plan.free_bytes,
    }


def _show_plan(context: Context, plan: BuildPlan) -> None:
    todo = [step.name for step in plan.steps if not step.reused]
    kept = [step.name for step in plan.steps if step.reused]
    known = plan.last_ms
    lines = (
        (_("Recipe"), f"{plan.recipe.name} - {plan.recipe.title}"),
        (_("Base"), f"{plan.base.system.value} {plan.base.suite}"),
        (_("Packages"), str(len(plan.packages.packages) + len(plan.base.packages.packages))),
        (_("To download"), size(plan.download_bytes)),
        (_("Space needed"), _("{needed} ({free} free)").format(
            needed=size(plan.needed_bytes), free=size(plan.free_bytes))),
        (_("To do"), ", ".join(todo)),
        (_("Kept from before"), ", ".join(kept) or _("nothing")),
        (_("Time"), _duration(known) if known is not None else _("not known yet")),
    )  # fmt: skip
    for title, words in lines:
        context.tell(labelled(title, words))


def _build(context: Context, plan: BuildPlan, told: _Teller) -> int:
    signer = open_replica_key(context.home)
    try:
        for event in build_image(plan, signer, now=_now):
            told.tell(event)
    except FleetError:
        context.tell(_("The log of this build: {path}").format(path=plan.log))
        raise
    context.say(str(told.built))
    return 0


class _Teller:
    """Says on stderr what happens; a counter that moves is written over itself on a terminal."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.built: object = None

    def tell(self, event: BuildEvent) -> None:
        match event:
            case StepStarted():
                self._line(f"[{event.number:>2}/{event.total}] {event.step}")
            case StepAdvanced():
                self.hear(event.progress)
            case TaskTold():
                self._task(event)
            case StepFinished():
                words = _("kept from before") if event.reused else _duration(event.milliseconds)
                self._line(f"        {words}")
            case ImageBuilt():
                self.built = event.folder

    def hear(self, progress: Progress) -> None:
        """Show how far something is."""
        self._over(f"        {progress.percent:3.0f} % {progress.text}")

    def _task(self, told: TaskTold) -> None:
        match told.event:
            case TaskStarted(task=task):
                self._over(f"        {task}")
            case TaskFinished(status=TaskStatus.FAILED, task=task):
                self._line(f"        {task}: " + _("failed"))

    def _over(self, text: str) -> None:
        """Write over what moves, on a terminal; elsewhere it would fill a log."""
        if self._context.stderr.isatty():
            end = "" if text else "\r"
            words = for_terminal(text[:_WIDTH]).ljust(_WIDTH)
            print(f"\r{words}", end=end, file=self._context.stderr, flush=True)

    def _line(self, text: str) -> None:
        self._over("")
        self._context.tell(text)


def _duration(milliseconds: int) -> str:
    seconds = round(milliseconds / 1000)
    if seconds < 60:
        return _("{n} s").format(n=seconds)
    return _("{minutes} min {seconds} s").format(minutes=seconds // 60, seconds=seconds % 60)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
