# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two lines at the top of the bench: the five steps, then the machine and what runs."""

from __future__ import annotations

from functools import partial

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from fleet.i18n import _
from reconditioning.session import STAGES, Session, Stage
from tui.bench.boards import TestBoard, WipeBoard
from tui.bench.wording import minutes_left, stage_name


class StepBar(Widget):
    """The steps: the present one in brackets, the finished ones with a square after them."""

    DEFAULT_CSS = """
    StepBar { dock: top; height: 2; background: $panel; color: $foreground; }
    """
    session: reactive[Session | None] = reactive(None)
    wiping: reactive[WipeBoard] = reactive(WipeBoard())
    testing: reactive[TestBoard] = reactive(TestBoard())

    def __init__(self, stage: Stage | None) -> None:
        super().__init__()
        self.stage = stage

    def on_mount(self) -> None:
        """Follow the application."""
        for name in ("session", "wiping", "testing"):
            self.watch(self.app, name, partial(setattr, self, name))

    def render(self) -> Text:
        """Draw both lines; nothing needs a colour."""
        return Text("\n").join([self._steps(), self._machine()])

    def _steps(self) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        for number, stage in enumerate(STAGES, start=1):
            mark = " ■" if self.session is not None and self.session.done(stage) else ""
            name = f"{number} {stage_name(stage)}{mark}"
            if stage is self.stage:
                line.append(f"[{name}]", style="bold reverse")
            else:
                line.append(f" {name} ")
        help_ = "F1 " + _("Help") + " "
        left = self.size.width - line.cell_len - cell_len(help_)
        if left > 0:
            line.append(" " * left + help_)
        return line

    def _machine(self) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        if self.session is None:
            line.append(" " + _("No machine yet"))
        else:
            machine = self.session.view.machine
            line.append(f" {machine.tag} ", style="bold reverse")
            line.append(" " + (machine.model or _("unknown model")))
        if running := self._background():
            left = self.size.width - line.cell_len - cell_len(running) - 1
            line.append(" " * max(2, left))
            line.append(running, style="bold")
        return line

    def _background(self) -> str:
        if self.wiping.running:
            left = minutes_left(self.wiping.left_s)
            return ", ".join(filter(None, (_("WIPING"), left, _("DO NOT TURN OFF"))))
        return _("tests are running") if self.testing.running else ""
