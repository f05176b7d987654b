# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installation that runs: how far it is, and its end."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.install_plan import InstallPlan
from fleet.services.installer_events import (
    BootFilesWritten,
    InstallEvent,
    OldContentErased,
    PartitionsMade,
    ReadBackAdvanced,
    UnpackAdvanced,
)
from reconditioning.session import Stage
from reconditioning.session_install import install_system
from tui.bench.base import BenchScreen
from tui.bench.big import BigText
from tui.wording import N_


class InstallingScreen(BenchScreen):
    """Huge letters, and what is being done."""

    STAGE = Stage.TRIAGE
    PURPOSE = N_("The system is being installed, then read back. Do not switch off.")
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, plan: InstallPlan, typed: str) -> None:
        super().__init__()
        self.plan = plan
        self.typed = typed

    def contents(self) -> ComposeResult:
        yield BigText(_("INSTALLING"), "0 %", _("DO NOT TURN OFF"), id="big")
        yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """Install."""
        super().on_mount()
        town, session = self.town, self.session
        if session is None:
            return

        def work() -> None:
            for event in install_system(town, session.tag, self.plan, self.typed):
                self.app.call_from_thread(self._advanced, event)

        self.bench.perform(work, lambda _none: self.bench.reload(self.bench.finish))

    def job_failed(self, error: FleetError) -> None:
        """Say that it failed, and leave the screen."""
        self.query_one(BigText).lines = (_("NOT INSTALLED"),)
        self.say("told", f"{error.message} {error.hint}\n" + _("F6 starts again."))

    def _advanced(self, event: InstallEvent) -> None:
        percent, words = _told(event)
        if words:
            self.say("told", words)
        if percent is not None:
            self.query_one(BigText).lines = (
                _("INSTALLING"), f"{percent} %", _("DO NOT TURN OFF")
            )  # fmt: skip


def _told(event: InstallEvent) -> tuple[int | None, str]:
    """Return how far the whole is, in percent, and what is being done."""
    match event:
        case OldContentErased() | PartitionsMade():
            return 2, _("Making the partitions")
        case UnpackAdvanced(percent=percent):
            return 2 + percent * 58 // 100, _("Copying the system")
        case BootFilesWritten():
            return 62, _("Writing what starts it")
        case ReadBackAdvanced(percent=percent):
            return 62 + percent * 37 // 100, _("Reading everything again")
    return None, ""
