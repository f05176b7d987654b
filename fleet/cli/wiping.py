# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre disk wipe``: plan, show, confirm, carry out, record."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from fleet.cli.confirming import typed_confirmation
from fleet.cli.context import Context
from fleet.cli.wipe_lines import Teller, plan_lines, refusal_lines, result_line
from fleet.errors import FleetError, NotFound, UsageError, WipeNotProven
from fleet.i18n import _
from fleet.model.policy import Policy
from fleet.model.views import MachineView
from fleet.model.wipe import VerifiedWipe, WipeFinished, WipePlan, WipeResult, WipeTarget
from fleet.output.wipe_json import wipe_document
from fleet.services import certificates
from fleet.services.acts import view_of
from fleet.services.machines import find_disk
from fleet.services.records import current_policy
from fleet.services.town import Town
from reconditioning.wipe_ata import release
from reconditioning.wipe_find import find_targets
from reconditioning.wipe_plan import plan_wipe
from reconditioning.wipe_run import wipe
from reconditioning.wipe_suspend import suspend
from reconditioning.wipe_tools import SystemTools


def run(args: Namespace, context: Context) -> int:
    """Wipe, or show the plan only. Raises WipeNotProven once everything is told and recorded."""
    town = _town(context)
    if args.unlock:
        _unlock(args.disks, context)
    targets = find_targets(paths=args.disks)
    _require_free(targets, context)
    plans = _plans(args, town, targets)
    for plan in plans:
        for line in plan_lines(plan):
            context.tell(line)
    if args.plan:
        return 0
    _require_room(args.output)
    _require_author(town)
    results = _carry_out(args, context, plans)
    _keep(args.output, results)
    _record_all(context, town, results)
    if not all(isinstance(one, VerifiedWipe) for one in results):
        raise WipeNotProven(
            _("Not every disk is proven wiped."),
            hint=_("Wipe it again, else destroy it, and record that: parclibre disk destroy TAG"),
        )
    return 0


def _town(context: Context) -> Town | None:
    try:
        return context.acting_town()
    except NotFound:
        return None


def _unlock(disks: Iterable[Path], context: Context) -> None:
    for path in disks:
        if release(SystemTools(), str(path)):
            context.tell(_("{path} is open.").format(path=path))
        else:
            context.tell(_("{path} does not open with our password.").format(path=path))


def _require_free(targets: Sequence[WipeTarget], context: Context) -> None:
    refused = [target for target in targets if target.obstacles]
    for target in refused:
        for line in refusal_lines(target):
            context.tell(line)
    if refused:
        raise FleetError(_("Nothing was done."), hint=_("Choose another disk. See: lsblk"))


def _plans(args: Namespace, town: Town | None, targets: Sequence[WipeTarget]) -> list[WipePlan]:
    view = view_of(town, args.tag) if town else None
    policy = current_policy(town) if town else Policy()
    if args.record_as and len(targets) > 1:
        raise UsageError(
            _("--record-as is for one disk at a time."), hint=_("Wipe them one after the other.")
        )
    return [
        plan_wipe(
            target,
            disk=_disk_id(view, target, args.record_as),
            machine_tag=view.machine.tag if view else args.tag,
            level=args.level or policy.level_for(target.kind),
            others=targets,
        )
        for target in targets
    ]


def _disk_id(view: MachineView | None, target: WipeTarget, record_as: str | None) -> str:
    """Return the store's id of a disk; without a store, what the disk is known by here."""
    if view is None:
        return target.serial or target.wwn or target.path.name
    wanted = record_as or target.serial or target.wwn
    if wanted is None:
        raise UsageError(
            _("{path} gives no serial number.").format(path=target.path),
            hint=_("Say which disk of {tag} it is: --record-as LABEL").format(tag=view.machine.tag),
        )
    return find_disk(view, wanted).disk.id


def _require_room(output: Path | None) -> None:
    """Refuse now what could not be written after hours. Raises UsageError."""
    if output is not None and not os.access(output.parent, os.W_OK):
        raise UsageError(
            _("{path} cannot be written.").format(path=output), hint=_("Give another --output.")
        )


def _require_author(town: Town | None) -> None:
    """Refuse now what could not be recorded after hours. Raises UsageError."""
    if town is not None and town.operator is None:
        raise UsageError(
            _("Nobody is named as the author of this act."),
            hint=_('Say who you are once: parclibre operator "Camille B."'),
        )


def _carry_out(args: Namespace, context: Context, plans: Sequence[WipePlan]) -> list[WipeResult]:
    typed = _confirmation(args, context, plans[0].machine_tag)
    teller = Teller(context, several=len(plans) > 1)
    results = []
    for event in wipe(plans, confirmation=typed, unfreeze=suspend if args.suspend else None):
        teller.tell(event)
        if isinstance(event, WipeFinished):
            results.append(event.result)
    return results


def _confirmation(args: Namespace, context: Context, tag: str) -> str:
    question = _("Everything on these disks will be lost. To go on, type {text} :")
    return typed_confirmation(context, question, asked=tag, given=args.confirm)


def _keep(output: Path | None, results: Sequence[WipeResult]) -> None:
    if output is not None:
        document = {
            "format": "parclibre/wipe",
            "version": 1,
            "wipes": [*map(wipe_document, results)],
        }
        output.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _record_all(context: Context, town: Town | None, results: Sequence[WipeResult]) -> None:
    """Record each result; one that cannot be does not stop the others. Raises the first error."""
    errors: list[FleetError] = []
    for result in results:
        try:
            _record(context, town, result)
        except FleetError as error:
            context.say(result_line(result))
            errors.append(error)
    if errors:
        raise errors[0]


def _record(context: Context, town: Town | None, result: WipeResult) -> None:
    number = ""
    if town is not None:
        if isinstance(result, VerifiedWipe):
            number = certificates.issue(town, result).number
        else:
            number = certificates.record_failed(town, result).number
    context.say(result_line(result, number))
