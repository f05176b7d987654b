# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out confirmed plans: several disks at once, one story.

Nothing is written anywhere before the checks below have passed for every disk.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from queue import SimpleQueue

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.wipe import WipeEvent, WipePlan, WipeTarget
from reconditioning.wipe_find import find_target
from reconditioning.wipe_one import Surroundings, crashed, wipe_one
from reconditioning.wipe_tools import SystemTools, Tools

_log = logging.getLogger(__name__)


class ConfirmationRefused(FleetError):
    """What was typed is not the machine's number."""

    exit_status = 5


class DiskChanged(FleetError):
    """The disk is not the one planned any more, or something uses it now."""

    exit_status = 5


def _now() -> datetime:
    return datetime.now(UTC)


def wipe(
    plans: Sequence[WipePlan],
    *,
    confirmation: str,
    cancelled: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = _now,
    tools: Tools | None = None,
    unfreeze: Callable[[], None] | None = None,
) -> Iterator[WipeEvent]:
    """Wipe disks together; events of all come as they happen, one WipeFinished per disk.

    ``confirmation`` must be the machine's tag. Each disk is looked at again: raises
    ConfirmationRefused or DiskChanged, before anything is opened, when one is not what was
    planned. ``unfreeze`` is called once, after that, when a drive to wipe is frozen (see
    ``wipe_suspend``). Closing the iterator cancels, and waits until every disk is let go.
    """
    tools = tools or SystemTools()
    _require_confirmed(plans, confirmation)
    found = [_require_same(plan, tools) for plan in plans]
    if unfreeze is not None and any(target.frozen for target in found):
        unfreeze()
        found = [_require_same(plan, tools) for plan in plans]
    return _together(tuple(zip(plans, found, strict=True)), cancelled, now, tools)


def _require_confirmed(plans: Sequence[WipePlan], confirmation: str) -> None:
    if any(confirmation != plan.machine_tag for plan in plans):
        raise ConfirmationRefused(
            _("Not confirmed: nothing was done."), hint=_("Type the machine's number as shown.")
        )
    for key in ("path", "instance"):
        if len({getattr(plan.target, key) for plan in plans}) < len(plans):
            raise _changed(plans[0].target)
    if len({plan.disk for plan in plans}) < len(plans):
        raise DiskChanged(
            _("Two of these disks are planned under one name."),
            hint=_("Put a label of your own on each disk that has no serial number."),
        )


def _require_same(plan: WipePlan, tools: Tools) -> WipeTarget:
    """Return the disk as it is now. Raises DiskChanged, NotFound."""
    planned, found = plan.target, find_target(plan.target.path, tools)
    same = all(
        getattr(planned, name) == getattr(found, name)
        for name in ("path", "instance", "serial", "wwn", "model", "size_bytes", "sector_bytes")
    )
    if not same or found.obstacles:
        raise _changed(planned)
    return found


def _changed(planned: WipeTarget) -> DiskChanged:
    return DiskChanged(
        _("{path} is not the disk that was planned any more, or it is in use.").format(
            path=planned.path
        ),
        hint=_("Nothing was done. Look at the disks again, then confirm again."),
    )


def _together(
    work: Sequence[tuple[WipePlan, WipeTarget]],
    cancelled: Callable[[], bool],
    now: Callable[[], datetime],
    tools: Tools,
) -> Iterator[WipeEvent]:
    """Run a thread for each disk; they only share the queue."""
    told: SimpleQueue[WipeEvent | None] = SimpleQueue()
    stopped = threading.Event()
    around = Surroundings(tools=tools, cancelled=lambda: stopped.is_set() or cancelled(), now=now)
    threads = [
        threading.Thread(target=_work, args=(plan, found, around, told), name=str(found.path))
        for plan, found in work
    ]
    for thread in threads:
        thread.start()
    running = len(threads)
    try:
        while running:
            event = told.get()
            if event is None:
                running -= 1
            else:
                yield event
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def _work(
    plan: WipePlan, found: WipeTarget, around: Surroundings, told: SimpleQueue[WipeEvent | None]
) -> None:
    """Wipe one disk on its own thread; a bug there ends that wipe as failed, not the others."""
    try:
        for event in wipe_one(plan, found, around):
            told.put(event)
    except Exception as error:
        _log.exception("the wipe of %s broke down", plan.target.path)
        told.put(crashed(plan, error, around.now()))
    finally:
        told.put(None)
