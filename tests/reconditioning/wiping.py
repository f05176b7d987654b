# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans and carries out one wipe, as the bench does, for the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fleet.model.policy import CLEAR
from fleet.model.wipe import WipeFinished, WipePlan, WipeResult
from reconditioning.wipe_find import find_target
from reconditioning.wipe_plan import plan_wipe
from reconditioning.wipe_run import wipe
from reconditioning.wipe_tools import SystemTools, Tools

TAG = "VJ-0042"


def planned(tools: Tools, path: Path, *, level: str = CLEAR) -> WipePlan:
    return plan_wipe(find_target(path, tools), disk=path.name, machine_tag=TAG, level=level)


def wiped(
    tools: Tools | None,
    path: Path,
    *,
    level: str = CLEAR,
    unfreeze: Callable[[], None] | None = None,
) -> WipeResult:
    tools = tools or SystemTools()
    events = list(
        wipe([planned(tools, path, level=level)], confirmation=TAG, tools=tools, unfreeze=unfreeze)
    )
    assert isinstance(events[-1], WipeFinished)
    return events[-1].result
