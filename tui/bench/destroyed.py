# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that was taken out and destroyed: from which machine, which one, and how."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from fleet.errors import FleetError
from fleet.i18n import _
from reconditioning.session_dock import destroy, disks_to_destroy
from tui.bench.base import BenchScreen
from tui.bench.questions import Ask, AskLine
from tui.wording import N_


class DestroyedScreen(BenchScreen):
    """Three questions; what is recorded cannot be taken for a wipe."""

    PURPOSE = N_("Record a disk that was really destroyed. It is no wipe, and has no certificate.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "again", N_("Start again"), key_display="F8"),
        Binding("escape", "back", N_("Back"), key_display="Esc"),
    ]

    def contents(self) -> ComposeResult:
        yield Static(_("A disk taken out and destroyed"), classes="heading", markup=False)
        yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """Ask for the machine."""
        super().on_mount()
        self.action_again()

    def action_again(self) -> None:
        """Ask for the machine's number, unless one is in hand."""
        if self.session is not None:
            self._tagged(self.session.tag)
            return
        question = _("The number of the machine it was taken from")
        self.app.push_screen(AskLine(question, _("Scan its label, or type it.")), self._tagged)

    def job_failed(self, error: FleetError) -> None:
        """Say why."""
        self.say("told", f"{error.message} {error.hint}\n\n" + _("F8 starts again."))

    def _tagged(self, tag: str | None) -> None:
        if tag is None:
            self.action_back()
            return
        town = self.town
        self.bench.perform(
            lambda: disks_to_destroy(town, tag), lambda disks: self._ask_disk(tag, disks)
        )

    def _ask_disk(self, tag: str, disks: tuple[tuple[str, str], ...]) -> None:
        if not disks:
            self.say("told", _("{tag} has no disk left to account for.").format(tag=tag))
            return

        def answered(disk: str | None) -> None:
            if disk is not None:
                self._ask_how(tag, disk)

        self.app.push_screen(Ask(_("Which disk?"), disks), answered)

    def _ask_how(self, tag: str, disk: str) -> None:
        def answered(how: str | None) -> None:
            if how is not None:
                town = self.town
                self.bench.perform(
                    lambda: destroy(town, tag, disk, how), lambda _none: self._recorded(tag)
                )

        hint = _("For example: drilled through the platters in three places.")
        self.app.push_screen(AskLine(_("How was it destroyed?"), hint), answered)

    def _recorded(self, tag: str) -> None:
        self.say("told", _("Recorded on {tag}. Press Esc.").format(tag=tag))

    def action_back(self) -> None:
        """Go back to where this was chosen."""
        self.bench.back()
