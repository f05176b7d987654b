# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The suspend trick: a firmware that froze the drives rarely does so again after a sleep.

Never done without a person's word: a computer that does not wake up is a computer to restart.
"""

from __future__ import annotations

from pathlib import Path

from fleet.errors import FleetError
from fleet.i18n import _
from reconditioning.wipe_tools import SystemTools, Tools

_ASLEEP_S = 8
_AWAKE_S = 120
_SETTLE_S = 5.0
_SLEEPS = Path("/sys/power/mem_sleep")


def can_suspend(tools: Tools | None = None) -> bool:
    """Tell whether this computer can sleep deeply enough (S3): s2idle keeps the drives powered."""
    return "deep" in (tools or SystemTools()).kernel(_SLEEPS)


def suspend(tools: Tools | None = None) -> None:
    """Sleep for a few seconds, waking by the clock. Raises FleetError when it cannot be done."""
    tools = tools or SystemTools()
    if not can_suspend(tools):
        raise FleetError(
            _("This computer has no deep sleep (S3), which alone frees frozen drives."),
            hint=_("Unplug and plug the drive's power again, or use another computer."),
        )
    tools.tell_kernel(_SLEEPS, "deep")
    done = tools.run(["rtcwake", "--mode", "mem", "--seconds", str(_ASLEEP_S)], timeout_s=_AWAKE_S)
    if done.status:
        raise FleetError(
            _("This computer could not be put to sleep: {why}").format(why=done.stderr.strip()),
            hint=_("Go on without: the disk is then overwritten."),
        )
    tools.sleep(_SETTLE_S)
