# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk alone, on a dock: which one, from which machine, then the same wipe as any."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.wipe import WipePlan, WipeTarget
from reconditioning.session_dock import LooseDisk, attach, could_be, is_inside, look_at_dock
from tui.bench.base import BenchScreen
from tui.bench.questions import Ask, AskLine, ConfirmTag
from tui.bench.wipe_words import disk_name, planned_lines
from tui.wording import N_

ANOTHER = "+another"


class DockScreen(BenchScreen):
    """Lists the disks that are here; Enter chooses one."""

    PURPOSE = N_(
        "Plug the disk in, then choose it. Give the number of the machine it comes from, or a "
        "label of its own when nobody knows."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "again", N_("Look again"), key_display="F8"),
        Binding("escape", "back", N_("Back"), key_display="Esc"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.targets: tuple[WipeTarget, ...] = ()

    def contents(self) -> ComposeResult:
        yield Static(_("Which disk? Plug it in, then press F8."), id="told", classes="heading",
                     markup=False)  # fmt: skip
        yield OptionList(id="list", markup=False)

    def on_mount(self) -> None:
        """Look at the disks."""
        super().on_mount()
        self.query_one("#list").focus()
        self.action_again()

    def action_again(self) -> None:
        """Look at the disks that are here."""
        place = self.bench.place
        self.bench.perform(lambda: look_at_dock(place), self._found)

    def _found(self, targets: tuple[WipeTarget, ...]) -> None:
        self.targets = targets
        lines = self.query_one(OptionList)
        lines.clear_options()
        lines.add_options(Option(_line(target), id=str(target.path)) for target in targets)
        lines.highlighted = 0 if targets else None
        if not targets:
            self.say("told", _("No disk that may be wiped is seen. Plug it in, then press F8."))

    def job_failed(self, error: FleetError) -> None:
        """Say why."""
        self.say("told", f"{error.message} {error.hint}".strip())

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        target = next(one for one in self.targets if str(one.path) == message.option_id)

        def answered(number: str | None) -> None:
            if number is not None:
                self._ask_which(target, number)

        question = _("The number of the machine it comes from, or the label put on the disk")
        hint = _("A disk of nobody knows which machine: stick a label on it and scan it.")
        proposed = self.session.tag if self.session is not None else ""
        self.app.push_screen(AskLine(question, hint, proposed), answered)

    def _ask_which(self, target: WipeTarget, number: str) -> None:
        """Ask which disk of the machine it is, when some were listed that it could be."""
        town = self.town

        def answered(disk: str | None) -> None:
            if disk is not None:
                self._plan(target, number, None if disk == ANOTHER else disk)

        def ask(listed: tuple[tuple[str, str], ...]) -> None:
            if not listed:
                self._plan(target, number, None)
                return
            choices = [*listed, (ANOTHER, _("Another one, which is not listed"))]
            question = _("Which disk of {tag} is it? Look at its label.").format(tag=number)
            self.app.push_screen(Ask(question, choices), answered)

        self.bench.perform(lambda: could_be(town, number, target), ask)

    def _plan(self, target: WipeTarget, number: str, disk: str | None) -> None:
        town, others = self.town, self.targets
        self.bench.perform(lambda: attach(town, target, number, others, disk=disk), self._confirm)

    def _confirm(self, loose: LooseDisk) -> None:
        plan: WipePlan = loose.plan

        def answered(typed: str | None) -> None:
            if typed is not None:
                if not (self.bench.is_dead and self.session and self.session.tag == typed):
                    self.bench.session = None
                self.bench.wipe.start((plan,), typed)
                self.bench.open_side("wiping", "WipingScreen")

        heading = _("EVERYTHING on this disk will be lost for ever.")
        lines = list(planned_lines(loose.planned))
        self.app.push_screen(ConfirmTag(heading, lines, plan.machine_tag, _("Wipe")), answered)

    def action_back(self) -> None:
        """Go back to where this was chosen."""
        self.bench.back()


def _line(target: WipeTarget) -> str:
    name = disk_name(target)
    return f"{name}  " + _("INSIDE THIS PC") if is_inside(target) else name
